"""Who answers to a proposal “this is not my superior”: the one place where that is written; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from selaras.calendar.days import DayKind
from selaras.calendar.office import NATIONAL, OfficeCalendar

SIDES = ("proposed", "present")
ANSWER_DAYS = 3
"""Working days within which whoever is asked answers; then the performance manager may do so in their place."""
LIFETIME = 30
"""Calendar days after which a proposal that not everybody has answered is over."""
AHEAD = 90
"""How many days ahead a superior can be proposed."""


@dataclass(frozen=True)
class Asked:
    """One side of an open proposal: whose answer is wanted, whether they can sign in, and whether it is given."""

    side: str
    person_id: UUID | None
    reachable: bool
    answered: bool


def deputy_since(made_on: date, calendar: OfficeCalendar = NATIONAL) -> date:
    """From this day on the performance manager may answer in the place of whoever is silent."""
    return calendar.add_days(made_on, ANSWER_DAYS + 1, DayKind.WORKING)


def sides_for(
    asked: Iterable[Asked],
    *,
    owner: UUID,
    made_on: date,
    today: date,
    person_id: UUID | None,
    manages: bool,
    has_answered: bool,
    calendar: OfficeCalendar = NATIONAL,
) -> dict[str, str]:
    """Side → as what somebody may answer for it today: `oneself`, or `manager` in another's place.

    Each side is asked itself. Where nobody holds it, they have left or cannot sign in, or they have been silent for
    `ANSWER_DAYS`, the performance manager who is responsible for the employee answers. The employee never answers
    their own proposal, and nobody answers for both sides.
    """
    found: dict[str, str] = {}
    if person_id == owner or has_answered:
        return found
    for one in asked:
        if one.answered:
            continue
        if person_id is not None and one.person_id == person_id:
            return {one.side: "oneself"}
        if manages and (not one.reachable or today >= deputy_since(made_on, calendar)):
            found[one.side] = "manager"
    return found
