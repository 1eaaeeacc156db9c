"""Reads: proposals with their course, candidates, improvement cases with their steps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from selaras.db.paging import Page, bounded, cursor, position
from selaras.errors import Invalid, NotFound
from selaras.evaluation.models import Period
from selaras.followup.models import ImprovementCase, ImprovementStep, Proposal, ProposalEvent
from selaras.followup.rules import Stage, Standing, Transition, steps_open
from selaras.identity.actor import Actor
from selaras.identity.models import Account
from selaras.identity.permissions import Permission
from selaras.organisation.inspecting import note
from selaras.organisation.models import Person
from selaras.organisation.reach import only_reached

Lines = Select[Proposal, str, str]


@dataclass(frozen=True)
class ProposalLine:
    """A proposal as a list shows it; `basis` says why, with the article and the values of the steps."""

    id: UUID
    person_id: UUID
    name: str
    period: str
    kind: str
    state: str
    outcome: str
    revision: int
    basis: dict[str, Any]
    proposed_at: datetime


@dataclass(frozen=True)
class Event:
    """What was done with a proposal; `by` is the account's name, None for the system."""

    state: str
    reason: str | None
    decree_number: str | None
    decree_date: date | None
    by: str | None
    at: datetime


@dataclass(frozen=True)
class ProposalView:
    """A proposal with its course, oldest step first, and the improvement case that it opened, if any."""

    line: ProposalLine
    events: tuple[Event, ...]
    case_id: UUID | None


@dataclass(frozen=True)
class Asked:
    """Which proposals are wanted; None: any."""

    period: str | None = None
    kind: str | None = None
    state: str | None = None
    person_id: UUID | None = None


@dataclass(frozen=True)
class Count:
    """How many proposals of a kind stand at a state."""

    kind: str
    state: str
    proposals: int


@dataclass(frozen=True)
class CaseStep:
    """One step of an improvement case."""

    action: str
    stage: str
    on_day: date
    article: str
    reason: str
    decree_number: str | None
    by: str | None


@dataclass(frozen=True)
class CaseView:
    """An improvement case: where it stands, its last day, its steps (oldest first), and what is possible today."""

    id: UUID
    person_id: UUID
    name: str
    stage: str
    opened_on: date
    due_on: date | None
    paused_days: int
    closed_on: date | None
    steps: tuple[CaseStep, ...]
    possible: tuple[Transition, ...]


def proposals(
    session: Session, actor: Actor, asked: Asked, *, after: str | None = None, limit: int = 50
) -> Page[ProposalLine]:
    """Proposals about those whom the actor may see, in the order in which they were made; `after`: a page's `next`."""
    size = bounded(limit)
    query = (
        _wanted(_lines(), asked).where(_seen(session, actor, Proposal.person_id)).order_by(Proposal.id).limit(size + 1)
    )
    if after:
        try:
            query = query.where(Proposal.id > UUID(position(after, 1)[0]))
        except ValueError as error:
            raise Invalid(
                "cursor_unusable", "The position in the list is unusable; start from the first page."
            ) from error
    rows = session.execute(query).all()
    lines = tuple(_line(row) for row in rows[:size])
    note(session, actor, [one.person_id for one in lines])
    return Page(lines, cursor(str(lines[-1].id)) if len(rows) > size else None)


def counts(session: Session, actor: Actor, period: str | None = None) -> list[Count]:
    """Proposals by kind and state, of one period or of all."""
    query = select(Proposal.kind, Proposal.state, func.count()).join(Period, Period.id == Proposal.period_id)
    query = query.where(_seen(session, actor, Proposal.person_id))
    if period:
        query = query.where(Period.code == period)
    rows = session.execute(query.group_by(Proposal.kind, Proposal.state).order_by(Proposal.kind, Proposal.state))
    return [Count(*row) for row in rows]


def proposal(session: Session, actor: Actor, proposal_id: UUID) -> ProposalView:
    """One proposal with its course, or NotFound."""
    row = session.execute(
        _lines().where(Proposal.id == proposal_id, _seen(session, actor, Proposal.person_id))
    ).one_or_none()
    if row is None:
        raise NotFound("followup.proposal_unknown", "There is no such proposal here; choose at least one of the list.")
    note(session, actor, [row[0].person_id])
    case = session.scalar(select(ImprovementCase.id).where(ImprovementCase.proposal_id == proposal_id))
    events = session.execute(
        select(ProposalEvent, Account.name)
        .outerjoin(Account, Account.id == ProposalEvent.account_id)
        .where(ProposalEvent.proposal_id == proposal_id)
        .order_by(ProposalEvent.at, ProposalEvent.id)
    )
    course = (Event(one.state, one.reason, one.decree_number, one.decree_date, name, one.at) for one, name in events)
    return ProposalView(_line(row), tuple(course), case)


def cases(session: Session, actor: Actor, day: date, *, open_only: bool = True, limit: int = 200) -> list[CaseView]:
    """Improvement cases, the one that is due first in front."""
    query = (
        _cases()
        .where(_seen(session, actor, ImprovementCase.person_id))
        .order_by(ImprovementCase.due_on.nulls_last(), ImprovementCase.id)
        .limit(limit)
    )
    if open_only:
        query = query.where(ImprovementCase.closed_on.is_(None))
    found = [_case(case, name, (), day) for case, name in session.execute(query)]
    note(session, actor, [one.person_id for one in found])
    return found


def case(session: Session, actor: Actor, case_id: UUID, day: date) -> CaseView:
    """One improvement case with its steps, or NotFound."""
    seen = _seen(session, actor, ImprovementCase.person_id)
    row = session.execute(_cases().where(ImprovementCase.id == case_id, seen)).one_or_none()
    if row is None:
        raise NotFound("improvement.unknown", "There is no such improvement case here.")
    note(session, actor, [row[0].person_id])
    found = session.execute(
        select(ImprovementStep, Account.name)
        .outerjoin(Account, Account.id == ImprovementStep.account_id)
        .where(ImprovementStep.case_id == case_id)
        .order_by(ImprovementStep.on_day, ImprovementStep.id)
    )
    steps = tuple(
        CaseStep(one.action, one.stage, one.on_day, one.article, one.reason, one.decree_number, by) for one, by in found
    )
    return _case(row[0], row[1], steps, day)


def _seen(session: Session, actor: Actor, person: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    return only_reached(session, actor, Permission.SEE_FOLLOWUP, person)


def _lines() -> Lines:
    return (
        select(Proposal, Person.name, Period.code)
        .join(Person, Person.id == Proposal.person_id)
        .join(Period, Period.id == Proposal.period_id)
    )


def _wanted(query: Lines, asked: Asked) -> Lines:
    for value, condition in (
        (asked.period, Period.code == asked.period),
        (asked.kind, Proposal.kind == asked.kind),
        (asked.state, Proposal.state == asked.state),
        (asked.person_id, Proposal.person_id == asked.person_id),
    ):
        if value:
            query = query.where(condition)
    return query


def _line(row: Row[Proposal, str, str]) -> ProposalLine:
    one, name, period = row
    return ProposalLine(
        one.id,
        one.person_id,
        name,
        period,
        one.kind,
        one.state,
        one.outcome,
        one.revision,
        one.basis,
        one.proposed_at,
    )


def _cases() -> Select[ImprovementCase, str]:
    return select(ImprovementCase, Person.name).join(Person, Person.id == ImprovementCase.person_id)


def _case(one: ImprovementCase, name: str, steps: tuple[CaseStep, ...], day: date) -> CaseView:
    standing = Standing(Stage(one.stage), one.due_on, one.paused_on, one.paused_days)
    return CaseView(
        one.id,
        one.person_id,
        name,
        one.stage,
        one.opened_on,
        one.due_on,
        one.paused_days,
        one.closed_on,
        steps,
        steps_open(standing, day),
    )
