"""Reads: an agency's grants of input across agencies, a leader's own, and what arrived for an assignment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.planning.across.models import GrantedInput, InputGrant
from selaras.planning.across.rules import Side, State
from selaras.planning.across.service import standing_of

MOST = 500
_HELD = InputGrant.ended_at.is_(None) & (InputGrant.answer == State.ACCEPTED.value)


@dataclass(frozen=True)
class WrittenInput:
    """What a leader wrote: `told` once the other agency has judged this wording, `refusal` why not taken."""

    period_code: str
    content: str
    given_on: date
    told: bool
    refusal: str | None


@dataclass(frozen=True)
class GrantView:
    """A grant as one of its agencies sees it. Days are `[since, until)`; `told`: the other agency knows all of it."""

    id: UUID
    side: str
    state: State
    other_name: str
    person_name: str
    task: str
    role: str
    work_since: date
    work_until: date | None
    basis: str
    leader_number: str
    leader_name: str | None
    since: date
    until: date
    offered_at: datetime
    answered_at: datetime | None
    ended_by_side: str | None
    ended_at: datetime | None
    end_reason: str | None
    told: bool
    inputs: tuple[WrittenInput, ...] = ()

    @property
    def last_day(self) -> date:
        """The last day on which it holds."""
        return self.until - timedelta(days=1)


@dataclass(frozen=True)
class Arrived:
    """What another agency's leader says about the person of an assignment."""

    assignment_id: UUID
    period_code: str
    giver_name: str | None
    given_on: date
    content: str


def grants(session: Session, actor: Actor, day: date) -> list[GrantView]:
    """Every grant of the agency on either side, the newest first; needs SHARE_INPUT for the whole agency."""
    actor.require_whole(Permission.SHARE_INPUT)
    rows = session.scalars(select(InputGrant).order_by(InputGrant.offered_at.desc(), InputGrant.id).limit(MOST))
    return [_view(row, day) for row in rows]


def waiting(session: Session, day: date) -> int:
    """How many offers of other agencies wait for this agency's answer."""
    query = select(func.count()).where(
        InputGrant.part == Side.RECEIVING.value,
        InputGrant.answer.is_(None),
        InputGrant.ended_at.is_(None),
        func.upper(InputGrant.during) > day,
    )
    return session.scalar(query) or 0


def silent(session: Session, person_id: UUID, day: date) -> list[date]:
    """The last days of those grants under which a leader may speak on `day` and has not yet, the nearest first."""
    query = (
        select(func.upper(InputGrant.during))
        .outerjoin(GrantedInput, GrantedInput.grant_id == InputGrant.id)
        .where(
            InputGrant.part == Side.RECEIVING.value,
            InputGrant.leader_id == person_id,
            _HELD,
            InputGrant.during.contains(day),
            GrantedInput.id.is_(None),
        )
        .order_by(func.upper(InputGrant.during))
    )
    return [until - timedelta(days=1) for until in session.scalars(query)]


def own_grants(session: Session, actor: Actor, day: date) -> list[GrantView]:
    """The grants under which the actor may give input on `day`, with what they wrote."""
    return _of_leader(session, actor, day, _HELD & InputGrant.during.contains(day))


def _of_leader(session: Session, actor: Actor, day: date, where: ColumnElement[bool]) -> list[GrantView]:
    if actor.person_id is None:
        return []
    query = select(InputGrant).where(
        InputGrant.part == Side.RECEIVING.value, InputGrant.leader_id == actor.person_id, where
    )
    rows = list(session.scalars(query.order_by(InputGrant.offered_at.desc(), InputGrant.id).limit(MOST)))
    written = _written(session, [row.id for row in rows])
    return [_view(row, day, tuple(written.get(row.id, ()))) for row in rows]


def arrived(session: Session, assignments: Iterable[UUID]) -> list[Arrived]:
    """What was taken from other agencies' leaders on these assignments, the newest period first."""
    rows = session.execute(
        select(
            InputGrant.assignment_id,
            GrantedInput.period_code,
            InputGrant.leader_name,
            GrantedInput.given_on,
            GrantedInput.content,
        )
        .join(GrantedInput, GrantedInput.grant_id == InputGrant.id)
        .where(
            InputGrant.part == Side.GIVING.value,
            InputGrant.assignment_id.in_(list(assignments)),
            GrantedInput.revision > 0,
        )
        .order_by(GrantedInput.period_code.desc(), InputGrant.leader_name)
    )
    return [Arrived(row.assignment_id, row.period_code, row.leader_name, row.given_on, row.content) for row in rows]


def _written(session: Session, ids: list[UUID]) -> dict[UUID, list[WrittenInput]]:
    found: dict[UUID, list[WrittenInput]] = {}
    rows = session.scalars(
        select(GrantedInput).where(GrantedInput.grant_id.in_(ids)).order_by(GrantedInput.period_code.desc())
    )
    for row in rows:
        told = row.told_revision >= row.revision
        found.setdefault(row.grant_id, []).append(
            WrittenInput(row.period_code, row.content, row.given_on, told, row.refusal if told else None)
        )
    return found


def _view(row: InputGrant, day: date, inputs: tuple[WrittenInput, ...] = ()) -> GrantView:
    standing = standing_of(row)
    assert row.work.lower is not None
    return GrantView(
        id=row.id,
        side=row.part,
        state=standing.on(day),
        other_name=row.other_name,
        person_name=row.person_name,
        task=row.task,
        role=row.role,
        work_since=row.work.lower,
        work_until=row.work.upper,
        basis=row.basis,
        leader_number=row.leader_number,
        leader_name=row.leader_name,
        since=standing.since,
        until=standing.until,
        offered_at=row.offered_at,
        answered_at=row.answered_at,
        ended_by_side=row.ended_by_side,
        ended_at=row.ended_at,
        end_reason=row.end_reason,
        told=row.told_at is not None and row.told_at >= row.changed_at,
        inputs=inputs,
    )
