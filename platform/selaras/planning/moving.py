"""What happens to plans when somebody's superior or post changes."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from selaras.planning.models import Plan


def follow_superior(session: Session, person_id: UUID, superior_id: UUID, day: date) -> None:
    """Plans of the year of `day` and later that are for that day or after have the new superior as their appraiser."""
    session.execute(
        update(Plan)
        .where(Plan.person_id == person_id, Plan.year >= day.year, or_(Plan.ends.is_(None), Plan.ends >= day))
        .values(appraiser_id=superior_id)
        .execution_options(synchronize_session=False)
    )
