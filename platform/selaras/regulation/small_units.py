"""What small groups get: judged with the group above them, or divided by largest remainder where nothing else fits."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from selaras.regulation.limits import bound
from selaras.regulation.types import TOLERANCE, DistributionRule, Limit


def pooled(rule: DistributionRule | None, groups: pl.DataFrame, outcomes: tuple[str, ...]) -> pl.DataFrame:
    """`groups` with the column `pooled_into`: the group that takes up one below `pool_below`; null for the others.

    `groups` has `group`, `parent` (the group above, null at the top) and one column per outcome. The people of a
    pooled group are counted where they are judged; what is still too small there goes on upwards. At the top it stays.
    """
    pooled = groups.with_columns(pl.lit(None, dtype=pl.String).alias("pooled_into"))
    if rule is None or not rule.pool_below:
        return pooled
    counts = {row["group"]: [row[code] for code in outcomes] for row in groups.iter_rows(named=True)}
    above: dict[str, str | None] = dict(groups.select("group", "parent").iter_rows())
    depth = {group: _depth(group, above) for group in counts}
    into: dict[str, str] = {}
    for group in sorted(counts, key=lambda one: (-depth[one], one)):
        upper = above[group]
        if upper is not None and upper in counts and sum(counts[group]) < rule.pool_below:
            into[group] = upper
            counts[upper] = [one + other for one, other in zip(counts[upper], counts[group], strict=True)]
    whole = pl.DataFrame(
        {"group": list(counts), **{code: [row[n] for row in counts.values()] for n, code in enumerate(outcomes)}},
        schema={"group": pl.String, **dict.fromkeys(outcomes, pl.Int64)},
    )
    named = pl.col("group").replace_strict(into, default=None, return_dtype=pl.String).alias("pooled_into")
    return groups.drop(outcomes).join(whole, on="group", how="left", maintain_order="left").with_columns(named)


def _depth(group: str, above: Mapping[str, str | None]) -> int:
    seen: list[str] = []
    upper: str | None = group
    while upper is not None and upper not in seen:
        seen.append(upper)
        upper = above.get(upper)
    return len(seen)


def given_way(limit: Limit, rule: DistributionRule) -> pl.Expr:
    """A share limit that gives way to the division of `size` by largest remainder (`rule.remainder_shares`).

    Each share first gets its whole people; who is left goes to the largest remainders. Equal remainders may all
    have the one who is left, so a ceiling counts it for each of them and a floor for none.
    """
    law = bound(limit, (), rule)
    for outcomes, percent in rule.remainder_shares:
        if set(outcomes) == set(limit.outcomes):
            others = [share for _, share in rule.remainder_shares]
            return _divided(limit, law, percent, others)
    return law


def _divided(limit: Limit, law: pl.Expr, percent: float, shares: list[float]) -> pl.Expr:
    left = pl.col("size") - pl.sum_horizontal(_whole(share) for share in shares)
    own = _remainder(percent)
    larger = pl.sum_horizontal(_remainder(share) > own + TOLERANCE for share in shares)
    as_large = pl.sum_horizontal(_remainder(share) > own - TOLERANCE for share in shares)
    if limit.kind == "share_at_most":
        return pl.max_horizontal(law, _whole(percent) + (larger < left).cast(pl.Int64))
    return pl.min_horizontal(law, _whole(percent) + (as_large <= left).cast(pl.Int64))


def _whole(percent: float) -> pl.Expr:
    return (pl.col("size") * percent / 100 + TOLERANCE).floor()


def _remainder(percent: float) -> pl.Expr:
    return pl.col("size") * percent / 100 - _whole(percent)
