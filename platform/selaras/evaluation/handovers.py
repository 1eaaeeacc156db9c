"""Results handed over by a predecessor or from paper: read beside one's own, and withdrawn as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from selaras.audit.service import record, salted
from selaras.clock import now
from selaras.errors import Conflict, Invalid, NotFound
from selaras.evaluation.changes import Change, told
from selaras.evaluation.models import HandedOverResult, Handover, Rating
from selaras.evaluation.wording import Word
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.regulation import Label

REASON_LENGTH = 20


@dataclass(frozen=True)
class HandedOver:
    """A result that was set elsewhere, in that regulation's words; `lines` are its steps, where they came along.

    Each line: `label` {id, en}, `value`, `value_label` or None, `unit`, `article`, `item` or None.
    """

    id: UUID
    handover_id: UUID
    person_id: UUID
    period_code: str
    segment: int
    starts: date
    ends: date
    regulation: str
    title: Label
    word: Word
    score: float | None
    appraiser_name: str | None
    appraiser_number: str | None
    unit_name: str | None
    set_on: date | None
    source_agency: str
    source_document: str
    rule_hash: str | None
    lines: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class HandoverView:
    """What one import handed over. `state`: taken or withdrawn (then `results` are gone, and `reason` says why)."""

    id: UUID
    state: str
    results: int
    sources: tuple[str, ...]
    created_at: datetime
    withdrawn_at: datetime | None
    reason: str | None


def handed_over(session: Session, person_id: UUID) -> list[HandedOver]:
    """Everything that was handed over about a person, the newest period first."""
    rows = session.scalars(
        select(HandedOverResult)
        .where(HandedOverResult.person_id == person_id)
        .order_by(HandedOverResult.ends.desc(), HandedOverResult.starts, HandedOverResult.segment)
    )
    return [_view(row) for row in rows]


def handed_over_result(session: Session, person_id: UUID, result_id: UUID) -> HandedOver:
    """One of them, or `NotFound`."""
    row = session.scalar(
        select(HandedOverResult).where(HandedOverResult.person_id == person_id, HandedOverResult.id == result_id)
    )
    if row is None:
        raise NotFound("handed_over_unknown", "There is no such handed-over result of this person.")
    return _view(row)


def handover(session: Session, handover_id: UUID) -> HandoverView | None:
    """What an import handed over; None for an import that did not."""
    row = session.scalar(select(Handover).where(Handover.id == handover_id))
    return _handover(session, row) if row else None


def handovers(session: Session) -> list[HandoverView]:
    """Every hand-over that was taken here, the newest first."""
    return [_handover(session, row) for row in session.scalars(select(Handover).order_by(Handover.id.desc()))]


def withdraw_handover(session: Session, actor: Actor, handover_id: UUID, reason: str) -> int:
    """Take a wrong hand-over back with all its results, and say why; returns how many results are gone."""
    actor.require_whole(Permission.IMPORT)
    if len(reason.strip()) < REASON_LENGTH:
        raise Invalid("handover_reason", "Write the reason in at least {length} characters.", length=REASON_LENGTH)
    row = session.scalar(select(Handover).where(Handover.id == handover_id).with_for_update())
    if row is None:
        raise NotFound("handover_unknown", "No results were handed over by this import.")
    if row.state != "taken":
        raise Conflict("handover_withdrawn", "These results were withdrawn already.")
    gone = session.scalars(
        delete(HandedOverResult).where(HandedOverResult.handover_id == handover_id).returning(HandedOverResult)
    ).all()
    told(
        session,
        actor,
        [Change(one.person_id, one.period_code, "withdrawn", _result(one), None, one.segment) for one in gone],
        reason,
    )
    row.state, row.reason = "withdrawn", reason.strip()
    row.withdrawn_at, row.withdrawn_by = now(), actor.account_id
    payload = {"results": row.results, "reason": salted(session, reason.strip())}
    record(session, actor, "handover.withdraw", f"handover:{handover_id}", payload)
    return row.results


def _result(row: HandedOverResult) -> dict[str, Any]:
    return {"outcome": row.outcome, "score": row.score}


def refuse_handed_over(session: Session, period_id: UUID, code: str) -> None:
    """`Conflict` where somebody rated in a period has a result of it that was handed over: nobody gets two."""
    both = session.scalar(
        select(func.count(Rating.person_id.distinct())).where(
            Rating.period_id == period_id,
            exists().where(
                HandedOverResult.tenant_id == Rating.tenant_id,
                HandedOverResult.person_id == Rating.person_id,
                HandedOverResult.period_code == code,
            ),
        )
    )
    if both:
        raise Conflict(
            "close_handed_over",
            "{count} people who are rated in {code} have a result of it that was handed over. Withdraw that import, or "
            "leave their ratings out.",
            count=both,
            code=code,
        )


def _handover(session: Session, row: Handover) -> HandoverView:
    sources = session.scalars(
        select(HandedOverResult.source_agency).where(HandedOverResult.handover_id == row.id).distinct()
    )
    return HandoverView(
        row.id, row.state, row.results, tuple(sorted(sources)), row.created_at, row.withdrawn_at, row.reason
    )


def _view(row: HandedOverResult) -> HandedOver:
    return HandedOver(
        id=row.id,
        handover_id=row.handover_id,
        person_id=row.person_id,
        period_code=row.period_code,
        segment=row.segment,
        starts=row.starts,
        ends=row.ends,
        regulation=row.regulation,
        title=_label(row.title),
        word=Word(row.outcome, _label(row.label), row.tone or "b"),
        score=row.score,
        appraiser_name=row.appraiser_name,
        appraiser_number=row.appraiser_number,
        unit_name=row.unit_name,
        set_on=row.set_on,
        source_agency=row.source_agency,
        source_document=row.source_document,
        rule_hash=row.rule_hash,
        lines=tuple(row.lines or ()),
    )


def _label(stored: dict[str, Any]) -> Label:
    return Label(id=stored["id"], en=stored["en"])
