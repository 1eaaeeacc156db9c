"""Comparing a printed figure with a computed one."""

from __future__ import annotations

import math

_EXACT = 5e-5
_NOISE = 1e-9


def differs(expected: object, got: object, digits: int | None = None) -> bool:
    """Whether a computed value is not the one that the example prints.

    A number printed with two or more decimals may differ by half of its last digit (88.67: by 0.005). With
    fewer decimals trailing zeros were dropped, so it must agree within 0.00005. `digits` says how many decimals were
    printed where the figure itself cannot.
    """
    if isinstance(expected, list):
        return (
            not isinstance(got, list)
            or len(expected) != len(got)
            or any(differs(one, other, digits) for one, other in zip(expected, got, strict=True))
        )
    if isinstance(expected, bool) or not isinstance(expected, int | float):
        return expected != got
    if isinstance(got, bool) or not isinstance(got, int | float):
        return True
    return not math.isclose(expected, got, rel_tol=0, abs_tol=_tolerance(expected, digits) + _NOISE)


def _tolerance(expected: float, digits: int | None) -> float:
    printed = repr(expected)
    shown = len(printed.partition(".")[2]) if "." in printed and "e" not in printed else 0
    if digits is None:
        return 0.5 * 10.0**-shown if shown >= 2 else _EXACT
    return 0.5 * 10.0**-digits
