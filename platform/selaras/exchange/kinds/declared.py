"""Columns that only the regulation in force knows: which header of a file holds one, and its cells as it reads them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from selaras.exchange.layouts import DECLARED, folded
from selaras.exchange.reading import decimal_text
from selaras.regulation.types import Column, Label


def header_of(column: Column, headers: Sequence[str], *, ending: bool = False) -> str | None:
    """The file's column with the declared name or label; or, `ending`, with the end of one (HASIL KERJA)."""
    words = [folded(text) for text in (column.name, *_texts(column.label))]
    plain = {header: header.removeprefix(DECLARED) for header in headers}
    exact = [header for header, name in plain.items() if name in words]
    partly = [header for header, name in plain.items() if ending and any(word.endswith(name) for word in words)]
    return next(iter([*exact, *(partly if len(partly) == 1 else [])]), None)


def value_of(column: Column, header: str) -> pl.Expr:
    """The cell as the regulation reads it: codes for labels, decimal points for commas; else untouched."""
    text = pl.col(header)
    if column.type in ("number", "integer"):
        return pl.coalesce(decimal_text(text), text).alias(column.name)
    words = {folded(code): code for code in column.allowed}
    for code, label in column.labels.items():
        words |= {folded(one): code for one in (label["id"], label["en"])}
    if not words:
        return text.alias(column.name)
    plain = text.str.to_uppercase().str.replace_all("[^A-Z0-9]", "")
    return pl.coalesce(plain.replace_strict(words, default=None, return_dtype=pl.String), text).alias(column.name)


def _texts(label: Label) -> list[str]:
    return [re.sub(r"\(.*?\)", "", text) for text in (label["id"], label["en"])]
