"""Commands of the performance manager: start a close, withdraw it, let it go on after an override."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import polars as pl
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.calibration.ending import refuse_uncalibrated
from selaras.clock import today
from selaras.closing.models import Close, CloseStage
from selaras.closing.rules import Readiness
from selaras.db.bulk import set_based
from selaras.db.session import tenant_of
from selaras.errors import Conflict, NotFound
from selaras.evaluation import service as evaluation
from selaras.evaluation.distribution import checks
from selaras.evaluation.facts import Facts
from selaras.evaluation.forming import form_segments
from selaras.evaluation.handovers import refuse_handed_over
from selaras.evaluation.models import (
    DistributionCheck,
    DistributionOverride,
    Outcome,
    OutcomeBatch,
    OutcomeSteps,
    Period,
    RankingGroup,
    SegmentOutcome,
)
from selaras.evaluation.queries import PeriodView, period_by_code
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.jobs.queries import job
from selaras.jobs.service import enqueue
from selaras.monitoring.survey.standing import surveys_of
from selaras.regulation import Rules, load_registry
from selaras.tenancy.queries import agency, rules_within
from selaras.tenancy.rule_texts import keep_rule_text

JOB = "close"
SHOWN = 20
MOST = 100_000


def readiness(session: Session, period: PeriodView, rules: Rules, within: frozenset[UUID] | None = None) -> Readiness:
    """What is still missing before the period can be closed: three statements, four where somebody is unrated.

    `within`: in these units only.
    """
    facts = Facts(session, period, rules)
    with set_based(session):
        standing = _of_units(facts.units(), within)
        people, rated = int(standing["people"].sum()), int(standing["rated"].sum())
        unrated = (
            _of_units(facts.unrated(SHOWN if within is None else MOST), within).head(SHOWN)
            if rated < people
            else standing.select("unit_id").clear()
        )
        units = standing.filter(pl.col("rated") > 0).select("unit_id").unique(maintain_order=True)
        rated_units = facts.rated_units() if _needs_unit_ratings(rules) else units
        missing = units.join(rated_units, on="unit_id", how="anti")
    return Readiness(
        people=people,
        rated=rated,
        unrated=tuple((UUID(person), UUID(unit)) for person, unit in unrated.rows()),
        units=units.height,
        unrated_units=tuple(UUID(unit) for unit in missing["unit_id"]),
        surveys=surveys_of(session, period.id),
    )


def _of_units(frame: pl.DataFrame, within: frozenset[UUID] | None) -> pl.DataFrame:
    return frame if within is None else frame.filter(pl.col("unit_id").is_in([str(one) for one in within]))


def _needs_unit_ratings(rules: Rules) -> bool:
    return rules.distribution is not None and rules.distribution.needs_rating


def start(
    session: Session,
    actor: Actor,
    code: str,
    rules: Rules,
    *,
    without_unrated: bool = False,
    without_surveys: bool = False,
) -> UUID:
    """Start closing a period as a job; returns the close's id.

    Refused in words while somebody in scope is unrated (unless `without_unrated`: they get no outcome), while a unit
    has no organisation rating (SE MenPANRB 3/2023: no predikat before it), while a 360° survey of the period is open
    (unless `without_surveys`: its answers are in no result), or while another close is under way.
    """
    actor.require(Permission.CLOSE_PERIOD)
    period = period_by_code(session, code)
    day = today(agency(session, tenant_of(session)).time_zone)
    if period.segmented is None and rules.combination and period.state == "open":
        period = _form(session, actor, period, rules)
    ready = readiness(session, period, rules)
    _refuse_unready(period, ready, without_unrated, day)
    if ready.running_surveys and not without_surveys:
        raise _surveys_running(period, ready)
    refuse_handed_over(session, period.id, code)
    refuse_uncalibrated(session, period)
    batch = OutcomeBatch(period_id=period.id, rule_id=keep_rule_text(session, rules))
    session.add(batch)
    session.flush()
    close = Close(period_id=period.id, batch_id=batch.id, without_unrated=without_unrated)
    session.add(close)
    try:
        with session.begin_nested():
            session.flush()
    except IntegrityError as error:
        raise under_way(code) from error
    session.execute(update(Period).where(Period.id == period.id).values(state="closing"))
    close.job_id = enqueue(session, actor, JOB, {"close_id": str(close.id)})
    record(session, actor, "close.start", f"close:{close.id}", {"period": code, "rule": rules.hash})
    return close.id


def _form(session: Session, actor: Actor, period: PeriodView, rules: Rules) -> PeriodView:
    """Segments that nobody has formed are formed now: a year of two halves must not pass for one."""
    whose = agency(session, tenant_of(session))
    law = rules_within(session, whose, period.starts, period.ends, load_registry())
    form_segments(session, actor, period.code, law)
    formed = period_by_code(session, period.code)
    found = readiness(session, formed, rules) if formed.segmented else None
    if found and found.rated < found.people:
        raise Conflict(
            "close_segments_unrated",
            "{people} people have several segments in {period}, and {count} people are not rated for each of theirs. "
            "Form the segments, have each of them rated, and close again.",
            people=formed.segmented,
            period=period.code,
            count=found.people - found.rated,
        )
    return formed


def under_way(code: str) -> Conflict:
    """The refusal for whoever comes second."""
    return Conflict(
        "close_under_way", "Period {code} is being closed already, or is closed; look at its progress.", code=code
    )


def _refuse_unready(period: PeriodView, ready: Readiness, without_unrated: bool, day: date) -> None:
    if period.state != "open":
        raise under_way(period.code)
    if day <= period.ends:
        raise Conflict(
            "close_too_early",
            "{period} lasts until {ends}; it can be closed from the day after.",
            period=period.code,
            ends=period.ends,
        )
    if ready.unrated_units:
        raise Conflict(
            "close_units_unrated",
            "{count} units have no organisation rating for {code}; the leader one level above sets it first.",
            count=len(ready.unrated_units),
            code=period.code,
        )
    if ready.rated < ready.people and not without_unrated:
        raise Conflict(
            "close_people_unrated",
            "{count} of {people} people have no rating for {code}. Have them rated, or close without them.",
            count=ready.people - ready.rated,
            people=ready.people,
            code=period.code,
        )
    if not ready.rated:
        raise Conflict(
            "close_nobody_rated", "Nobody is rated for {code}, so there is nothing to close.", code=period.code
        )


def _surveys_running(period: PeriodView, ready: Readiness) -> Conflict:
    return Conflict(
        "close_surveys_open",
        "{count} 360° surveys of {code} are open, so their answers would be in no result. Close the surveys first, or "
        "close the period without them.",
        count=len(ready.running_surveys),
        code=period.code,
    )


def close_of(session: Session, code: str) -> Close:
    """The close of a period that is under way or done, locked; or `NotFound`."""
    close = session.scalar(
        select(Close)
        .join(Period, Period.id == Close.period_id)
        .where(Period.code == code, Close.state != "withdrawn")
        .with_for_update(of=Close)
    )
    if close is None:
        raise NotFound("close_unknown", "Period {code} has no close under way.", code=code)
    return close


def override(session: Session, actor: Actor, code: str, unit_id: UUID, reason: str) -> None:
    """The authorised official's written reason for one unit; the close goes on when no breach is left."""
    close = close_of(session, code)
    if close.state != "blocked":
        raise Conflict("close_not_blocked", "The close of {code} does not wait for an override.", code=code)
    breached = select(DistributionCheck.id).where(
        DistributionCheck.batch_id == close.batch_id,
        DistributionCheck.unit_id == unit_id,
        DistributionCheck.valid.is_(False),
    )
    if session.scalar(breached) is None:
        raise NotFound("breach_unknown", "This unit's distribution is not in breach; there is nothing to override.")
    evaluation.override_distribution(session, actor, code, unit_id, reason)
    assert close.batch_id is not None
    if not any(check.breached for check in checks(session, close.batch_id, close.period_id)):
        go_on(session, actor, close)


def resume(session: Session, actor: Actor, code: str) -> None:
    """Put a close that waits (or whose job was given up) back to work; it waits again if its cause remains."""
    actor.require(Permission.CLOSE_PERIOD)
    close = close_of(session, code)
    if close.state == "set":
        raise under_way(code)
    if close.state == "running" and close.job_id and job(session, close.job_id).state in ("waiting", "running"):
        return
    go_on(session, actor, close)


def go_on(session: Session, actor: Actor, close: Close) -> None:
    """Another job for the same close. Two do no harm: each step holds the close's row and looks at the marks."""
    close.state = "running"
    close.figures = {name: value for name, value in close.figures.items() if name != "problem"}
    close.job_id = enqueue(session, actor, JOB, {"close_id": str(close.id)})


def withdraw(session: Session, actor: Actor, code: str) -> None:
    """Remove the drafts of a blocked close, so that ratings can be changed; an outcome that is set stays."""
    actor.require(Permission.CLOSE_PERIOD)
    close = close_of(session, code)
    batch = close.batch_id
    drafted = session.scalar(select(OutcomeBatch.state).where(OutcomeBatch.id == batch)) == "drafted"
    if close.state != "blocked" or not drafted:
        raise Conflict(
            "close_not_withdrawable",
            "Only a close that waits, before its outcomes are set, can be withdrawn; this one is {state}.",
            state=close.state,
        )
    keys = select(Outcome.person_id).where(Outcome.period_id == close.period_id, Outcome.batch_id == batch)
    session.execute(
        delete(OutcomeSteps).where(OutcomeSteps.period_id == close.period_id, OutcomeSteps.person_id.in_(keys))
    )
    session.execute(delete(Outcome).where(Outcome.period_id == close.period_id, Outcome.batch_id == batch))
    for table in (DistributionCheck, RankingGroup, SegmentOutcome):
        session.execute(delete(table).where(table.batch_id == batch))
    session.execute(delete(CloseStage).where(CloseStage.close_id == close.id))
    # A reason was written for the distribution that is now gone; the ledger keeps that it was given.
    session.execute(delete(DistributionOverride).where(DistributionOverride.period_id == close.period_id))
    session.execute(update(OutcomeBatch).where(OutcomeBatch.id == batch).values(state="withdrawn"))
    session.execute(update(Period).where(Period.id == close.period_id).values(state="open"))
    close.state = "withdrawn"
    record(session, actor, "close.withdraw", f"close:{close.id}", {"period": code})
