"""Reads of proposals “this is not my superior”: one's own, and those that wait for one's answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, or_, select
from sqlalchemy.orm import Session, aliased

from selaras.calendar.office import NATIONAL, OfficeCalendar
from selaras.calendar.queries import office_calendar
from selaras.evaluation.superior_rules import Asked, sides_for
from selaras.identity.actor import Actor
from selaras.identity.models import Account
from selaras.identity.permissions import Permission
from selaras.organisation.models import Person, SuperiorAnswer, SuperiorProposal
from selaras.organisation.reach import only_reached

MANAGES = Permission.IMPORT
"""Whoever may import reporting lines may answer in another's place."""
MOST = 200


@dataclass(frozen=True)
class AnswerView:
    """What one side said; `given_as` is oneself, or manager in their place."""

    side: str
    agrees: bool
    reason: str | None
    given_by: UUID
    given_name: str
    given_as: str
    given_at: datetime


@dataclass(frozen=True)
class ProposalView:
    """A proposal; `sides`: side → as what the reader may answer for it now. Past `expires_on` it is expired."""

    id: UUID
    person_id: UUID
    person_name: str
    proposed_id: UUID
    proposed_name: str
    present_id: UUID | None
    present_name: str | None
    effective_on: date
    reason: str
    state: str
    made_at: datetime
    made_on: date
    expires_on: date
    answers: tuple[AnswerView, ...]
    sides: dict[str, str]


def proposals(
    session: Session, actor: Actor, today: date, *, person_id: UUID | None = None, waiting: bool = False
) -> list[ProposalView]:
    """Proposals that concern the actor (or only `person_id`'s), the newest first; `waiting`: those to answer now."""
    mine = _mine(session, actor) if person_id is None else SuperiorProposal.person_id == person_id
    statement = _select().where(mine).order_by(SuperiorProposal.made_at.desc(), SuperiorProposal.id.desc()).limit(MOST)
    if waiting:
        statement = statement.where(SuperiorProposal.state == "open")
    found = _views(session, actor, today, statement)
    return [one for one in found if one.sides] if waiting else found


def proposal(session: Session, actor: Actor, proposal_id: UUID, today: date) -> ProposalView | None:
    """One of those that concern the actor."""
    statement = _select().where(SuperiorProposal.id == proposal_id, _mine(session, actor))
    return next(iter(_views(session, actor, today, statement)), None)


def _mine(session: Session, actor: Actor) -> ColumnElement[bool]:
    own: list[ColumnElement[bool]] = [false()]
    if actor.person_id is not None:
        columns = (SuperiorProposal.person_id, SuperiorProposal.proposed_id, SuperiorProposal.present_id)
        own += [column == actor.person_id for column in columns]
    if MANAGES in actor.permissions:
        own.append(only_reached(session, actor, MANAGES, SuperiorProposal.person_id))
    return or_(*own)


_Found = Select[SuperiorProposal, str, Person, Account, Person, Account]


def _select() -> _Found:
    owner, proposed, present = aliased(Person), aliased(Person), aliased(Person)
    theirs, ours = aliased(Account), aliased(Account)
    return (
        select(SuperiorProposal, owner.name, proposed, theirs, present, ours)
        .join(owner, owner.id == SuperiorProposal.person_id)
        .join(proposed, proposed.id == SuperiorProposal.proposed_id)
        .outerjoin(theirs, theirs.id == proposed.account_id)
        .outerjoin(present, present.id == SuperiorProposal.present_id)
        .outerjoin(ours, ours.id == present.account_id)
        .execution_options(populate_existing=True)
    )


def _views(session: Session, actor: Actor, today: date, statement: _Found) -> list[ProposalView]:
    rows = session.execute(statement).all()
    answers = _answers(session, [one.id for one, *_ in rows])
    calendar = office_calendar(session) if rows else NATIONAL
    return [
        _view(actor, today, one, owner, (proposed, theirs), (present, ours), answers[one.id], calendar)
        for one, owner, proposed, theirs, present, ours in rows
    ]


def _answers(session: Session, ids: Iterable[UUID]) -> dict[UUID, list[AnswerView]]:
    found: dict[UUID, list[AnswerView]] = defaultdict(list)
    rows = session.execute(
        select(SuperiorAnswer, Account.name)
        .join(Account, Account.id == SuperiorAnswer.given_by)
        .where(SuperiorAnswer.proposal_id.in_(list(ids)))
        .order_by(SuperiorAnswer.given_at)
    )
    for row, name in rows:
        found[row.proposal_id].append(
            AnswerView(row.party, row.agrees, row.reason, row.given_by, name, row.given_as, row.given_at)
        )
    return found


def _view(
    actor: Actor,
    today: date,
    one: SuperiorProposal,
    owner: str,
    wanted: tuple[Person, Account | None],
    current: tuple[Person | None, Account | None],
    answers: list[AnswerView],
    calendar: OfficeCalendar,
) -> ProposalView:
    (proposed, theirs), (present, ours) = wanted, current
    over = one.state == "open" and today > one.expires_on
    given = {answer.side for answer in answers}
    asked = [
        Asked("proposed", proposed.id, _reachable(proposed, theirs, today), "proposed" in given),
        Asked("present", present.id if present else None, _reachable(present, ours, today), "present" in given),
    ]
    sides = sides_for(
        asked,
        owner=one.person_id,
        made_on=one.made_on,
        today=today,
        person_id=actor.person_id,
        manages=MANAGES in actor.permissions,
        has_answered=any(answer.given_by == actor.account_id for answer in answers),
        calendar=calendar,
    )
    return ProposalView(
        id=one.id,
        person_id=one.person_id,
        person_name=owner,
        proposed_id=one.proposed_id,
        proposed_name=proposed.name,
        present_id=one.present_id,
        present_name=present.name if present else None,
        effective_on=one.effective_on,
        reason=one.reason,
        state="expired" if over else one.state,
        made_at=one.made_at,
        made_on=one.made_on,
        expires_on=one.expires_on,
        answers=tuple(answers),
        sides=sides if one.state == "open" and not over else {},
    )


def _reachable(person: Person | None, account: Account | None, today: date) -> bool:
    """Whether the person still serves and can sign in."""
    return bool(person and account and account.active and (person.left_on is None or person.left_on > today))
