"""Checking the outcomes of groups against the distribution that follows from the organisation's rating."""

from __future__ import annotations

import polars as pl

from selaras.errors import Invalid
from selaras.regulation.headcounts import headcounts
from selaras.regulation.limits import bound
from selaras.regulation.small_units import given_way
from selaras.regulation.types import DistributionRule, Label, Limit

DETAIL = pl.Struct(
    {
        "code": pl.String(),
        "kind": pl.String(),
        "outcomes": pl.List(pl.String()),
        "limit": pl.Int64(),
        "actual": pl.Int64(),
        "room": pl.Int64(),
        "breached": pl.Boolean(),
        "article": pl.String(),
    }
)
RESULT_SCHEMA = pl.Schema(
    {
        "group": pl.String(),
        "organisation_rating": pl.String(),
        "size": pl.Int64(),
        "demanded": pl.Boolean(),
        "exempt": pl.Boolean(),
        "valid": pl.Boolean(),
        "violations": pl.List(pl.String()),
        "details": pl.List(DETAIL),
    }
)


def check_distribution(rule: DistributionRule | None, outcomes: tuple[str, ...], groups: pl.DataFrame) -> pl.DataFrame:
    """One row per group, in the order given, with the columns of RESULT_SCHEMA.

    `groups`: `group`, `organisation_rating` (code; may be absent where the rule holds everywhere) and one Int64
    column per outcome code (people with it).
    `demanded` is False where the law demands nothing; `exempt` is True for a group too small to be judged, whose
    breaches are listed and still `valid`. A detail's `limit` is in people; `room` ≥ 0 is how many more may come
    (share_at_most, none_allowed) or leave (the others) before the limit is reached; below 0, how many too many
    (or too few) there are. Raises Invalid for a missing column, a count below zero or an unknown rating.
    """
    groups = _without_rating(rule, groups)
    _check_columns(outcomes, groups)
    size = pl.sum_horizontal(pl.col(code).cast(pl.Int64) for code in outcomes).alias("size")
    base = groups.select("group", "organisation_rating", size, *(pl.col(code).cast(pl.Int64) for code in outcomes))
    if rule is None:
        rows = base.select("group", "organisation_rating", "size").with_columns(
            demanded=False, exempt=False, valid=True, violations=pl.lit([]), details=pl.lit([])
        )
        return rows.cast(RESULT_SCHEMA)
    if not rule.needs_rating:
        judged = _judged(base, rule.everywhere, outcomes, rule)
        return judged.select(list(RESULT_SCHEMA)).cast(RESULT_SCHEMA)
    _check_ratings(rule, groups)
    base = base.with_row_index("order")
    parts = [
        _judged(base.filter(pl.col("organisation_rating") == rating), limits, outcomes, rule)
        for rating, limits in rule.limits.items()
    ]
    return pl.concat(parts).sort("order").select(list(RESULT_SCHEMA)).cast(RESULT_SCHEMA)


def _without_rating(rule: DistributionRule | None, groups: pl.DataFrame) -> pl.DataFrame:
    if (rule and rule.needs_rating) or "organisation_rating" in groups.columns:
        return groups
    return groups.with_columns(pl.lit(None, dtype=pl.String).alias("organisation_rating"))


def _judged(
    frame: pl.DataFrame, limits: tuple[Limit, ...], outcomes: tuple[str, ...], rule: DistributionRule
) -> pl.DataFrame:
    details = [_detail(limit, outcomes, rule, _unsolvable(frame, rule, outcomes)) for limit in limits]
    listed = pl.concat_list(details) if details else pl.lit([], dtype=pl.List(DETAIL))
    breached = pl.col("details").list.filter(pl.element().struct.field("breached"))
    return frame.with_columns(demanded=True, exempt=pl.col("size") <= rule.exempt_up_to, details=listed).with_columns(
        violations=breached.list.eval(pl.element().struct.field("code")),
        valid=pl.col("exempt") | (breached.list.len() == 0),
    )


def _unsolvable(frame: pl.DataFrame, rule: DistributionRule, outcomes: tuple[str, ...]) -> list[int]:
    """The sizes that give way to a division by largest remainder, where the regulation knows one."""
    if not rule.remainder_shares:
        return []
    sizes = frame.get_column("size").unique().to_list()
    unnamed = {code: Label(id=code, en=code) for code in outcomes}
    return [one.size for one in headcounts(rule, unnamed, sizes) if not one.possible]


def _detail(limit: Limit, outcomes: tuple[str, ...], rule: DistributionRule, unsolvable: list[int]) -> pl.Expr:
    actual = pl.sum_horizontal(pl.col(code) for code in limit.outcomes)
    people = bound(limit, outcomes, rule)
    if unsolvable:
        people = pl.when(pl.col("size").is_in(unsolvable)).then(given_way(limit, rule)).otherwise(people)
    room = people - actual if limit.kind in ("share_at_most", "none_allowed") else actual - people
    if limit.kind == "most" and rule.most == "largest":
        room = room.floordiv(2)  # whoever leaves may join the second largest
    return pl.struct(
        pl.lit(limit.code).alias("code"),
        pl.lit(limit.kind).alias("kind"),
        pl.lit(pl.Series([list(limit.outcomes)])).first().alias("outcomes"),
        people.cast(pl.Int64).alias("limit"),
        actual.cast(pl.Int64).alias("actual"),
        room.cast(pl.Int64).alias("room"),
        (room < 0).alias("breached"),
        pl.lit(limit.source.article).alias("article"),
    )


def advice(detail: dict[str, object], labels: dict[str, Label]) -> Label:
    """What one detail means for whoever decides: "2 lagi boleh Sangat Baik" / "2 more may be Sangat Baik".

    `labels` maps outcome codes to their labels (`{level.code: level.label for level in rules.outcomes}`).
    """
    codes = detail["outcomes"]
    room = detail["room"]
    if not isinstance(codes, list) or not isinstance(room, int):
        raise TypeError("advice() takes one row of the details of check_distribution()")
    words = {"id": " atau ".join(labels[c]["id"] for c in codes), "en": " or ".join(labels[c]["en"] for c in codes)}
    ceiling = detail["kind"] in ("share_at_most", "none_allowed")
    templates = _ADVICE[ceiling, room < 0]
    return Label(
        id=templates["id"].format(n=abs(room), words=words["id"]),
        en=templates["en"].format(n=abs(room), words=words["en"]),
    )


# (is the limit a ceiling?, is it breached?) → what to do
_ADVICE: dict[tuple[bool, bool], Label] = {
    (True, True): {"id": "{n} harus keluar dari {words}", "en": "{n} must leave {words}"},
    (False, True): {"id": "kurang {n} untuk {words}", "en": "{n} more must be {words}"},
    (True, False): {"id": "{n} lagi boleh {words}", "en": "{n} more may be {words}"},
    (False, False): {"id": "{n} masih boleh keluar dari {words}", "en": "{n} may still leave {words}"},
}


def _check_columns(outcomes: tuple[str, ...], groups: pl.DataFrame) -> None:
    missing = [name for name in ("group", "organisation_rating", *outcomes) if name not in groups.columns]
    if missing:
        raise Invalid(
            "regulation.distribution_columns", "The groups lack the column {columns}.", columns=", ".join(missing)
        )
    counts = groups.select(pl.col(code).cast(pl.Int64) for code in outcomes)
    if counts.select(pl.any_horizontal((pl.all().is_null() | (pl.all() < 0)).any())).item():
        raise Invalid("regulation.distribution_count", "A count of people is empty or below zero; count from 0.")


def _check_ratings(rule: DistributionRule, groups: pl.DataFrame) -> None:
    ratings = groups.get_column("organisation_rating")
    unknown = groups.filter(ratings.is_null() | ~ratings.is_in(list(rule.limits)))
    if unknown.height:
        raise Invalid(
            "regulation.organisation_rating",
            "The group {group} has the organisation rating {rating}; the leader one level above sets one of {known}.",
            group=str(unknown.item(0, "group")),
            rating=repr(unknown.item(0, "organisation_rating")),
            known=", ".join(rule.limits),
        )
