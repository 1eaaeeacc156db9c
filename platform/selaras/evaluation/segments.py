"""Segments: a period cut where a person's post, appraiser, standing or regulation changes. Pure; frames in and out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from selaras.evaluation.rules import EVALUABLE
from selaras.regulation import Segmentation

# Legal statuses (kedudukan hukum) besides those that are evaluated: on study leave, and no longer serving (MPP,
# dismissed, at pension age, pensioned). Every other one is some leave from duty.
STUDY = ("03",)
OUT_OF_SERVICE = ("20", "66", "77", "88", "89", "98", "99")
ENDED = ("death", "retirement", "departure")

SEGMENT_SCHEMA: dict[str, type[pl.DataType]] = {
    "person": pl.String,
    "number": pl.Int16,
    "starts": pl.Date,
    "ends": pl.Date,
    "cause": pl.String,
    "ended": pl.String,
    "evaluated": pl.Boolean,
    "unit_id": pl.String,
    "position_id": pl.String,
    "appraiser_id": pl.String,
    "employment": pl.String,
    "regulation": pl.String,
    "source_period_id": pl.String,
}


@dataclass(frozen=True)
class Law:
    """A regulation followed on the days `[starts, until)`, and the employments that are appraised under it."""

    regulation: str
    starts: date
    until: date
    employments: tuple[str, ...]


@dataclass(frozen=True)
class Held:
    """What people held within the period, one row per dated row, clipped to it; every frame has `starts`, `until`.

    posts: `person`, `unit_id`, `position_id`, `employment`, `legal_status`, `job_class`. lines: `person`,
    `superior_id`, `since` (not clipped). acting: `person`. closed: `person`, `period_id`.
    """

    posts: pl.DataFrame
    lines: pl.DataFrame
    acting: pl.DataFrame
    closed: pl.DataFrame


def cut(held: Held, first: date, last: date, law: tuple[Law, ...], how: Segmentation) -> pl.DataFrame:
    """SEGMENT_SCHEMA: the segments of everybody who held a post between `first` and `last`, numbered from 1."""
    after = last + timedelta(days=1)
    pieces = _pieces(held, first, after, law)
    pieces = _with_effective(pieces, how.supervision_months)
    pieces = _with_causes(pieces, how)
    segments = (
        pieces.with_columns(number=pl.col("cause").is_not_null().cum_sum().over("person").cast(pl.Int16))
        .group_by("person", "number", maintain_order=True)
        .agg(
            starts=pl.col("day").first(),
            ends=pl.col("until").last() - timedelta(days=1),
            cause=pl.col("cause").first(),
            evaluated=pl.col("evaluated").any(),
            unit_id=pl.col("unit_id").last(),
            position_id=pl.col("position_id").last(),
            appraiser_id=pl.col("effective").last(),
            employment=pl.col("employment").last(),
            regulation=pl.col("regulation").last(),
            source_period_id=pl.col("closed_id").first(),
            superior_id=pl.col("superior_id").last(),
            retired=pl.col("retired").last(),
        )
    )
    is_last = pl.col("number") == pl.col("number").max().over("person")
    why = pl.when(pl.col("retired")).then(pl.lit("retirement")).otherwise(pl.lit("departure"))
    return segments.with_columns(ended=pl.when(is_last & (pl.col("ends") < last)).then(why))


def several(segments: pl.DataFrame, last: date, regulation: str) -> pl.DataFrame:
    """Only the people whose period is not one plain whole; SEGMENT_SCHEMA.

    Plain is who is served by the rows of the last day: one segment that reaches it, under the regulation of the
    whole, rated by the superior of that day. Who is not evaluated at all is left out too.
    """
    own = pl.len().over("person") > 1
    other = (pl.col("regulation") != regulation) | pl.col("source_period_id").is_not_null()
    ended = pl.col("ends") < last
    earlier_rater = pl.col("appraiser_id").ne_missing(pl.col("superior_id")) & pl.col("superior_id").is_not_null()
    found = segments.filter((own | other | ended | earlier_rater) & pl.col("evaluated").any().over("person"))
    return found.select(pl.col(name).cast(kind) for name, kind in SEGMENT_SCHEMA.items())


def _pieces(held: Held, first: date, after: date, law: tuple[Law, ...]) -> pl.DataFrame:
    """One row per person and stretch of days `[day, until)` on which nothing changes, with all that holds on it."""
    people = held.posts.select("person").unique()
    turns = [frame.select("person", day=name) for frame in _frames(held) for name in ("starts", "until")]
    turns += [people.with_columns(day=pl.lit(one.starts)) for one in law]
    days = pl.concat(turns).filter(pl.col("day").is_between(first, after, closed="left")).unique()
    pieces = days.join(people, on="person", how="semi").sort("person", "day")
    pieces = pieces.with_columns(until=pl.col("day").shift(-1).over("person").fill_null(after))
    posts = _on_day(pieces, held.posts)
    lines = _on_day(pieces, held.lines).select("person", "day", "superior_id", "since")
    acting = _on_day(pieces, held.acting).select("person", "day", acting=pl.lit(True)).unique()
    closed = _on_day(pieces, held.closed).select("person", "day", closed_id="period_id")
    keys = ["person", "day"]
    for frame in (lines, acting, closed):
        posts = posts.join(frame, on=keys, how="left")
    return posts.with_columns(pl.col("acting").fill_null(value=False), *_standing(), *_lawful(law)).sort(keys)


def _frames(held: Held) -> tuple[pl.DataFrame, ...]:
    return held.posts, held.lines, held.acting, held.closed


def _on_day(pieces: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """The pieces with the row of `held` that holds on their first day; pieces without one are left out."""
    joined = pieces.join(held.rename({"until": "held_until"}), on="person", how="inner")
    return joined.filter(pl.col("starts") <= pl.col("day"), pl.col("held_until") > pl.col("day"))


def _standing() -> list[pl.Expr]:
    status = pl.col("legal_status")
    out = status.is_in(OUT_OF_SERVICE).fill_null(value=False)
    kind = (
        pl.when(status.is_null() | status.is_in(EVALUABLE))
        .then(pl.lit("active"))
        .when(status.is_in(STUDY))
        .then(pl.lit("study"))
        .otherwise(pl.lit("leave"))
    )
    return [out.alias("out"), kind.alias("standing")]


def _lawful(law: tuple[Law, ...]) -> list[pl.Expr]:
    code, covered = pl.lit(None, dtype=pl.String), pl.lit(False)  # a literal of the frame
    for one in law:
        holds = pl.col("day").is_between(one.starts, one.until, closed="left")
        code = pl.when(holds).then(pl.lit(one.regulation)).otherwise(code)
        covered = pl.when(holds).then(pl.col("employment").is_in(one.employments)).otherwise(covered)
    return [code.alias("regulation"), covered.alias("covered")]


def _with_effective(pieces: pl.DataFrame, months: int) -> pl.DataFrame:
    """`effective`: who rates. A superior who has not supervised long enough leaves it to the one before."""
    serving = pieces.with_columns(retired=pl.col("out").any().over("person")).filter(
        ~pl.col("out"), pl.col("regulation").is_not_null()
    )
    changed = pl.col("superior_id").ne_missing(pl.col("superior_id").shift(1)).fill_null(value=True)
    runs = serving.with_columns(run=changed.over("person").cum_sum().over("person"))
    began = pl.min_horizontal(pl.col("since").min(), pl.col("day").min()).over("person", "run")
    long = pl.col("until").max().over("person", "run") >= began.dt.offset_by(f"{months}mo")
    rates = pl.when(long | pl.lit(months == 0)).then(pl.col("superior_id"))
    filled = [one.forward_fill().over("person") for one in (rates, pl.col("superior_id"))]
    filled += [one.backward_fill().over("person") for one in (rates, pl.col("superior_id"))]
    return runs.with_columns(
        evaluated=(pl.col("standing") == "active") & pl.col("covered"),
        effective=pl.coalesce(filled[0], filled[2], filled[1], filled[3]),
    )


def _with_causes(pieces: pl.DataFrame, how: Segmentation) -> pl.DataFrame:
    """`cause`: what begins a segment on the piece's first day; null where it goes on."""
    before = {name: pl.col(name).shift(1).over("person") for name in pieces.columns if name != "person"}
    first = before["day"].is_null()
    flags = _flags(before, how)
    within = pl.col("closed_id").is_not_null() & pl.col("closed_id").eq_missing(before["closed_id"])
    cause = pl.when(first).then(pl.lit("start")).when(within).then(pl.lit(None, dtype=pl.String))
    chain: pl.Expr = pl.lit(None, dtype=pl.String)
    closed_border = pl.col("closed_id").ne_missing(before["closed_id"])
    for name, flag in reversed(flags.items()):
        if name in how.causes:
            chain = pl.when(flag).then(pl.lit(name)).otherwise(chain)
    chain = pl.coalesce(chain, pl.when(closed_border).then(pl.lit("closed_period")))
    return pieces.with_columns(cause=cause.otherwise(chain))


def _flags(before: Mapping[str, pl.Expr], how: Segmentation) -> dict[str, pl.Expr]:
    """Cause → whether it came about, the weightiest first."""
    same_rater = pl.col("effective").eq_missing(before["effective"])
    # A new superior who rates nobody yet begins nothing: the one before goes on.
    rated_on = pl.col("superior_id").ne_missing(before["superior_id"]) & same_rater & pl.lit(how.supervision_months > 0)
    another_post = (pl.col("position_id") != before["position_id"]) & ~rated_on
    higher = (pl.col("job_class") > before["job_class"]).fill_null(value=False)
    back = (pl.col("standing") == "active") & (before["standing"] != "active")
    stopped_acting = before["acting"] & ~pl.col("acting") & pl.lit("acting" in how.causes)
    return {
        "regulation_change": pl.col("regulation") != before["regulation"],
        "leave": (pl.col("standing") == "leave") & (before["standing"] != "leave"),
        "study": (pl.col("standing") == "study") & (before["standing"] != "study"),
        "return": back | (before["until"] < pl.col("day")) | stopped_acting,
        "promotion": another_post & higher,
        "move": another_post,
        "acting": pl.col("acting") & ~before["acting"] & ~rated_on,
        "new_appraiser": ~same_rater,
    }
