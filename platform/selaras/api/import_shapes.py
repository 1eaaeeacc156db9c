"""Shapes of the API about files that an agency imports; additive only, as all of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from marshmallow.validate import Length


@dataclass(frozen=True)
class FileProblem:
    """One thing wrong with an imported file; the header is row 1."""

    row: int | None
    column: str | None
    value: str | None
    code: str
    message: str
    remedy: str
    severity: str


@dataclass(frozen=True)
class Import:
    """One uploaded file. `changed`: thing.new, .changed or .ended → how many."""

    id: UUID
    kind: str
    file_name: str
    state: str
    rows: int
    changed: dict[str, int]
    problems: list[FileProblem]
    created_at: datetime


@dataclass(frozen=True)
class ImportJob:
    """The import of a large file. `state`: waiting, running, done or failed; `batch_id`: its import, when done."""

    id: UUID
    state: str
    done: int
    total: int | None
    batch_id: UUID | None
    problem: str | None
    created_at: datetime


@dataclass(frozen=True)
class Withdrawn:
    """An import whose results were taken back, and how many they were."""

    id: UUID
    results: int


@dataclass(frozen=True)
class Imports:
    """The newest uploads, without their problems."""

    items: list[Import]


@dataclass(frozen=True)
class ImportForm:
    """What the file holds, and whether to look only.

    `as_of`: since when changes hold that carry no date (today). `accept_vanished`: missing people did leave.
    """

    kind: str = field(metadata={"validate": Length(max=40)})
    preview: bool = False
    as_of: date | None = None
    accept_vanished: bool = False


@dataclass(frozen=True)
class WithdrawalRequest:
    """Why results that were handed over are taken back."""

    reason: str = field(metadata={"validate": Length(min=20, max=2000)})
