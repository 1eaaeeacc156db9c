"""What the API says of packs of rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from marshmallow.validate import Length

from selaras.exchange.rule_packs import LONGEST


@dataclass(frozen=True)
class RuleChange:
    """On the days from `from_day` to `until` (both included; none: open) one side says `before`, the other `after`."""

    rule: str
    apart: str
    from_day: date | None
    until: date | None
    before: Any
    after: Any


@dataclass(frozen=True)
class RulePack:
    """The agency's rules as the text of a pack.toml; `moved`: `before` its pack's rules, `after` the agency's."""

    pack: str
    version: str
    began_with: str | None
    moved: list[RuleChange]


@dataclass(frozen=True)
class PackRequest:
    """The text of a pack.toml; the first day (none: all days); the reason: 20 characters or more."""

    pack: str = field(metadata={"validate": Length(min=1, max=LONGEST)})
    from_day: date | None = None
    reason: str = ""
    dry_run: bool = False


@dataclass(frozen=True)
class Loaded:
    """What changes, or would: `before` the agency's rules, `after` the pack's. `left`: what is the operator's."""

    name: str
    changes: list[RuleChange]
    left: list[str]
    version: str
