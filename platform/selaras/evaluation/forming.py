"""Commands on segments: form them from the dated rows, state a person's by hand, merge two, split one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

import polars as pl
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from selaras.audit.service import record, salted
from selaras.db.bulk import insert_frame, set_based
from selaras.db.session import tenant_of
from selaras.errors import Invalid, NotFound
from selaras.evaluation.changes import Change, told
from selaras.evaluation.facts import covered
from selaras.evaluation.models import Period, Segment
from selaras.evaluation.moving import KNOWN, move_ratings, restated
from selaras.evaluation.queries import PeriodView
from selaras.evaluation.segment_facts import formed, held_within
from selaras.evaluation.segment_queries import SegmentView, segments_of
from selaras.evaluation.segments import ENDED, SEGMENT_SCHEMA, Law, cut, several
from selaras.evaluation.service import REASON_LENGTH, open_for_rating
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.organisation.models import Person
from selaras.regulation import Rules, Segmentation
from selaras.regulation.segmentation import CAUSES
from selaras.tenancy.queries import Followed


@dataclass(frozen=True)
class Formed:
    """How many people have segments of their own, how many segments, how many people were left as stated by hand."""

    people: int
    segments: int
    stated: int


@dataclass(frozen=True)
class StatedSegment:
    """A segment as the performance manager states it; both days included.

    Without an `appraiser_id` it is the superior of its last day. `outcome` and `score`: made elsewhere, nobody rates.
    """

    starts: date
    ends: date
    cause: str
    evaluated: bool = True
    appraiser_id: UUID | None = None
    ended: str | None = None
    outcome: str | None = None
    score: float | None = None


def form_segments(session: Session, actor: Actor, code: str, law: Sequence[Followed]) -> Formed:
    """Cut an open period into the segments that posts, superiors, standing and regulation make; again at any time.

    `law`: see `tenancy.queries.rules_within`; its last is the rule of the whole. What was stated by hand stays; ratings
    given before follow their last day into the new segments. Statements are constant, whatever the head-count.
    """
    actor.require(Permission.CLOSE_PERIOD)
    period = open_for_rating(session, code)
    with set_based(session):
        segments, stated, gone = _form(session, period, law)
    told(session, actor, gone)
    people = _count(session, period)
    record(session, actor, "segments.form", f"period:{period.id}", {"period": code, "people": people})
    return Formed(people, segments, stated)


def form_one(session: Session, actor: Actor, code: str, person_id: UUID, law: Sequence[Followed]) -> None:
    """The same for one person whose dated rows have changed; what was stated by hand stays."""
    period = open_for_rating(session, code)
    _, _, gone = _form(session, period, law, person_id)
    told(session, actor, gone)
    _count(session, period)


def _form(
    session: Session, period: PeriodView, law: Sequence[Followed], person_id: UUID | None = None
) -> tuple[int, int, list[Change]]:
    """How many segments there are now, of how many people they were left as stated, and the ratings that are gone."""
    whole = _rules_of_whole(period, law)
    held = held_within(session, period, whole.segmentation.periods, person_id)
    found = several(cut(held, period.starts, period.ends, _laws(law), whole.segmentation), period.ends, whole.code)
    before = formed(session, period.id, person_id)
    by_hand = before.filter(pl.col("origin") == "stated").select("person").unique()
    found = found.join(by_hand, on="person", how="anti")
    made = delete(Segment).where(Segment.period_id == period.id, Segment.origin == "facts")
    session.execute(made if person_id is None else made.where(Segment.person_id == person_id))
    _insert(session, period, found)
    gone = move_ratings(session, period, before.filter(pl.col("origin") == "facts"), found, person_id)
    return found.height, by_hand.height, gone


def state_segments(
    session: Session,
    actor: Actor,
    code: str,
    person_id: UUID,
    stated: Sequence[StatedSegment],
    reason: str,
    law: Sequence[Followed],
) -> None:
    """State a person's segments whole, with a written reason; post and regulation are those of each last day."""
    actor.require(Permission.CLOSE_PERIOD)
    period = open_for_rating(session, code)
    if len(reason.strip()) < REASON_LENGTH:
        raise Invalid("segment_reason", "Write the reason in at least {length} characters.", length=REASON_LENGTH)
    _refuse_misplaced(period, stated)
    _refuse_appraisers(session, person_id, stated)
    before = segments_of(session, period.id, person_id)
    rows = pl.DataFrame(
        [_row(session, period, person_id, n, one, law, before) for n, one in enumerate(stated, 1)],
        schema={**SEGMENT_SCHEMA, "stated_outcome": pl.String, "stated_score": pl.Float64},
    ).with_columns(origin=pl.lit("stated"), reason=pl.lit(reason.strip()))
    session.execute(delete(Segment).where(Segment.period_id == period.id, Segment.person_id == person_id))
    _insert(session, period, rows)
    known = [{"person": str(person_id), "number": one.number, "ends": one.ends} for one in before]
    gone = move_ratings(session, period, pl.DataFrame(known, schema=KNOWN), rows)
    told(session, actor, [*gone, *restated(period, person_id, before, _made(stated))], reason)
    _count(session, period)
    payload = {"period": code, "segments": len(stated), "reason": salted(session, reason.strip())}
    record(session, actor, "segments.state", f"person:{person_id}", payload)


def merge_segment(
    session: Session, actor: Actor, code: str, person_id: UUID, number: int, reason: str, law: Sequence[Followed]
) -> None:
    """Make a segment part of the one before it, whose appraiser rates both."""
    known = _current(session, code, person_id, law)
    if not 1 < number <= len(known):
        raise NotFound("segment_first", "There is no segment {number} with one before it.", number=number)
    first, second = known[number - 2], known[number - 1]
    whole = replace(first, ends=second.ends, ended=second.ended, evaluated=first.evaluated or second.evaluated)
    state_segments(session, actor, code, person_id, [*known[: number - 2], whole, *known[number:]], reason, law)


def split_segment(
    session: Session,
    actor: Actor,
    code: str,
    person_id: UUID,
    number: int,
    later: StatedSegment,
    reason: str,
    law: Sequence[Followed],
) -> None:
    """Cut a segment: `later` begins within it and takes its place up to its own last day; what follows resumes."""
    known = _current(session, code, person_id, law)
    if not 1 <= number <= len(known):
        raise NotFound("segment_unknown", "There is no segment {number}.", number=number)
    one = known[number - 1]
    day = timedelta(days=1)
    parts = [replace(one, ends=later.starts - day, ended=None)] if one.starts < later.starts else []
    parts.append(replace(later, ended=one.ended if later.ends == one.ends else None))
    if later.ends < one.ends:
        parts.append(replace(one, starts=later.ends + day, cause="return"))
    state_segments(session, actor, code, person_id, [*known[: number - 1], *parts, *known[number:]], reason, law)


def end_segments(
    session: Session, actor: Actor, code: str, person_id: UUID, ended: str, reason: str, law: Sequence[Followed]
) -> None:
    """State why the last segment ended: death, retirement, or departure (then nobody waits for a rating)."""
    known = _current(session, code, person_id, law)
    if not known:
        raise NotFound("segment_unknown", "There is no segment {number}.", number=1)
    state_segments(session, actor, code, person_id, [*known[:-1], replace(known[-1], ended=ended)], reason, law)


def release_segments(session: Session, actor: Actor, code: str, person_id: UUID, law: Sequence[Followed]) -> None:
    """Hand a person's stated segments back to the facts: posts, superiors, standing and regulation cut them again."""
    actor.require(Permission.CLOSE_PERIOD)
    period = open_for_rating(session, code)
    before = segments_of(session, period.id, person_id)
    if not any(one.origin == "stated" for one in before):
        raise NotFound("segment_not_stated", "Nothing is stated by hand here: these parts come from the facts already.")
    whole = _rules_of_whole(period, law)
    held = held_within(session, period, whole.segmentation.periods, person_id)
    found = several(cut(held, period.starts, period.ends, _laws(law), whole.segmentation), period.ends, whole.code)
    session.execute(delete(Segment).where(Segment.period_id == period.id, Segment.person_id == person_id))
    _insert(session, period, found)
    known = [{"person": str(person_id), "number": one.number, "ends": one.ends} for one in before]
    gone = move_ratings(session, period, pl.DataFrame(known, schema=KNOWN), found)
    told(session, actor, [*gone, *restated(period, person_id, before, {})])
    _count(session, period)
    record(session, actor, "segments.release", f"person:{person_id}", {"period": code, "segments": found.height})


def _rules_of_whole(period: PeriodView, law: Sequence[Followed]) -> Rules:
    if not law or law[-1].until <= period.ends:
        raise NotFound(
            "segment_no_regulation",
            "The agency follows no regulation on {day}, the last day of {period}; assign one first.",
            day=period.ends,
            period=period.code,
        )
    return law[-1].rules


def _laws(law: Sequence[Followed]) -> tuple[Law, ...]:
    return tuple(Law(one.rules.code, one.starts, one.until, tuple(covered(one.rules))) for one in law)


def _insert(session: Session, period: PeriodView, rows: pl.DataFrame) -> None:
    named = rows.rename({"person": "person_id"}).with_columns(
        tenant_id=pl.lit(tenant_of(session)), period_id=pl.lit(str(period.id))
    )
    insert_frame(session, "segment", named)


def _count(session: Session, period: PeriodView) -> int:
    people = session.scalar(select(func.count(Segment.person_id.distinct())).where(Segment.period_id == period.id)) or 0
    session.execute(update(Period).where(Period.id == period.id).values(segmented=people))
    return people


def _current(session: Session, code: str, person_id: UUID, law: Sequence[Followed]) -> list[StatedSegment]:
    """The person's segments as they stand; for whoever has none, the whole of their period."""
    period = open_for_rating(session, code)
    known: Sequence[SegmentView] = segments_of(session, period.id, person_id)
    if known:
        return [
            StatedSegment(
                one.starts,
                one.ends,
                one.cause,
                one.evaluated,
                one.appraiser_id,
                one.ended,
                one.stated_outcome,
                one.stated_score,
            )
            for one in known
        ]
    held = held_within(session, period, (), person_id)
    whole = cut(held, period.starts, period.ends, _laws(law), Segmentation(causes=()))
    return [
        StatedSegment(row["starts"], row["ends"], row["cause"], row["evaluated"], ended=row["ended"])
        for row in whole.to_dicts()
    ]


def _refuse_misplaced(period: PeriodView, stated: Sequence[StatedSegment]) -> None:
    days = [day for one in stated for day in (one.starts, one.ends)]
    gone = [one for one in stated[:-1] if one.ended]
    words = {one.cause for one in stated} - set(CAUSES) | {one.ended for one in stated if one.ended} - set(ENDED)
    overlapping = any(one.ends >= two.starts for one, two in pairwise(stated))
    backwards = any(one.starts > one.ends for one in stated)
    if not stated or days[0] < period.starts or days[-1] > period.ends or overlapping or backwards or gone:
        raise Invalid(
            "segment_days",
            "Segments must follow each other without overlap from {starts} to {ends}; only the last may end early.",
            starts=period.starts,
            ends=period.ends,
        )
    if words:
        raise Invalid(
            "segment_word",
            "“{word}” begins or ends no segment. Causes: {causes}. Ends: {ends}.",
            word=sorted(words)[0],
            causes=", ".join(CAUSES),
            ends=", ".join(ENDED),
        )
    if not any(one.evaluated for one in stated):
        raise Invalid("segment_none_evaluated", "At least one segment must be evaluated, or there is no outcome.")


def _refuse_appraisers(session: Session, person_id: UUID, stated: Sequence[StatedSegment]) -> None:
    """An appraiser is another one of this agency's people: the table has no foreign key that would say so."""
    named = {one.appraiser_id for one in stated if one.appraiser_id is not None}
    if person_id in named:
        raise Invalid("segment_oneself", "Nobody appraises themself; name somebody else as the appraiser.")
    known = set(session.scalars(select(Person.id).where(Person.id.in_(named)))) if named else set()
    if named - known:
        raise Invalid("segment_appraiser", "The appraiser is nobody of this agency; name one of its people.")


def _row(
    session: Session,
    period: PeriodView,
    person_id: UUID,
    number: int,
    one: StatedSegment,
    law: Sequence[Followed],
    before: Sequence[SegmentView],
) -> dict[str, object]:
    span = replace(period, starts=one.starts, ends=one.ends)
    rules = next((followed.rules for followed in law if followed.starts <= one.ends < followed.until), None)
    found = cut(held_within(session, span, (), person_id), one.starts, one.ends, _laws(law), Segmentation(causes=()))
    if rules is None or found.is_empty():
        raise Invalid(
            "segment_no_post",
            "From {starts} to {ends} the person held no post, or no regulation was followed; choose other days.",
            starts=one.starts,
            ends=one.ends,
        )
    if one.outcome is not None and one.outcome not in {level.code for level in rules.outcomes}:
        raise Invalid(
            "segment_outcome",
            "“{outcome}” is no outcome of {regulation}; use one of: {known}.",
            outcome=one.outcome,
            regulation=rules.code,
            known=", ".join(level.code for level in rules.outcomes),
        )
    same = (old.source_period_id for old in before if (old.starts, old.ends) == (one.starts, one.ends))
    source = next(same, None)
    held = found.row(-1, named=True)
    return {
        "person": str(person_id),
        "number": number,
        "starts": one.starts,
        "ends": one.ends,
        "cause": one.cause,
        "ended": one.ended,
        "evaluated": one.evaluated,
        "unit_id": held["unit_id"],
        "position_id": held["position_id"],
        "appraiser_id": str(one.appraiser_id) if one.appraiser_id else held["appraiser_id"],
        "employment": held["employment"],
        "regulation": rules.code,
        "source_period_id": str(source) if source else None,
        "stated_outcome": one.outcome,
        "stated_score": one.score,
    }


def _made(stated: Sequence[StatedSegment]) -> dict[int, tuple[str | None, float | None]]:
    """Number of the segment → the outcome and score made elsewhere, if any."""
    return {n: (one.outcome, one.score) for n, one in enumerate(stated, 1)}
