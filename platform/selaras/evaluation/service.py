"""Commands: open a period, judge what a rating may say, answer an outcome, override a distribution."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

import polars as pl
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from selaras.audit.service import record, salted
from selaras.clock import now, today
from selaras.db.session import tenant_of
from selaras.errors import Conflict, Invalid, NotFound, Refused
from selaras.evaluation.locking import Matter, refuse_locked, refuse_locked_day
from selaras.evaluation.models import (
    DistributionOverride,
    OutcomeEvent,
    Period,
    Segment,
)
from selaras.evaluation.queries import OutcomeView, PeriodView, latest_outcome, period_by_code
from selaras.evaluation.rules import OutcomeState, PeriodSpan, period_span
from selaras.evaluation.wording import descriptions
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.monitoring.survey.queries import columns_of
from selaras.regulation import Label, Rules
from selaras.tenancy.queries import agency

REASON_LENGTH = 20
FARTHEST = timedelta(days=366)
LONGEST_NAME = 60


def open_period(session: Session, actor: Actor, code: str, rules: Rules) -> UUID:
    """Open the period `code` (2026-TW3); opening it again changes nothing. `rules`: those of the period's last day."""
    actor.require(Permission.CLOSE_PERIOD)
    span = period_span(code)
    _check_span(session, span, rules)
    found = session.execute(select(Period.id, Period.state).where(Period.code == span.code)).one_or_none()
    if found and found.state != "open":
        raise Conflict(
            "period_not_opened",
            "Period {code} is {state}; it cannot be opened again.",
            code=span.code,
            state=found.state,
        )
    if found:
        known: UUID = found.id
        return known
    values = {
        "tenant_id": tenant_of(session),
        "code": span.code,
        "kind": span.kind,
        "starts": span.starts,
        "ends": span.ends,
    }
    # Of two who open it at once, one does and the other finds it open.
    made: UUID | None = session.scalar(insert(Period).values(values).on_conflict_do_nothing().returning(Period.id))
    if made is None:
        return period_by_code(session, span.code).id
    record(session, actor, "period.open", f"period:{made}", {"code": span.code})
    return made


def _check_span(session: Session, span: PeriodSpan, rules: Rules) -> None:
    """A period of a length that the regulation knows, not more than a year ahead."""
    if span.kind not in rules.periods:
        raise Invalid(
            "period_kind",
            "{regulation} has no evaluation by {kind}; it knows: {known_kinds}.",
            regulation=rules.title,
            kind=span.kind,
            known_kinds=", ".join(rules.periods),
        )
    if span.starts > today(agency(session, tenant_of(session)).time_zone) + FARTHEST:
        raise Invalid(
            "period_far_ahead",
            "{code} begins on {starts}, more than a year ahead; open it later.",
            code=span.code,
            starts=span.starts,
        )


def remove_period(session: Session, actor: Actor, code: str) -> None:
    """Remove a period that was opened by mistake; `Conflict` where anything was rated in it or a close was begun."""
    actor.require(Permission.CLOSE_PERIOD)
    found = session.execute(select(Period.id, Period.state).where(Period.code == code).with_for_update()).one_or_none()
    if found is None:
        raise NotFound("period_unknown", "There is no period {code} here.", code=code)
    try:
        if found.state == "open":
            with session.begin_nested():
                session.execute(delete(Segment).where(Segment.period_id == found.id))
                session.execute(delete(Period).where(Period.id == found.id))
    except IntegrityError:
        found = None
    if found is None or found.state != "open":
        raise Conflict(
            "period_used",
            "Period {code} stays: something was rated in it, or its close was begun.",
            code=code,
        )
    record(session, actor, "period.remove", f"period:{found.id}", {"code": code})


def open_for_rating(session: Session, code: str, person_id: UUID | None = None) -> PeriodView:
    """The period, if it may still be rated; `Conflict` says that it is being closed or is closed.

    `person_id`: who is to be rated; then the agency's lock on ratings counts too (`evaluation.locking`).

    A close that begins now waits for this transaction, so that no rating changes behind the outcomes.
    """
    state = session.scalar(select(Period.state).where(Period.code == code).with_for_update(read=True))
    period = period_by_code(session, code)
    if state != "open":
        raise Conflict(
            "period_not_open",
            "Period {code} is {state}: ratings can no longer be changed. "
            "The performance manager can withdraw a close that is not yet set.",
            code=code,
            state=state,
        )
    if person_id is not None:
        refuse_locked(session, Matter.RATING, period.code, person_id)
    return period


def refuse_settled(session: Session, code: str, person_id: UUID | None = None, matter: Matter = Matter.PLAN) -> None:
    """`Conflict` where the period `code` is being closed or closed: what its results rest on is no longer changed.

    `person_id`: whose plan or progress is to be changed; then the agency's lock on that counts too.

    A period that was never opened here refuses nothing; a close that begins now waits for this transaction.
    """
    state = session.scalar(select(Period.state).where(Period.code == code).with_for_update(read=True))
    if state not in (None, "open"):
        raise Conflict(
            "period_settled",
            "Period {code} is {state}; what its results rest on stays as it is.",
            code=code,
            state=state,
        )
    if person_id is not None:
        refuse_locked(session, matter, code, person_id)


def refuse_settled_day(session: Session, day: date, person_id: UUID | None = None) -> None:
    """`Conflict` where a period that holds the day is being closed or closed; see `refuse_settled`.

    `person_id`: whose progress of that day is to be changed; then the agency's lock on progress counts too.
    """
    found = select(Period.code, Period.state).where(Period.starts <= day, Period.ends >= day).order_by(Period.ends)
    for row in session.execute(found.with_for_update(read=True)):
        if row.state != "open":
            raise Conflict(
                "day_settled",
                "{day} lies in {code}, which is {state}; what its results rest on stays as it is.",
                day=day,
                code=row.code,
                state=row.state,
            )
    if person_id is not None:
        refuse_locked_day(session, Matter.PROGRESS, day, person_id)


def open_days(session: Session, code: str) -> tuple[date, date]:
    """The first and the last day of a period on which something may still be said; `Invalid` or `Conflict` if not."""
    span = period_span(code)
    refuse_settled(session, span.code)
    return span.starts, span.ends


def refuse_surveyed(session: Session, person_id: UUID, period_id: UUID, inputs: Mapping[str, object]) -> None:
    """`Invalid` where somebody writes what a closed survey of the period says."""
    held = columns_of(session, person_id, period_id) & set(inputs)
    if held:
        raise Invalid(
            "rating_surveyed",
            "{column} comes from the 360° survey of this period; nobody writes it. Leave it empty.",
            column=sorted(held)[0],
        )


def refuse_unknown_inputs(person_id: UUID, inputs: Mapping[str, object], rules: Rules) -> None:
    """As `refuse_bad_inputs`, for what is still being written: something may be missing."""
    refuse_bad_inputs(person_id, inputs, rules, whole=False)


def refuse_bad_inputs(person_id: UUID, inputs: Mapping[str, object], rules: Rules, *, whole: bool = True) -> None:
    """`Invalid` names the column, what is wrong with its value, and the remedy."""
    unknown = sorted(set(inputs) - {column.name for column in rules.asked_columns})
    if unknown:
        shown = unknown[0][:LONGEST_NAME].encode(errors="replace").decode()
        raise Invalid("rating_column", "{regulation} knows no column {column}.", regulation=rules.code, column=shown)
    for name, value in inputs.items():
        if not _plain(value):
            raise Invalid("rating_shape", "{column} takes a single text or number.", column=name)
    problems = [
        one
        for one in rules.validate(pl.DataFrame([{"person": str(person_id), **inputs}]), None, asked=True)
        if whole or one.column in inputs
    ]
    if problems:
        raise Invalid(
            "rating_value",
            "{column}: {problem}; {remedy}.",
            column=_label(rules, problems[0].column),
            problem=problems[0].label("problem"),
            remedy=problems[0].label("remedy"),
        )


def _label(rules: Rules, name: str) -> Label | str:
    return next((column.label for column in rules.asked_columns if column.name == name), name)


def _plain(value: object) -> bool:
    """Whether a frame can hold the value: a nested one ends the process that tries, deep enough."""
    if isinstance(value, str):
        return "\0" not in value and value.encode(errors="ignore").decode() == value
    if isinstance(value, int | float):
        return abs(value) < 2**53
    return value is None


def override_distribution(session: Session, actor: Actor, code: str, unit_id: UUID, reason: str) -> None:
    """The authorised official sets a unit's outcomes against the distribution, with a written reason."""
    actor.require(Permission.OVERRIDE_DISTRIBUTION)
    if actor.account_id is None:
        raise Refused("override_needs_official", "Only the authorised official in person may override a distribution.")
    if len(reason.strip()) < REASON_LENGTH:
        raise Invalid(
            "override_reason",
            "Write the reason in at least {length} characters; it goes into the document.",
            length=REASON_LENGTH,
        )
    period = period_by_code(session, code)
    statement = insert(DistributionOverride).values(
        tenant_id=tenant_of(session),
        period_id=period.id,
        unit_id=unit_id,
        reason=reason.strip(),
        account_id=actor.account_id,
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["tenant_id", "period_id", "unit_id"],
            set_={"reason": reason.strip(), "account_id": actor.account_id, "at": now()},
        )
    )
    payload = {"period": code, "reason": salted(session, reason.strip())}
    record(session, actor, "distribution.override", f"unit:{unit_id}", payload)


def accept(session: Session, actor: Actor, code: str) -> None:
    """The person accepts their own outcome of a period."""
    _answer(session, actor, code, OutcomeState.ACCEPTED, None)


def object_to(session: Session, actor: Actor, code: str, reason: str) -> None:
    """The person objects, with reasons, to the appraiser's superior, within the window (PP 30/2019 Ps 59)."""
    if len(reason.strip()) < REASON_LENGTH:
        raise Invalid("objection_reason", "Write your reasons in at least {length} characters.", length=REASON_LENGTH)
    _answer(session, actor, code, OutcomeState.OBJECTED, reason.strip())


def hold_answers(session: Session, person_id: UUID) -> None:
    """Wait until nobody else answers, or decides on an answer, about this person; until the transaction ends.

    One after the other: of an acceptance and an objection sent at once, both would be kept.
    """
    answers = func.hashtextextended(f"selaras.answer.{person_id}", 0)
    session.execute(select(func.pg_advisory_xact_lock(answers)))


def _answer(session: Session, actor: Actor, code: str, state: OutcomeState, reason: str | None) -> None:
    if actor.person_id is None:
        raise NotFound("outcome_none_yours", "There is no outcome of yours for {code}.", code=code)
    hold_answers(session, actor.person_id)
    outcome = latest_outcome(session, actor.person_id, code)
    if outcome is None:
        raise NotFound("outcome_none_yours", "There is no outcome of yours for {code}.", code=code)
    if outcome.state == state:
        return
    _refuse_late(session, outcome, state)
    if outcome.state != OutcomeState.DELIVERED:
        raise Conflict(
            "outcome_not_open",
            "The outcome of {code} is {state}; it can no longer be answered.",
            code=code,
            state=outcome.state.value,
        )
    session.add(
        OutcomeEvent(
            person_id=actor.person_id,
            period_id=outcome.period_id,
            segment=outcome.segment,
            revision=outcome.revision,
            state=state.value,
            reason=reason,
            account_id=actor.account_id,
            at=now(),
        )
    )
    payload: dict[str, object] = {"period": code, "revision": outcome.revision}
    if reason:
        payload["reason"] = salted(session, reason)
    record(session, actor, f"outcome.{state.value}", f"person:{actor.person_id}", payload)


def _refuse_late(session: Session, outcome: OutcomeView, state: OutcomeState) -> None:
    """An objection after its last day is refused with the rule that sets the day."""
    until = outcome.objection_until
    zone = agency(session, tenant_of(session)).time_zone
    if state is not OutcomeState.OBJECTED or until is None or today(zone) <= until:
        return
    rule = descriptions(session, [outcome.rule_hash])[outcome.rule_hash]["objection"]
    raise Conflict(
        "objection_late",
        "An objection to {code} was possible until {until}: {days} days ({kind}) from its delivery, {article}.",
        code=outcome.period_code,
        until=until,
        days=rule["days"],
        kind=rule["kind"],
        article=rule["source"]["article"],
    )
