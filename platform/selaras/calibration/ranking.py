"""Ranking groups with everybody's rank, and each judged unit with what its distribution suggests."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.calibration.agenda import judged, standing_now
from selaras.db.bulk import read_frame
from selaras.db.session import tenant_of
from selaras.errors import Conflict, NotFound
from selaras.evaluation.facts import Facts
from selaras.evaluation.queries import PeriodView
from selaras.evaluation.ranking import Basis, Ties, ranks
from selaras.evaluation.suggesting import Suggestion, placed, suggestion
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.organisation.models import Unit
from selaras.organisation.queries import names_of
from selaras.regulation import Rules

# The outcomes of a closed period as they count now, with what `judged` needs.
_SET = """
    SELECT DISTINCT ON (o.person_id) o.person_id, o.unit_id, o.appraiser_id, o.group_key, o.outcome, o.score,
           coalesce(post.is_head, false)
    FROM selaras.outcome o
    JOIN selaras.outcome_batch b ON b.tenant_id = %(tenant)s AND b.id = o.batch_id AND b.state <> 'withdrawn'
    LEFT JOIN selaras.appointment a ON a.tenant_id = %(tenant)s AND a.person_id = o.person_id
     AND a.kind = 'definitive' AND a.during @> %(day)s::date
    LEFT JOIN selaras.position post ON post.tenant_id = %(tenant)s AND post.id = a.position_id
    WHERE o.tenant_id = %(tenant)s AND o.period_id = %(period)s
    ORDER BY o.person_id, o.revision DESC
"""
_SET_SCHEMA: dict[str, type[pl.DataType]] = {
    "person": pl.String,
    "unit_id": pl.String,
    "appraiser_id": pl.String,
    "group_key": pl.String,
    "outcome": pl.String,
    "score": pl.Float64,
    "head": pl.String,
}
_KEPT = ("person", "unit_id", "appraiser_id", "group_key", "outcome", "score", "judged_unit_id")


@dataclass(frozen=True)
class RankedPerson:
    """Somebody in a group: the rank (1 is best; may end in .5), how many share it, outcome and score."""

    person_id: UUID
    name: str
    unit_id: UUID
    rank: float
    tied: int
    outcome: str
    score: float | None


@dataclass(frozen=True)
class RankedGroup:
    """One ranking group in the order of ranks; `people` counts everybody, `rows` may be the first of them only."""

    key: str
    people: int
    rows: tuple[RankedPerson, ...]


@dataclass(frozen=True)
class Moved:
    """Somebody whom the division would give another outcome: `low` to `high` where equals stand on both sides."""

    person_id: UUID
    name: str
    outcome: str
    high: str
    low: str


@dataclass(frozen=True)
class UnitSuggestion:
    """What the distribution suggests for one judged unit, and for whom."""

    unit_name: str
    suggestion: Suggestion
    moves: tuple[Moved, ...]


def standing(session: Session, period: PeriodView, rules: Rules) -> pl.DataFrame:
    """_KEPT of everybody with an outcome: as a close would give it now, or as it was set in a closed period."""
    if period.state == "open":
        return standing_now(session, period, rules).select(_KEPT)
    values = {"tenant": tenant_of(session), "period": period.id, "day": period.ends}
    found = read_frame(session, _SET, values, _SET_SCHEMA).with_columns(head=pl.col("head") == "t")
    if found.is_empty():
        raise Conflict("calibration_unrated", UNRATED)
    units = Facts(session, period, rules).rated_units()
    return judged(session, period, rules, found, units).select(_KEPT)


UNRATED = "Nobody is rated in this period yet; there is nothing to calibrate."


def group_sizes(everybody: pl.DataFrame) -> dict[str, int]:
    """Ranking group → how many people it holds, by key."""
    return dict(everybody.group_by("group_key").len().sort("group_key").iter_rows())


def ranked_group(
    session: Session, actor: Actor, rules: Rules, everybody: pl.DataFrame, key: str, basis: Basis, ties: Ties, most: int
) -> RankedGroup:
    """One group with its first `most` ranks. `NotFound` for a group that nobody is in."""
    actor.require_whole(Permission.MANAGE_CALIBRATION)
    group = everybody.filter(pl.col("group_key") == key)
    if group.is_empty():
        raise NotFound("ranking_group_unknown", "There is no ranking group {group} in this period.", group=key)
    codes = [level.code for level in rules.outcomes]
    rows = ranks(group, codes, basis, ties).head(most).to_dicts()
    names = names_of(session, [UUID(row["person"]) for row in rows])
    shown = tuple(
        RankedPerson(
            UUID(row["person"]),
            names.get(UUID(row["person"]), ""),
            UUID(row["unit_id"]),
            row["rank"],
            row["tied"],
            row["outcome"],
            row["score"],
        )
        for row in rows
    )
    return RankedGroup(key, group.height, shown)


def unit_suggestions(
    session: Session, actor: Actor, period: PeriodView, rules: Rules, everybody: pl.DataFrame
) -> tuple[UnitSuggestion, ...]:
    """Each judged unit with its distribution, the nearest division that keeps it, and whom that would move."""
    actor.require_whole(Permission.MANAGE_CALIBRATION)
    names = {str(unit): name for unit, name in session.execute(select(Unit.id, Unit.name))}
    ratings = dict(
        Facts(session, period, rules).rated_units().select("rated_unit_id", "organisation_rating").unique().iter_rows()
    )
    found = []
    judged_units = everybody.filter(pl.col("judged_unit_id").is_not_null())
    for (unit,), people in judged_units.group_by("judged_unit_id", maintain_order=False):
        one = suggestion(rules, str(unit), ratings.get(unit), Counter(people.get_column("outcome").to_list()))
        found.append(UnitSuggestion(names.get(str(unit), str(unit)), one, _moves(session, rules, people, one)))
    return tuple(sorted(found, key=lambda one: (one.suggestion.valid, one.unit_name, one.suggestion.unit)))


def _moves(session: Session, rules: Rules, people: pl.DataFrame, one: Suggestion) -> tuple[Moved, ...]:
    if not one.wanted or not one.steps:
        return ()
    codes = [level.code for level in rules.outcomes]
    ordered = ranks(
        people.with_columns(group_key=pl.lit("")), codes, Basis.OUTCOME_THEN_SCORE, Ties.DENSE
    ).with_columns(place="rank")
    whole = placed(ordered, codes, one.wanted)
    moved = whole.filter((pl.col("outcome") != pl.col("from_code")) | (pl.col("outcome") != pl.col("to_code")))
    rows: list[dict[str, Any]] = moved.to_dicts()
    names = names_of(session, [UUID(row["person"]) for row in rows])
    return tuple(
        Moved(UUID(row["person"]), names.get(UUID(row["person"]), ""), row["outcome"], row["from_code"], row["to_code"])
        for row in rows
    )
