"""Percentages of amounts: a share, what a deduction leaves, a weighted sum."""

from __future__ import annotations

from collections.abc import Iterable

from polars import Expr, lit, max_horizontal


def part_of(amount: Expr, percent: Expr | float) -> Expr:
    """`percent` per cent of an amount."""
    return amount * percent / 100


def less(amount: Expr, *deductions: Expr) -> Expr:
    """An amount less deductions in per cent of it, one added to the other; never below zero."""
    kept = lit(100.0)
    for deduction in deductions:
        kept = kept - deduction
    return part_of(amount, max_horizontal(kept, lit(0.0)))


def weighted(parts: Iterable[tuple[float, Expr]]) -> Expr:
    """The sum of parts by their weights in per cent; null where one of the parts is."""
    found = lit(0.0)
    for weight, part in parts:
        found = found + part_of(part, weight)
    return found
