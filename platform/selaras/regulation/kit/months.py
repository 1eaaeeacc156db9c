"""Months as numbers and as codes (2026-04): from the period that was evaluated to the months that are paid."""

from __future__ import annotations

from polars import Expr, Int64, String, concat_str


def month_index(year: Expr, month: Expr) -> Expr:
    """A month as one number, so that months can be added: twelve times the year, and the month from 0."""
    return year.cast(Int64()) * 12 + month.cast(Int64()) - 1


def quarter_start(year: Expr, quarter: Expr) -> Expr:
    """The index of a quarter's first month; quarters count from 1."""
    return year.cast(Int64()) * 12 + (quarter.cast(Int64()) - 1) * 3


def month_code(index: Expr) -> Expr:
    """The month of an index as text: 2026-04."""
    whole = index.cast(Int64())
    year, month = (whole // 12).cast(String()), (whole % 12 + 1).cast(String()).str.zfill(2)
    return concat_str([year, month], separator="-")
