"""What an import reports: problems by row and column, and what it changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

import polars as pl

from selaras.errors import in_english
from selaras.exchange.texts import TEXTS

SHOWN = 50
"""Problems of one code in one column that are kept; the rest is counted."""


class Severity(StrEnum):
    """An error refuses the whole file; a warning is shown and the file is taken."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a file. `row` as in the file (the header is row 1), None: the file or column as a whole.

    `message` and `remedy` are English sentences; `message_id` and `remedy_id` are their templates (translated at the
    edge and filled with `params`).
    """

    row: int | None
    column: str | None
    value: str | None
    code: str
    message: str
    remedy: str
    severity: Severity
    sheet: str | None = None
    message_id: str = ""
    remedy_id: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """As the import batch stores it."""
        names = ("row", "column", "value", "code", "severity", "sheet", "message_id", "remedy_id")
        return {name: getattr(self, name) for name in names} | {"params": dict(self.params)}


def problem_from(stored: Mapping[str, Any]) -> Problem:
    """The problem that `Problem.as_dict` wrote."""
    return Problem(
        row=stored["row"],
        column=stored["column"],
        value=stored["value"],
        code=stored["code"],
        message=stored["message_id"].format(**in_english(stored["params"])),
        remedy=stored["remedy_id"].format(**in_english(stored["params"])),
        severity=Severity(stored["severity"]),
        sheet=stored["sheet"],
        message_id=stored["message_id"],
        remedy_id=stored["remedy_id"],
        params=stored["params"],
    )


@dataclass(frozen=True)
class ImportReport:
    """What came of one file. `changed`: thing → how many rows were written for it; all zero if nothing was new."""

    batch_id: UUID
    kind: str
    state: Literal["taken", "refused", "previewed"]
    rows: int
    changed: dict[str, int]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]


class Rejected(Exception):
    """The file has errors; nothing of it may stay."""


class Problems:
    """Collects what is wrong with one file, so that all of it can be mended at once."""

    def __init__(self) -> None:
        self._found: list[Problem] = []

    def add(
        self,
        code: str,
        *,
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
        sheet: str | None = None,
        severity: Severity = Severity.ERROR,
        words: tuple[str, str] | None = None,
        **params: object,
    ) -> None:
        """One problem; `words` replaces the catalogue's templates."""
        message, remedy = words or TEXTS[code]
        filled: dict[str, Any] = {
            name: one if isinstance(one, int | float | str | dict) else str(one) for name, one in params.items()
        }
        filled |= {"value": shortened(value), "column": column or ""}
        self._found.append(
            Problem(
                row=row,
                column=column,
                value=shortened(value),
                code=code,
                message=message.format(**in_english(filled)),
                remedy=remedy.format(**in_english(filled)),
                severity=severity,
                sheet=sheet,
                message_id=message,
                remedy_id=remedy,
                params=filled,
            )
        )

    def add_rows(
        self,
        code: str,
        rows: pl.DataFrame,
        *,
        column: str | None = None,
        value: str | None = None,
        severity: Severity = Severity.ERROR,
        **params: object,
    ) -> None:
        """One problem per row of `rows` (columns `row`, `sheet`, and `value`: the name of the column with the value).

        A parameter that starts with `=` names a column of `rows`. The first `SHOWN` are kept, the others counted.
        """
        for one in rows.head(SHOWN).iter_rows(named=True):
            filled: dict[str, Any] = {
                name: one[text[1:]] if isinstance(text, str) and text.startswith("=") else text
                for name, text in params.items()
            }
            shown = None if value is None or one[value] is None else str(one[value])
            self.add(code, row=one["row"], column=column, value=shown, sheet=one["sheet"], severity=severity, **filled)
        if rows.height > SHOWN:
            self.add("more", column=column, severity=severity, count=rows.height - SHOWN)

    def refuse_errors(self) -> None:
        """Raise `Rejected` if anything found so far is an error."""
        if self.errors:
            raise Rejected

    @property
    def errors(self) -> bool:
        """Whether anything found so far refuses the file."""
        return any(one.severity is Severity.ERROR for one in self._found)

    def all(self) -> tuple[Problem, ...]:
        """In the order of the file: what concerns all of it first, then by row."""
        return tuple(sorted(self._found, key=_order))


def _order(problem: Problem) -> tuple[bool, str, int, str]:
    return (problem.severity is not Severity.ERROR, problem.sheet or "", problem.row or 0, problem.column or "")


def shortened(value: str | None, limit: int = 80) -> str | None:
    """A value as a problem shows it: never a whole novel."""
    return value if value is None or len(value) <= limit else f"{value[: limit - 1]}…"


def listed(names: Iterable[str], most: int = 12) -> str:
    """Some names in a row, for a message."""
    chosen = sorted(set(names))
    return ", ".join(chosen[:most]) + (" …" if len(chosen) > most else "")
