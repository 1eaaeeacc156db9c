"""In which order an amount of pay is rounded: the percent, each component, the amount."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from selaras.errors import Invalid
from selaras.regulation.rounding import MODES, RoundingMode, round_law

STEPS = ("percent", "component", "amount")
FEWEST, MOST = -6, 4


@dataclass(frozen=True)
class RoundingStep:
    """One rounding: of what, to how many decimals (−3: to thousands of rupiah), and where a half goes."""

    step: str
    digits: int
    mode: RoundingMode = "half_away"


USUAL = (RoundingStep("component", 0),)
"""Each component (or the only one) to whole rupiah."""


def read_rounding(stored: Iterable[Mapping[str, Any]], source: str) -> tuple[RoundingStep, ...]:
    """The order as it is stored; nothing stored is the usual one. Raises Invalid for one that cannot be."""
    found = tuple(
        RoundingStep(str(one["step"]), int(one.get("digits", 0)), one.get("mode", "half_away")) for one in stored
    )
    for one in found:
        amount = one.step != "percent"
        if one.step not in STEPS or one.mode not in MODES or not FEWEST <= one.digits <= (0 if amount else MOST):
            raise Invalid(
                "remuneration.rounding",
                "The scheme of {source} cannot round {step} to {digits} decimals by {mode}: percents are rounded to at "
                "most {most} decimals, amounts to whole rupiah or coarser.",
                source=source,
                step=one.step,
                digits=one.digits,
                mode=one.mode,
                most=MOST,
            )
    return found or USUAL


def rounded(expr: pl.Expr, step: str, order: Sequence[RoundingStep], source: str) -> pl.Expr:
    """`expr` rounded as the order says of this step; as it is where the order does not name it."""
    for one in order:
        if one.step == step:
            expr = round_law(expr, one.digits, one.mode, article=source)
    return expr
