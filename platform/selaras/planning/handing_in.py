"""What is acknowledged when a plan is handed in, and whether the same was handed in a moment ago."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from selaras.notices.acknowledging import AcknowledgementView, HandedIn, acknowledge, latest_of
from selaras.organisation.tasks import legal_day
from selaras.planning.drafts import PlanDraft
from selaras.planning.queries import PlanView, draft_of, plan
from selaras.planning.versions import version_of_draft
from selaras.regulation import Rules

KIND = "plan"
"""How an acknowledgement of a plan is called."""


def acknowledged(session: Session, view: PlanView, person_id: UUID, rules: Rules) -> AcknowledgementView:
    """Acknowledge a plan as it is handed in now; one that begins after the last day of the year's plans has none."""
    due, article = legal_day(rules, ("plan",), date(view.year, 12, 31))
    if view.starts is not None and due is not None and view.starts > due:
        due, article = None, None
    content = version_of_draft(draft_of(view, rules.form))
    params: dict[str, str | int] = {"person_id": str(person_id), "year": view.year}
    return acknowledge(session, person_id, HandedIn(KIND, view.plan_id, content, params, due, article))


def handed_in_before(session: Session, person_id: UUID, plan_id: UUID) -> AcknowledgementView | None:
    """The last acknowledgement of a plan, or None."""
    return latest_of(session, person_id, KIND, plan_id)


def is_handed_in(session: Session, person_id: UUID, year: int, draft: PlanDraft, rules: Rules) -> bool:
    """Whether exactly this was handed in already: somebody pressed the button twice, or sent the form again."""
    session.expire_all()
    view = plan(session, person_id, year)
    if view is None or view.state != "submitted":
        return False
    kept = draft_of(view, rules.form)
    return version_of_draft(kept) == version_of_draft(replace(draft, variant=kept.variant))
