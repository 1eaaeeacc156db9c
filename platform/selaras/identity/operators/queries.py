"""Reads about operators: who there is, with which roles on a day (console role)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from selaras.errors import NotFound
from selaras.identity.operators.models import OperatorAccount, OperatorGrant
from selaras.identity.operators.roles import OperatorPermission, permissions_of


@dataclass(frozen=True)
class GrantView:
    """A role and the days on which it is held `[from, to)`."""

    role: str
    during: Range[date]


@dataclass(frozen=True)
class OperatorView:
    """An operator, the roles that count on the day asked for, and every grant so far and to come.

    `bound`: whether they have signed in at the provider before.
    """

    id: UUID
    login: str
    name: str
    active: bool
    bound: bool
    roles: frozenset[str]
    grants: Sequence[GrantView] = field(default=(), compare=False)

    @property
    def permissions(self) -> frozenset[OperatorPermission]:
        """What the roles of the day let them do; nothing once they are removed."""
        return permissions_of(self.roles) if self.active else frozenset()


def operators(session: Session, day: date) -> tuple[OperatorView, ...]:
    """Every operator by name, those removed last; two statements."""
    rows = session.scalars(select(OperatorAccount).order_by(OperatorAccount.active.desc(), OperatorAccount.name))
    grants = _grants(session, None)
    return tuple(_view(row, grants.get(row.id, ()), day) for row in rows)


def operator(session: Session, operator_id: UUID, day: date) -> OperatorView | None:
    """One operator with the roles of a day, or None."""
    row = session.get(OperatorAccount, operator_id)
    return _view(row, _grants(session, operator_id).get(operator_id, ()), day) if row else None


def known_operator(session: Session, operator_id: UUID, day: date) -> OperatorView:
    """The same; NotFound where there is none."""
    found = operator(session, operator_id, day)
    if found is None:
        raise NotFound("operator_unknown", "There is no such operator here.")
    return found


def operator_by_login(session: Session, login: str, day: date) -> OperatorView:
    """The operator whom the provider calls `login`; NotFound where there is none."""
    found = session.scalar(select(OperatorAccount.id).where(OperatorAccount.login == login.strip()))
    if found is None:
        raise NotFound("operator_unknown", "There is no such operator here.")
    return known_operator(session, found, day)


def _grants(session: Session, operator_id: UUID | None) -> dict[UUID, list[GrantView]]:
    query = select(OperatorGrant).order_by(OperatorGrant.role, OperatorGrant.during)
    if operator_id is not None:
        query = query.where(OperatorGrant.operator_id == operator_id)
    found: dict[UUID, list[GrantView]] = {}
    for row in session.scalars(query.execution_options(populate_existing=True)):
        if not row.during.isempty:
            found.setdefault(row.operator_id, []).append(GrantView(row.role, row.during))
    return found


def _view(row: OperatorAccount, grants: Sequence[GrantView], day: date) -> OperatorView:
    held = frozenset(one.role for one in grants if one.during.contains(day))
    return OperatorView(row.id, row.login, row.name, row.active, row.subject is not None, held, grants)
