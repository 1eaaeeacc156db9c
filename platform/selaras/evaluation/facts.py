"""The facts that a rule needs, read as columns: people in scope, their inputs, items, and rated units."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import polars as pl
from sqlalchemy.orm import Session

from selaras.db.bulk import read_frame
from selaras.db.session import tenant_of
from selaras.evaluation.parts import Parts, decided, inputs_of, led_unit, surveyed
from selaras.evaluation.plan_sections import sectioned
from selaras.evaluation.queries import PeriodView
from selaras.evaluation.rules import EVALUABLE
from selaras.regulation import Column, Rules, measured

FIRST = UUID(int=0)
LAST = UUID(int=2**128 - 1)

# In scope on the period's last day: a definitive appointment with an employment and legal status that is evaluated.
_SCOPE = """
    FROM selaras.appointment a
    LEFT JOIN selaras.rating r
      ON r.tenant_id = %(tenant)s AND r.period_id = %(period)s AND r.person_id = a.person_id
     AND r.person_id > %(after)s AND r.person_id <= %(last)s AND r.segment = 1
    {joins}
    WHERE a.tenant_id = %(tenant)s AND a.kind = 'definitive' AND a.during @> %(day)s::date
      AND a.person_id > %(after)s AND a.person_id <= %(last)s
      AND a.employment = ANY(%(employments)s)
      AND (a.legal_status IS NULL OR a.legal_status = ANY(%(evaluable)s))
      {{plain}}
"""
# Where a period has segments: only the people whose period is one plain whole.
_PLAIN = """
      AND NOT EXISTS (SELECT FROM selaras.segment s WHERE s.tenant_id = %(tenant)s AND s.period_id = %(period)s
                      AND s.person_id = a.person_id AND s.person_id > %(after)s AND s.person_id <= %(last)s)
"""
_WITH_POST_AND_LINE = _SCOPE.format(
    joins=f"""
    JOIN selaras.position post ON post.tenant_id = %(tenant)s AND post.id = a.position_id
    LEFT JOIN selaras.reporting_line line
      ON line.tenant_id = %(tenant)s AND line.person_id = a.person_id AND line.during @> %(day)s::date
     AND line.person_id > %(after)s AND line.person_id <= %(last)s
    {led_unit("a")}
    {surveyed("a")}
    {decided("a")}
    """
)
_ALONE = _SCOPE.format(joins="")

_PEOPLE = f"""
    SELECT a.person_id, a.unit_id, coalesce(r.appraiser_id, line.superior_id), coalesce(r.segment, 1),
           a.employment, post.kind, post.level, post.job_class, post.title, {inputs_of("r")}
    {_WITH_POST_AND_LINE} AND r.person_id IS NOT NULL ORDER BY a.person_id
"""  # our own text

PEOPLE_SCHEMA: dict[str, type[pl.DataType]] = {
    "person": pl.String,
    "unit_id": pl.String,
    "appraiser_id": pl.String,
    "segment": pl.Int16,
    "employment": pl.String,
    "post_kind": pl.String,
    "post_level": pl.String,
    "job_class": pl.Int32,
    "post_title": pl.String,
    "inputs": pl.String,
}

# Where the next chunk ends: the id of its last person, so that every table is read by the same range of ids. One
# person more than wanted is looked for, so that the last chunk knows that it is the last.
_CHUNK_END = """
    SELECT max(person_id::text) FILTER (WHERE place <= %(limit)s), count(*) FROM (
        SELECT person_id, row_number() OVER (ORDER BY person_id) AS place FROM selaras.appointment
        WHERE tenant_id = %(tenant)s AND kind = 'definitive' AND during @> %(day)s::date AND person_id > %(after)s
        ORDER BY person_id LIMIT %(limit)s + 1
    ) next
"""

_UNITS = f"""
    SELECT a.unit_id, count(*), count(r.person_id) {_ALONE} GROUP BY 1
"""  # our own text

UNITS_SCHEMA: dict[str, type[pl.DataType]] = {"unit_id": pl.String, "people": pl.Int64, "rated": pl.Int64}

# Counted by post first: a hundred thousand people hold some thousand posts.
_POSTS = f"""
    SELECT held.unit_id, held.employment, post.kind, post.level, post.job_class, post.title, held.people, held.rated
    FROM (
        SELECT a.unit_id, a.employment, a.position_id, count(*) AS people, count(r.person_id) AS rated
        {_ALONE} GROUP BY 1, 2, 3
    ) held
    JOIN selaras.position post ON post.tenant_id = %(tenant)s AND post.id = held.position_id
"""  # noqa: S608  # our own text

POSTS_SCHEMA: dict[str, type[pl.DataType]] = {
    "unit_id": pl.String,
    "employment": pl.String,
    "post_kind": pl.String,
    "post_level": pl.String,
    "job_class": pl.Int32,
    "post_title": pl.String,
    "people": pl.Int64,
    "rated": pl.Int64,
}

_UNRATED = f"""
    SELECT a.person_id, a.unit_id {_ALONE} AND r.person_id IS NULL ORDER BY a.unit_id, a.person_id LIMIT %(limit)s
"""  # our own text

# An item that has no measures counts too: the rule says what becomes of it, or that the result stays open.
_RANGE = "AND plan.person_id > %(after)s AND plan.person_id <= %(last)s"
_ITEMS = f"""
    SELECT plan.person_id, item.id, item.detail, measure.aspect, measure.target, measure.actual
    FROM selaras.plan plan
    JOIN selaras.plan_item item ON item.tenant_id = plan.tenant_id AND item.plan_id = plan.id
    LEFT JOIN selaras.item_measure measure ON measure.tenant_id = item.tenant_id AND measure.item_id = item.id
    WHERE plan.tenant_id = %(tenant)s AND plan.year = %(year)s
      AND (plan.ends IS NULL OR %(day)s BETWEEN plan.starts AND plan.ends)
      AND (item.stopped_on IS NULL OR item.stopped_on > %(day)s)
      {_RANGE} {{scored}}
"""  # noqa: S608  # our own text

MEASURES_SCHEMA: dict[str, type[pl.DataType]] = {
    "person": pl.String,
    "item": pl.String,
    "detail": pl.String,
    "aspect": pl.String,
    "target": pl.Float64,
    "actual": pl.Float64,
}

_RATED_UNITS = """
    WITH RECURSIVE place AS (
        SELECT unit_id, parent_id FROM selaras.unit_placement
        WHERE tenant_id = %(tenant)s AND during @> %(day)s::date
    ), rated AS (
        SELECT unit_id, rating FROM selaras.organisation_rating
        WHERE tenant_id = %(tenant)s AND period_id = %(period)s
    ), climb AS (
        SELECT place.unit_id, place.unit_id AS at, place.parent_id, rated.rating, 0 AS steps
        FROM place LEFT JOIN rated USING (unit_id)
        UNION ALL
        SELECT climb.unit_id, place.unit_id, place.parent_id, rated.rating, climb.steps + 1
        FROM climb JOIN place ON place.unit_id = climb.parent_id LEFT JOIN rated ON rated.unit_id = place.unit_id
        WHERE climb.rating IS NULL AND climb.steps < 32
    )
    SELECT unit_id, at, rating FROM climb WHERE rating IS NOT NULL
"""


class Facts:
    """Reads the facts of one period under one regulation; every read is one statement."""

    def __init__(self, session: Session, period: PeriodView, rules: Rules) -> None:
        self._session, self._rules = session, rules
        self._plain = _PLAIN if period.segmented else ""
        self._parameters = {
            "tenant": tenant_of(session),
            "period": period.id,
            "day": period.ends,
            "employments": covered(rules),
            "evaluable": list(EVALUABLE),
            "post_grouped": any(column.provided and column.name == "post_group" for column in rules.person_columns),
            "calibrated": any(column.name == "calibrated_outcome" for column in rules.person_columns),
            "after": FIRST,
            "last": LAST,
        }
        self._parameters["year"] = period.ends.year
        every = rules.combination is not None
        self.parts = Parts(session, self._parameters, every=every) if period.segmented else None

    def units(self) -> pl.DataFrame:
        """UNITS_SCHEMA: how many people are in scope in each unit (it may appear twice), and how many are rated."""
        return self._counted(_UNITS, UNITS_SCHEMA)

    def posts(self) -> pl.DataFrame:
        """POSTS_SCHEMA: the same by the attributes of their posts, as ranking groups are formed."""
        return self._counted(_POSTS, POSTS_SCHEMA)

    def _counted(self, query: str, schema: dict[str, type[pl.DataType]]) -> pl.DataFrame:
        found = read_frame(self._session, self._of(query), self._parameters, schema)
        if not self.parts:
            return found
        standing = self.parts.standing(POSTS_SCHEMA)
        return pl.concat([found, standing.select(list(schema))])

    def unrated(self, limit: int) -> pl.DataFrame:
        """`person`, `unit_id` of the first `limit` people in scope whom nobody has rated yet."""
        parameters = {**self._parameters, "limit": limit}
        schema = {"person": pl.String, "unit_id": pl.String}
        found = read_frame(self._session, self._of(_UNRATED), parameters, schema)
        return pl.concat([found, self.parts.unrated(limit, schema)]).head(limit) if self.parts else found

    def chunk_end(self, after: UUID, limit: int) -> tuple[UUID | None, bool]:
        """The id of the last of the next `limit` people after `after` (None: nobody), and whether more follow."""
        parameters = {**self._parameters, "after": after, "limit": limit}
        end, people = read_frame(self._session, _CHUNK_END, parameters, {"last": pl.String, "people": pl.Int64}).row(0)
        return (UUID(end) if end else None), people > limit

    def people(self, after: UUID, last: UUID) -> pl.DataFrame:
        """PEOPLE_SCHEMA: the rated people in `(after, last]` in the order of their ids."""
        parameters = {**self._parameters, "after": after, "last": last}
        return read_frame(self._session, self._of(_PEOPLE), parameters, PEOPLE_SCHEMA)

    def items(self, after: UUID, last: UUID) -> pl.DataFrame:
        """The items frame that the rule declares, of the people in `(after, last]`, from the year's plans."""
        query, more = sectioned(_ITEMS, self._rules)
        parameters = {**self._parameters, "after": after, "last": last, **more}
        return items_frame(read_frame(self._session, query, parameters, MEASURES_SCHEMA), self._rules)

    def items_of(self, people: Sequence[UUID]) -> pl.DataFrame:
        """As `items`, of some people only."""
        query, more = sectioned(_ITEMS, self._rules)
        some = query.replace(_RANGE, "AND plan.person_id = ANY(%(people)s::uuid[])")
        parameters = {**self._parameters, "people": list(people), **more}
        return items_frame(read_frame(self._session, some, parameters, MEASURES_SCHEMA), self._rules)

    def segment_items(self, after: UUID, last: UUID, rules: Rules) -> pl.DataFrame | None:
        """As `items`, of the segments under `rules`; `person` reads `<person>/<number>`."""
        if self.parts is None:
            return None
        measures = self.parts.items(after, last, rules, MEASURES_SCHEMA)
        return items_frame(measures, rules)

    def _of(self, query: str) -> str:
        return query.format(plain=self._plain)

    def rated_units(self) -> pl.DataFrame:
        """`unit_id`, `rated_unit_id`, `organisation_rating`: the nearest unit upwards that holds a rating."""
        return read_frame(
            self._session,
            _RATED_UNITS,
            self._parameters,
            {"unit_id": pl.String, "rated_unit_id": pl.String, "organisation_rating": pl.String},
        )


def covered(rules: Rules) -> list[str]:
    """The employments that are appraised under the rule; a candidate (CPNS) is appraised as a PNS."""
    named = [name for name in ("pns", "pppk", "pppk_paruh_waktu") if rules.covers(name)]
    return [*named, "cpns"] if "pns" in named else named


def items_frame(measures: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """One row per item: `<aspect>_target`, `<aspect>_actual`, and declared columns that the item's detail holds."""
    sides = measured(rules.form, rules.item_columns)
    chosen = [
        pl.col(side).filter(pl.col("aspect") == aspect).first().alias(name) for name, (aspect, side) in sides.items()
    ]
    detail = [_detail(column) for column in rules.item_columns if column.name not in sides]
    return measures.group_by(["person", "item"], maintain_order=True).agg(*chosen, *detail)


def _detail(column: Column) -> pl.Expr:
    text = pl.col("detail").first().str.json_path_match(f"$.{column.name}")
    return (text == "true" if column.type == "boolean" else text).alias(column.name)


def with_inputs(people: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """The people frame that the rule takes: `person` and its declared columns, out of the ratings' inputs."""
    shape = pl.Struct({column.name: column.dtype for column in rules.person_columns})
    inputs = people.get_column("inputs").str.json_decode(shape)
    return people.select("person").with_columns(inputs.struct.unnest())
