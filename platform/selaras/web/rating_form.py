"""The rating form: fields out of the person columns that a regulation declares, and values out of a sent form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from selaras.edge.words import number, words
from selaras.regulation import Column, Rules


@dataclass(frozen=True)
class Option:
    """One value that may be chosen."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Field:
    """One column as a form field; `options` where only some values are allowed."""

    name: str
    label: str
    kind: str
    unit: str
    required: bool
    value: str
    options: tuple[Option, ...]
    minimum: float | None
    maximum: float | None
    article: str


def fields(rules: Rules, inputs: Mapping[str, object] | None) -> list[Field]:
    """The fields of a rule, filled with what was given before."""
    return filled_fields(rules.asked_columns, inputs)


def filled_fields(columns: Iterable[Column], inputs: Mapping[str, object] | None) -> list[Field]:
    """The fields of some columns, filled with what was given before."""
    return [_field(column, (inputs or {}).get(column.name)) for column in columns]


def prefixed(found: Iterable[Field], prefix: str) -> list[Field]:
    """The fields of one of several ratings in a form."""
    return [replace(one, name=prefix + one.name) for one in found]


def parsed(rules: Rules, form: Mapping[str, str], prefix: str = "") -> dict[str, object]:
    """Column → value out of a sent form; empty ones are left out, unreadable ones stay text (and are then refused)."""
    return read_form(rules.asked_columns, form, prefix)


def read_form(columns: Iterable[Column], form: Mapping[str, str], prefix: str = "") -> dict[str, object]:
    """As `parsed`, for some columns."""
    given = {column.name: _value(column, form.get(prefix + column.name, "").strip()) for column in columns}
    return {name: value for name, value in given.items() if value is not None}


def _field(column: Column, value: object) -> Field:
    shown = _shown(value)
    options = tuple(
        Option(code, words(column.labels[code]) if code in column.labels else code, _same(code, value))
        for code in column.allowed
    )
    return Field(
        name=column.name,
        label=words(column.label),
        kind=column.type,
        unit=column.unit,
        required=column.required,
        value=shown,
        options=options,
        minimum=column.minimum,
        maximum=column.maximum,
        article=column.article,
    )


def _same(code: str, value: object) -> bool:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(code) == float(value)
    return code == value


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return number(value)
    return str(value)


def _value(column: Column, text: str) -> object:
    if text == "":
        return None
    if column.type == "boolean":
        return text == "true"
    if column.type in ("number", "integer"):
        return _number(text, whole=column.type == "integer")
    return text


def _number(text: str, *, whole: bool) -> object:
    """87,5 and 87.5 both read as a number; anything else stays as it was typed."""
    plain = text.replace(".", "").replace(",", ".") if "," in text else text
    try:
        value = float(plain)
    except ValueError:
        return text
    return int(value) if whole and value.is_integer() else value
