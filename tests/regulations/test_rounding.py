"""Rounding as the law does it."""

from __future__ import annotations

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from selaras.regulation import at_least, at_most, round_law
from selaras.regulation.rounding import MODES, RoundingMode

PYTHON_MODES: dict[RoundingMode, str] = {
    "half_away": ROUND_HALF_UP,
    "half_down": ROUND_HALF_DOWN,
    "half_even": ROUND_HALF_EVEN,
    "down": ROUND_DOWN,
    "up": ROUND_UP,
}


def rounded(value: float | None, digits: int = 0, mode: RoundingMode = "half_away") -> float | None:
    frame = pl.DataFrame({"x": [value]}, schema={"x": pl.Float64})
    result: float | None = frame.select(round_law(pl.col("x"), digits, mode, article="uji")).item()
    return result


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (90.5, 0, 91),
        (89.5, 0, 90),
        (-90.5, 0, -91),
        (-0.4, 0, 0),
        (2.675, 2, 2.68),
        (1.005, 2, 1.01),
        (1.115, 2, 1.12),
        (-2.675, 2, -2.68),
        (0.1 + 0.2, 1, 0.3),
        (0.285 * 100, 0, 29),  # 28.499999999999996
        (1234567890.125, 2, 1234567890.13),
        (90.4999, 0, 90),
        (76, 0, 76),
        (155, -1, 160),
        (None, 0, None),
    ],
)
def test_a_half_goes_away_from_zero(value: float | None, digits: int, expected: float | None) -> None:
    assert rounded(value, digits) == expected


@pytest.mark.parametrize("mode", MODES)
@given(thousandths=st.integers(-10_000_000, 10_000_000), digits=st.integers(0, 2))
def test_every_mode_rounds_as_decimals_do(mode: RoundingMode, thousandths: int, digits: int) -> None:
    exact = Decimal(thousandths) / 1000
    wanted = exact.quantize(Decimal(1).scaleb(-digits), rounding=PYTHON_MODES[mode])
    assert rounded(float(exact), digits, mode) == pytest.approx(float(wanted), abs=1e-12)


@given(st.floats(-1e6, 1e6))
def test_down_and_up_differ_by_at_most_one(value: float) -> None:
    low, high = rounded(value, 0, "down"), rounded(value, 0, "up")
    assert low is not None
    assert high is not None
    assert abs(high) - abs(low) in (0, 1)
    exact = Decimal(value)
    lowest, highest = exact.quantize(Decimal(1), ROUND_FLOOR), exact.quantize(Decimal(1), ROUND_CEILING)
    assert lowest - 1 <= Decimal(low) <= highest + 1


def test_an_unknown_mode_is_refused() -> None:
    with pytest.raises(ValueError, match="half_sideways"):
        round_law(pl.col("x"), 0, "half_sideways", article="uji")  # type: ignore[arg-type]  # given by name, or wrong on purpose


def test_a_limit_holds_within_the_noise_of_binary_numbers() -> None:
    frame = pl.DataFrame({"x": [100 - 9.12 / 12 * 100, 24.000001, 23.9]})  # the first is 24.000000000000014
    assert frame.select(at_most(pl.col("x"), 24)).to_series().to_list() == [True, False, True]
    frame = pl.DataFrame({"x": [90.99999999999999, 90.9, 91.0]})
    assert frame.select(at_least(pl.col("x"), 91)).to_series().to_list() == [True, False, True]
