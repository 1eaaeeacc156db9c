"""A correction of one outcome that is set: a new revision computed by the same steps; the old one is never touched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.clock import now
from selaras.errors import Conflict, Invalid
from selaras.evaluation.models import Outcome, OutcomeBatch, OutcomeSteps, Segment, SegmentOutcome
from selaras.evaluation.queries import OutcomeView
from selaras.evaluation.rules import WHOLE
from selaras.evaluation.service import refuse_bad_inputs
from selaras.regulation import Column, Rules, StepInfo
from selaras.regulation.appraisal import Appraisal
from selaras.regulation.combining import SEGMENT_FACTS, Combination
from selaras.tenancy.models import RuleText
from selaras.tenancy.rule_texts import keep_rule_text


@dataclass(frozen=True)
class Correction:
    """The new revision: its number, batch, outcome and score."""

    revision: int
    batch_id: UUID
    outcome: str
    score: float | None


@dataclass(frozen=True)
class Correctable:
    """What of an outcome was rated here and can be rated anew: its days, regulation, and the inputs frozen with it.

    `segment` is that of the outcome, or one of those that it was combined of.
    """

    segment: int
    starts: date
    ends: date
    regulation: str
    inputs: dict[str, Any]


@dataclass(frozen=True)
class _Part:
    row: SegmentOutcome
    starts: date
    ends: date
    regulation: str


@dataclass(frozen=True)
class _Made:
    """One appraisal, as its steps are stored; `steps` by name."""

    outcome: str
    score: float | None
    numbers: list[float | None]
    codes: list[str | None]
    items: list[Any] | None
    steps: dict[str, Any]
    inputs: dict[str, Any] = field(default_factory=dict)


def correctables(session: Session, outcome: OutcomeView) -> tuple[Correctable, ...]:
    """The ratings behind an outcome: one, or of a combined one those of the segments that were rated here."""
    if outcome.segment == WHOLE:
        return tuple(
            Correctable(number, part.starts, part.ends, part.regulation, dict(part.row.inputs or {}))
            for number, part in _parts(session, outcome).items()
            if part.row.numbers is not None
        )
    inputs = dict(_stored(session, outcome).inputs)
    return (Correctable(outcome.segment, outcome.starts, outcome.ends, outcome.regulation, inputs),)


def correct(
    session: Session,
    outcome: OutcomeView,
    inputs: Mapping[int, Mapping[str, object]],
    law: Mapping[str, Rules],
) -> Correction:
    """Insert the next revision of an outcome from changed `inputs` (segment → person columns) and the frozen items.

    Of a combined outcome the segments named are appraised anew, each under its own rule, and all are combined again.
    `law`: regulation → its rules in the period. Invalid for inputs that the regulation refuses, that change nothing or
    that decide nothing, and for a segment that was not rated here.
    """
    known = {one.segment: one for one in correctables(session, outcome)}
    merged = {}
    for segment, given in inputs.items():
        if segment not in known:
            raise Invalid(
                "correction_elsewhere",
                "Part {segment} of the result of {period} was not rated here; it is corrected where it was made.",
                segment=segment,
                period=outcome.period_code,
            )
        rules = rules_of(law, known[segment].regulation)
        refuse_bad_inputs(outcome.person_id, given, rules)
        before = {column.name: known[segment].inputs.get(column.name) for column in rules.person_columns}
        if {**before, **given} != before:
            merged[segment] = {**before, **given}
    if not merged:
        raise Invalid("correction_same", "These are the ratings that were objected to; change at least one, or refuse.")
    rules = rules_of(law, outcome.regulation)
    if outcome.segment == WHOLE:
        return _recombine(session, outcome, merged, law, rules)
    made = _appraised(outcome.person_id, merged[outcome.segment], _stored(session, outcome).items, rules)
    return _kept(session, outcome, _batch(session, outcome, rules), made)


def rules_of(law: Mapping[str, Rules], regulation: str) -> Rules:
    """The rules under a code; Conflict where the agency no longer follows that regulation in the period."""
    if regulation not in law:
        raise rule_gone(regulation)
    return law[regulation]


def rule_gone(regulation: str) -> Conflict:
    """What to say where a result can no longer be computed by the rules that it was made by."""
    return Conflict(
        "correction_rule_gone",
        "The result was made under {regulation}, which the agency no longer follows in that period; the operator "
        "has to assign it again first.",
        regulation=regulation,
    )


def _recombine(
    session: Session,
    outcome: OutcomeView,
    inputs: Mapping[int, dict[str, Any]],
    law: Mapping[str, Rules],
    rules: Rules,
) -> Correction:
    """The segments as they were frozen with the whole, but for those appraised anew; the combining rule over all."""
    combination = rules.combination
    if combination is None:
        raise rule_gone(outcome.regulation)
    carried = [column.name for column in combination.columns if column.name not in SEGMENT_FACTS]
    rows = {int(row["item"]): dict(row) for row in _stored(session, outcome).items or []}
    kept = _parts(session, outcome)
    revision, batch_id = outcome.revision + 1, _batch(session, outcome, rules)
    for number, given in inputs.items():
        own = rules_of(law, kept[number].regulation)
        made = _appraised(outcome.person_id, given, kept[number].row.items, own)
        known = {**given, **made.steps}
        rows[number] |= {name: known.get(name) for name in carried} | {"outcome": made.outcome, "score": made.score}
        session.add(_segment_outcome(kept[number].row, made, revision, batch_id, keep_rule_text(session, own)))
    return _combined(session, outcome, combination, rows, batch_id)


def follow_sources(session: Session, outcome: OutcomeView, law: Mapping[str, Rules]) -> Correction:
    """The next revision of a combined outcome, from what the closed periods behind it came to since.

    Conflict where nothing behind it was corrected, or its rule is gone.
    """
    rules = rules_of(law, outcome.regulation)
    combination = rules.combination
    kept = _parts(session, outcome) if outcome.segment == WHOLE else {}
    found = {number: _since(session, part.row) for number, part in kept.items()}
    fresh = {number: one for number, one in found.items() if one is not None}
    if not fresh or combination is None:
        raise Conflict("follow_nothing", "Nothing behind this result was corrected since it was set.")
    carried = [column.name for column in combination.columns if column.name not in SEGMENT_FACTS]
    rows = {int(row["item"]): dict(row) for row in _stored(session, outcome).items or []}
    batch_id = _batch(session, outcome, rules)
    for number, (made, rule_id) in fresh.items():
        rows[number] |= {name: made.inputs.get(name) for name in carried}
        rows[number] |= {"outcome": made.outcome, "score": made.score}
        row = _segment_outcome(kept[number].row, made, outcome.revision + 1, batch_id, rule_id)
        row.source_period_id, row.numbers, row.codes = kept[number].row.source_period_id, None, None
        session.add(row)
    return _combined(session, outcome, combination, rows, batch_id)


def _since(session: Session, row: SegmentOutcome) -> tuple[_Made, int] | None:
    """What the closed period behind a segment came to, and its rule, where that is another than what was combined."""
    if row.source_period_id is None:
        return None
    found = session.execute(
        select(Outcome.outcome, Outcome.score, OutcomeSteps.inputs, OutcomeBatch.rule_id)
        .join(OutcomeBatch, OutcomeBatch.id == Outcome.batch_id)
        .join(
            OutcomeSteps,
            (OutcomeSteps.period_id == Outcome.period_id)
            & (OutcomeSteps.person_id == Outcome.person_id)
            & (OutcomeSteps.segment == Outcome.segment)
            & (OutcomeSteps.revision == Outcome.revision),
        )
        .where(Outcome.period_id == row.source_period_id, Outcome.person_id == row.person_id)
        .where(OutcomeBatch.state == "set")
        .order_by(Outcome.revision.desc())
        .limit(1)
    ).one_or_none()
    if found is None or (found.outcome, found.score) == (row.outcome, row.score):
        return None
    return _Made(found.outcome, found.score, [], [], None, {}, dict(found.inputs)), found.rule_id


def _combined(
    session: Session, outcome: OutcomeView, combination: Combination, rows: dict[int, dict[str, Any]], batch_id: UUID
) -> Correction:
    """The combining rule over all segments, kept as the next revision."""
    carried = [column.name for column in combination.columns if column.name not in SEGMENT_FACTS]
    segments = list(rows.values())
    frame = _frame(outcome.person_id, segments, combination.columns)
    whole = _made(combination.combine(frame), combination.steps, segments)
    last = rows[max(rows)]
    return _kept(session, outcome, batch_id, replace(whole, inputs={name: last.get(name) for name in carried}))


def _appraised(person_id: UUID, inputs: dict[str, Any], items: list[Any] | None, rules: Rules) -> _Made:
    people = pl.DataFrame([{"person": str(person_id), **inputs}], infer_schema_length=None)
    frame = _frame(person_id, items, rules.item_columns) if items and rules.item_columns else None
    return replace(_made(rules.appraise(people, frame), rules.person_steps, items), inputs=inputs)


def _made(result: Appraisal, steps: Sequence[StepInfo], items: list[Any] | None) -> _Made:
    code, score = result.outcomes.item(0, "outcome"), result.outcomes.item(0, "score")
    if code is None:
        raise Invalid("correction_undecided", "These ratings give no outcome; fill in what is missing.")
    values = result.person_steps.row(0, named=True)
    numbers, codes = ([values[one.name] for one in steps if one.kind == kind] for kind in ("number", "code"))
    return _Made(code, score, numbers, codes, _stepped(items, result.item_steps), values)


def _stored(session: Session, outcome: OutcomeView) -> OutcomeSteps:
    return session.execute(
        select(OutcomeSteps).where(
            OutcomeSteps.period_id == outcome.period_id,
            OutcomeSteps.person_id == outcome.person_id,
            OutcomeSteps.segment == outcome.segment,
            OutcomeSteps.revision == outcome.revision,
        )
    ).scalar_one()


def _parts(session: Session, outcome: OutcomeView) -> dict[int, _Part]:
    """The segments behind a combined outcome by number, each with its newest result up to the outcome's revision."""
    rows = session.execute(
        select(SegmentOutcome, Segment.starts, Segment.ends, RuleText.regulation)
        .join(
            Segment,
            (Segment.period_id == SegmentOutcome.period_id)
            & (Segment.person_id == SegmentOutcome.person_id)
            & (Segment.number == SegmentOutcome.segment),
        )
        .join(RuleText, RuleText.id == SegmentOutcome.rule_id)
        .where(
            SegmentOutcome.period_id == outcome.period_id,
            SegmentOutcome.person_id == outcome.person_id,
            SegmentOutcome.revision <= outcome.revision,
        )
        .order_by(SegmentOutcome.segment, SegmentOutcome.revision)
    )
    return {row.SegmentOutcome.segment: _Part(*row) for row in rows}


def _kept(session: Session, outcome: OutcomeView, batch_id: UUID, made: _Made) -> Correction:
    """The new revision of the outcome and of its steps."""
    correction = Correction(outcome.revision + 1, batch_id, made.outcome, made.score)
    session.add(_outcome(outcome, correction))
    session.add(
        OutcomeSteps(
            person_id=outcome.person_id,
            period_id=outcome.period_id,
            segment=outcome.segment,
            revision=correction.revision,
            numbers=made.numbers,
            codes=made.codes,
            inputs=made.inputs,
            items=made.items,
        )
    )
    session.flush()
    return correction


def _segment_outcome(old: SegmentOutcome, made: _Made, revision: int, batch_id: UUID, rule_id: int) -> SegmentOutcome:
    return SegmentOutcome(
        person_id=old.person_id,
        period_id=old.period_id,
        segment=old.segment,
        revision=revision,
        batch_id=batch_id,
        rule_id=rule_id,
        unit_id=old.unit_id,
        appraiser_id=old.appraiser_id,
        outcome=made.outcome,
        score=made.score,
        numbers=made.numbers,
        codes=made.codes,
        inputs=made.inputs,
        items=made.items,
    )


def _batch(session: Session, outcome: OutcomeView, rules: Rules) -> UUID:
    """A batch of its own: a correction is set and told at once."""
    batch = OutcomeBatch(
        period_id=outcome.period_id,
        rule_id=keep_rule_text(session, rules),
        state="set",
        set_at=now(),
        delivered_at=now(),
    )
    session.add(batch)
    session.flush()
    return batch.id


def _outcome(outcome: OutcomeView, made: Correction) -> Outcome:
    return Outcome(
        person_id=outcome.person_id,
        period_id=outcome.period_id,
        segment=outcome.segment,
        revision=made.revision,
        batch_id=made.batch_id,
        unit_id=outcome.unit_id,
        appraiser_id=outcome.appraiser_id,
        outcome=made.outcome,
        score=made.score,
        organisation_rating=outcome.organisation_rating,
        group_key=outcome.group_key,
    )


def _frame(person_id: UUID, items: Sequence[Mapping[str, Any]], columns: Sequence[Column]) -> pl.DataFrame:
    """The frozen items, or segments, as the frame that the rule takes."""
    schema = {column.name: column.dtype for column in columns}
    rows = {name: [one.get(name) for one in items] for name in schema}
    dates = [column.name for column in columns if column.type == "date"]
    texts = {name: pl.String() if name in dates else kind for name, kind in schema.items()}
    values = pl.DataFrame(rows, schema=texts, strict=False).with_columns(pl.col(dates).str.to_date())
    keys = {"person": [str(person_id)] * len(items), "item": [str(one["item"]) for one in items]}
    return pl.DataFrame(keys).hstack(values)


def _stepped(items: list[Any] | None, steps: pl.DataFrame) -> list[Any] | None:
    if not items:
        return items
    found = {row["item"]: row for row in steps.drop("person").iter_rows(named=True)}
    return [{**one, **found.get(str(one["item"]), {})} for one in items]
