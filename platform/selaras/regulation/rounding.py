"""Rounding and comparing as the law does it; Polars' own rounding is half to even (90.5 → 90) and is not used."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Literal

import polars as pl

from selaras.regulation.telling import ROUNDED, is_told
from selaras.regulation.types import TOLERANCE

RoundingMode = Literal["half_away", "half_down", "half_even", "down", "up"]
MODES: tuple[RoundingMode, ...] = ("half_away", "half_down", "half_even", "down", "up")

# A Float64 carries about 16 digits: this share of the value may be noise of the steps before.
_RELATIVE = 4e-15
_WIDE = Context(prec=400)


def round_law(expr: pl.Expr, digits: int = 0, mode: RoundingMode = "half_away", *, article: str) -> pl.Expr:
    """Round to `digits` decimals the way `article` says; null stays null.

    `half_away` (the default): a half goes away from zero; `half_down`: a half goes towards zero; `half_even`: a half
    goes to the even neighbour; `down`, `up`: towards, away from zero. A value within 1e-9 of the last kept
    digit's half (or of a whole, for `down` and `up`) counts as that half (or whole), so that 2.675, stored as
    2.67499999999999982, is a half as everybody who reads it says.
    """
    if mode not in MODES:
        raise ValueError(f"unknown rounding mode {mode!r} for {article}; one of {', '.join(MODES)}")
    if is_told():
        return expr.alias(f"{ROUNDED}{digits.meta.output_name() if isinstance(digits, pl.Expr) else digits}|{mode}")
    factor = 10.0**digits
    size = expr.abs() * factor
    slack = TOLERANCE + size * _RELATIVE
    whole = {
        "half_away": (size + 0.5 + slack).floor(),
        "half_down": (size - 0.5 - slack).ceil(),
        "half_even": _half_even(size, slack),
        "down": (size + slack).floor(),
        "up": (size - slack).ceil(),
    }[mode]
    return whole / factor * expr.sign()


def _half_even(size: pl.Expr, slack: pl.Expr) -> pl.Expr:
    floor = (size + slack).floor()
    is_half = (size - floor - 0.5).abs() <= slack
    is_odd = (floor % 2) == 1
    return pl.when(is_half).then(floor + is_odd.cast(pl.Float64)).otherwise((size + 0.5).floor())


def at_most(expr: pl.Expr, limit: float) -> pl.Expr:
    """`expr` ≤ `limit`, with the tolerance of 1e-9 in favour of equality."""
    return expr <= (limit if is_told() else limit + TOLERANCE)


def at_least(expr: pl.Expr, limit: float) -> pl.Expr:
    """`expr` ≥ `limit`, with the tolerance of 1e-9 in favour of equality."""
    return expr >= (limit if is_told() else limit - TOLERANCE)


def half_away(value: float | Decimal, digits: int) -> Decimal:
    """One number as it is written with so many decimals: 99.065 is 99.07, as people and the law round.

    A binary number counts as the decimal it shows as; formatting it as it is would give 99.06.
    """
    exact = Decimal(str(value))
    return exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, _WIDE) if exact.is_finite() else exact
