"""The division of a unit's people that the active distribution asks for, nearest to how they are rated now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import polars as pl
import scipy

from selaras.regulation import Rules
from selaras.regulation.distribution import advice
from selaras.regulation.headcounts import headcounts, limits_of
from selaras.regulation.types import DistributionRule, Label, Limit

CEILINGS = ("share_at_most", "none_allowed")


@dataclass(frozen=True)
class Line:
    """One demand: what the law says, the arithmetic of its share in words, what there is, and what follows."""

    limit: Label
    arithmetic: Label
    article: str
    most: bool
    people: int
    actual: int
    breached: bool
    advice: Label


@dataclass(frozen=True)
class Suggestion:
    """One judged unit. `wanted`: outcome → people of the nearest division that keeps every limit; None: there is none.

    Both counts add up to `size`. `reason` says why no division keeps the limits. `steps` counts how many steps of one
    outcome lie between now and there.
    """

    unit: str
    rating: str | None
    size: int
    demanded: bool
    exempt: bool
    valid: bool
    now: dict[str, int]
    wanted: dict[str, int] | None
    steps: int
    reason: Label | None
    lines: tuple[Line, ...]


def suggestion(rules: Rules, unit: str, rating: str | None, counts: Mapping[str, int]) -> Suggestion:
    """What the active regulation suggests for a unit with these counts; its head-count never changes."""
    codes = [level.code for level in rules.outcomes]
    now = {code: int(counts.get(code, 0)) for code in codes}
    checked = rules.check_distribution(_frame(unit, rating, now)).to_dicts()[0]
    rule, size = rules.distribution, sum(now.values())
    judged = rule is not None and checked["demanded"] and not checked["exempt"]
    labels = {level.code: level.label for level in rules.outcomes}
    wanted, reason = (None, None)
    if rule is not None and judged:
        wanted = nearest(rule, codes, now, rating, checked["details"])
        if wanted is None:
            reason = headcounts(rule, labels, [size], rating)[0].reason
    lines = [] if rule is None else [_line(rule, one, rating, size, labels) for one in checked["details"]]
    return Suggestion(
        unit=unit,
        rating=rating,
        size=size,
        demanded=checked["demanded"],
        exempt=checked["exempt"],
        valid=checked["valid"],
        now=now,
        wanted=wanted if judged else now,
        steps=_distance(codes, now, wanted) if wanted else 0,
        reason=reason,
        lines=tuple(lines),
    )


def _frame(unit: str, rating: str | None, now: Mapping[str, int]) -> pl.DataFrame:
    shape = {"group": pl.String, "organisation_rating": pl.String, **dict.fromkeys(now, pl.Int64)}
    return pl.DataFrame([{"group": unit, "organisation_rating": rating, **now}], schema=shape)


def nearest(
    rule: DistributionRule,
    codes: Sequence[str],
    now: Mapping[str, int],
    rating: str | None,
    details: Sequence[Mapping[str, Any]],
) -> dict[str, int] | None:
    """The division with the fewest steps from `now` that keeps every limit, or None where no division does.

    A step moves one person by one outcome. Of equally near divisions the one with the better outcomes is taken. It is
    a small integer programme (one number for each outcome), solved exactly.
    """
    n, size = len(codes), sum(now.values())
    kinds = {one.code: one.kind for one in limits_of(rule, rating)}
    rows = [_Row([1.0] * n, float(size), float(size))]
    for one in details:
        rows += _demands(rule, codes, kinds[one["code"]], one)
    demands = [[*row.outcomes, *[0.0] * (n - 1)] for row in rows]
    low, high = [row.low for row in rows], [row.high for row in rows]
    # How far the running totals have moved, upwards or downwards: the steps over each border.
    before = np.cumsum([now[code] for code in codes])
    for place, sign in product(range(n - 1), (1.0, -1.0)):
        border = [-1.0 if place == other else 0.0 for other in range(n - 1)]
        demands.append([*[sign] * (place + 1), *[0.0] * (n - place - 1), *border])
        low.append(-np.inf)
        high.append(sign * float(before[place]))
    # The better outcomes weigh less than one step together, so that they only decide between equals.
    better = [place / (n * size + 1.0) for place in range(n)]
    found = scipy.optimize.milp(
        better + [1.0] * (n - 1),
        constraints=scipy.optimize.LinearConstraint(np.array(demands), np.array(low), np.array(high)),
        integrality=[1] * n + [0] * (n - 1),
        bounds=scipy.optimize.Bounds(0, float(size)),
        options={"mip_rel_gap": 0.0},
    )
    return {code: round(found.x[place]) for place, code in enumerate(codes)} if found.success else None


@dataclass(frozen=True)
class _Row:
    """A demand on the division: a weight for each outcome, and between which bounds their sum lies."""

    outcomes: list[float]
    low: float
    high: float


def _demands(rule: DistributionRule, codes: Sequence[str], kind: str, detail: Mapping[str, Any]) -> list[_Row]:
    inside = [1.0 if code in detail["outcomes"] else 0.0 for code in codes]
    if kind == "most" and rule.most == "largest":
        beyond = [place for place, code in enumerate(codes) if code not in detail["outcomes"]]
        return [
            _Row([-1.0 if other == place else one for place, one in enumerate(inside)], 0.0, np.inf) for other in beyond
        ]
    if detail["kind"] in CEILINGS:
        return [_Row(inside, 0.0, float(detail["limit"]))]
    return [_Row(inside, float(detail["limit"]), np.inf)]


def _distance(codes: Sequence[str], now: Mapping[str, int], wanted: Mapping[str, int]) -> int:
    apart = np.cumsum([wanted[code] - now[code] for code in codes])
    return int(np.abs(apart).sum())


def _line(
    rule: DistributionRule, detail: Mapping[str, Any], rating: str | None, size: int, labels: dict[str, Label]
) -> Line:
    limit = next(one for one in limits_of(rule, rating) if one.code == detail["code"])
    return Line(
        limit=limit.label,
        arithmetic=_arithmetic(rule, limit, int(detail["limit"]), size),
        article=detail["article"],
        most=detail["kind"] in CEILINGS,
        people=detail["limit"],
        actual=detail["actual"],
        breached=detail["breached"],
        advice=advice(dict(detail), labels),
    )


def _arithmetic(rule: DistributionRule, limit: Limit, people: int, size: int) -> Label:
    """How the limit became people: "20 % of 14 people are 2.8; rounded down: at most 2"."""
    if limit.kind not in ("share_at_most", "share_at_least"):
        return _SAID[limit.kind if limit.kind != "most" else rule.most]
    ceiling = limit.kind == "share_at_most"
    exact = limit.percent * size / 100
    if abs(exact - people) < 1e-9:
        how = "exact"
    elif abs(exact - people) >= 1:
        how = "remainder"
    else:
        how = "down" if people < exact else "up"
    shown = f"{exact:.4f}".rstrip("0").rstrip(".")
    most = _MOST[ceiling]
    values = {"percent": f"{limit.percent:g}", "size": size, "people": people}
    return Label(
        id=_SHARE["id"].format(exact=shown.replace(".", ","), how=_HOW[how]["id"], most=most["id"], **values),
        en=_SHARE["en"].format(exact=shown, how=_HOW[how]["en"], most=most["en"], **values),
    )


_SHARE: Label = {
    "id": "{percent}% dari {size} orang adalah {exact}; {how}: {most} {people}",
    "en": "{percent}% of {size} people are {exact}; {how}: {most} {people}",
}
_MOST: dict[bool, Label] = {
    True: {"id": "paling banyak", "en": "at most"},
    False: {"id": "paling sedikit", "en": "at least"},
}
_HOW: dict[str, Label] = {
    "exact": {"id": "bulat", "en": "a whole number"},
    "down": {"id": "dibulatkan ke bawah", "en": "rounded down"},
    "up": {"id": "dibulatkan ke atas", "en": "rounded up"},
    "remainder": {"id": "dibagi menurut sisa terbesar", "en": "divided by largest remainder"},
}
_SAID: dict[str, Label] = {
    "largest": {"id": "tidak ada predikat lain yang lebih banyak", "en": "no other outcome has more people"},
    "majority": {"id": "lebih dari separuh", "en": "more than half"},
    "count_at_least": {"id": "dihitung per orang", "en": "counted in people"},
    "none_allowed": {"id": "tidak seorang pun", "en": "nobody"},
}


def placed(ordered: pl.DataFrame, codes: Sequence[str], wanted: Mapping[str, int]) -> pl.DataFrame:
    """`ordered` with `from_code` and `to_code`: which outcome the division gives each place, best first.

    `ordered` has one unit's people and their `place` among them (equals share it). Equals on both sides of a border get
    both outcomes: who of them is moved is for the meeting to say.
    """
    edges = np.cumsum([wanted[code] for code in codes])
    frame = ordered.sort("place", "person").with_row_index("at")
    at = frame.get_column("at").to_numpy()
    given = [codes[int(np.searchsorted(edges, one, side="right"))] for one in at]
    order = pl.Enum(list(codes))
    return (
        frame.with_columns(given=pl.Series(given, dtype=order))
        .with_columns(
            from_code=pl.col("given").min().over("place").cast(pl.String),
            to_code=pl.col("given").max().over("place").cast(pl.String),
        )
        .drop("at", "given")
    )
