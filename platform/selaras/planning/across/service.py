"""Commands: input across agencies is offered, accepted or declined, ended by either side, and written by the leader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range, insert
from sqlalchemy.orm import Session

from selaras.audit.service import record, salted
from selaras.clock import now
from selaras.db.session import tenant_of
from selaras.errors import Conflict, Invalid, NotFound
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.jobs.service import enqueue
from selaras.notices.service import tell
from selaras.organisation.access import agency_day, person_for
from selaras.organisation.queries import person_by_number
from selaras.planning.across import rules
from selaras.planning.across.models import GrantedInput, InputGrant
from selaras.planning.across.rules import Side, Standing, State
from selaras.planning.models import Assignment
from selaras.tenancy.queries import AgencyView, agency_by_host, agency_by_slug

JOB = "input_grant"
NUMBER_LENGTH = 30


@dataclass(frozen=True)
class Offer:
    """Whom to let give input on which assignment: the other agency by its short address or host, its leader by number.

    The days are `[since, until)`; `basis` is the letter it rests on.
    """

    assignment_id: UUID
    agency: str
    leader_number: str
    basis: str
    since: date
    until: date


def standing_of(row: InputGrant) -> Standing:
    """What the state of a grant hangs on."""
    assert row.during.lower is not None
    assert row.during.upper is not None
    return Standing(row.during.lower, row.during.upper, row.answer, row.ended_at is not None)


def offer(session: Session, actor: Actor, wanted: Offer, today: date) -> UUID:
    """Consent, for the own agency, that a leader of another gives input on one assignment of one person.

    Needs SHARE_INPUT for the whole agency. The other agency learns the person's name, the task, the part in it and the
    assignment's days, nothing else; the person is told.
    """
    actor.require_whole(Permission.SHARE_INPUT)
    assignment = _assignment(session, wanted.assignment_id)
    person = person_for(session, actor, assignment.person_id).line
    other = _other_agency(session, wanted.agency)
    number, basis = wanted.leader_number.strip(), rules.refuse_reason(wanted.basis)
    if not number.isalnum() or len(number) > NUMBER_LENGTH:
        raise Invalid("input_grant_number", "Write the leader's NIP or NI PPPK.", field="leader")
    assert assignment.during.lower is not None
    rules.refuse_days(wanted.since, wanted.until, today, (assignment.during.lower, assignment.during.upper))
    _refuse_second(session, assignment.id, other.uuid, number, today)
    row = InputGrant(
        id=uuid4(),
        part=Side.GIVING.value,
        other_agency=other.uuid,
        other_name=other.name,
        assignment_id=assignment.id,
        person_name=person.name,
        task=assignment.task,
        role=assignment.role,
        work=assignment.during,
        basis=basis,
        leader_number=number,
        during=Range(wanted.since, wanted.until),
        offered_by=actor.account_id,
        offered_at=now(),
        changed_at=now(),
    )
    session.add(row)
    session.flush()
    said = {"assignment": assignment.id, "agency": other.uuid, "since": wanted.since, "until": wanted.until}
    record(session, actor, "input_grant.offer", _subject(row), {**said, "basis": salted(session, basis)})
    tell(session, assignment.person_id, "input_grant_offered", row.id, {"agency": other.name})
    enqueue(session, actor, JOB, {"grant": str(row.id)})
    return row.id


def answer(session: Session, actor: Actor, grant_id: UUID, *, accepted: bool, today: date) -> None:
    """The receiving agency's answer. Accepting binds the leader who has the number that was named, today."""
    actor.require_whole(Permission.SHARE_INPUT)
    row = _row(session, grant_id)
    if row.part != Side.RECEIVING or standing_of(row).on(today) is not State.OFFERED:
        raise Conflict("input_grant_answered", "There is nothing to answer here: it was answered, ended, or is over.")
    if accepted:
        leader = person_by_number(session, row.leader_number, today)
        if leader is None:
            raise NotFound(
                "input_grant_leader",
                "Nobody here has the number {number} today. Decline; the other agency can offer it anew.",
                number=row.leader_number,
            )
        row.leader_id, row.leader_name = leader, person_for(session, actor, leader).line.name
        tell(session, leader, "input_grant_accepted", row.id, {"agency": row.other_name})
    row.answer = (State.ACCEPTED if accepted else State.DECLINED).value
    row.answered_by, row.answered_at = actor.account_id, now()
    said = {"agency": row.other_agency, "leader": row.leader_id}
    _changed(session, actor, row, "input_grant.accept" if accepted else "input_grant.decline", said)


def end(session: Session, actor: Actor, grant_id: UUID, reason: str, today: date) -> None:
    """Either agency's official ends it, at once here and with the next job there."""
    actor.require_whole(Permission.SHARE_INPUT)
    row = _row(session, grant_id)
    why = rules.refuse_reason(reason)
    if standing_of(row).on(today) not in (State.OFFERED, State.ACCEPTED):
        raise Conflict("input_grant_over", "This is over already; nothing was changed.")
    row.ended_by_side, row.ended_by, row.ended_at, row.end_reason = row.part, actor.account_id, now(), why
    _changed(session, actor, row, "input_grant.end", {"agency": row.other_agency, "reason": salted(session, why)})


def write(
    session: Session, actor: Actor, grant_id: UUID, period_code: str, content: str, *, days: tuple[date, date]
) -> None:
    """The leader's words on the other agency's person in a period; given again, they take the place of the earlier.

    `days`: the period's first and last. `Refused` once the grant is over, `Invalid` for a period that the assignment
    does not touch.
    """
    row = session.get(InputGrant, (tenant_of(session), grant_id), with_for_update=True)
    if row is None or row.part != Side.RECEIVING or actor.person_id is None or row.leader_id != actor.person_id:
        raise NotFound("input_grant_unknown", "There is no such grant of input here.")
    today = agency_day(session, actor)
    refused = rules.refusal_on(standing_of(row), today)
    if refused is not None:
        raise refused
    words = rules.refuse_content(content)
    refuse_period(row, period_code, days)
    statement = insert(GrantedInput).values(
        tenant_id=tenant_of(session),
        grant_id=row.id,
        period_code=period_code,
        content=words,
        given_on=today,
        revision=1,
    )
    anew = {"content": words, "given_on": today, "revision": GrantedInput.revision + 1, "refusal": None}
    session.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "grant_id", "period_code"], set_=anew))
    _changed(session, actor, row, "input_grant.write", {"agency": row.other_agency, "period": period_code})


def refuse_period(row: InputGrant, period_code: str, days: tuple[date, date]) -> None:
    """`Invalid` where the assignment touches no day of the period."""
    if not row.work.overlaps(Range(*days, bounds="[]")):
        raise Invalid(
            "input_period",
            "The assignment touches no day of {period}; name a period of it.",
            period=period_code,
            field="period",
        )


def _changed(session: Session, actor: Actor, row: InputGrant, action: str, said: Mapping[str, object]) -> None:
    row.changed_at = now()
    session.flush()
    record(session, actor, action, _subject(row), said)
    enqueue(session, actor, JOB, {"grant": str(row.id)})


def _row(session: Session, grant_id: UUID) -> InputGrant:
    row = session.get(InputGrant, (tenant_of(session), grant_id), with_for_update=True)
    if row is None:
        raise NotFound("input_grant_unknown", "There is no such grant of input here.")
    return row


def _assignment(session: Session, assignment_id: UUID) -> Assignment:
    row = session.get(Assignment, (tenant_of(session), assignment_id))
    if row is None:
        raise NotFound("assignment_not_here", "There is no such assignment here.")
    if row.origin != "other_agency":
        raise Invalid("input_grant_origin", "Only an assignment to another agency's team can be opened to its leader.")
    return row


def _other_agency(session: Session, named: str) -> AgencyView:
    wanted = named.strip().lower()
    try:
        found = agency_by_host(session, wanted) or agency_by_slug(session, wanted)
    except NotFound:
        found = None
    if found is None or found.status != "active" or found.tenant_id == tenant_of(session):
        raise Invalid(
            "input_grant_agency",
            "No other agency is reached at “{agency}” here. Write the host at which its people sign in.",
            agency=named[:80],
            field="agency",
        )
    return found


def _refuse_second(session: Session, assignment_id: UUID, other: UUID, number: str, today: date) -> None:
    rows = session.scalars(
        select(InputGrant).where(
            InputGrant.assignment_id == assignment_id,
            InputGrant.other_agency == other,
            InputGrant.leader_number == number,
        )
    )
    if any(standing_of(one).on(today) in (State.OFFERED, State.ACCEPTED) for one in rows):
        raise Conflict("input_grant_held", "This leader was offered the same already; end that first.")


def _subject(row: InputGrant) -> str:
    return f"input_grant:{row.id}"
