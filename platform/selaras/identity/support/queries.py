"""Reads about support access: for the console across agencies, for an agency its own and nobody else's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from selaras.audit.models import LedgerEntry
from selaras.audit.queries import EntryView
from selaras.clock import now
from selaras.db.session import tenant_of
from selaras.errors import NotFound
from selaras.identity.support.models import SupportAnswer, SupportRequest, SupportStep, SupportView
from selaras.identity.support.rules import Access, Stage, Step
from selaras.tenancy.operators import JournalEntry

SHOWN = 100
VIEWED = "support.view"


@dataclass(frozen=True)
class SeenPage:
    """A page that support was shown, as the operators' own journal knows it: its kind and when."""

    route: str
    at: datetime


def accesses(session: Session, *, tenant_id: int | None = None, operator_id: UUID | None = None) -> tuple[Access, ...]:
    """The newest requests of all agencies and operators, or of one (console role); three statements."""
    query = select(SupportRequest)
    if tenant_id is not None:
        query = query.where(SupportRequest.tenant_id == tenant_id)
    if operator_id is not None:
        query = query.where(SupportRequest.operator_id == operator_id)
    return _accesses(session, query)


def access(session: Session, request_id: UUID) -> Access:
    """One request (console role); NotFound where there is none."""
    return _only(_accesses(session, select(SupportRequest).where(SupportRequest.id == request_id)))


def own_accesses(session: Session) -> tuple[Access, ...]:
    """The newest requests to the agency of this session. The table has no wall: this condition is the whole of it."""
    return _accesses(session, _own(session))


def own_access(session: Session, request_id: UUID) -> Access:
    """One request to the agency of this session; NotFound for another agency's too."""
    return _only(_accesses(session, _own(session).where(SupportRequest.id == request_id)))


def access_of_code(session: Session, code: str) -> tuple[Access, datetime] | None:
    """The request whose way in has this hash, if it leads to the agency of this session; and when it was made."""
    step = session.scalar(select(SupportStep).where(SupportStep.code == code))
    if step is None:
        return None
    found = _accesses(session, _own(session).where(SupportRequest.id == step.request_id))
    return (found[0], step.at) if found else None


def watched(session: Session) -> tuple[Access, ...]:
    """What the agency's administrators must know of now: asked, open, or over and not yet taken note of."""
    return tuple(one for one in own_accesses(session) if _matters(one))


def pages_seen(session: Session, tenant_id: int, request_id: UUID) -> tuple[SeenPage, ...]:
    """Every page shown in one access, the first first; without what stood on it."""
    rows = session.execute(
        select(SupportView.route, SupportView.at)
        .where(SupportView.tenant_id == tenant_id, SupportView.request_id == request_id)
        .order_by(SupportView.id)
    )
    return tuple(SeenPage(row.route, row.at) for row in rows)


def journal(session: Session, limit: int, before: UUID | None = None) -> tuple[JournalEntry, ...]:
    """What happened at agencies, as the operators' journal tells it (console role): answers, entries, pages opened.

    The newest first; ids grow with time, so that they can be merged with what operators did at the console.
    """
    answers = select(SupportAnswer.id, SupportAnswer.at, SupportAnswer.request_id, SupportAnswer.step, SupportRequest)
    seen = select(SupportView.id, SupportView.at, SupportView.request_id, SupportView.route, SupportRequest)
    found: list[JournalEntry] = []
    for query, model in ((answers, SupportAnswer), (seen, SupportView)):
        mine = query.join(
            SupportRequest, and_(SupportRequest.id == model.request_id, SupportRequest.tenant_id == model.tenant_id)
        )
        if before is not None:
            mine = mine.where(model.id < before)
        for row in session.execute(mine.order_by(model.id.desc()).limit(limit)):
            found.append(_told(row[0], row[1], row[3], row[4], viewed=model is SupportView))
    return tuple(sorted(found, key=lambda one: one.id, reverse=True)[:limit])


def _told(entry_id: UUID, at: datetime, word: str, request: SupportRequest, *, viewed: bool) -> JournalEntry:
    by_agency = not viewed and word in ("approved", "refused", "ended_by_agency", "noted")
    actor = "agency" if by_agency else f"operator:{request.operator_id}"
    action, payload = (VIEWED, {"route": word}) if viewed else (f"support.{word}", {})
    return JournalEntry(entry_id, at, actor, action, str(request.id), payload)


def views(session: Session, request_id: UUID) -> tuple[EntryView, ...]:
    """Every view of one access out of this agency's ledger, the first first.

    Ids grow with time: the ledger is read between the ids of the first entry and of the last view, and no further.
    """
    tenant = tenant_of(session)
    here = (SupportAnswer.tenant_id == tenant, SupportAnswer.request_id == request_id, SupportAnswer.step == "entered")
    start = select(SupportAnswer.id).where(*here).order_by(SupportAnswer.id).limit(1)
    there = (SupportView.tenant_id == tenant, SupportView.request_id == request_id)
    end = select(SupportView.id).where(*there).order_by(SupportView.id.desc()).limit(1)
    rows = session.scalars(
        select(LedgerEntry)
        .where(
            LedgerEntry.tenant_id == tenant,
            LedgerEntry.id.between(start.scalar_subquery(), end.scalar_subquery()),
            LedgerEntry.action == VIEWED,
            LedgerEntry.subject == f"support:{request_id}",
        )
        .order_by(LedgerEntry.id)
    )
    return tuple(EntryView(row.id, row.at, row.actor, row.action, row.subject, row.payload) for row in rows)


def _matters(one: Access) -> bool:
    if one.stage in (Stage.ASKED, Stage.OPEN):
        return True
    return one.ended_at is not None and one.first("noted") is None


def _own(session: Session) -> Any:
    return select(SupportRequest).where(SupportRequest.tenant_id == tenant_of(session))


def _only(found: Sequence[Access]) -> Access:
    if not found:
        raise NotFound("support_unknown", "There is no such support access here.")
    return found[0]


def _accesses(session: Session, query: Any) -> tuple[Access, ...]:
    rows = list(session.scalars(query.order_by(SupportRequest.at.desc(), SupportRequest.id).limit(SHOWN)))
    if not rows:
        return ()
    ids, moment = [row.id for row in rows], now()
    steps: dict[UUID, list[Step]] = {one: [] for one in ids}
    for row in session.scalars(select(SupportStep).where(SupportStep.request_id.in_(ids))):
        steps[row.request_id].append(Step(row.step, row.at, row.operator_id, row.operator_name))
    agencies = {row.id: row.tenant_id for row in rows}
    for answer in session.scalars(select(SupportAnswer).where(SupportAnswer.request_id.in_(ids))):
        # The console reads every agency's answers, and an agency may write whatever request's id into its own.
        if answer.tenant_id == agencies[answer.request_id]:
            steps[answer.request_id].append(Step(answer.step, answer.at))
    return tuple(_access(row, steps[row.id], moment) for row in rows)


def _access(row: SupportRequest, steps: Sequence[Step], moment: datetime) -> Access:
    return Access(
        id=row.id,
        tenant_id=row.tenant_id,
        operator_id=row.operator_id,
        operator_name=row.operator_name,
        reason=row.reason_text,
        ticket=row.ticket,
        minutes=row.minutes,
        urgent=row.urgent,
        asked_at=row.at,
        steps=steps,
        now=moment,
    )
