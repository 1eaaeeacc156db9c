"""Outcomes that a ranking meeting decided, as a fact for rules that ask for it: they count at the close, by article."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.orm import Session

from selaras.db.session import tenant_of
from selaras.evaluation.rating_models import DecidedOutcome


def decide_outcomes(session: Session, period_id: UUID, calibration_id: UUID, outcomes: Mapping[UUID, str]) -> None:
    """Keep what a meeting decided: person → outcome."""
    for person, outcome in outcomes.items():
        session.merge(
            DecidedOutcome(
                tenant_id=tenant_of(session),
                period_id=period_id,
                person_id=person,
                calibration_id=calibration_id,
                outcome=outcome,
            )
        )
    session.flush()
