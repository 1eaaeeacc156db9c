"""What happens to plans when somebody's superior or post changes."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.errors import Conflict, NotFound
from selaras.identity.actor import Actor
from selaras.organisation.access import agency_day
from selaras.organisation.models import Appointment
from selaras.planning.choices import Choices
from selaras.planning.copying import fitted
from selaras.planning.drafting import plan_row, require_own, save_draft
from selaras.planning.forms import AskedForm
from selaras.planning.history import is_amended
from selaras.planning.models import Plan
from selaras.planning.queries import PlanView, plan
from selaras.regulation import Rules


def follow_superior(session: Session, person_id: UUID, superior_id: UUID, day: date) -> None:
    """Plans of the year of `day` and later that are for that day or after have the new superior as their appraiser."""
    session.execute(
        update(Plan)
        .where(Plan.person_id == person_id, Plan.year >= day.year, or_(Plan.ends.is_(None), Plan.ends >= day))
        .values(appraiser_id=superior_id)
        .execution_options(synchronize_session=False)
    )


def moved_on(session: Session, person_id: UUID, view: PlanView, day: date) -> date | None:
    """Since when the person holds another post than when their agreed plan began; None where they do not.

    `day` is today; only a post that began within the days of the plan makes a part of its own.
    """
    if view.state != "agreed":
        return None
    began = session.scalar(
        select(func.lower(Appointment.during)).where(
            Appointment.person_id == person_id, Appointment.kind == "definitive", Appointment.during.contains(day)
        )
    )
    first, last = view.starts or date(view.year, 1, 1), view.ends or date(view.year, 12, 31)
    return began if began is not None and first < began <= last else None


def begin_part(
    session: Session,
    actor: Actor,
    person_id: UUID,
    year: int,
    asked: AskedForm,
    offered: Choices,
    rules: Rules,
) -> UUID:
    """Begin the plan for one's new post: the agreed one ends the day before, what still fits comes over as a draft.

    Superiors' results are found again by their words, goals by their codes; progress stays with the plan that ends.
    """
    require_own(actor, person_id)
    row, view = plan_row(session, person_id, year), plan(session, person_id, year)
    if row is None or view is None:
        raise NotFound("plan_none", "There is no plan of {year} yet.", year=year)
    since = moved_on(session, person_id, view, agency_day(session, actor))
    if since is None:
        raise Conflict("plan_not_moved", "You hold the post that this plan is for; amend it instead.")
    if is_amended(session, row.id):
        raise Conflict("plan_amending_own", "The plan is being amended. Withdraw the amendment first.")
    last = row.ends or date(year, 12, 31)
    row.starts, row.ends = row.starts or date(year, 1, 1), since - timedelta(days=1)
    made = Plan(person_id=person_id, year=year, segment=row.segment + 1, starts=since, ends=last)
    session.add(made)
    session.flush()
    record(session, actor, "plan.part_begun", f"plan:{made.id}", {"year": year, "since": since})
    return save_draft(session, actor, person_id, year, fitted(view, asked, offered), rules)
