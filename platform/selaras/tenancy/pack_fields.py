"""Reading the keys of a pack's tables one by one, so that a wrong, missing or unknown one is refused in words."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import NoReturn, TypeVar
from zoneinfo import available_timezones

from selaras.errors import Misconfigured
from selaras.tenancy.regions import kind_of, regions

Choice = TypeVar("Choice", bound=StrEnum)
HIGHEST_PERCENT = 150
HIGHEST_CLASS = 17


class PackError(Misconfigured):
    """A pack that cannot be used: which pack, which key, what is wrong, what to do."""

    def __init__(self, pack: str, key: str, problem: str, remedy: str) -> None:
        message = "Pack {pack}, {key}: {problem}. What to do: {remedy}."
        super().__init__("pack.wrong", message, pack=pack, key=key, problem=problem, remedy=remedy)


class Fields:
    """One table of a pack.toml; every key that is read is ticked off, `refuse_rest` refuses the others."""

    def __init__(self, pack: str, path: str, raw: Mapping[str, object]) -> None:
        self._pack, self._path, self._raw = pack, path, raw
        self._read: set[str] = set()

    def wrong(self, key: str, problem: str, remedy: str) -> NoReturn:
        """Refuse a key."""
        raise PackError(self._pack, f"{self._path}: {key}", problem, remedy)

    def refuse_rest(self) -> None:
        """Refuse keys that nothing has read: they would be a misspelling without effect."""
        if unknown := sorted(set(self._raw) - self._read):
            known = ", ".join(sorted(self._read))
            self.wrong(unknown[0], "this key is unknown", f"remove it or use one of: {known}")

    def names(self) -> tuple[str, ...]:
        """The keys of this table, in the order of the file."""
        return tuple(self._raw)

    def text(self, key: str) -> str:
        """A text that is not empty."""
        value = self._get(key)
        if not isinstance(value, str) or not value.strip():
            self.wrong(key, f"{value!r} is not a text", "write a text in quotes")
        return value

    def optional(self, key: str) -> str | None:
        """A text, or None where the key is absent."""
        return self.text(key) if self._has(key) else None

    def texts(self, key: str, *, required: bool = True) -> tuple[str, ...]:
        """A list of different texts; at least one if required."""
        value = self._get(key) if required or self._has(key) else []
        if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
            self.wrong(key, f"{value!r} is not a list of texts", 'write ["…", "…"]')
        if len(set(value)) != len(value) or (required and not value):
            self.wrong(key, "it is empty or names something twice", "name each once")
        return tuple(value)

    def choice(self, key: str, choices: type[Choice]) -> Choice:
        """One of an enumeration's values."""
        return self.choice_of(key, self.text(key), choices)

    def choice_of(self, key: str, value: str, choices: type[Choice]) -> Choice:
        """A value that was read already, as one of an enumeration's values."""
        if value not in list(choices):
            self.wrong(key, f"{value!r} is not known", f"write one of: {', '.join(choices)}")
        return choices(value)

    def one_of(self, key: str, allowed: Sequence[str], *, default: str | None = None) -> str:
        """One of the allowed texts; the default, if there is one, where the key is absent."""
        if default is not None and not self._has(key):
            return default
        value = self.text(key)
        if value not in allowed:
            self.wrong(key, f"{value!r} is not known", f"write one of: {', '.join(allowed)}")
        return value

    def zone(self, key: str) -> str:
        """The name of a time zone."""
        value = self.text(key)
        if value not in available_timezones():
            self.wrong(key, f"{value!r} is not a time zone", "write Asia/Jakarta, Asia/Makassar or Asia/Jayapura")
        return value

    def region(self, key: str, code: str, kind: str) -> None:
        """Refuse a region code that does not exist or names another kind of government."""
        if code not in regions() or kind_of(code) != kind:
            self.wrong(key, f"{code!r} is not the code of a {kind}", "write its Kemendagri code")

    def day(self, key: str) -> date:
        """A date (TOML writes it without quotes)."""
        value = self._get(key)
        if not isinstance(value, date) or isinstance(value, datetime):
            self.wrong(key, f"{value!r} is not a date", "write it as 2022-01-31, without quotes")
        return value

    def day_or_none(self, key: str) -> date | None:
        """A date, or None where the key is absent."""
        return self.day(key) if self._has(key) else None

    def whole(self, key: str, lowest: int, highest: int) -> int:
        """A whole number within limits, both included."""
        value = self._get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
            self.wrong(key, f"{value!r} is not a whole number from {lowest} to {highest}", "write such a number")
        return value

    def whole_or_none(self, key: str, lowest: int, highest: int) -> int | None:
        """A whole number within limits, or None where the key is absent."""
        return self.whole(key, lowest, highest) if self._has(key) else None

    def flag(self, key: str) -> bool:
        """True or false; false where the key is absent."""
        value = self._get(key) if self._has(key) else False
        if not isinstance(value, bool):
            self.wrong(key, f"{value!r} is neither true nor false", "write true or false")
        return value

    def rest(self) -> dict[str, object]:
        """Every key that nothing has read so far, for a reader that knows them."""
        return {key: self._get(key) for key in self._raw if key not in self._read}

    def table(self, key: str) -> Fields:
        """A table below this one."""
        value = self._get(key)
        if not isinstance(value, dict):
            self.wrong(key, "it is not a table", f"write [{key}] and its keys below it")
        return Fields(self._pack, f"{self._path} [{key}]", value)

    def table_or_none(self, key: str) -> Fields | None:
        """A table below this one, or None where the key is absent."""
        return self.table(key) if self._has(key) else None

    def tables(self, key: str, *, required: bool = True) -> tuple[Fields, ...]:
        """A list of tables; at least one if required."""
        value = self._get(key) if required or self._has(key) else []
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            self.wrong(key, "it is not a list of tables", f"write [[{key}]] before each")
        return tuple(Fields(self._pack, f"{self._path} [[{key}]] {n}", one) for n, one in enumerate(value, 1))

    def percents(self) -> Mapping[str, Decimal]:
        """This whole table as outcome → percent from 0 to 150."""
        found: dict[str, Decimal] = {}
        for key in self._raw:
            value = self._get(key)
            if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 <= value <= HIGHEST_PERCENT:
                self.wrong(key, f"{value!r} is not a percentage from 0 to {HIGHEST_PERCENT}", "write such a number")
            found[key] = Decimal(value)
        return MappingProxyType(found)

    def plain(self) -> dict[str, object]:
        """This whole table as it stands, decimals as text: for the reader of what is in it to judge."""
        return {key: _plain(self._get(key)) for key in self._raw}

    def values(self) -> dict[str, object]:
        """This whole table as it stands, decimals as numbers: for a regulation to judge."""
        return {key: _valued(self._get(key)) for key in self._raw}

    def amounts(self) -> Mapping[int, int]:
        """This whole table as job class (1–17) → whole rupiah."""
        found: dict[int, int] = {}
        for key in self._raw:
            if not key.isdecimal() or not 1 <= int(key) <= HIGHEST_CLASS:
                self.wrong(key, "it is not a job class", f"write 1 to {HIGHEST_CLASS}")
            found[int(key)] = self.whole(key, 0, 10**12)
        return MappingProxyType(found)

    def _get(self, key: str) -> object:
        self._read.add(key)
        if key not in self._raw:
            self.wrong(key, "it is missing", "add it")
        return self._raw[key]

    def _has(self, key: str) -> bool:
        self._read.add(key)
        return key in self._raw


def _valued(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _valued(one) for key, one in value.items()}
    return float(value) if isinstance(value, Decimal) else value


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, Decimal) else value


def refuse_overlaps(fields: Fields, spans: Sequence[tuple[str, date, date | None]]) -> None:
    """Refuse two regulations on one day; gaps are allowed."""
    ordered = sorted(spans, key=lambda span: span[1])
    for (code, _, ends), (following, starts, _) in itertools.pairwise(ordered):
        if ends is None or starts <= ends:
            fields.wrong("regulation", f"{code} and {following} both apply on {starts}", "end the one before the other")
