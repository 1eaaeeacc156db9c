"""Groups of the directory as rows: how one is read, searched, and who is in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from scim2_models import InvalidValueException
from sqlalchemy import Text, cast, literal, select
from sqlalchemy.orm import Session

from selaras.db.session import tenant_of
from selaras.identity.models import Account, DirectoryGroup, DirectoryMember
from selaras.organisation.provisioning.filters import Attribute, Known, Several
from selaras.organisation.provisioning.resources import Group, Member
from selaras.organisation.provisioning.users import meta, text_of

KIND = "Group"
_group = DirectoryGroup.__table__.c


def known() -> Known:
    """What filters and sorting may ask of a group."""
    return {
        "id": Attribute(cast(_group.id, Text), "exact"),
        "externalid": Attribute(_group.external_id, "exact"),
        "displayname": Attribute(_group.display_name),
        "meta.resourcetype": Attribute(literal(KIND), "exact"),
        "meta.created": Attribute(_group.created_at, "moment"),
        "meta.lastmodified": Attribute(_group.changed_at, "moment"),
        "members": _members(),
    }


def _members() -> Several:
    member = DirectoryMember.__table__.alias("own_member")
    return Several(
        member,
        (member.c.tenant_id == _group.tenant_id) & (member.c.group_id == _group.id),
        {"value": Attribute(cast(member.c.account_id, Text), "exact"), "type": Attribute(literal("User"))},
        {},
    )


def read(session: Session, ids: Sequence[UUID], *, members: bool = True) -> dict[UUID, Group]:
    """The groups of some ids with their members; two statements, one where nobody asked for members."""
    rows = session.scalars(
        select(DirectoryGroup).where(DirectoryGroup.id.in_(ids)).execution_options(populate_existing=True)
    ).all()
    inside: dict[UUID, list[Member]] = defaultdict(list)
    query = (
        select(DirectoryMember.group_id, DirectoryMember.account_id)
        .where(DirectoryMember.group_id.in_(ids))
        .order_by(DirectoryMember.account_id)
    )
    for group_id, account_id in session.execute(query) if rows and members else ():
        said = {"value": str(account_id), "$ref": f"Users/{account_id}", "type": "User"}
        inside[group_id].append(Member.model_validate(said))
    return {row.id: _group_of(row, inside[row.id]) for row in rows}


def _group_of(row: DirectoryGroup, members: list[Member]) -> Group:
    return Group(
        id=str(row.id),
        external_id=row.external_id,
        display_name=row.display_name,
        members=members or None,
        meta=meta(KIND, row.created_at, row.changed_at, row.version),
    )


def stated(group: Group) -> dict[str, Any]:
    """What the directory says of a group, as columns; `InvalidValueException` for what cannot be kept."""
    return {
        "display_name": text_of("displayName", group.display_name) or "",
        "external_id": text_of("externalId", group.external_id),
    }


def member_ids(session: Session, group: Group) -> frozenset[UUID]:
    """The accounts that a group names; `InvalidValueException` for a member that is no user here."""
    named = [one.value or "" for one in group.members or ()]
    try:
        wanted = frozenset(UUID(one) for one in named)
    except ValueError as error:
        raise InvalidValueException(detail="A member is no user here") from error
    here = select(Account.id).where(Account.id.in_(list(wanted)), Account.deleted_at.is_(None))
    if wanted - set(session.scalars(here) if wanted else ()):
        raise InvalidValueException(detail="A member is no user here")
    return wanted


def tenant_groups(session: Session) -> Any:
    """The condition that every search of groups begins with."""
    return _group.tenant_id == tenant_of(session)
