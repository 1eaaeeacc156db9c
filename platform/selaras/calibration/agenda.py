"""What a meeting speaks of: the people of some ranking groups as they are rated, and whose distribution counts them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import polars as pl
from sqlalchemy.orm import Session

from selaras.db.bulk import CHUNK, read_frame, set_based
from selaras.db.session import tenant_of
from selaras.errors import Conflict
from selaras.evaluation.combining import STANDING, Ruled, standing_wholes
from selaras.evaluation.distribution import counted_units, judged_groups
from selaras.evaluation.facts import FIRST, Facts, with_inputs
from selaras.evaluation.groups import group_of, grouping_on, ranking_groups
from selaras.evaluation.queries import PeriodView
from selaras.regulation import Rules, load_registry
from selaras.tenancy.queries import agency, rules_within

# What the facts do not tell of the people who are rated: when, by whom they are led, whether they head their unit.
_MORE = """
    SELECT r.person_id, max(r.rated_at), line.superior_id, post.is_head
    FROM selaras.rating r
    JOIN selaras.appointment a ON a.tenant_id = %(tenant)s AND a.person_id = r.person_id
     AND a.kind = 'definitive' AND a.during @> %(day)s::date
    JOIN selaras.position post ON post.tenant_id = %(tenant)s AND post.id = a.position_id
    LEFT JOIN selaras.reporting_line line ON line.tenant_id = %(tenant)s AND line.person_id = r.person_id
     AND line.during @> %(day)s::date
    WHERE r.tenant_id = %(tenant)s AND r.period_id = %(period)s
    GROUP BY r.person_id, line.superior_id, post.is_head
"""
_MORE_SCHEMA = {"person": pl.String, "rated_at": pl.String, "superior_id": pl.String, "head": pl.String}


@dataclass(frozen=True)
class GroupSize:
    """A ranking group as it would be formed now, and how many rated people it holds."""

    key: str
    people: int


def groups_now(session: Session, period: PeriodView, rules: Rules) -> tuple[GroupSize, ...]:
    """The ranking groups of the people who are rated so far, by the agency's rule of the period's last day."""
    formed = _formed(session, Facts(session, period, rules), period)
    sizes = formed.group_by("group_key").agg(pl.col("people").first()).filter(pl.col("people") > 0).sort("group_key")
    return tuple(GroupSize(key, people) for key, people in sizes.iter_rows())


def _formed(session: Session, facts: Facts, period: PeriodView) -> pl.DataFrame:
    sizes = facts.posts().with_columns(people=pl.col("rated"))
    return ranking_groups(sizes, grouping_on(session, period.ends))


def standing_now(session: Session, period: PeriodView, rules: Rules) -> pl.DataFrame:
    """Everybody who is rated, appraised as a close would: who, where, by whom, group, outcome, and the judged unit.

    Columns: `person`, `unit_id`, `appraiser_id`, `superior_id`, `rated_at`, `group_key`, `outcome`, `score`,
    `counts_in` (the unit in which they count; none where they count nowhere) and `judged_unit_id`. `Conflict` where
    the rule leaves somebody without an outcome.
    """
    with set_based(session):
        facts = Facts(session, period, rules)
        everybody = _appraised(facts, rules, ruled(session, period))
        values = {"tenant": tenant_of(session), "period": period.id, "day": period.ends}
        more = read_frame(session, _MORE, values, _MORE_SCHEMA).with_columns(head=pl.col("head") == "t")
        everybody = everybody.join(more, on="person", how="inner")
        formed = _formed(session, facts, period).filter(pl.col("people") > 0).get_column("group_key").unique()
        everybody = everybody.with_columns(group_of(grouping_on(session, period.ends), formed))
        return judged(session, period, rules, everybody, facts.rated_units())


def ruled(session: Session, period: PeriodView) -> dict[str, Ruled]:
    """Regulation → its rule within the period, for people whose period has several parts."""
    if not period.segmented:
        return {}
    law = rules_within(session, agency(session, tenant_of(session)), period.starts, period.ends, load_registry())
    return {one.rules.code: Ruled(one.rules, 0) for one in law}


def _appraised(facts: Facts, rules: Rules, law: Mapping[str, Ruled]) -> pl.DataFrame:
    chunks, after, more = [], FIRST, True
    while more:
        last, more = facts.chunk_end(after, CHUNK)
        if last is None:
            break
        people = facts.people(after, last)
        if not people.is_empty():
            items = facts.items(after, last) if rules.item_columns else None
            outcomes = rules.appraise(with_inputs(people, rules), items).outcomes.drop("person")
            chunks.append(pl.concat([people.drop("inputs"), outcomes], how="horizontal").select(STANDING))
        # Where the meeting decides, its word stands for a whole period's own rating; parts keep theirs.
        wholes = standing_wholes(facts, law, rules, after, last) if rules.calibration.effect == "recommends" else None
        if wholes is not None:
            chunks.append(wholes)
        after = last
    if not chunks:
        raise Conflict("calibration_unrated", "Nobody is rated in this period yet; there is nothing to calibrate.")
    found = pl.concat(chunks)
    undecided = found.filter(pl.col("outcome").is_null())
    if undecided.height:
        raise Conflict(
            "calibration_undecided",
            "The rule gives no outcome to {count} people (first: {person}): their rating or plan lacks a value it "
            "needs. Complete it, then open the meeting.",
            count=undecided.height,
            person=undecided.item(0, "person"),
        )
    return found


def judged(
    session: Session, period: PeriodView, rules: Rules, everybody: pl.DataFrame, rated_units: pl.DataFrame
) -> pl.DataFrame:
    """`everybody` (person, unit_id, head, outcome) with `counts_in` and `judged_unit_id`: see `standing_now`."""
    counted = everybody.select("person", "unit_id", "head")
    if rules.distribution is not None:
        counted = counted_units(session, counted, rules.distribution, period.ends)
    everybody = everybody.join(counted.select("person", counts_in="unit_id"), on="person", how="left")
    if rules.distribution is not None and not rules.distribution.needs_rating:
        pooled = judged_groups(session, period.id, _counts(everybody), rated_units, rules)
        of = pooled.select(counts_in="group", judged_unit_id=pl.coalesce("pooled_into", "group"))
    else:
        of = rated_units.select(counts_in="unit_id", judged_unit_id="rated_unit_id")
    return everybody.join(of, on="counts_in", how="left")


def _counts(everybody: pl.DataFrame) -> pl.DataFrame:
    counted = everybody.filter(pl.col("counts_in").is_not_null())
    return counted.group_by(unit_id="counts_in", outcome="outcome").agg(people=pl.len().cast(pl.Int64))


def spoken_of(everybody: pl.DataFrame, group_keys: Collection[str], units: Collection[UUID] | None) -> pl.DataFrame:
    """Those of `everybody` whom a meeting speaks of: of the named groups (none: of all) and units (None: of all)."""
    found = everybody
    if group_keys:
        found = found.filter(pl.col("group_key").is_in(sorted(group_keys)))
    if units is not None:
        found = found.filter(pl.col("unit_id").is_in(sorted(str(unit) for unit in units)))
    return found


def cases(meeting_id: UUID, period_id: UUID, found: pl.DataFrame, tenant_id: int) -> pl.DataFrame:
    """The rows of `calibration_case`; the numbers follow no order from which a name could be guessed."""
    shuffled = found.with_columns(
        order=pl.col("person").map_elements(
            lambda person: hashlib.sha256(f"{meeting_id}{person}".encode()).hexdigest(), return_dtype=pl.String
        )
    ).sort("order")
    return shuffled.with_row_index("number", offset=1).select(
        pl.lit(tenant_id).alias("tenant_id"),
        pl.lit(str(meeting_id)).alias("meeting_id"),
        pl.lit(str(period_id)).alias("period_id"),
        pl.col("person").alias("person_id"),
        "number",
        "group_key",
        "unit_id",
        "judged_unit_id",
        "appraiser_id",
        "superior_id",
        "rated_at",
        "outcome",
        "score",
        pl.col("outcome").alias("outcome_now"),
    )


def others(
    session: Session, period: PeriodView, rules: Rules, everybody: pl.DataFrame, found: pl.DataFrame
) -> list[Any]:
    """Of each judged unit that has people in the meeting: `unit`, `rating`, and `counts` of its people outside."""
    units = found.get_column("judged_unit_id").drop_nulls().unique()
    beyond = everybody.filter(pl.col("judged_unit_id").is_in(units.implode())).join(found, on="person", how="anti")
    counts: dict[str, dict[str, int]] = {unit: {} for unit in units.sort()}
    for unit, outcome, people in beyond.group_by("judged_unit_id", "outcome").len().iter_rows():
        counts[unit][outcome] = people
    ratings = dict(
        Facts(session, period, rules).rated_units().select("rated_unit_id", "organisation_rating").unique().iter_rows()
    )
    return [{"unit": unit, "rating": ratings.get(unit), "counts": found_} for unit, found_ in counts.items()]


def lamps(rules: Rules, beyond: list[Any], inside: pl.DataFrame) -> list[Any]:
    """Each judged unit's distribution: `unit`, `rating`, `counts`, `size`, `demanded`, `exempt`, `valid`, `details`.

    `beyond`: see `others`. `inside`: `unit`, `outcome`, `people` of the meeting's cases as they stand.
    """
    codes = [level.code for level in rules.outcomes]
    counts = {one["unit"]: {code: one["counts"].get(code, 0) for code in codes} for one in beyond}
    for unit, outcome, people in inside.iter_rows():
        if unit in counts:
            counts[unit][outcome] += people
    if not counts:
        return []
    rows = [{"group": one["unit"], "organisation_rating": one["rating"], **counts[one["unit"]]} for one in beyond]
    shape = {"group": pl.String, "organisation_rating": pl.String, **dict.fromkeys(codes, pl.Int64)}
    checked = rules.check_distribution(pl.DataFrame(rows, schema=shape))
    return [
        {
            "unit": row["group"],
            "rating": row["organisation_rating"],
            "counts": counts[row["group"]],
            **{name: row[name] for name in ("size", "demanded", "exempt", "valid", "details")},
        }
        for row in checked.to_dicts()
    ]
