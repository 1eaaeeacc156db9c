"""What an account's holder is at the agency on a day: which person, with a team or without."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.db.session import tenant_of

_STANDING = text(
    """
    SELECT p.id, EXISTS (
        SELECT 1 FROM selaras.reporting_line line
        WHERE line.tenant_id = :tenant AND line.superior_id = p.id AND line.during @> CAST(:day AS date)
    ) AS has_team
    FROM selaras.person p WHERE p.tenant_id = :tenant AND p.account_id = :account
    """
)


@dataclass(frozen=True)
class Standing:
    """The person behind an account, and whether anybody reports to them on the day asked for."""

    person_id: UUID
    has_team: bool


def standing(session: Session, account_id: UUID, day: date) -> Standing | None:
    """The standing of an account on `day`; None for an account that is none of the agency's people."""
    parameters = {"tenant": tenant_of(session), "account": account_id, "day": day}
    row = session.execute(_STANDING, parameters).one_or_none()
    return Standing(row.id, row.has_team) if row else None
