"""Reads of the agency's tables of pay: versions in force and past, drafts with who wrote and who answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from selaras.errors import NotFound
from selaras.followup.models import RemunerationTable
from selaras.followup.pay.content import PayContent, content_of, read_content
from selaras.followup.pay.models import RemunerationDraft
from selaras.identity.models import Account


@dataclass(frozen=True)
class VersionView:
    """One version of the agency's table of pay: in force on the days `[starts, ends)`, None: without an end."""

    id: UUID
    kind: str
    version: int
    restores: int | None
    starts: date | None
    ends: date | None
    content: PayContent

    def holds(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return (self.starts is None or self.starts <= day) and (self.ends is None or day < self.ends)


@dataclass(frozen=True)
class DraftView:
    """One draft; `own`: whoever looks has written it."""

    id: UUID
    kind: str
    state: str
    starts: date
    content: PayContent
    reason: str
    edition: int
    restores: int | None
    drawn_by: str
    drawn_at: datetime
    own: bool
    submitted_at: datetime | None
    decided_by: str | None
    decided_at: datetime | None
    answer: str | None
    table_id: UUID | None


def versions(session: Session) -> list[VersionView]:
    """Every version, the newest first."""
    query = select(RemunerationTable).order_by(RemunerationTable.kind, RemunerationTable.version.desc())
    return [_version(one) for one in session.scalars(query)]


def version(session: Session, number: int) -> VersionView:
    """One version by its number, or `NotFound`."""
    query = select(RemunerationTable).where(RemunerationTable.version == number).limit(1)
    table = session.scalar(query)
    if table is None:
        raise NotFound("remuneration.unknown", "There is no such scheme of remuneration.")
    return _version(table)


def drafts(session: Session, account_id: UUID | None, draft_id: UUID | None = None) -> list[DraftView]:
    """Drafts, the newest first; or one of them."""
    writer, judge = aliased(Account), aliased(Account)
    query = (
        select(RemunerationDraft, writer.name, judge.name)
        .join(writer, writer.id == RemunerationDraft.drawn_by)
        .outerjoin(judge, judge.id == RemunerationDraft.decided_by)
        .order_by(RemunerationDraft.drawn_at.desc())
        .limit(100)
    )
    if draft_id is not None:
        query = query.where(RemunerationDraft.id == draft_id)
    return [_draft(row, wrote, judged, account_id) for row, wrote, judged in session.execute(query)]


def draft(session: Session, account_id: UUID | None, draft_id: UUID) -> DraftView:
    """One draft, or `NotFound`."""
    found = drafts(session, account_id, draft_id)
    if not found:
        raise NotFound("remuneration.draft_unknown", "There is no such draft of a table of pay here.")
    return found[0]


def waiting(session: Session, account_id: UUID | None) -> list[datetime]:
    """Since when each draft waits that somebody else has handed in."""
    query = select(RemunerationDraft.submitted_at).where(
        RemunerationDraft.state == "submitted", RemunerationDraft.drawn_by != account_id
    )
    return [one for one in session.scalars(query) if one is not None]


def _version(table: RemunerationTable) -> VersionView:
    span = table.during
    return VersionView(table.id, table.kind, table.version, table.restores, span.lower, span.upper, content_of(table))


def _draft(row: RemunerationDraft, wrote: str, judged: str | None, account_id: UUID | None) -> DraftView:
    return DraftView(
        id=row.id,
        kind=row.kind,
        state=row.state,
        starts=row.starts,
        content=read_content(row.content),
        reason=row.reason,
        edition=row.edition,
        restores=row.restores,
        drawn_by=wrote,
        drawn_at=row.drawn_at,
        own=row.drawn_by == account_id,
        submitted_at=row.submitted_at,
        decided_by=judged,
        decided_at=row.decided_at,
        answer=row.answer,
        table_id=row.table_id,
    )
