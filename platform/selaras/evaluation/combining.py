"""Appraise the segments of one chunk of people, each under its own rule, and make one outcome of each person's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import polars as pl
from sqlalchemy.orm import Session

from selaras.db.bulk import insert_frame
from selaras.db.session import tenant_of
from selaras.errors import Conflict
from selaras.evaluation.appraising import Batch, insert_wholes, refuse_undecided, steps_of
from selaras.evaluation.facts import Facts, with_inputs
from selaras.evaluation.rules import WHOLE
from selaras.regulation import Combination, Rules
from selaras.regulation.combining import SEGMENT_FACTS

_APPRAISED: dict[str, pl.DataType | type[pl.DataType]] = {
    "outcome": pl.String,
    "score": pl.Float64,
    "rule_id": pl.Int32,
    "numbers": pl.String,
    "codes": pl.String,
    "inputs": pl.String,
    "items": pl.String,
}


@dataclass(frozen=True)
class Ruled:
    """A regulation that holds on some days of the period, and the number under which its text is kept."""

    rules: Rules
    rule_id: int


def appraise_segmented(
    session: Session, batch: Batch, facts: Facts, law: Mapping[str, Ruled], rules: Rules, after: UUID, last: UUID
) -> int:
    """Appraise everybody with segments in `(after, last]` and insert wholes, segments and steps; returns the people.

    `law`: regulation → its rule; `rules` is the rule of the whole. Statements: two, one more for each regulation with
    items, and those of the inserts.
    """
    parts = facts.parts.ready(after, last) if facts.parts else None
    if parts is None or parts.is_empty():
        return 0
    direct, others = _divided(parts, facts, law, rules, after, last)
    _insert_direct(session, batch, direct)
    if rules.combination and others.height:
        table, steps = _combined(rules.combination, others)
        insert_wholes(session, batch, table, steps)
    _insert_segments(session, batch, others)
    return parts.get_column("person").n_unique()


STANDING = (
    "person",
    "unit_id",
    "appraiser_id",
    "employment",
    "post_kind",
    "post_level",
    "job_class",
    "outcome",
    "score",
)
"""What `standing_wholes` tells of each person."""


def standing_wholes(
    facts: Facts, law: Mapping[str, Ruled], rules: Rules, after: UUID, last: UUID
) -> pl.DataFrame | None:
    """STANDING of everybody with segments in `(after, last]` who is complete, as a close would set them; None: nobody.

    Unit, appraiser and post are those of the last evaluated segment. Nothing is written.
    """
    parts = facts.parts.ready(after, last) if facts.parts else None
    if parts is None or parts.is_empty():
        return None
    direct, others = _divided(parts, facts, law, rules, after, last)
    found = [direct.select(STANDING)]
    if rules.combination and others.height:
        found.append(_combined(rules.combination, others)[0].select(STANDING))
    return pl.concat(found)


def _divided(
    parts: pl.DataFrame, facts: Facts, law: Mapping[str, Ruled], rules: Rules, after: UUID, last: UUID
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Appraised segments: those that are the whole outcome by themselves, and all others."""
    combination = rules.combination
    appraised = _appraised(parts, facts, law, _carried(combination), after, last)
    alone = (pl.len().over("person") == 1) & (pl.col("regulation") == rules.code)
    whole = alone & pl.col("source_period_id").is_null() & pl.col("numbers").is_not_null()
    direct = appraised.filter(whole if combination else pl.col("latest"))
    _refuse_other_rule(direct, rules)
    return direct, appraised.join(direct, on=["person", "number"], how="anti")


def _carried(combination: Combination | None) -> dict[str, pl.DataType]:
    """The combining rule's columns that are columns or steps of a segment's own appraisal."""
    columns = combination.columns if combination else ()
    return {column.name: column.dtype for column in columns if column.name not in SEGMENT_FACTS}


def _appraised(
    parts: pl.DataFrame,
    facts: Facts,
    law: Mapping[str, Ruled],
    carried: Mapping[str, pl.DataType],
    after: UUID,
    last: UUID,
) -> pl.DataFrame:
    """`parts` with _APPRAISED and the carried columns; an outcome made elsewhere stands as it is."""
    done = parts.filter(pl.col("outcome").is_not_null())
    found = [_made_elsewhere(done, law, carried)] if done.height else []
    open_parts = parts.filter(pl.col("outcome").is_null())
    for (code,), rows in open_parts.group_by("regulation", maintain_order=True):
        ruled = law[str(code)]
        items = facts.segment_items(after, last, ruled.rules) if ruled.rules.item_columns else None
        found.append(_under(rows, ruled, items, carried))
    return pl.concat(found).sort("person", "number")


def _made_elsewhere(done: pl.DataFrame, law: Mapping[str, Ruled], carried: Mapping[str, pl.DataType]) -> pl.DataFrame:
    ids = {code: ruled.rule_id for code, ruled in law.items()}
    shape = pl.Struct(dict(carried))
    own = pl.col("regulation").replace_strict(ids, default=None, return_dtype=pl.Int32)
    decoded = done.get_column("inputs").str.json_decode(shape).struct.unnest() if carried else None
    made = done.with_columns(
        rule_id=pl.coalesce("rule_id", own),
        **{name: pl.lit(None, dtype=pl.String) for name in ("numbers", "codes", "inputs", "items")},
    )
    return _ordered(made if decoded is None else pl.concat([made, decoded], how="horizontal"), carried)


def _under(
    rows: pl.DataFrame, ruled: Ruled, items: pl.DataFrame | None, carried: Mapping[str, pl.DataType]
) -> pl.DataFrame:
    """One person may have several segments under the same rule, so the key is `<person>/<number>`."""
    rules = ruled.rules
    keyed = rows.select(pl.format("{}/{}", "person", "number").alias("person"), "inputs")
    people = with_inputs(keyed, rules)
    appraisal = rules.appraise(people, items)
    refuse_undecided(appraisal.outcomes)
    table = pl.concat([keyed, appraisal.person_steps.drop("person")], how="horizontal")
    steps = steps_of(table, rules.person_steps, items, appraisal.item_steps)
    known = {**{name: people[name] for name in people.columns}, **appraisal.person_steps.to_dict()}
    own = pl.DataFrame(
        [
            known[name].cast(kind).alias(name)
            if name in known
            else pl.repeat(None, rows.height, dtype=kind, eager=True).alias(name)
            for name, kind in carried.items()
        ]
    )
    base = rows.drop("outcome", "score", "rule_id", "inputs").with_columns(rule_id=pl.lit(ruled.rule_id, pl.Int32))
    parts = [base, appraisal.outcomes.drop("person"), steps, *([own] if carried else [])]
    return _ordered(pl.concat(parts, how="horizontal"), carried)


def _ordered(frame: pl.DataFrame, carried: Mapping[str, pl.DataType]) -> pl.DataFrame:
    first = [name for name in frame.columns if name not in _APPRAISED and name not in carried]
    typed = [pl.col(name).cast(kind) for name, kind in {**_APPRAISED, **carried}.items()]
    return frame.select(*sorted(first), *typed)


def _refuse_other_rule(direct: pl.DataFrame, rules: Rules) -> None:
    strangers = direct.filter((pl.col("regulation") != rules.code) | pl.col("numbers").is_null())
    if strangers.height:
        raise Conflict(
            "segment_other_rule",
            "{count} people (first: {person}) end the period under {regulation}, and {whole} does not say how to make "
            "their outcome of it. State their segments by hand, or close without them.",
            count=strangers.height,
            person=strangers.item(0, "person"),
            regulation=strangers.item(0, "regulation"),
            whole=rules.code,
        )


def _insert_direct(session: Session, batch: Batch, direct: pl.DataFrame) -> None:
    if direct.height:
        insert_wholes(
            session, batch, direct.with_columns(segment="number"), direct.select("numbers", "codes", "inputs", "items")
        )


def _combined(combination: Combination, parts: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The wholes that are made of several parts, and their steps."""
    segments = _as_items(parts).select(
        "person", "item", *(pl.col(column.name).cast(column.dtype) for column in combination.columns)
    )
    result = combination.combine(segments)
    refuse_undecided(result.outcomes)
    carried = list(_carried(combination))
    kept = pl.struct(carried).struct.json_encode() if carried else pl.lit("{}")
    wholes = parts.with_columns(inputs=kept).group_by("person", maintain_order=True).last()
    table = pl.concat(
        [
            wholes.drop("outcome", "score", *carried).with_columns(segment=pl.lit(WHOLE, pl.Int16)),
            result.outcomes.drop("person"),
        ],
        how="horizontal",
    )
    stepped = pl.concat([wholes.select("person", "inputs"), result.person_steps.drop("person")], how="horizontal")
    return table, steps_of(stepped, combination.steps, segments, result.item_steps)


def _as_items(parts: pl.DataFrame) -> pl.DataFrame:
    """The segments with everything that the core knows of one: see `regulation.combining.SEGMENT_FACTS`."""
    days = (pl.col("ends") - pl.col("starts")).dt.total_days() + 1
    return parts.with_columns(item=pl.col("number").cast(pl.String), days=days, months=months_between())


def months_between() -> pl.Expr:
    """Months from `starts` to `ends`, both included; a part of one counts by its days (1 January–15 March: 2.48)."""
    after = pl.col("ends").dt.offset_by("1d")
    return _month_place(after) - _month_place(pl.col("starts"))


def _month_place(day: pl.Expr) -> pl.Expr:
    length = day.dt.month_end().dt.day().cast(pl.Float64)
    return day.dt.year().cast(pl.Float64) * 12 + day.dt.month() + (day.dt.day() - 1) / length


def _insert_segments(session: Session, batch: Batch, parts: pl.DataFrame) -> None:
    if not parts.height:
        return
    rows = parts.select(
        pl.lit(tenant_of(session)).alias("tenant_id"),
        pl.lit(str(batch.period_id)).alias("period_id"),
        pl.col("person").alias("person_id"),
        pl.col("number").alias("segment"),
        pl.lit(batch.revision).alias("revision"),
        pl.lit(str(batch.id)).alias("batch_id"),
        "unit_id",
        "appraiser_id",
        "source_period_id",
        *_APPRAISED,
    )
    insert_frame(session, "segment_outcome", rows)
