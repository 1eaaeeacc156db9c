"""The gate of fairness: what a meeting's outcomes are asked about at its lock, and the chair's answers in writing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import polars as pl
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.calibration.models import (
    CalibrationCase,
    CalibrationEvent,
    CalibrationMeeting,
    CalibrationResult,
    CalibrationWarning,
)
from selaras.calibration.room import Room, Sent, enter, sent_before
from selaras.calibration.rules import Kind
from selaras.db.bulk import read_frame
from selaras.db.session import tenant_of
from selaras.errors import Conflict, Invalid, NotFound
from selaras.evaluation.models import Period
from selaras.fairness.gaming import lowered_twice, turns
from selaras.fairness.outcomes import gaps
from selaras.fairness.saying import warning_in_words
from selaras.fairness.thresholds import DEFAULT, Thresholds
from selaras.fairness.traits import TRAITS, traits
from selaras.identity.actor import Actor
from selaras.organisation.models import Unit
from selaras.regulation import Label
from selaras.tenancy.models import RuleText

SHORTEST_ANSWER = 20
LONGEST_ANSWER = 2000
YEARS_BACK = 5

# The outcomes of earlier closed periods of the same kind, of the people of these units.
_HISTORY = """
    SELECT DISTINCT ON (o.period_id, o.person_id) o.unit_id, p.ends, o.person_id, o.outcome
    FROM selaras.outcome o
    JOIN selaras.period p ON p.tenant_id = %(tenant)s AND p.id = o.period_id
    JOIN selaras.outcome_batch b ON b.tenant_id = %(tenant)s AND b.id = o.batch_id AND b.state = 'set'
    WHERE o.tenant_id = %(tenant)s AND p.kind = %(kind)s AND p.ends < %(starts)s::date
      AND p.ends >= %(since)s::date AND o.unit_id = ANY(%(units)s::uuid[])
    ORDER BY o.period_id, o.person_id, o.revision DESC
"""
_HISTORY_SCHEMA: dict[str, type[pl.DataType]] = {
    "unit_id": pl.String,
    "year": pl.String,
    "person": pl.String,
    "outcome": pl.String,
}


@dataclass(frozen=True)
class WarningView:
    """One warning: `number` is its place in the meeting; `figures` say what was found and by which thresholds.

    `words` say the same in both languages. `kind`: trait (a group comes off lower), turns (the best outcome goes round
    in a unit), lowered_twice (people whom an earlier meeting lowered too). `answer` is the chair's; without it the
    meeting does not close.
    """

    number: int
    code: str
    kind: str
    figures: dict[str, Any]
    words: Label
    answer: str | None
    answered_at: datetime | None


def warnings(session: Session, meeting_id: UUID) -> list[WarningView]:
    """What the chair of a meeting has to answer, in the order in which it was found.

    Whoever calls this has seen to it that the reader may know of the meeting (`queries.meeting`).
    """
    rows = session.scalars(
        select(CalibrationWarning)
        .where(CalibrationWarning.meeting_id == meeting_id)
        .order_by(CalibrationWarning.number)
    ).all()
    names = {str(unit): name for unit, name in session.execute(select(Unit.id, Unit.name))} if rows else {}
    return [
        WarningView(
            one.number,
            one.code,
            one.kind,
            dict(one.figures),
            warning_in_words(one.kind, one.figures, names),
            one.answer,
            one.answered_at,
        )
        for one in rows
    ]


def keep_warnings(room: Room, thresholds: Thresholds = DEFAULT) -> int:
    """Find what the outcomes of a meeting are asked about as they stand at its lock, and keep it; how many."""
    session, meeting = room.session, room.meeting
    described = session.scalars(select(RuleText.description).where(RuleText.id == meeting.rule_id)).one()
    codes = [str(one["code"]) for one in described["outcomes"]]
    cases = _cases(session, meeting.id, codes)
    period = session.scalars(select(Period).where(Period.id == meeting.period_id)).one()
    found = [
        *_of_traits(session, cases, period, thresholds),
        *_of_meetings(session, cases, period),
        *_of_turns(session, cases, period, codes, thresholds),
    ]
    for number, (code, kind, figures) in enumerate(found, start=1):
        session.add(CalibrationWarning(meeting_id=meeting.id, number=number, code=code, kind=kind, figures=figures))
    session.flush()
    if found:
        told = {"warnings": [code for code, _, _ in found]}
        record(session, room.actor, "calibration.warned", f"calibration:{meeting.id}", told)
    return len(found)


_Found = tuple[str, str, dict[str, Any]]


def _cases(session: Session, meeting_id: UUID, codes: list[str]) -> pl.DataFrame:
    rows = session.execute(
        select(
            CalibrationCase.person_id,
            CalibrationCase.group_key,
            CalibrationCase.unit_id,
            CalibrationCase.outcome,
            CalibrationCase.outcome_now,
        )
        .where(CalibrationCase.meeting_id == meeting_id)
        .order_by(CalibrationCase.person_id)
    )
    names = ("person", "group_key", "unit_id", "outcome", "outcome_now")
    frame = pl.DataFrame(
        [dict(zip(names, map(str, row), strict=True)) for row in rows], schema=dict.fromkeys(names, pl.String)
    )
    levels = {code: len(codes) - 1 - place for place, code in enumerate(codes)}
    level = {"default": None, "return_dtype": pl.Int64}
    return frame.with_columns(
        level=pl.col("outcome_now").replace_strict(levels, **level),  # type: ignore[arg-type]  # polars wants each by name
        opened=pl.col("outcome").replace_strict(levels, **level),  # type: ignore[arg-type]  # polars wants each by name
    )


def _of_traits(session: Session, cases: pl.DataFrame, period: Period, thresholds: Thresholds) -> list[_Found]:
    known = traits(session, cases.get_column("person").to_list(), period.ends, thresholds)
    people = cases.join(known, on="person", how="left", maintain_order="left")
    return [
        (f"trait:{one.trait}:{one.value}", "trait", {**_plain(one), "thresholds": _plain(thresholds)})
        for one in gaps(people, TRAITS, thresholds)
        if one.shown and (one.trait not in ("newcomer", "leaver", "part_time") or one.value == "yes")
    ]


def _of_meetings(session: Session, cases: pl.DataFrame, period: Period) -> list[_Found]:
    lowered = cases.filter(pl.col("level") < pl.col("opened")).get_column("person").to_list()
    if not lowered:
        return []
    rows = session.execute(
        select(CalibrationResult.person_id, CalibrationResult.from_outcome, CalibrationResult.to_outcome)
        .join(CalibrationMeeting, CalibrationMeeting.id == CalibrationResult.meeting_id)
        .join(Period, Period.id == CalibrationMeeting.period_id)
        .where(
            CalibrationResult.person_id.in_([UUID(person) for person in lowered]),
            CalibrationResult.state.in_(["accepted", "decided"]),
            CalibrationMeeting.state.in_(["locked", "closed"]),
            Period.ends < period.starts,
        )
    ).all()
    order = dict(cases.select("outcome", "opened").unique().iter_rows()) | dict(
        cases.select("outcome_now", "level").unique().iter_rows()
    )
    before = [str(row.person_id) for row in rows if _lower(order, row.from_outcome, row.to_outcome)]
    twice = lowered_twice(lowered, pl.DataFrame({"person": before}, schema={"person": pl.String}))
    return [("lowered_twice", "lowered_twice", {"people": list(twice)})] if twice else []


def _lower(order: dict[str, int], before: str, after: str) -> bool:
    """Outcomes that nobody has any more are not known to this meeting; then nothing is said."""
    return before in order and after in order and order[after] < order[before]


def _of_turns(
    session: Session, cases: pl.DataFrame, period: Period, codes: list[str], thresholds: Thresholds
) -> list[_Found]:
    values = {
        "tenant": tenant_of(session),
        "kind": period.kind,
        "starts": period.starts,
        "since": period.starts.replace(year=period.starts.year - YEARS_BACK, day=1),
        "units": cases.get_column("unit_id").unique().to_list(),
    }
    before = read_frame(session, _HISTORY, values, _HISTORY_SCHEMA)
    now = cases.select("unit_id", pl.lit(period.ends.isoformat()).alias("year"), "person", outcome="outcome_now")
    whole = pl.concat([before, now]).with_columns(
        top=pl.col("outcome") == codes[0], year=pl.col("year").rank("dense").cast(pl.Int64)
    )
    found = turns(whole.select("unit_id", "year", "person", "top"), thresholds)
    return [
        (f"turns:{one.unit_id}", "turns", {**_plain(one), "thresholds": _plain(thresholds)})
        for one in found
        if one.shown
    ]


def _plain(one: object) -> dict[str, Any]:
    return {name: round(value, 6) if isinstance(value, float) else value for name, value in vars(one).items()}


def answer_warning(session: Session, actor: Actor, meeting_id: UUID, number: int, words: str, key: UUID) -> int:
    """The chair answers a warning in writing; again until somebody has answered for the minutes.

    Minutes that were drafted before have to be drafted again, so that they hold every answer.
    """
    room = enter(session, actor, meeting_id, states=("locked", "closed"))
    room.require_chair()
    before = sent_before(session, actor, meeting_id, key, Sent(Kind.EXPLAINED))
    if before is not None:
        return before
    said = words.strip()
    if not SHORTEST_ANSWER <= len(said) <= LONGEST_ANSWER:
        raise Invalid(
            "calibration_warning_answer",
            "Write the answer in {shortest} to {longest} characters: it stands in the minutes.",
            shortest=SHORTEST_ANSWER,
            longest=LONGEST_ANSWER,
        )
    if room.meeting.state != "locked" or _signed(session, meeting_id):
        raise Conflict(
            "calibration_warning_settled",
            "The minutes are being signed already, or the meeting is closed: the answers in them stay as they are.",
        )
    found = session.get(CalibrationWarning, (tenant_of(session), meeting_id, number))
    if found is None:
        raise NotFound("calibration_warning_unknown", "There is no such warning about this meeting.")
    found.answer, found.answered_by, found.answered_at = said, room.person_id, room.at
    room.meeting.minutes_id = None
    return room.write(Kind.EXPLAINED, key, reason_code=found.code, words=said)


def _signed(session: Session, meeting_id: UUID) -> bool:
    kinds = [Kind.SIGNED.value, Kind.DECLINED.value]
    here = (CalibrationEvent.meeting_id == meeting_id, CalibrationEvent.kind.in_(kinds))
    return session.scalar(select(CalibrationEvent.number).where(*here).limit(1)) is not None


def refuse_unanswered(session: Session, meeting_id: UUID) -> None:
    """`Conflict` while a warning has no answer of the chair."""
    waiting = session.scalar(
        select(func.count())
        .select_from(CalibrationWarning)
        .where(CalibrationWarning.meeting_id == meeting_id, CalibrationWarning.answer.is_(None))
    )
    if waiting:
        raise Conflict(
            "calibration_unanswered",
            "{waiting} warnings about the outcomes have no answer yet. The chair answers each in writing; then the "
            "minutes can be drafted and the meeting closed.",
            waiting=waiting,
        )
