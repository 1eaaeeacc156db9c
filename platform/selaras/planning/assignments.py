"""Assignments to teams (own unit, another, another agency), and what team leaders tell about their members."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range, insert
from sqlalchemy.orm import Session, aliased

from selaras.audit.service import record
from selaras.db.session import tenant_of
from selaras.errors import Invalid, NotFound
from selaras.identity.actor import Actor
from selaras.organisation.access import agency_day
from selaras.organisation.models import Person, Unit
from selaras.planning.across.queries import arrived
from selaras.planning.models import Assignment, TeamInput

INPUT_LENGTH = 4_000


@dataclass(frozen=True)
class InputView:
    """A team leader's words on one person's work in a period; the appraiser reads them, they rate nothing."""

    period_code: str
    giver_name: str | None
    given_on: date
    content: str


@dataclass(frozen=True)
class AssignmentView:
    """One person's place in a team on the days `[since, until)`; `place_name` is the unit or agency that it is for."""

    assignment_id: UUID
    code: str
    person_id: UUID
    role: str
    leader_id: UUID | None
    leader_name: str | None
    origin: str
    place_name: str | None
    task: str
    basis: str
    result: str | None
    since: date
    until: date | None
    inputs: tuple[InputView, ...]

    @property
    def last_day(self) -> date | None:
        """The last day of the assignment; None while it is open."""
        return self.until - timedelta(days=1) if self.until else None


def assignments_of(session: Session, person_id: UUID, starts: date, ends: date) -> list[AssignmentView]:
    """The person's assignments that touch `starts` to `ends` (both included), with all inputs, the newest first."""
    leader = aliased(Person)
    rows = session.execute(
        select(Assignment, leader.name, Unit.name)
        .outerjoin(leader, leader.id == Assignment.leader_id)
        .outerjoin(Unit, Unit.id == Assignment.unit_id)
        .where(Assignment.person_id == person_id, Assignment.during.overlaps(Range(starts, ends, bounds="[]")))
        .order_by(Assignment.during.desc(), Assignment.code)
    ).all()
    inputs = _inputs(session, [row.id for row, _, _ in rows])
    return [_view(row, leader_name, unit_name, inputs.get(row.id, [])) for row, leader_name, unit_name in rows]


def assignment_for(session: Session, assignment_id: UUID) -> AssignmentView:
    """One assignment, without inputs; ask `person_for` about its person before it is shown."""
    row = session.get(Assignment, (tenant_of(session), assignment_id))
    if row is None:
        raise NotFound("assignment_not_here", "There is no such assignment here.")
    return _view(row, None, None, [])


def give_input(
    session: Session, actor: Actor, assignment_id: UUID, period_code: str, content: str, *, days: tuple[date, date]
) -> None:
    """The team leader's words on a member in a period; given again, they take the place of the earlier ones.

    `days`: the period's first and last; `Invalid` where the assignment touches none of them.
    """
    row = session.get(Assignment, (tenant_of(session), assignment_id))
    if row is None or actor.person_id is None or row.leader_id != actor.person_id:
        raise NotFound("assignment_unknown", "You lead no such assignment.")
    if (row.during.lower or days[0]) > days[1] or (row.during.upper is not None and row.during.upper <= days[0]):
        raise Invalid(
            "input_period", "The assignment touches no day of {period}; name a period of it.", period=period_code
        )
    if not 1 <= len(content.strip()) <= INPUT_LENGTH:
        raise Invalid("input_length", "Write between 1 and {most} characters.", field="content", most=INPUT_LENGTH)
    values = {
        "tenant_id": tenant_of(session),
        "assignment_id": assignment_id,
        "period_code": period_code,
        "giver_id": actor.person_id,
        "given_on": agency_day(session, actor),
        "content": content.strip(),
    }
    statement = insert(TeamInput).values(values)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["tenant_id", "assignment_id", "period_code"],
            set_={name: statement.excluded[name] for name in ("giver_id", "given_on", "content")},
        )
    )
    record(session, actor, "team_input.given", f"assignment:{assignment_id}", {"period": period_code})


def _inputs(session: Session, ids: list[UUID]) -> dict[UUID, list[InputView]]:
    """Of the own agency's leaders, and of another's where a grant let them speak."""
    found: dict[UUID, list[InputView]] = {}
    rows = session.execute(
        select(TeamInput, Person.name)
        .outerjoin(Person, Person.id == TeamInput.giver_id)
        .where(TeamInput.assignment_id.in_(ids))
        .order_by(TeamInput.period_code.desc())
    )
    for row, name in rows:
        found.setdefault(row.assignment_id, []).append(InputView(row.period_code, name, row.given_on, row.content))
    for one in arrived(session, ids) if ids else ():
        said = InputView(one.period_code, one.giver_name, one.given_on, one.content)
        found.setdefault(one.assignment_id, []).append(said)
    return {key: sorted(said, key=lambda one: one.period_code, reverse=True) for key, said in found.items()}


def _view(row: Assignment, leader: str | None, unit: str | None, inputs: list[InputView]) -> AssignmentView:
    assert row.during.lower is not None
    return AssignmentView(
        assignment_id=row.id,
        code=row.code,
        person_id=row.person_id,
        role=row.role,
        leader_id=row.leader_id,
        leader_name=leader or row.leader_name,
        origin=row.origin,
        place_name=row.agency_name or unit,
        task=row.task,
        basis=row.basis,
        result=row.result,
        since=row.during.lower,
        until=row.during.upper,
        inputs=tuple(inputs),
    )
