"""An agency's rules as dated rows of plain data: what a pack says, what the database holds, and where they differ."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

# A value as TOML can hold it: text, truth, whole number, Decimal, day, list, table.
Values = Mapping[str, object]


# How TOML, which has no null, says that there is deliberately no value.
NOTHING = {"nothing": True}


@dataclass(frozen=True)
class RuleRow:
    """One rule of the kind `of` on the days `[starts, ends)`; None: since ever, until further notice.

    `apart`: which of several rules of a kind that hold side by side this is (a regulation, a kind of pay); else empty.
    """

    of: str
    starts: date | None
    ends: date | None
    values: Values
    apart: str = ""

    @property
    def last(self) -> date | None:
        """The last day itself."""
        return self.ends - timedelta(days=1) if self.ends else None

    @property
    def first(self) -> date:
        """The first day, comparable."""
        return self.starts or date.min

    @property
    def until(self) -> date:
        """The day after the last one, comparable."""
        return self.ends or date.max


@dataclass(frozen=True)
class Difference:
    """On the days `[starts, ends)` one side says `before` and the other `after`; None: that side has no such rule."""

    of: str
    apart: str
    starts: date | None
    ends: date | None
    before: Values | None
    after: Values | None

    @property
    def last(self) -> date | None:
        """The last day itself."""
        return self.ends - timedelta(days=1) if self.ends else None

    @property
    def keys(self) -> tuple[str, ...]:
        """The values that differ."""
        before, after = self.before or {}, self.after or {}
        return tuple(key for key in dict.fromkeys([*before, *after]) if before.get(key) != after.get(key))


def canonical(value: object) -> object:
    """A value in the one form in which equal ones are equal: Decimal for numbers with decimals, lists, dicts."""
    if isinstance(value, Mapping):
        return None if value == NOTHING else {str(key): canonical(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [canonical(one) for one in value]
    if isinstance(value, float | Decimal):
        exact = Decimal(str(value))
        return int(exact) if exact == exact.to_integral_value() else exact.normalize()
    return value


def stored(value: object) -> Any:
    """A canonical value as JSON keeps it: a Decimal as a number."""
    if isinstance(value, Mapping):
        return {key: stored(one) for key, one in value.items()}
    if isinstance(value, list):
        return [stored(one) for one in value]
    return float(value) if isinstance(value, Decimal) else value


def written(value: object) -> Any:
    """A canonical value as TOML writes it."""
    if isinstance(value, Mapping):
        return {key: written(one) for key, one in value.items()}
    if isinstance(value, list):
        return [written(one) for one in value]
    return NOTHING if value is None else value


def clipped(rows: Iterable[RuleRow], start: date | None) -> tuple[RuleRow, ...]:
    """What holds from a day on (None: all of it)."""
    if start is None:
        return tuple(rows)
    return tuple(replace(one, starts=max(one.first, start)) for one in rows if one.until > start)


def joined(rows: Iterable[RuleRow]) -> tuple[RuleRow, ...]:
    """In order, and two rows that say the same one after the other as one."""
    found: list[RuleRow] = []
    for row in sorted(rows, key=lambda one: (one.of, one.apart, one.first)):
        last = found[-1] if found else None
        if last and (last.of, last.apart, last.until, last.values) == (row.of, row.apart, row.first, row.values):
            found[-1] = replace(last, ends=row.ends)
        else:
            found.append(row)
    return tuple(found)


def differences(before: Iterable[RuleRow], after: Iterable[RuleRow]) -> tuple[Difference, ...]:
    """Day by day, where two sets of rules say different things; equal ones have none, however they are cut."""
    sides = (tuple(before), tuple(after))
    found: list[Difference] = []
    for of, apart in sorted({(one.of, one.apart) for side in sides for one in side}):
        own = [[one for one in side if (one.of, one.apart) == (of, apart)] for side in sides]
        cuts = sorted({edge for side in own for one in side for edge in (one.first, one.until)})
        for first, until in itertools.pairwise(cuts):
            here, there = (_on(side, first) for side in own)
            if here != there:
                _add(found, Difference(of, apart, _open(first), _open(until), here, there))
    return tuple(found)


def overlapping(rows: Iterable[RuleRow]) -> RuleRow | None:
    """The first row that begins before the one in front of it has ended."""
    last: RuleRow | None = None
    for row in sorted(rows, key=lambda one: (one.of, one.apart, one.first)):
        if last and (last.of, last.apart) == (row.of, row.apart) and row.first < last.until:
            return row
        last = row
    return None


def _add(found: list[Difference], new: Difference) -> None:
    last = found[-1] if found else None
    same = last and (last.of, last.apart, last.before, last.after) == (new.of, new.apart, new.before, new.after)
    if last and same and last.ends == new.starts:
        found[-1] = replace(last, ends=new.ends)
    else:
        found.append(new)


def _on(rows: list[RuleRow], day: date) -> Values | None:
    return next((one.values for one in rows if one.first <= day < one.until), None)


def _open(day: date) -> date | None:
    return None if day in (date.min, date.max) else day
