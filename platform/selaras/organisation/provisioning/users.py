"""Users of the directory as accounts: how one is read, and what is kept of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from unicodedata import normalize
from uuid import UUID

from scim2_models import Email, GroupMembership, InvalidValueException, Meta
from sqlalchemy import Boolean, Text, case, cast, column, func, literal, literal_column, select, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from selaras.db.session import tenant_of
from selaras.identity.models import Account, DirectoryGroup, DirectoryMember
from selaras.organisation.provisioning.filters import Attribute, Known, Several
from selaras.organisation.provisioning.resources import Name, User

KIND = "User"
LONGEST = 250
_account = Account.__table__.c
_FIELDS = ("subject", "external_id", "display_name", "given_name", "family_name", "emails")


def known() -> Known:
    """What filters and sorting may ask of a user."""
    # What our own records call somebody, until the directory has said it in its own words.
    shown = case((_account.directory_at.is_(None), _account.name), else_=_account.display_name)
    return {
        "id": Attribute(cast(_account.id, Text), "exact"),
        "externalid": Attribute(_account.external_id, "exact"),
        "username": Attribute(_account.subject, key=_account.subject_key),
        "displayname": Attribute(shown),
        "name.familyname": Attribute(_account.family_name),
        "name.givenname": Attribute(_account.given_name),
        "active": Attribute(_account.active, "flag"),
        "meta.resourcetype": Attribute(literal(KIND), "exact"),
        "meta.created": Attribute(_account.created_at, "moment"),
        "meta.lastmodified": Attribute(_account.changed_at, "moment"),
        "emails": _emails(),
        "groups": _groups(),
    }


def _emails() -> Several:
    parts = (column("value", Text), column("type", Text), column("primary", Boolean), column("display", Text))
    rows = func.jsonb_to_recordset(_account.emails).table_valued(*parts).render_derived("email", with_types=True)
    chosen = func.jsonb_path_query_first(_account.emails, literal_column("'$[*] ? (@.primary == true)'::jsonpath"))
    first = func.coalesce(chosen, _account.emails[0], type_=JSONB)
    return Several(
        rows,
        true(),
        {
            "value": Attribute(rows.c.value),
            "type": Attribute(rows.c.type),
            "primary": Attribute(rows.c.primary, "flag"),
            "display": Attribute(rows.c.display),
        },
        {name: func.lower(first[name].astext) for name in ("value", "type", "primary", "display")},
    )


def _groups() -> Several:
    member, group = DirectoryMember.__table__.alias("own_member"), DirectoryGroup.__table__.alias("own_group")
    rows = member.join(group, (group.c.tenant_id == member.c.tenant_id) & (group.c.id == member.c.group_id))
    return Several(
        rows,
        (member.c.tenant_id == _account.tenant_id) & (member.c.account_id == _account.id),
        {
            "value": Attribute(cast(group.c.id, Text), "exact"),
            "display": Attribute(group.c.display_name),
            "type": Attribute(literal("direct")),
        },
        {},
    )


def read(session: Session, ids: Sequence[UUID]) -> dict[UUID, User]:
    """The users of some ids (those that are there and not deleted) with their groups; two statements."""
    rows = session.scalars(
        select(Account)
        .where(Account.id.in_(ids), Account.deleted_at.is_(None))
        .execution_options(populate_existing=True)
    ).all()
    groups: dict[UUID, list[GroupMembership]] = defaultdict(list)
    memberships = (
        select(DirectoryMember.account_id, DirectoryGroup.id, DirectoryGroup.display_name)
        .join(DirectoryGroup, DirectoryGroup.id == DirectoryMember.group_id)
        .where(DirectoryMember.account_id.in_(ids))
        .order_by(DirectoryGroup.id)
    )
    for account_id, group_id, name in session.execute(memberships) if rows else ():
        said = {"value": str(group_id), "$ref": f"Groups/{group_id}", "display": name, "type": "direct"}
        groups[account_id].append(GroupMembership.model_validate(said))
    return {row.id: _user(row, groups[row.id]) for row in rows}


def _user(row: Account, groups: list[GroupMembership]) -> User:
    name = Name(family_name=row.family_name, given_name=row.given_name)
    return User(
        id=str(row.id),
        external_id=row.external_id,
        user_name=row.subject,
        display_name=row.display_name if row.directory_at else row.name,
        name=name if row.family_name or row.given_name else None,
        active=row.active,
        emails=[Email.model_validate(one) for one in row.emails] or None,
        groups=groups or None,
        meta=meta(KIND, row.created_at, row.changed_at, row.version),
    )


def meta(kind: str, created: datetime, changed: datetime, version: int) -> Meta:
    """What every resource says of itself; the version counts its changes."""
    return Meta(resource_type=kind, created=created, last_modified=changed, version=f'W/"{version}"')


def stated(user: User) -> dict[str, Any]:
    """What the directory says of a user, as columns of the account; `InvalidValueException` for what cannot be kept."""
    name = user.name or Name()
    values: dict[str, Any] = {
        "subject": normalize("NFC", text_of("userName", user.user_name) or ""),
        "external_id": text_of("externalId", user.external_id),
        "display_name": text_of("displayName", user.display_name),
        "given_name": text_of("name.givenName", name.given_name),
        "family_name": text_of("name.familyName", name.family_name),
        "emails": [one.model_dump(mode="json", exclude_none=True) for one in user.emails or ()],
    }
    whole = " ".join(part for part in (values["given_name"], values["family_name"]) if part)
    return {**values, "name": values["display_name"] or whole or values["subject"]}


def text_of(attribute: str, value: str | None) -> str | None:
    """A text that can be kept and shown, or None for an empty one."""
    if value is not None and (len(value) > LONGEST or not value.isprintable()):
        raise InvalidValueException(detail=f"{attribute} must be printable and at most {LONGEST} characters long")
    return value or None


def changed_fields(row: Account, values: dict[str, Any]) -> list[str]:
    """The names of what differs from what is kept."""
    return [name for name in _FIELDS if getattr(row, name) != values[name]]


def account_key(session: Session, subject: str) -> Account | None:
    """The account of a user name, deleted or not."""
    return session.scalar(select(Account).where(Account.subject_key == func.lower(subject)))


def tenant_accounts(session: Session) -> Any:
    """The condition that every search of users begins with."""
    return (_account.tenant_id == tenant_of(session)) & _account.deleted_at.is_(None)
