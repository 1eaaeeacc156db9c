"""The directory's groups: who is in them, which roles they stand for here, and the grants that follow from both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.clock import now
from selaras.db.session import tenant_of
from selaras.errors import Invalid, NotFound
from selaras.identity.actor import Actor
from selaras.identity.models import Account, DirectoryGroup, DirectoryMember, DirectoryRole
from selaras.identity.permissions import Permission, Role, ScopeKind, scopes_of
from selaras.identity.roles import FOUR_EYES

ORIGIN = "directory"
DERIVED = frozenset({Role.EMPLOYEE, Role.APPRAISER})
"""Roles that nobody grants: they follow from being one of the agency's people, and from having a team."""

_WANTED = """
    wanted AS (
        SELECT DISTINCT m.account_id, r.role
        FROM selaras.directory_member m
        JOIN selaras.directory_role r ON r.tenant_id = :tenant AND r.group_id = m.group_id
        WHERE m.tenant_id = :tenant AND m.account_id = ANY(:accounts)
    )
"""
_GONE = """
    g.tenant_id = :tenant AND g.account_id = ANY(:accounts) AND g.origin = 'directory'
    AND g.during @> CAST(:day AS date)
    AND NOT EXISTS (SELECT 1 FROM wanted w WHERE w.account_id = g.account_id AND w.role = g.role)
"""
# A grant of today that is taken back today never held on a whole day: it goes.
_UNDO = text(
    f"WITH {_WANTED} DELETE FROM selaras.role_grant g WHERE {_GONE} AND lower(g.during) >= :day"  # noqa: S608  # our own
    " RETURNING g.role, g.account_id"
)
_END = text(
    f"WITH {_WANTED} UPDATE selaras.role_grant g SET during = daterange(lower(g.during), :day) WHERE {_GONE}"  # noqa: S608  # our own
    " RETURNING g.role, g.account_id"
)
_GRANT = text(
    f"""
    WITH {_WANTED}
    INSERT INTO selaras.role_grant (tenant_id, account_id, role, origin, during)
    SELECT :tenant, w.account_id, w.role, 'directory', daterange(:day, NULL) FROM wanted w
    WHERE NOT EXISTS (
        SELECT 1 FROM selaras.role_grant g WHERE g.tenant_id = :tenant AND g.account_id = w.account_id
          AND g.role = w.role AND g.origin = 'directory' AND g.unit_id IS NULL AND g.during @> CAST(:day AS date)
    )
    RETURNING role, account_id
    """  # noqa: S608  # our own
)


@dataclass(frozen=True)
class GroupLine:
    """A group of the directory, how many are in it, and the roles that it stands for here."""

    id: UUID
    display_name: str
    external_id: str | None
    members: int
    roles: tuple[str, ...]


def groups(session: Session) -> list[GroupLine]:
    """Every group by name; two statements."""
    counted = (
        select(DirectoryGroup, func.count(DirectoryMember.account_id))
        .outerjoin(
            DirectoryMember,
            (DirectoryMember.tenant_id == DirectoryGroup.tenant_id) & (DirectoryMember.group_id == DirectoryGroup.id),
        )
        .group_by(DirectoryGroup.tenant_id, DirectoryGroup.id)
        .order_by(func.lower(DirectoryGroup.display_name), DirectoryGroup.id)
    )
    roles: dict[UUID, list[str]] = defaultdict(list)
    for group_id, role in session.execute(select(DirectoryRole.group_id, DirectoryRole.role)):
        roles[group_id].append(role)
    return [
        GroupLine(one.id, one.display_name, one.external_id, members, tuple(sorted(roles[one.id])))
        for one, members in session.execute(counted)
    ]


def set_roles(session: Session, actor: Actor, group_id: UUID, roles: Collection[str], day: date) -> None:
    """Say which roles the members of a group hold here, from today on; needs GRANT_ROLES.

    `Invalid` for a role that nobody can be granted, `NotFound` for a group of nobody here.
    """
    actor.require_whole(Permission.GRANT_ROLES)
    _check(roles)
    if session.scalar(select(DirectoryGroup.id).where(DirectoryGroup.id == group_id)) is None:
        raise NotFound("group_unknown", "There is no such group here.")
    before = set(session.scalars(select(DirectoryRole.role).where(DirectoryRole.group_id == group_id)))
    if before == set(roles):
        return
    session.execute(
        delete(DirectoryRole).where(DirectoryRole.group_id == group_id, DirectoryRole.role.not_in(list(roles)))
    )
    for role in sorted(set(roles) - before):
        session.add(DirectoryRole(group_id=group_id, role=role, account_id=actor.account_id, at=now()))
    session.flush()
    record(session, actor, "group.roles", f"group:{group_id}", {"before": sorted(before), "after": sorted(roles)})
    members = session.scalars(select(DirectoryMember.account_id).where(DirectoryMember.group_id == group_id)).all()
    follow(session, actor, members, day)


def grantable_to_groups() -> list[str]:
    """The roles that a group or a file can stand for: held for the whole agency, and given by one alone.

    Administrators are made one by one, by two (`approving`): a group would let whoever keeps the directory make them.
    """
    open_ = (role for role in Role if role not in DERIVED | FOUR_EYES)
    return [role.value for role in open_ if ScopeKind.AGENCY in scopes_of(role)]


def _check(roles: Iterable[str]) -> None:
    grantable = grantable_to_groups()
    for role in roles:
        if role not in grantable:
            raise Invalid(
                "group_role",
                "A group cannot stand for “{role}”; it can stand for: {known}.",
                role=role[:40],
                known=", ".join(grantable),
                field="role",
            )


def set_members(
    session: Session, actor: Actor, group_id: UUID, members: Collection[UUID], day: date
) -> tuple[frozenset[UUID], frozenset[UUID]]:
    """Who is in a group now (added, removed); their roles follow at once. The accounts must be the agency's."""
    before = frozenset(session.scalars(select(DirectoryMember.account_id).where(DirectoryMember.group_id == group_id)))
    added, removed = frozenset(members) - before, before - frozenset(members)
    if removed:
        session.execute(
            delete(DirectoryMember).where(
                DirectoryMember.group_id == group_id, DirectoryMember.account_id.in_(list(removed))
            )
        )
    if added:
        tenant = tenant_of(session)
        rows = [{"tenant_id": tenant, "group_id": group_id, "account_id": one} for one in added]
        session.execute(insert(DirectoryMember).values(rows).on_conflict_do_nothing())
    touched = added | removed
    if touched:
        session.execute(
            update(Account).where(Account.id.in_(list(touched))).values(version=Account.version + 1, changed_at=now())
        )
        follow(session, actor, touched, day)
    return added, removed


def leave_groups(session: Session, actor: Actor, account_id: UUID, day: date) -> None:
    """The account is in no group any more, and what it held through them ends."""
    session.execute(delete(DirectoryMember).where(DirectoryMember.account_id == account_id))
    follow(session, actor, [account_id], day)


def follow(session: Session, actor: Actor, accounts: Collection[UUID], day: date) -> None:
    """Bring the grants of some accounts in line with their groups: three statements, and an entry for each role."""
    if not accounts:
        return
    values = {"tenant": tenant_of(session), "accounts": list(accounts), "day": day}
    for action, statements in (("role.end", (_UNDO, _END)), ("role.grant", (_GRANT,))):
        changed: dict[str, list[UUID]] = defaultdict(list)
        for statement in statements:
            for role, account_id in session.execute(statement, values):
                changed[role].append(account_id)
        for role, whom in sorted(changed.items()):
            payload = {"origin": ORIGIN, "day": day, "accounts": sorted(map(str, whom))}
            record(session, actor, action, f"role:{role}", payload)
