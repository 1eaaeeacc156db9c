"""What the API says of lists as files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class List:
    """A list that can be exported: what it `asks` (`year`, `period` or nothing), and its columns."""

    code: str
    asks: str | None
    importable: bool
    columns: list[str]


@dataclass(frozen=True)
class Lists:
    """The lists that whoever asks may have."""

    items: list[List]


@dataclass(frozen=True)
class ExportRequest:
    """Which list, as `csv` or `xlsx`, of which year or period."""

    list: str
    format: str = "csv"
    year: int | None = None
    period: str | None = None


@dataclass(frozen=True)
class ExportJob:
    """A large file under way; when `state` is done, ask for its file."""

    id: UUID
    state: str
    rows: int | None
    created_at: datetime
