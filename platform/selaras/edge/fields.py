"""Single fields of a form as the values that they stand for."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from uuid import UUID

from babel.numbers import NumberFormatError, parse_decimal

from selaras.errors import Invalid


def day_of_field(text: str, field: str) -> date | None:
    """The day in a date field (2026-12-31), None where it is empty; `Invalid` names the field."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise Invalid("not_a_day", "“{value}” is not a day; write 2026-12-31.", value=text[:20], field=field) from error


def time_of_field(text: str, field: str) -> time:
    """The time of day in a field (07:30); `Invalid` names the field."""
    try:
        return time.fromisoformat(text.strip()).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError as error:
        raise Invalid(
            "not_a_time", "“{value}” is no time of day; write 07:30.", value=text[:20], field=field
        ) from error


def whole_of_field(text: str, field: str) -> int:
    """The whole number in a field, of up to nine digits; `Invalid` names the field."""
    if not text.strip().isdecimal() or len(text.strip()) > 9:
        raise Invalid("not_a_whole_number", "“{value}” is not a whole number.", value=text[:20], field=field)
    return int(text)


def uuid_of_field(text: str, field: str) -> UUID | None:
    """The id in a field, None where it is empty; `Invalid` names the field."""
    if not text.strip():
        return None
    try:
        return UUID(text.strip())
    except ValueError as error:
        raise Invalid(
            "not_an_id", "“{value}” names nothing here; choose from the list.", value=text[:40], field=field
        ) from error


def decimal_of_field(text: str, field: str) -> Decimal | None:
    """The number in a field as Indonesians write it (1.234,56), None where it is empty; `Invalid` names the field."""
    written = text.strip()
    if not written:
        return None
    try:
        found = parse_decimal(written, locale="id_ID", strict=True)
    except NumberFormatError as error:
        raise Invalid(
            "not_a_number", "“{value}” is not a number; write it as 1234,56.", value=written[:20], field=field
        ) from error
    if not found.is_finite():
        raise Invalid(
            "not_a_number", "“{value}” is not a number; write it as 1234,56.", value=written[:20], field=field
        )
    return found
