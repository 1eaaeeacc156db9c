"""Shapes of the API about locks and unlocks. Additive only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from marshmallow import ValidationError
from marshmallow.validate import Length, OneOf

MATTERS = ["plan", "progress", "rating"]


def _aware(moment: datetime) -> None:
    if moment.tzinfo is None:
        raise ValidationError("Say the zone, as in 2026-12-05T17:00:00+07:00.")


@dataclass(frozen=True)
class Lock:
    """From which day something of a period is locked."""

    period: str
    matter: str
    from_day: date


@dataclass(frozen=True)
class Locks:
    """Everything that is locked, or will be."""

    items: list[Lock]


@dataclass(frozen=True)
class LockRequest:
    """From which day something of a period is locked; null: no more."""

    period: str = field(metadata={"validate": Length(max=12)})
    matter: str = field(metadata={"validate": OneOf(MATTERS)})
    from_day: date | None = None


@dataclass(frozen=True)
class UnlockRequest:
    """What is to be opened, until when, and why; for a person, a unit, or (neither) everybody."""

    period: str = field(metadata={"validate": Length(max=12)})
    matter: str = field(metadata={"validate": OneOf(MATTERS)})
    until: datetime = field(metadata={"validate": _aware})
    reason: str = field(metadata={"validate": Length(max=2000)})
    person_id: UUID | None = None
    unit_id: UUID | None = None


@dataclass(frozen=True)
class UnlockAnswer:
    """Approved, or refused with a reason."""

    approve: bool
    reason: str = field(default="", metadata={"validate": Length(max=2000)})


@dataclass(frozen=True)
class Unlock:
    """One request; `state`: waiting, open, refused, ended, over."""

    id: UUID
    period: str
    matter: str
    person_id: UUID | None
    person: str | None
    unit_id: UUID | None
    until: datetime
    reason: str
    asked_by: str
    asked_at: datetime
    state: str
    answered_by: str | None
    answer_reason: str | None


@dataclass(frozen=True)
class Unlocks:
    """Requests, the newest first, at most 200."""

    items: list[Unlock]
