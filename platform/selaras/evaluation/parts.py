"""The facts of people whose period has segments, read as columns for a close: a statement each."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import polars as pl
from sqlalchemy.orm import Session

from selaras.db.bulk import read_frame
from selaras.evaluation.plan_sections import sectioned
from selaras.regulation import Rules


def led_unit(holder: str) -> str:
    """Joins the rating of the unit that `holder` (an alias with unit_id, beside `post`) heads, as `led`."""
    return (
        "LEFT JOIN selaras.organisation_rating led ON led.tenant_id = %(tenant)s AND led.period_id = %(period)s"
        f" AND led.unit_id = {holder}.unit_id AND post.is_head"
    )


def surveyed(holder: str) -> str:
    """Joins what the closed 360° survey of the period says of the person of `holder`, as `surveyed`."""
    return (
        "LEFT JOIN selaras.survey_subject surveyed ON surveyed.tenant_id = %(tenant)s"
        f" AND surveyed.period_id = %(period)s AND surveyed.person_id = {holder}.person_id"
    )


def decided(holder: str) -> str:
    """Joins what a ranking meeting decided of the person of `holder`, as `decided`, where the rule asks for it."""
    return (
        "LEFT JOIN selaras.decided_outcome decided ON decided.tenant_id = %(tenant)s AND %(calibrated)s"
        f" AND decided.period_id = %(period)s AND decided.person_id = {holder}.person_id"
    )


def inputs_of(rated: str) -> str:
    """The rating's inputs with the facts that the platform provides (`regulation.types.PROVIDED`); needs `led_unit`.

    The group of the post only where the rule asks for it (`%(post_grouped)s`): others would store it for nothing. What
    a closed survey says of a column counts, whatever else stands there; needs `surveyed` and
    `decided`.
    """
    provided = "jsonb_build_object('led_unit_rating', led.rating)"
    group = "jsonb_build_object('post_group', CASE post.kind WHEN 'jpt' THEN 'jpt' ELSE 'ja_jf' END)"
    inputs = f"CASE WHEN %(post_grouped)s THEN {group} || {rated}.inputs ELSE {rated}.inputs END"
    known = f"CASE WHEN led.rating IS NULL THEN {inputs} ELSE {inputs} || {provided} END"
    said = f"CASE WHEN surveyed.inputs IS NULL THEN {known} ELSE ({known}) || surveyed.inputs END"
    meeting = "jsonb_build_object('calibrated_outcome', decided.outcome)"
    return f"CASE WHEN decided.outcome IS NULL THEN {said} ELSE ({said}) || {meeting} END"


# A part is ready when it is rated, or its outcome was made elsewhere. The whole is, when every part is; where the
# regulation does not combine, when the last one is. Nobody waits for a person who left for elsewhere.
_PARTS = """
    WITH part AS (
        SELECT s.*, r.inputs, coalesce(r.appraiser_id, s.appraiser_id) AS rater,
               r.person_id IS NOT NULL OR s.source_period_id IS NOT NULL OR s.stated_outcome IS NOT NULL AS ready,
               s.number = max(s.number) OVER (PARTITION BY s.person_id) AS latest
        FROM selaras.segment s
        LEFT JOIN selaras.rating r
          ON r.tenant_id = %(tenant)s AND r.period_id = %(period)s AND r.person_id = s.person_id
         AND r.segment = s.number AND r.person_id > %(after)s AND r.person_id <= %(last)s
        WHERE s.tenant_id = %(tenant)s AND s.period_id = %(period)s AND s.evaluated
          AND s.person_id > %(after)s AND s.person_id <= %(last)s
    ), whole AS (
        SELECT person_id, bool_and(ready) FILTER (WHERE %(every)s OR latest) AS complete,
               coalesce(bool_or(ended = 'departure'), false) AS departed
        FROM part GROUP BY person_id
    ), expected AS (
        SELECT part.*, whole.complete FROM part JOIN whole ON whole.person_id = part.person_id
        WHERE whole.complete OR NOT whole.departed
    )
"""

_STANDING = f"""{_PARTS}
    SELECT e.unit_id, e.employment, post.kind, post.level, post.job_class, post.title, count(*),
           count(*) FILTER (WHERE e.complete)
    FROM expected e
    JOIN selaras.position post ON post.tenant_id = %(tenant)s AND post.id = e.position_id
    WHERE e.latest GROUP BY 1, 2, 3, 4, 5, 6
"""  # noqa: S608  # our own text

_UNRATED = f"""{_PARTS}
    SELECT person_id, unit_id FROM expected WHERE latest AND NOT complete ORDER BY unit_id, person_id LIMIT %(limit)s
"""  # noqa: S608  # our own text

_READY = f"""{_PARTS}, closed AS (
        SELECT DISTINCT ON (o.person_id, o.period_id)
               o.person_id, o.period_id, o.outcome, o.score, b.rule_id, steps.inputs
        FROM selaras.outcome o
        JOIN selaras.outcome_batch b ON b.tenant_id = %(tenant)s AND b.id = o.batch_id AND b.state = 'set'
        JOIN selaras.outcome_steps steps
          ON steps.tenant_id = %(tenant)s AND steps.period_id = o.period_id AND steps.person_id = o.person_id
         AND steps.segment = o.segment AND steps.revision = o.revision
        WHERE o.tenant_id = %(tenant)s AND o.person_id > %(after)s AND o.person_id <= %(last)s
          AND o.period_id IN (SELECT source_period_id FROM expected)
        ORDER BY o.person_id, o.period_id, o.revision DESC
    )
    SELECT e.person_id, e.number, e.unit_id, e.rater, e.employment, post.kind, post.level, post.job_class, post.title,
           e.regulation, e.cause, e.starts, e.ends, e.latest, e.source_period_id,
           coalesce(closed.outcome, e.stated_outcome), coalesce(closed.score, e.stated_score), closed.rule_id,
           coalesce(closed.inputs, {inputs_of("e")})
    FROM expected e
    JOIN selaras.position post ON post.tenant_id = %(tenant)s AND post.id = e.position_id
    {led_unit("e")}
    {surveyed("e")}
    {decided("e")}
    LEFT JOIN closed ON closed.person_id = e.person_id AND closed.period_id = e.source_period_id
    WHERE e.complete AND e.ready ORDER BY e.person_id, e.number
"""  # noqa: S608  # our own text

READY_SCHEMA: dict[str, type[pl.DataType]] = {
    "person": pl.String,
    "number": pl.Int16,
    "unit_id": pl.String,
    "appraiser_id": pl.String,
    "employment": pl.String,
    "post_kind": pl.String,
    "post_level": pl.String,
    "job_class": pl.Int32,
    "post_title": pl.String,
    "regulation": pl.String,
    "cause": pl.String,
    "starts": pl.Date,
    "ends": pl.Date,
    "latest": pl.String,
    "source_period_id": pl.String,
    "outcome": pl.String,
    "score": pl.Float64,
    "rule_id": pl.Int32,
    "inputs": pl.String,
}

# The plan that a segment is measured by covers its last day; one without days is for the whole year.
_ITEMS = """
    SELECT s.person_id || '/' || s.number, item.id, item.detail, measure.aspect, measure.target, measure.actual
    FROM selaras.segment s
    JOIN selaras.plan plan
      ON plan.tenant_id = %(tenant)s AND plan.person_id = s.person_id AND plan.year = %(year)s
     AND (plan.ends IS NULL OR s.ends BETWEEN plan.starts AND plan.ends)
     AND plan.person_id > %(after)s AND plan.person_id <= %(last)s
    JOIN selaras.plan_item item ON item.tenant_id = %(tenant)s AND item.plan_id = plan.id
    LEFT JOIN selaras.item_measure measure ON measure.tenant_id = %(tenant)s AND measure.item_id = item.id
    WHERE s.tenant_id = %(tenant)s AND s.period_id = %(period)s AND s.evaluated AND s.regulation = %(regulation)s
      AND s.source_period_id IS NULL AND s.person_id > %(after)s AND s.person_id <= %(last)s
      AND (item.stopped_on IS NULL OR item.stopped_on > s.ends) {scored}
"""


class Parts:
    """Reads what a close needs of the people with segments. `every`: the regulation combines, so every part counts."""

    def __init__(self, session: Session, parameters: Mapping[str, object], *, every: bool) -> None:
        self._session = session
        self._parameters = {**parameters, "every": every}

    def standing(self, schema: Mapping[str, type[pl.DataType]]) -> pl.DataFrame:
        """As `Facts.units` and `Facts.posts` at once; each person once, with the post of the last evaluated segment."""
        return read_frame(self._session, _STANDING, self._parameters, schema)

    def unrated(self, limit: int, schema: Mapping[str, type[pl.DataType]]) -> pl.DataFrame:
        """As `Facts.unrated`: the first people of whom a segment that counts has no rating."""
        return read_frame(self._session, _UNRATED, {**self._parameters, "limit": limit}, schema)

    def ready(self, after: UUID, last: UUID) -> pl.DataFrame:
        """READY_SCHEMA: the segments, with rating or outcome, of the people in `(after, last]` who are complete."""
        parameters = {**self._parameters, "after": after, "last": last}
        found = read_frame(self._session, _READY, parameters, READY_SCHEMA)
        return found.with_columns(latest=pl.col("latest") == "t")

    def items(self, after: UUID, last: UUID, rules: Rules, schema: Mapping[str, type[pl.DataType]]) -> pl.DataFrame:
        """Measures of the plans behind the segments under one regulation; `person` reads `<person>/<number>`."""
        query, more = sectioned(_ITEMS, rules)
        parameters = {**self._parameters, "after": after, "last": last, "regulation": rules.code, **more}
        return read_frame(self._session, query, parameters, schema)
