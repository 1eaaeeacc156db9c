"""A correction of one outcome that is set: a new revision computed by the same steps; the old one is never touched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.clock import now
from selaras.errors import Conflict, Invalid
from selaras.evaluation.models import Outcome, OutcomeBatch, OutcomeSteps
from selaras.evaluation.queries import OutcomeView
from selaras.evaluation.service import refuse_bad_inputs
from selaras.regulation import Rules
from selaras.tenancy.rule_texts import keep_rule_text


@dataclass(frozen=True)
class Correction:
    """The new revision: its number, batch, outcome and score."""

    revision: int
    batch_id: UUID
    outcome: str
    score: float | None


def correct(session: Session, outcome: OutcomeView, inputs: Mapping[str, object], rules: Rules) -> Correction:
    """Insert the next revision of an outcome from changed `inputs` (person columns) and the items frozen with it.

    `rules`: those of the period's last day. Invalid for inputs that the regulation refuses, that change nothing or that
    decide nothing; Conflict for an outcome combined of segments, whose inputs are results themselves.
    """
    refuse_bad_inputs(outcome.person_id, inputs, rules)
    kept = _stored(session, outcome)
    if outcome.segment != 1:
        raise Conflict(
            "outcome_combined",
            "The result of {period} is combined of segments; correct a segment's rating, not the whole.",
            period=outcome.period_code,
        )
    before = {column.name: kept.inputs.get(column.name) for column in rules.person_columns}
    merged = {**before, **inputs}
    if merged == before:
        raise Invalid("correction_same", "These are the ratings that were objected to; change at least one, or refuse.")
    return _insert(session, outcome, merged, kept.items, rules)


def stored_inputs(session: Session, outcome: OutcomeView) -> dict[str, Any]:
    """The person columns that the outcome was computed from, as frozen with it."""
    return dict(_stored(session, outcome).inputs)


def _stored(session: Session, outcome: OutcomeView) -> OutcomeSteps:
    return session.execute(
        select(OutcomeSteps).where(
            OutcomeSteps.period_id == outcome.period_id,
            OutcomeSteps.person_id == outcome.person_id,
            OutcomeSteps.segment == outcome.segment,
            OutcomeSteps.revision == outcome.revision,
        )
    ).scalar_one()


def _insert(
    session: Session, outcome: OutcomeView, inputs: dict[str, Any], items: list[Any] | None, rules: Rules
) -> Correction:
    frame = _items(str(outcome.person_id), items, rules)
    people = pl.DataFrame([{"person": str(outcome.person_id), **inputs}], infer_schema_length=None)
    result = rules.appraise(people, frame)
    code, score = result.outcomes.item(0, "outcome"), result.outcomes.item(0, "score")
    if code is None:
        raise Invalid("correction_undecided", "These ratings give no outcome; fill in what is missing.")
    made = Correction(outcome.revision + 1, _batch(session, outcome, rules), code, score)
    steps = result.person_steps.row(0, named=True)
    session.add(_outcome(outcome, made))
    session.add(
        OutcomeSteps(
            person_id=outcome.person_id,
            period_id=outcome.period_id,
            segment=outcome.segment,
            revision=made.revision,
            numbers=[steps[one.name] for one in rules.person_steps if one.kind == "number"],
            codes=[steps[one.name] for one in rules.person_steps if one.kind == "code"],
            inputs=inputs,
            items=_stepped(items, result.item_steps),
        )
    )
    session.flush()
    return made


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


def _items(person: str, items: list[Any] | None, rules: Rules) -> pl.DataFrame | None:
    if not items or not rules.item_columns:
        return None
    names = [column.name for column in rules.item_columns]
    schema = {column.name: column.dtype for column in rules.item_columns}
    rows = {name: [one.get(name) for one in items] for name in names}
    keys = pl.DataFrame({"person": [person] * len(items), "item": [str(one["item"]) for one in items]})
    return keys.hstack(pl.DataFrame(rows, schema=schema, strict=False))


def _stepped(items: list[Any] | None, steps: pl.DataFrame) -> list[Any] | None:
    if not items:
        return items
    found = {row["item"]: row for row in steps.drop("person").iter_rows(named=True)}
    return [{**one, **found.get(str(one["item"]), {})} for one in items]
