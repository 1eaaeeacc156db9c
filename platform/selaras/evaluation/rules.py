"""Pure decisions that hold under every regulation: period codes, and the state an outcome is in."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from selaras.errors import Invalid

_CODE = re.compile(r"(?P<year>(?:19|20)\d\d)(?:-(?:(?P<month>0[1-9]|1[0-2])|TW(?P<quarter>[1-4])|S(?P<half>[12])))?")

# Legal statuses (kedudukan hukum) of people who are evaluated unless the agency says otherwise: active, active PPPK,
# under discipline, in a lowered post, seconded in. Inferred from the national code table, hence the agency's to change.
EVALUABLE = ("01", "71", "15", "16", "11")


# The segment of an outcome that was combined: it is no segment's, but the whole's.
WHOLE = 0


@dataclass(frozen=True)
class PeriodSpan:
    """A period's code, kind (month, quarter, half_year, year) and its first and last day, both inclusive."""

    code: str
    kind: str
    starts: date
    ends: date


class OutcomeState(StrEnum):
    """Where an outcome stands between the first draft and the day it can no longer be changed."""

    DRAFTED = "drafted"
    SET = "set"
    DELIVERED = "delivered"
    ACCEPTED = "accepted"
    OBJECTED = "objected"
    FINAL = "final"


def period_span(code: str) -> PeriodSpan:
    """The days of `2026`, `2026-S1`, `2026-TW3` or `2026-07`; anything else is `Invalid` with the forms allowed."""
    found = _CODE.fullmatch(code.strip())
    if not found:
        raise Invalid(
            "period_code",
            "“{code}” is not a period. Write 2026 (year), 2026-S1 (half year), 2026-TW3 (quarter) or 2026-07 (month).",
            code=code,
        )
    year = int(found["year"])
    kind, first, last = _months(found["month"], found["quarter"], found["half"])
    return PeriodSpan(code.strip(), kind, date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1]))


def quarter_of(day: date) -> str:
    """The code of the quarter that a day lies in."""
    return f"{day.year}-TW{(day.month + 2) // 3}"


def _months(month: str | None, quarter: str | None, half: str | None) -> tuple[str, int, int]:
    if month:
        return "month", int(month), int(month)
    if quarter:
        return "quarter", int(quarter) * 3 - 2, int(quarter) * 3
    if half:
        return "half_year", int(half) * 6 - 5, int(half) * 6
    return "year", 1, 12


def outcome_state(
    batch_state: str, delivered_at: datetime | None, events: frozenset[str], objection_over: bool
) -> OutcomeState:
    """The state that follows from its batch, the person's own answer, and whether the objection window is over.

    An objection keeps an outcome open until it is decided (`final` event); silence makes it final when the window ends.
    """
    if batch_state != "set":
        return OutcomeState.DRAFTED
    if "final" in events or "accepted" in events:
        return OutcomeState.FINAL if "final" in events or objection_over else OutcomeState.ACCEPTED
    if "objected" in events:
        return OutcomeState.OBJECTED
    if delivered_at is None:
        return OutcomeState.SET
    return OutcomeState.FINAL if objection_over else OutcomeState.DELIVERED
