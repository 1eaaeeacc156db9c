"""Whether a result was rated by somebody who acted for another, and for whom."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.evaluation.models import Rating
from selaras.evaluation.queries import OutcomeView
from selaras.organisation.acting import ActedAs, acted_as
from selaras.organisation.queries import superior_of


def rated_as(session: Session, outcome: OutcomeView) -> ActedAs | None:
    """As what whoever appraised a result acted for another; None where they rated as the superior themself."""
    by = session.scalar(
        select(Rating.delegation_id).where(
            Rating.period_id == outcome.period_id,
            Rating.person_id == outcome.person_id,
            Rating.segment == outcome.segment,
            Rating.appraiser_id == outcome.appraiser_id,
        )
    )
    return acted_as(session, by, outcome.ends)


def judged_for(session: Session, outcome: OutcomeView) -> UUID | None:
    """Whose judgement a result is: the appraiser's, or that of the person for whom they acted as Plh or by a mandate.

    Otherwise an objection to what a Plh rated would be decided by the very one who was away.
    """
    acted = rated_as(session, outcome)
    return (acted.principal_id if acted else None) or outcome.appraiser_id


def above_of(session: Session, outcome: OutcomeView, day: date) -> UUID | None:
    """The superior of whoever's judgement a result is."""
    judged = judged_for(session, outcome)
    return superior_of(session, judged, day) if judged else None
