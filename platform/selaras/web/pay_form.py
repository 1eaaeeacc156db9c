"""The form of a table of pay: rows of fields as the table that they stand for, and a table as fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from werkzeug.datastructures import MultiDict

from selaras.edge.fields import day_of_field, decimal_of_field, whole_of_field
from selaras.errors import Invalid
from selaras.followup.pay.content import PayContent, read_content
from selaras.followup.pay.drafting import Written

ROW = ("place", "outcome", "class_from", "class_to", "attendance_from", "attendance_below", "percent")
BASE = ("base_class", "base")
MARK = ("mark_code", "mark_group", "mark_since", "mark_percent")
ROUNDING = ("rounding_step", "rounding_digits", "rounding_mode")
COMPONENT = ("component", "component_share")
Fields = MultiDict[str, str]


def fields_of(content: PayContent, starts: str, reason: str) -> Fields:
    """The fields of a table, as the page shows them."""
    fields: Fields = MultiDict()
    plain = ("name", "shape", "effect", "source", "certainty", "hit", "acting")
    for name in plain:
        fields[name] = getattr(content, name)
    for name in ("performance_weight", "candidate_percent", "acting_percent", "attendance_lag"):
        fields[name] = written(getattr(content, name))
    fields["starts"], fields["reason"] = starts, reason
    for place, row in enumerate(content.rows, 1):
        values = (row.outcome, row.class_from, row.class_to, row.attendance_from, row.attendance_below, row.percent)
        _add(fields, ROW, (place, *values))
    for base in content.bases:
        _add(fields, BASE, (base.job_class, base.base))
    for mark in content.marks:
        _add(fields, MARK, (mark.code, mark.group, mark.since, mark.percent))
    for one in content.rounding:
        _add(fields, ROUNDING, (one.step, str(one.digits), one.mode))
    for name, share in (content.components or {}).items():
        _add(fields, COMPONENT, (name, share))
    return fields


def written_in(form: Fields, standing: PayContent) -> Written:
    """What a form says; `Invalid` names the field that cannot be read. An empty row is left out."""
    stored: dict[str, Any] = {
        name: form.get(name, "") for name in ("name", "shape", "effect", "source", "certainty", "hit", "acting")
    }
    for name in ("performance_weight", "candidate_percent", "acting_percent"):
        stored[name] = decimal_of_field(form.get(name, ""), name)
    stored["attendance_lag"] = whole_of_field(form.get("attendance_lag", "1"), "attendance_lag")
    stored["rows"] = _ordered(form)
    stored["bases"] = [
        {"job_class": whole_of_field(job_class, "base_class"), "base": _needed(base, "base")}
        for job_class, base in lines(form, BASE, 0)
    ]
    stored["marks"] = [
        {"code": code, "group": group, "since": whole_of_field(since or "1", "mark_since"),
         "percent": _needed(percent, "mark_percent")}
        for code, group, since, percent in lines(form, MARK, 0)
    ]  # fmt: skip
    stored["rounding"] = [
        {"step": step, "digits": _digits(digits), "mode": mode} for step, digits, mode in lines(form, ROUNDING, 0)
    ]
    stored["components"] = {name: _needed(share, "component_share") for name, share in lines(form, COMPONENT, 0)}
    stored["sources"] = standing.sources
    starts = day_of_field(form.get("starts", ""), "starts")
    if starts is None:
        raise Invalid("not_a_day", "“{value}” is not a day; write 2026-12-31.", value="", field="starts")
    return Written(read_content(stored), starts, form.get("reason", ""))


def lines(form: Fields, names: Sequence[str], key: int) -> list[tuple[str, ...]]:
    """The rows of repeated fields whose `key` field is filled."""
    columns = [[value.strip() for value in form.getlist(name)] for name in names]
    return [row for row in zip(*columns, strict=False) if row[key]]


def written(value: Decimal | int | str | None) -> str:
    """A value as it stands in a field: a comma before decimals, nothing for None."""
    if value is None or isinstance(value, str):
        return value or ""
    return f"{Decimal(value).normalize():f}".replace(".", ",")


def _ordered(form: Fields) -> list[dict[str, Any]]:
    """The decision rows by their places; rows of the same place stay as they stand."""
    found = []
    for place, outcome, class_from, class_to, low, below, percent in lines(form, ROW, 6):
        row = {
            "outcome": outcome,
            "class_from": _may(class_from, "class_from", whole_of_field),
            "class_to": _may(class_to, "class_to", whole_of_field),
            "attendance_from": decimal_of_field(low, "attendance_from"),
            "attendance_below": decimal_of_field(below, "attendance_below"),
            "percent": _needed(percent, "percent"),
        }
        found.append((decimal_of_field(place, "place") or Decimal(10**6), row))
    return [row for _, row in sorted(found, key=lambda one: one[0])]


def _may(text: str, field: str, read: Callable[[str, str], int]) -> int | None:
    return read(text, field) if text else None


def _needed(text: str, field: str) -> Decimal:
    found = decimal_of_field(text, field)
    if found is None:
        raise Invalid("not_a_number", "“{value}” is not a number; write it as 1234,56.", value="", field=field)
    return found


def _digits(text: str) -> int:
    found = decimal_of_field(text or "0", "rounding_digits")
    if found is None or found % 1:
        raise Invalid(
            "not_a_whole_number", "“{value}” is not a whole number.", value=text[:20], field="rounding_digits"
        )
    return int(found)


def _add(fields: Fields, names: Sequence[str], values: Sequence[Decimal | int | str | None]) -> None:
    for name, value in zip(names, values, strict=True):
        fields.add(name, written(value))
