"""Appraise one chunk of people: facts in columns → the rule → outcomes and steps written in bulk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import polars as pl
from sqlalchemy.orm import Session

from selaras.db.bulk import array_text, insert_split
from selaras.db.session import tenant_of
from selaras.errors import Invalid
from selaras.evaluation.facts import Facts, with_inputs
from selaras.evaluation.groups import Grouping, group_of
from selaras.regulation import Rules, StepInfo

_KEY = ("tenant_id", "period_id", "person_id", "segment", "revision")
_RESULT = ("batch_id", "unit_id", "appraiser_id", "outcome", "score", "organisation_rating", "group_key")
_TABLES = {"outcome": (*_KEY, *_RESULT), "outcome_steps": (*_KEY, "numbers", "codes", "inputs", "items")}


@dataclass(frozen=True)
class Batch:
    """What all outcomes of a batch share, and the lookups of every chunk.

    `units`: `unit_id`, `organisation_rating`. `groups`: the keys of the groups that were formed.
    """

    id: UUID
    period_id: UUID
    revision: int
    grouping: Grouping
    units: pl.DataFrame
    groups: pl.Series


@dataclass(frozen=True)
class Chunk:
    """How many people were appraised, the last person's id, and whether somebody may be left."""

    people: int
    last: UUID
    more: bool


def appraise_chunk(session: Session, batch: Batch, facts: Facts, rules: Rules, after: UUID, limit: int) -> Chunk:
    """Appraise the next `limit` people after `after` and insert their outcomes and steps."""
    last, more = facts.chunk_end(after, limit)
    if last is None:
        return Chunk(0, after, more=False)
    people = facts.people(after, last)
    if people.is_empty():
        return Chunk(0, last, more)
    items = facts.items(after, last) if rules.item_columns else None
    appraised = rules.appraise(with_inputs(people, rules), items)
    refuse_undecided(appraised.outcomes)
    # person_steps and outcomes come back in the order of the people frame, so they are put side by side; apart from
    # each other, because a regulation may call a step `score`.
    table = pl.concat([people, appraised.outcomes.drop("person")], how="horizontal")
    stepped = pl.concat([people.select("inputs"), appraised.person_steps], how="horizontal")
    insert_wholes(session, batch, table, steps_of(stepped, rules.person_steps, items, appraised.item_steps))
    return Chunk(people.height, last, more)


def insert_wholes(session: Session, batch: Batch, table: pl.DataFrame, steps: pl.DataFrame) -> None:
    """Insert the outcomes of `table` (people with `segment`, `outcome`, `score`) and their `steps`, row beside row."""
    shared = {
        "tenant_id": tenant_of(session),
        "period_id": batch.period_id,
        "batch_id": batch.id,
        "revision": batch.revision,
    }
    insert_split(session, _TABLES, pl.concat([_outcomes(table, batch), steps], how="horizontal"), shared)


def refuse_undecided(outcomes: pl.DataFrame) -> None:
    """`Invalid` when the rule leaves somebody without an outcome."""
    undecided = outcomes.filter(pl.col("outcome").is_null())
    if undecided.height:
        raise Invalid(
            "outcome_undecided",
            "The rule gives no outcome to {count} people (first: {person}): their rating or plan lacks a value it "
            "needs. Complete it and close again.",
            count=undecided.height,
            person=undecided.item(0, "person"),
        )


def _outcomes(table: pl.DataFrame, batch: Batch) -> pl.DataFrame:
    joined = table.join(batch.units, on="unit_id", how="left", maintain_order="left")
    return joined.select(
        pl.col("person").alias("person_id"),
        "segment",
        "unit_id",
        "appraiser_id",
        "outcome",
        "score",
        "organisation_rating",
        group_of(batch.grouping, batch.groups),
    )


def steps_of(
    table: pl.DataFrame, steps: Sequence[StepInfo], items: pl.DataFrame | None, item_steps: pl.DataFrame
) -> pl.DataFrame:
    """`numbers`, `codes`, `inputs`, `items` as `outcome_steps` keeps them, in the order of `table`."""
    numbers = [step.name for step in steps if step.kind == "number"]
    codes = [step.name for step in steps if step.kind == "code"]
    chosen = table.select("person", array_text(*numbers).alias("numbers"), array_text(*codes).alias("codes"), "inputs")
    if items is None or item_steps.is_empty():
        return chosen.drop("person").with_columns(items=pl.lit(None, dtype=pl.String))
    whole = items.join(item_steps, on=["person", "item"], how="left", maintain_order="left")
    names = [name for name in whole.columns if name != "person"]
    rows = whole.select("person", pl.struct(names).struct.json_encode().alias("row"))
    per_person = rows.group_by("person").agg(pl.format("[{}]", pl.col("row").str.join(",")).alias("items"))
    return chosen.join(per_person, on="person", how="left", maintain_order="left").drop("person")
