"""What one agency tells the other about a grant, and what the other takes of it: each fact once, in any order.

A letter is the whole of what its side has decided, so a letter that comes twice, late or after a newer one changes
nothing. Each side writes only what is its own: the giving one the offer, the receiving one answer and inputs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import Range, insert
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.db.session import tenant_of
from selaras.errors import Conflict, DomainError, NotFound
from selaras.identity.actor import Actor, system
from selaras.notices.service import tell
from selaras.organisation.queries import superior_of
from selaras.planning.across.models import GrantedInput, InputGrant
from selaras.planning.across.rules import Side, State
from selaras.planning.across.service import refuse_period, standing_of
from selaras.planning.models import Assignment
from selaras.tenancy.queries import agency

# Refuses a period whose results stand already; the days of a period by its code.
Settled = Callable[[Session, str], tuple[date, date]]


@dataclass(frozen=True)
class Offered:
    """What the receiving agency learns of the person and the assignment, and whom it is to let speak."""

    person_name: str
    task: str
    role: str
    work: Range[date]
    basis: str
    leader_number: str
    during: Range[date]
    offered_at: datetime


@dataclass(frozen=True)
class Answered:
    """The receiving agency's answer, and the leader's name."""

    answer: str
    answered_at: datetime
    leader_name: str | None


@dataclass(frozen=True)
class Ended:
    """Who ended it, when and why."""

    side: str
    at: datetime
    reason: str


@dataclass(frozen=True)
class Words:
    """One input on its way."""

    period_code: str
    content: str
    given_on: date
    revision: int


@dataclass(frozen=True)
class Letter:
    """All that one side has to say about one grant, as it stood at `written_at`."""

    grant_id: UUID
    side: Side
    sender: UUID
    sender_name: str
    receiver: UUID
    written_at: datetime
    offered: Offered | None
    answered: Answered | None
    ended: Ended | None
    inputs: tuple[Words, ...]


@dataclass(frozen=True)
class Taken:
    """What the other agency did with a letter: `refusal` of the whole, or of inputs by period (None: taken)."""

    refusal: str | None = None
    inputs: tuple[tuple[str, int, str | None], ...] = ()


def outgoing(session: Session, grant_id: UUID) -> Letter:
    """What this agency has to say about a grant of its own; `NotFound` where it has none of that id."""
    row = session.get(InputGrant, (tenant_of(session), grant_id))
    if row is None:
        raise NotFound("input_grant_unknown", "There is no such grant of input here.")
    own, side = agency(session, tenant_of(session)), Side(row.part)
    ended = row.ended_at if row.ended_by_side == side else None
    return Letter(
        row.id,
        side,
        own.uuid,
        own.name,
        row.other_agency,
        row.changed_at,
        _offered(row) if side is Side.GIVING else None,
        Answered(row.answer, row.answered_at, row.leader_name)
        if side is Side.RECEIVING and row.answer and row.answered_at
        else None,
        Ended(side, ended, row.end_reason or "") if ended else None,
        _inputs(session, row.id) if side is Side.RECEIVING else (),
    )


def take(session: Session, letter: Letter, settled: Settled) -> Taken:
    """What arrives, within the agency that it is for; only what is new there is written and goes into its ledger."""
    here = system(tenant_of(session))
    if letter.side is Side.GIVING:
        _received(session, here, letter)
    row = session.get(InputGrant, (tenant_of(session), letter.grant_id), with_for_update=True)
    if row is None:
        return _refused(session, here, letter, "input_grant_unknown")
    if row.other_agency != letter.sender or row.part == letter.side:
        return _refused(session, here, letter, "input_grant_foreign")
    if letter.answered is not None and row.answer is None:
        _take_answer(session, here, row, letter.answered)
    # Inputs before the end: they were written while it held.
    judged = [(one, _take_input(session, here, row, one, settled)) for one in letter.inputs]
    if letter.ended is not None and row.ended_at is None:
        row.ended_by_side, row.ended_at, row.end_reason = letter.ended.side, letter.ended.at, letter.ended.reason
        record(session, here, "input_grant.ended", f"input_grant:{row.id}", {"agency": letter.sender})
    session.flush()
    return Taken(inputs=tuple((one.period_code, one.revision, refusal) for one, refusal in judged))


def delivered(session: Session, letter: Letter, taken: Taken) -> None:
    """Note at the sender what the other agency did with the letter."""
    row = session.get(InputGrant, (tenant_of(session), letter.grant_id), with_for_update=True)
    if row is None:
        return
    if row.told_at is None or row.told_at < letter.written_at:
        row.told_at = letter.written_at
    for period, revision, refusal in taken.inputs:
        changed = session.execute(
            update(GrantedInput)
            .where(
                GrantedInput.grant_id == row.id,
                GrantedInput.period_code == period,
                GrantedInput.revision == revision,
                GrantedInput.told_revision < revision,
            )
            .values(told_revision=revision, refusal=refusal)
            .returning(GrantedInput.id)
        ).scalar()
        if changed and refusal:
            here = system(tenant_of(session))
            payload = {"agency": row.other_agency, "period": period, "reason": refusal}
            record(session, here, "input_grant.refused", f"input_grant:{row.id}", payload)


def _offered(row: InputGrant) -> Offered:
    return Offered(
        row.person_name,
        row.task,
        row.role,
        row.work,
        row.basis,
        row.leader_number,
        row.during,
        row.offered_at,
    )


def _inputs(session: Session, grant_id: UUID) -> tuple[Words, ...]:
    rows = session.scalars(
        select(GrantedInput)
        .where(GrantedInput.grant_id == grant_id, GrantedInput.told_revision < GrantedInput.revision)
        .order_by(GrantedInput.period_code)
    )
    return tuple(Words(one.period_code, one.content, one.given_on, one.revision) for one in rows)


def _received(session: Session, here: Actor, letter: Letter) -> None:
    """The offer's own row, if it is not here yet."""
    if letter.offered is None:
        return
    values = {
        **vars(letter.offered),
        "tenant_id": tenant_of(session),
        "id": letter.grant_id,
        "part": Side.RECEIVING.value,
        "other_agency": letter.sender,
        "other_name": letter.sender_name,
        "changed_at": letter.offered.offered_at,
        "told_at": letter.offered.offered_at,
    }
    statement = insert(InputGrant).values(values).on_conflict_do_nothing(index_elements=["tenant_id", "id"])
    if session.execute(statement.returning(InputGrant.id)).scalar() is not None:
        days = {"since": letter.offered.during.lower, "until": letter.offered.during.upper}
        record(
            session, here, "input_grant.offered", f"input_grant:{letter.grant_id}", {"agency": letter.sender, **days}
        )


def _take_answer(session: Session, here: Actor, row: InputGrant, said: Answered) -> None:
    row.answer, row.answered_at, row.leader_name = said.answer, said.answered_at, said.leader_name
    action = "input_grant.accepted" if said.answer == State.ACCEPTED else "input_grant.declined"
    record(session, here, action, f"input_grant:{row.id}", {"agency": row.other_agency})


def _take_input(session: Session, here: Actor, row: InputGrant, said: Words, settled: Settled) -> str | None:
    """Take one input, unless it was judged already; the code of the refusal where this agency does not take it.

    Of a refused one nothing is kept but which it was, and why: what was taken before stays.
    """
    refusal = _why_not(session, row, said, settled)
    values = {**vars(said), "tenant_id": tenant_of(session), "grant_id": row.id, "told_revision": said.revision}
    if refusal is not None:
        values |= {"content": "", "revision": 0, "refusal": refusal}
    statement = insert(GrantedInput).values(values)
    kept = ("told_revision", "refusal") if refusal else ("told_revision", "refusal", "content", "given_on", "revision")
    newer = statement.on_conflict_do_update(
        index_elements=["tenant_id", "grant_id", "period_code"],
        set_={name: statement.excluded[name] for name in kept},
        where=GrantedInput.told_revision < statement.excluded.told_revision,
    )
    if session.execute(newer.returning(GrantedInput.id)).scalar() is None:
        return refusal
    payload = {"agency": row.other_agency, "period": said.period_code, "revision": said.revision}
    if refusal is not None:
        record(session, here, "input_grant.refused", f"input_grant:{row.id}", {**payload, "reason": refusal})
        return refusal
    record(session, here, "input_grant.input", f"input_grant:{row.id}", payload)
    _tell_appraiser(session, row, said)
    return None


def _why_not(session: Session, row: InputGrant, said: Words, settled: Settled) -> str | None:
    if row.part != Side.GIVING:
        return "input_grant_foreign"
    standing = standing_of(row)
    state = standing.on(said.given_on)
    if state is not State.ACCEPTED or said.given_on < standing.since:
        return f"input_grant_{state.value}" if state is not State.ACCEPTED else "input_grant_waiting"
    try:
        refuse_period(row, said.period_code, settled(session, said.period_code))
    except DomainError as error:
        return error.code
    return None


def _tell_appraiser(session: Session, row: InputGrant, said: Words) -> None:
    assignment = session.get(Assignment, (tenant_of(session), row.assignment_id))
    person = assignment.person_id if assignment else None
    superior = superior_of(session, person, said.given_on) if person else None
    if superior is not None:
        place = {"person": str(person), "year": int(said.period_code[:4])}
        tell(session, superior, "input_grant_input", row.id, {"agency": row.other_name, **place})


def _refused(session: Session, here: Actor, letter: Letter, reason: str) -> Taken:
    payload = {"agency": letter.sender, "reason": reason}
    record(session, here, "input_grant.refused", f"input_grant:{letter.grant_id}", payload)
    return Taken(refusal=reason)


def refuse_whole(taken: Taken) -> None:
    """`Conflict` where the other agency refused the whole letter."""
    if taken.refusal is not None:
        raise Conflict(taken.refusal, "The other agency does not take this: the grant is not between the two of you.")
