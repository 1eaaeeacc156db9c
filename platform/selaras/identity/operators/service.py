"""Commands on operators: add, grant, end, remove; nobody grants to themselves, and the last administrator stays.

Console role; each act is written into the operators' journal in its own transaction. Commands never commit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from selaras.errors import Conflict, Invalid, Refused
from selaras.identity.operators.models import OperatorAccount, OperatorGrant
from selaras.identity.operators.queries import OperatorView, known_operator
from selaras.identity.operators.roles import OperatorRole
from selaras.tenancy.operators import note

LONGEST = 200


@dataclass(frozen=True)
class Doer:
    """Who does it, as the journal names them. `operator_id` is None on the server's own command line."""

    reference: str
    operator_id: UUID | None = None


def at_console(operator_id: UUID) -> Doer:
    """An operator who is signed in at the console."""
    return Doer(f"operator:{operator_id}", operator_id)


def add_operator(
    session: Session, doer: Doer, login: str, name: str, roles: Iterable[str], during: Range[date]
) -> UUID:
    """An account for whoever the operators' provider calls `login`, with roles from a day on.

    Somebody who was removed comes back as the same account and is bound anew at the next sign-in.
    """
    login, name = _login(login), name.strip() or login.strip()
    if len(name) > LONGEST or not name.isprintable():
        raise Invalid("operator_name", "The name is too long or holds characters that cannot be shown.", field="name")
    row = session.scalar(select(OperatorAccount).where(OperatorAccount.login == login).with_for_update())
    if row is not None and row.active:
        raise Conflict("operator_exists", "There is an operator {login} already.", login=login)
    if row is None:
        row = OperatorAccount(login=login, name=name)
        session.add(row)
    else:
        _refuse_oneself(doer, row.id)
        row.name, row.active, row.issuer, row.subject = name, True, None, None
    session.flush()
    note(session, doer.reference, "operator.added", str(row.id), {})
    for role in dict.fromkeys(roles):
        grant_role(session, doer, row.id, role, during)
    return row.id


def grant_role(session: Session, doer: Doer, operator_id: UUID, role: str, during: Range[date]) -> None:
    """Grant a role for the days of `during`; what is held on any of them already is a Conflict."""
    known = _role(role)
    view = _present(session, doer, operator_id, during.lower)
    if during.isempty or (during.upper is not None and during.lower is not None and during.upper <= during.lower):
        raise Invalid("operator_days", "The last day lies before the first.", field="until")
    if any(one.role == known and one.during.overlaps(during) for one in view.grants):
        raise Conflict("operator_role_held", "This role is held on some of these days already. End it first.")
    session.add(OperatorGrant(operator_id=operator_id, role=known.value, during=during))
    session.flush()
    days = {"from": _told(during.lower), "to": _told(during.upper)}
    note(session, doer.reference, "operator.role_granted", str(operator_id), {"role": known.value, **days})


def end_role(session: Session, doer: Doer, operator_id: UUID, role: str, day: date) -> None:
    """End a role from `day` on; NotFound for an unknown operator, Conflict for a role not held or the last one."""
    known = _role(role)
    _lock(session)
    view = known_operator(session, operator_id, day)
    if not any(one.role == known and _reaches(one.during, day) for one in view.grants):
        raise Conflict("operator_role_missing", "This role is not held any more.")
    if known == OperatorRole.ADMINISTRATOR:
        _refuse_last(session, operator_id, day)
    _end(session, operator_id, day, known.value)
    note(session, doer.reference, "operator.role_ended", str(operator_id), {"role": known.value})


def remove_operator(session: Session, doer: Doer, operator_id: UUID, day: date) -> None:
    """End every role and the account itself; the caller ends the sessions once this is kept."""
    _lock(session)
    view = known_operator(session, operator_id, day)
    if not view.active:
        raise Conflict("operator_removed", "This operator has been removed already.")
    _refuse_last(session, operator_id, day)
    _end(session, operator_id, day)
    session.execute(update(OperatorAccount).where(OperatorAccount.id == operator_id).values(active=False))
    note(session, doer.reference, "operator.removed", str(operator_id), {})


def _present(session: Session, doer: Doer, operator_id: UUID, day: date | None) -> OperatorView:
    _refuse_oneself(doer, operator_id)
    view = known_operator(session, operator_id, day or date.min)
    if not view.active:
        raise Conflict("operator_removed", "This operator has been removed already.")
    return view


def _refuse_oneself(doer: Doer, operator_id: UUID) -> None:
    if doer.operator_id == operator_id:
        raise Refused("operator_own_rights", "Nobody grants rights to themselves; ask another administrator.")


def _lock(session: Session) -> None:
    """Two administrators who remove each other at the same moment: the second sees what the first has done."""
    session.execute(select(OperatorAccount.id).order_by(OperatorAccount.id).with_for_update())


def _refuse_last(session: Session, operator_id: UUID, day: date) -> None:
    administrators = set(
        session.scalars(
            select(OperatorGrant.operator_id)
            .join(OperatorAccount, OperatorAccount.id == OperatorGrant.operator_id)
            .where(
                OperatorAccount.active.is_(True),
                OperatorGrant.role == OperatorRole.ADMINISTRATOR.value,
                OperatorGrant.during.contains(day),
            )
        )
    )
    if administrators == {operator_id}:
        raise Conflict(
            "operator_last", "This is the last administrator of the operators. Grant the role to somebody else first."
        )


def _end(session: Session, operator_id: UUID, day: date, role: str | None = None) -> None:
    begins = func.lower(OperatorGrant.during)
    mine = [OperatorGrant.operator_id == operator_id, func.coalesce(func.upper(OperatorGrant.during) > day, True)]
    if role is not None:
        mine.append(OperatorGrant.role == role)
    session.execute(
        update(OperatorGrant)
        .where(*mine)
        .values(during=func.daterange(begins, func.greatest(begins, day)))
        .execution_options(synchronize_session=False)
    )


def _reaches(during: Range[date], day: date) -> bool:
    return during.upper is None or during.upper > day


def _role(role: str) -> OperatorRole:
    if role not in list(OperatorRole):
        raise Invalid(
            "operator_role_unknown",
            "“{role}” is no role of operators; there are: {known}.",
            role=role[:40],
            known=", ".join(OperatorRole),
            field="role",
        )
    return OperatorRole(role)


def _login(login: str) -> str:
    name = login.strip()
    if not name or len(name) > LONGEST or not name.isprintable() or any(mark.isspace() for mark in name):
        raise Invalid(
            "operator_login", "Name the operator as their identity provider does, without spaces.", field="login"
        )
    return name


def _told(day: date | None) -> str | None:
    return day.isoformat() if day else None
