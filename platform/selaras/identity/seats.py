"""Commands: the role of a chair, which belongs to a seat of one calibration: it comes and goes with the seat."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.clock import now
from selaras.identity.actor import Actor
from selaras.identity.models import RoleGrant
from selaras.identity.permissions import Origin, Role, ScopeKind

# Nobody writes a reason here: the seat is the reason.
_REASON = "Kursi ketua rapat kalibrasi"
_OVER = "Kursi ketua berpindah atau rapat berakhir"


def seat_chair(session: Session, actor: Actor, calibration_id: UUID, account_id: UUID, today: date) -> None:
    """The account chairs the calibration from today on, and nobody else does; nothing where it does already."""
    held = [one for one in _held(session, calibration_id) if one.account_id == account_id]
    _end(session, actor, [one for one in _held(session, calibration_id) if one.account_id != account_id], today)
    if held:
        return
    row = RoleGrant(
        account_id=account_id,
        role=Role.CALIBRATION_CHAIR.value,
        reach=ScopeKind.CALIBRATION.value,
        calibration_id=calibration_id,
        during=Range(today, None),
        origin=Origin.GRANTED.value,
        reason=_REASON,
        granted_by=actor.account_id,
        granted_at=now(),
    )
    session.add(row)
    session.flush()
    told = {"role": row.role, "reach": row.reach, "grant": row.id, "since": today, "origin": row.origin}
    record(session, actor, "role.grant", f"account:{account_id}", {**told, "of": calibration_id})


def unseat_chair(session: Session, actor: Actor, calibration_id: UUID, today: date) -> None:
    """Nobody chairs the calibration any more: it was called off, or it is closed."""
    _end(session, actor, _held(session, calibration_id), today)


def _held(session: Session, calibration_id: UUID) -> list[RoleGrant]:
    found = session.scalars(
        select(RoleGrant)
        .where(RoleGrant.calibration_id == calibration_id, RoleGrant.revoked_at.is_(None))
        .with_for_update()
    )
    return list(found)


def _end(session: Session, actor: Actor, rows: list[RoleGrant], today: date) -> None:
    for row in rows:
        began = row.during.lower or today
        row.during = Range(began, max(began, today))
        row.revoked_by, row.revoked_at, row.revocation = actor.account_id, now(), _OVER
        session.flush()
        told = {"role": row.role, "reach": row.reach, "grant": row.id}
        record(session, actor, "role.revoke", f"account:{row.account_id}", told)
