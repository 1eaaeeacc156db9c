"""Exports: a list as a file in the columns of its import; small at once, large by a job; each in the ledger."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import polars as pl
from sqlalchemy import delete
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.clock import now
from selaras.db.bulk import read_frame
from selaras.db.session import tenant_of
from selaras.documents import sheet
from selaras.errors import Invalid, NotFound
from selaras.evaluation.rules import period_span
from selaras.exchange.lists import LISTS, ListExport
from selaras.files.models import StoredFile
from selaras.identity.actor import Actor
from selaras.organisation.inspecting import note
from selaras.organisation.reach import reach

FORMATS: dict[str, str] = {"csv": "text/csv", "xlsx": sheet.MEDIA_TYPE}
SMALL = 5_000
"""Rows up to which a file is made within the request that asks for it."""
KEPT = timedelta(days=7)
"""How long the file of a job is kept."""
PURPOSE = "export"
_PERSON, _SPREAD = "__person", "__spread"
_NUMBER = re.compile(r"-?[0-9]{1,15}(,[0-9]+)?")
# What a spreadsheet would take for a formula, or for the beginning of another cell.
_RISKY = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Asked:
    """Which list, in which form, of which year or period; `day`: as of which day."""

    code: str
    format: str
    day: date
    year: int | None = None
    period: str | None = None


@dataclass(frozen=True)
class Exported:
    """A file that was made."""

    name: str
    media_type: str
    data: bytes
    rows: int


class TooLarge(Exception):
    """The list has more rows than are made within a request."""


def allowed(actor: Actor) -> list[ListExport]:
    """The lists that somebody may export."""
    return [one for one in LISTS.values() if may_export(actor, one)]


def may_export(actor: Actor, one: ListExport) -> bool:
    """Whether somebody sees the list, and so may have it as a file."""
    return actor.holds_whole(one.permission) if one.whole else one.permission in actor.permissions


def known_list(actor: Actor, asked: Asked) -> ListExport:
    """The list that is asked for, if the actor may have it; `Invalid` for a form, a year or a period that is none."""
    one = LISTS.get(asked.code)
    if one is None:
        raise NotFound("export_unknown", "There is no list “{code}” to export.", code=asked.code[:40])
    if one.whole:
        actor.require_whole(one.permission)
    else:
        actor.require(one.permission)
    if asked.format not in FORMATS:
        raise Invalid("export_format", "A list is exported as csv or xlsx, not as “{form}”.", form=asked.format[:20])
    if one.asks == "year" and not 2000 <= (asked.year or 0) <= 2100:
        raise Invalid("export_year", "Say of which year the list is to be, from 2000 to 2100.", field="year")
    if one.asks == "period":
        period_span(asked.period or "")
    return one


def export(session: Session, actor: Actor, asked: Asked, *, most: int | None = None) -> Exported:
    """The list as a file, as far as the actor's permission reaches; the ledger records it.

    `TooLarge` where it has more than `most` rows. Whoever audits: everybody in the file is listed as looked at.
    """
    one = known_list(actor, asked)
    frame = _read(session, actor, one, asked)
    if most is not None and frame.height > most and actor.inspection is None:
        raise TooLarge
    note(session, actor, [UUID(one) for one in frame.get_column(_PERSON).drop_nulls().unique(maintain_order=True)])
    header, rows = _table(one, frame.drop(_PERSON))
    data = csv_file(header, rows) if asked.format == "csv" else xlsx_file(one.code, header, rows)
    digest = hashlib.sha256(data).hexdigest()
    payload = {"list": one.code, "format": asked.format, "rows": frame.height, "sha256": digest}
    record(session, actor, "export.make", f"list:{one.code}", payload)
    return Exported(f"{_name(asked)}.{asked.format}", FORMATS[asked.format], data, frame.height)


def forget_old(session: Session) -> int:
    """Drop the rows of exported files that have been kept long enough; their bytes go with the next sweep."""
    statement = delete(StoredFile).where(
        StoredFile.tenant_id == tenant_of(session), StoredFile.purpose == PURPOSE, StoredFile.created_at < now() - KEPT
    )
    return int(session.execute(statement).rowcount)  # type: ignore[attr-defined]  # a cursor result


def _read(session: Session, actor: Actor, one: ListExport, asked: Asked) -> pl.DataFrame:
    within = reach(session, actor, one.permission, asked.day)
    parameters = {
        "tenant": tenant_of(session),
        "day": asked.day,
        "units": None if within is None else list(within),
        "year": asked.year,
        "period": asked.period,
    }
    names = [_PERSON, *one.columns, *([_SPREAD] if one.spread else [])]
    return read_frame(session, one.query, parameters, dict.fromkeys(names, pl.String()))


def _table(one: ListExport, frame: pl.DataFrame) -> tuple[list[str], Iterable[Sequence[str]]]:
    """The header, and the rows as text; what only a regulation knows in columns of its own, by its codes."""
    if not one.spread:
        return list(one.columns), (tuple(cell or "" for cell in row) for row in frame.iter_rows())
    details = [json.loads(text or "{}") for text in frame.get_column(_SPREAD)]
    keys = sorted({key for detail in details for key, value in detail.items() if value is not None})
    plain = frame.drop(_SPREAD)
    rows = (
        (*(cell or "" for cell in row), *(_cell(detail.get(key)) for key in keys))
        for row, detail in zip(plain.iter_rows(), details, strict=True)
    )
    return [*one.columns, *keys], rows


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value).removesuffix(".0").replace(".", ",")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; the import leaves the apostrophe out again."""
    return f"'{cell}" if cell.startswith(_RISKY) and not _NUMBER.fullmatch(cell) else cell


def csv_file(header: Sequence[str], rows: Iterable[Sequence[str]], delimiter: str = ";") -> bytes:
    """Rows of text as CSV, with the mark at the beginning by which spreadsheets see that it is UTF-8."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig")


def xlsx_file(title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Rows of text as a workbook of one sheet."""
    return sheet.sheet(title, [(one, max(12, min(40, len(one) + 4))) for one in header], rows, now())


def _name(asked: Asked) -> str:
    of = asked.year if LISTS[asked.code].asks == "year" else asked.period if LISTS[asked.code].asks == "period" else ""
    return "-".join(str(part) for part in (asked.code, of, asked.day.isoformat()) if part)
