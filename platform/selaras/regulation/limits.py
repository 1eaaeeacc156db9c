"""A limit of the law in whole people, by the size of the group."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from selaras.regulation.types import TOLERANCE, DistributionRule, Limit, ShareRounding


def bound(limit: Limit, outcomes: tuple[str, ...], rule: DistributionRule) -> pl.Expr:
    """The limit in people, from the column `size` (and, for `most`, the counts of the other `outcomes`)."""
    size = pl.col("size")
    if limit.kind in ("share_at_most", "share_at_least"):
        return _share(size * limit.percent / 100, limit.kind == "share_at_most", rule.rounding)
    if limit.kind == "count_at_least":
        return pl.min_horizontal(size, pl.lit(limit.count))
    if limit.kind == "none_allowed":
        return pl.lit(0)
    if rule.most == "majority":
        return pl.when(size > 0).then(size // 2 + 1).otherwise(0)
    return pl.max_horizontal(pl.col(code) for code in outcomes if code not in limit.outcomes)


def _share(heads: pl.Expr, ceiling: bool, rounding: ShareRounding) -> pl.Expr:
    """A share as whole people; read strictly, a ceiling is rounded down and a floor up."""
    if rounding == "nearest":
        return (heads + 0.5 + TOLERANCE).floor()
    down = ceiling == (rounding == "strict")
    return (heads + TOLERANCE).floor() if down else (heads - TOLERANCE).ceil()


def bounds(rule: DistributionRule, limits: Sequence[Limit], sizes: Sequence[int]) -> list[tuple[int, ...]]:
    """Per size the limits in people, in the order of `limits`; for all kinds but `most` read as `largest`."""
    frame = pl.DataFrame({"size": sizes}, schema={"size": pl.Int64})
    columns = [bound(limit, (), rule).cast(pl.Int64).alias(str(n)) for n, limit in enumerate(limits)]
    return frame.with_columns(columns).drop("size").rows() if columns else [() for _ in sizes]
