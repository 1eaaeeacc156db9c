"""What the API says of units' ratings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class Recommendation:
    """What an office (planning, hr, internal_audit) recommends; `rating` is null where it gives its reasons alone."""

    office: str
    rating: str | None
    reason: str
    at: datetime


@dataclass(frozen=True)
class UnitRating:
    """A unit with the rating that it holds itself (null: the one above holds), and who sets it."""

    unit_id: UUID
    unit_name: str
    setter_id: UUID | None
    setter_name: str | None
    rating: str | None
    set_at: datetime | None
    recommendations: list[Recommendation]


@dataclass(frozen=True)
class UnitRatings:
    """Every unit whose rating one gives, parents before their children."""

    items: list[UnitRating]


@dataclass(frozen=True)
class UnitRatingRequest:
    """One of the regulation's organisation ratings, by its code."""

    rating: str


@dataclass(frozen=True)
class RecommendationRequest:
    """The reason, and the recommended rating by its code where there is one."""

    reason: str
    rating: str | None = None
