"""Reads of logs: lines with their evidence, and what a line said before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.files.models import StoredFile
from selaras.monitoring.models import Activity, ActivityVersion, Evidence
from selaras.planning.models import PlanItem

MOST = 400


@dataclass(frozen=True)
class EvidenceView:
    """A piece of evidence: a file (`name`, `size` in bytes) or an address; `state`: ready, quarantined."""

    evidence_id: UUID
    activity_id: UUID
    name: str | None
    size: int | None
    url: str | None
    state: str
    made_at: datetime


@dataclass(frozen=True)
class LineView:
    """One line of a log; `amount` in `measure` units, `version` counts changes."""

    activity_id: UUID
    person_id: UUID
    item_id: UUID | None
    item_code: str | None
    item_title: str | None
    on_day: date
    starts: time | None
    ends: time | None
    content: str
    amount: Decimal | None
    measure: str | None
    source: str
    version: int
    made_at: datetime
    changed_at: datetime | None
    evidence: tuple[EvidenceView, ...] = ()


@dataclass(frozen=True)
class EarlierView:
    """What a line said until a moment."""

    content: str
    on_day: date
    amount: Decimal | None
    measure: str | None
    until: datetime


def log_of(session: Session, person_id: UUID, starts: date, ends: date, limit: int = MOST) -> tuple[LineView, ...]:
    """A person's log from `starts` to `ends` (both included), the newest first, in two statements."""
    where = (Activity.person_id == person_id, Activity.on_day.between(starts, ends))
    return _lines(session, where, limit)


def line(session: Session, activity_id: UUID) -> LineView | None:
    """One line, whosever it is."""
    return next(iter(_lines(session, (Activity.id == activity_id,), 1)), None)


def earlier(session: Session, activity_id: UUID) -> tuple[EarlierView, ...]:
    """What a line said before, the newest first."""
    rows = session.scalars(
        select(ActivityVersion)
        .where(ActivityVersion.activity_id == activity_id)
        .order_by(ActivityVersion.version.desc())
    )
    return tuple(EarlierView(row.content, row.on_day, row.amount, row.measure, row.until) for row in rows)


def _lines(session: Session, where: tuple[object, ...], limit: int) -> tuple[LineView, ...]:
    rows = session.execute(
        select(Activity, PlanItem.code, PlanItem.title)
        .outerjoin(PlanItem, (PlanItem.id == Activity.item_id) & (PlanItem.tenant_id == Activity.tenant_id))
        .where(*where)  # type: ignore[arg-type]  # conditions of SQLAlchemy
        .order_by(Activity.on_day.desc(), Activity.starts.desc().nulls_last(), Activity.id.desc())
        .limit(limit)
    ).all()
    held: dict[UUID, list[EvidenceView]] = {}
    for one in _evidence(session, [row.Activity.id for row in rows]):
        held.setdefault(one.activity_id, []).append(one)
    return tuple(_view(row.Activity, row.code, row.title, held.get(row.Activity.id, [])) for row in rows)


def _evidence(session: Session, lines: Sequence[UUID]) -> list[EvidenceView]:
    rows = session.execute(
        select(Evidence, StoredFile.name, StoredFile.size)
        .outerjoin(StoredFile, (StoredFile.id == Evidence.file_id) & (StoredFile.tenant_id == Evidence.tenant_id))
        .where(Evidence.activity_id.in_(lines))
        .order_by(Evidence.id)
    )
    return [
        EvidenceView(one.id, one.activity_id, name, size, one.url, one.state, one.made_at) for one, name, size in rows
    ]


def _view(row: Activity, code: str | None, title: str | None, evidence: list[EvidenceView]) -> LineView:
    return LineView(
        row.id,
        row.person_id,
        row.item_id,
        code,
        title,
        row.on_day,
        row.starts,
        row.ends,
        row.content,
        row.amount,
        row.measure,
        row.source,
        row.version,
        row.made_at,
        row.changed_at,
        tuple(evidence),
    )
