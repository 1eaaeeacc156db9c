"""What a form asks of a result besides its aspects, between a browser's fields and a draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from selaras.edge.fields import decimal_of_field
from selaras.errors import Invalid
from selaras.regulation import Column

_NUMBERS = ("number", "integer")
_YES_NO = {"true": True, "false": False}


def detail_in(typed: Mapping[str, str], columns: Sequence[Column]) -> dict[str, Any] | None:
    """The values of the form's columns; what cannot be read stays as it was typed, to be refused by name."""
    if not columns:
        return None
    return {one.name: _value(typed[one.name], one) for one in columns if typed.get(one.name)}


def _value(text: str, column: Column) -> str | int | float | bool:
    if column.type == "boolean":
        return _YES_NO.get(text, text)
    if column.type not in _NUMBERS:
        return text
    try:
        number = decimal_of_field(text[:40], column.name)
    except Invalid:
        return text
    if number is None or len(text) > 40:
        return text
    return int(number) if number == number.to_integral_value() else float(number)


def detail_of(detail: Mapping[str, Any] | None) -> dict[str, str]:
    """Stored values as somebody would type them."""
    return {name: _typed(value) for name, value in (detail or {}).items() if value is not None}


def _typed(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{Decimal(str(value)).normalize():f}".replace(".", ",")
    return str(value)
