"""What the API says of the choices that the law leaves to an agency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class OpenQuery:
    """The day; without it today."""

    on: date | None = None


@dataclass(frozen=True)
class Alternative:
    """What another source says."""

    value: Any
    source: str
    note: str


@dataclass(frozen=True)
class OpenParameter:
    """An open parameter: the law's value with its source, the agency's choice if it `is_chosen`, and what counts."""

    name: str
    kind: str
    choices: list[Any]
    law: Any
    article: str
    certainty: str
    note: str
    conflict: list[Alternative]
    is_chosen: bool
    counts: Any


@dataclass(frozen=True)
class OpenRules:
    """One regulation on that day; `followed`: the agency appraises by it."""

    regulation: str
    followed: bool
    rule_hash: str
    parameters: list[OpenParameter]


@dataclass(frozen=True)
class OpenParameters:
    """What is open on a day."""

    items: list[OpenRules]


@dataclass(frozen=True)
class RuleChoiceRequest:
    """From a day on these values count; the names in `back` return to the law's. The reason: 20 characters or more."""

    regulation: str
    parameters: dict[str, Any]
    from_day: date
    reason: str
    back: list[str] | None = None
