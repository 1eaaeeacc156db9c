"""The talk about a result: recorded by one of the two, acknowledged or contradicted by the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from selaras.audit.service import record, salted
from selaras.clock import now
from selaras.errors import Conflict, Invalid, NotFound, Refused
from selaras.evaluation.queries import OutcomeView, latest_outcome
from selaras.evaluation.rating_models import ResultTalk
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.notices.service import tell
from selaras.organisation.access import agency_day
from selaras.organisation.delegation import acting_for

PERSON, APPRAISER = "person", "appraiser"
AGREES, DISAGREES = "agrees", "disagrees"
SHORTEST, LONGEST = 10, 4000
NOTHING = "none"


@dataclass(frozen=True)
class Talk:
    """The record as it stands; what each says of it is agrees, disagrees, or None while they have not answered."""

    held_on: date
    agreed: str
    version: str
    edited_at: datetime
    person_says: str | None
    person_words: str | None
    appraiser_says: str | None
    appraiser_words: str | None


def talk_of(session: Session, person_id: UUID, period_id: UUID) -> Talk | None:
    """The talk about a person's result of a period; None where none is recorded."""
    row = session.scalar(_query(person_id, period_id))
    return _view(row) if row else None


def party_of(session: Session, actor: Actor, outcome: OutcomeView) -> str | None:
    """As which of the two the actor takes part: the person, or whoever appraised or acts for them; else None."""
    if actor.person_id is None:
        return None
    if actor.person_id == outcome.person_id:
        return PERSON
    if actor.person_id == outcome.appraiser_id:
        return APPRAISER
    acting = acting_for(session, actor, Permission.RATE_TEAM, outcome.person_id, outcome.ends)
    return APPRAISER if acting is not None else None


def record_talk(
    session: Session, actor: Actor, person_id: UUID, code: str, said: tuple[date, str], seen: str | None = None
) -> Talk:
    """Keep the day and what was agreed; the other one is asked. The same record again changes nothing.

    `seen`: the version that was read. `Conflict` where the other one changed it meanwhile; nothing is overwritten.
    """
    outcome, party = _taking_part(session, actor, person_id, code)
    held_on, agreed = said[0], said[1].strip()
    if not SHORTEST <= len(agreed) <= LONGEST:
        raise Invalid(
            "talk_agreed", "Write what was agreed, {least} to {most} characters.", least=SHORTEST, most=LONGEST
        )
    if held_on > agency_day(session, actor) or held_on < outcome.starts:
        raise Invalid("talk_day", "The talk took place on a day since the period began, today at the latest.")
    row = session.scalar(_query(person_id, outcome.period_id).with_for_update())
    if row is not None and (row.held_on, row.agreed) == (held_on, agreed):
        return _view(row)
    _refuse_other(row, seen)
    if row is None:
        row = ResultTalk(person_id=person_id, period_id=outcome.period_id)
        session.add(row)
    row.held_on, row.agreed, row.edited_at = held_on, agreed, now()
    own = party == PERSON
    row.person_says, row.appraiser_says = (AGREES, None) if own else (None, AGREES)
    row.person_words = row.appraiser_words = None
    session.flush()
    _tell(session, outcome, party, "talk_recorded")
    payload = {"period": code, "as": party, "agreed": salted(session, agreed)}
    record(session, actor, "talk.record", f"person:{person_id}", payload)
    return _view(row)


def answer_talk(
    session: Session, actor: Actor, person_id: UUID, code: str, answer: tuple[bool, str], seen: str | None = None
) -> Talk:
    """Say whether the record is right: `answer` is (agrees, words); who disagrees says why. Again, nothing changes."""
    outcome, party = _taking_part(session, actor, person_id, code)
    row = session.scalar(_query(person_id, outcome.period_id).with_for_update())
    if row is None:
        raise NotFound("result_talk_unknown", "No talk about this result is recorded yet.")
    _refuse_other(row, seen)
    agrees, words = answer[0], answer[1].strip()
    if not agrees and not SHORTEST <= len(words) <= LONGEST:
        raise Invalid(
            "talk_words", "Write what you see otherwise, {least} to {most} characters.", least=SHORTEST, most=LONGEST
        )
    says = AGREES if agrees else DISAGREES
    if party == PERSON:
        row.person_says, row.person_words = says, words or None
    else:
        row.appraiser_says, row.appraiser_words = says, words or None
    session.flush()
    _tell(session, outcome, party, "talk_answered")
    payload = {"period": code, "as": party, "says": says, "words": salted(session, words)}
    record(session, actor, "talk.answer", f"person:{person_id}", payload)
    return _view(row)


def _taking_part(session: Session, actor: Actor, person_id: UUID, code: str) -> tuple[OutcomeView, str]:
    outcome = latest_outcome(session, person_id, code)
    party = party_of(session, actor, outcome) if outcome else None
    if outcome is None or outcome.delivered_at is None:
        raise NotFound("talk_no_result", "There is no result of this person for {code} to talk about.", code=code)
    if party is None:
        raise Refused("talk_of_two", "The talk about a result is recorded by the person and their appraiser only.")
    return outcome, party


def _tell(session: Session, outcome: OutcomeView, party: str, code: str) -> None:
    other = outcome.appraiser_id if party == PERSON else outcome.person_id
    if other is not None:
        params = {"period": outcome.period_code, "person": str(outcome.person_id)}
        tell(session, other, code, outcome.person_id, params)


def _refuse_other(row: ResultTalk | None, seen: str | None) -> None:
    if seen is not None and seen != (row.edited_at.isoformat() if row else NOTHING):
        raise Conflict(
            "talk_changed", "The record was changed meanwhile; nothing was overwritten. Read it again, then decide."
        )


def _query(person_id: UUID, period_id: UUID) -> Select[ResultTalk]:
    return (
        select(ResultTalk)
        .where(ResultTalk.person_id == person_id, ResultTalk.period_id == period_id)
        .execution_options(populate_existing=True)
    )


def _view(row: ResultTalk) -> Talk:
    return Talk(
        row.held_on,
        row.agreed,
        row.edited_at.isoformat(),
        row.edited_at,
        row.person_says,
        row.person_words,
        row.appraiser_says,
        row.appraiser_words,
    )
