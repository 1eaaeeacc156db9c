"""The superior's review of ratings that were submitted: confirmed they count, returned they come back with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from selaras.audit.service import record, salted
from selaras.clock import now
from selaras.errors import Conflict, Invalid, NotFound
from selaras.evaluation.access import Rateable
from selaras.evaluation.changes import Change
from selaras.evaluation.giving import Given, filled, given, hold
from selaras.evaluation.models import Rating
from selaras.evaluation.queries import PeriodView
from selaras.evaluation.rating_models import RatingDraft
from selaras.evaluation.service import open_for_rating
from selaras.identity.actor import Acting, Actor
from selaras.identity.permissions import Permission
from selaras.notices.service import tell
from selaras.organisation.delegation import acting_for, team_of
from selaras.organisation.models import Person
from selaras.organisation.queries import superior_of

REASON_LENGTH = 20


@dataclass(frozen=True)
class Submitted:
    """A rating that waits for a review: whose, by whom, what, and what counted before (None: nothing)."""

    person_id: UUID
    name: str
    segment: int
    appraiser_id: UUID
    appraiser_name: str
    inputs: dict[str, Any]
    held: dict[str, Any] | None
    reason: str | None
    submitted_at: datetime
    version: str


def submitted(session: Session, actor: Actor, period: PeriodView) -> list[Submitted]:
    """What waits for the actor's review in a period: what their team, or that of whom they act for, submitted."""
    raters = [one.person_id for one in team_of(session, actor, period.ends)]
    appraiser = aliased(Person)
    rows = session.execute(
        select(RatingDraft, Person.name, appraiser.name.label("appraiser_name"), Rating.inputs.label("held"))
        .join(Person, Person.id == RatingDraft.person_id)
        .join(appraiser, appraiser.id == RatingDraft.appraiser_id)
        .outerjoin(
            Rating,
            (Rating.period_id == RatingDraft.period_id)
            & (Rating.person_id == RatingDraft.person_id)
            & (Rating.segment == RatingDraft.segment),
        )
        .where(
            RatingDraft.period_id == period.id,
            RatingDraft.appraiser_id.in_(raters),
            RatingDraft.person_id != actor.person_id,
            RatingDraft.state == "submitted",
        )
        .order_by(appraiser.search_name, Person.search_name, RatingDraft.segment)
        .execution_options(populate_existing=True)
    )
    return [
        Submitted(
            row.person_id,
            name,
            row.segment,
            row.appraiser_id,
            appraiser_name,
            row.inputs,
            held,
            row.reason,
            row.submitted_at or row.edited_at,
            row.edited_at.isoformat(),
        )
        for row, name, appraiser_name, held in rows
    ]


def confirm(session: Session, actor: Actor, person_id: UUID, code: str, segment: int, seen: str | None = None) -> None:
    """The appraiser's superior confirms a rating as it was submitted; from then on it counts."""
    period, row, acting = _waiting(session, actor, person_id, code, segment, seen)
    found = Rateable(period, segment, period.starts, period.ends, acting)
    draft = given(session, period.id, [person_id], segment)[person_id]
    change = _made_by_review(draft, row, code)
    reason = row.returned_reason if change is not None and draft.held is None else row.reason
    hold(session, actor.by(acting), found, draft, reason or "", change)


def _made_by_review(draft: Given, row: RatingDraft, code: str) -> Change | None:
    """What a return made of a rating that counted nowhere yet; one that counted differs from what counted."""
    if row.returned_inputs is None or filled(row.returned_inputs) == filled(row.inputs):
        return None
    before = draft.held if draft.held is not None else row.returned_inputs
    return Change(row.person_id, code, "review", before, row.inputs, row.segment)


def give_back(
    session: Session, actor: Actor, person_id: UUID, code: str, segment: int, reason: str, seen: str | None = None
) -> None:
    """The superior gives a rating back, and says why; the appraiser is told and decides anew."""
    if len(reason.strip()) < REASON_LENGTH:
        raise Invalid("rating_return_reason", "Write the reason in at least {length} characters.", length=REASON_LENGTH)
    _, row, acting = _waiting(session, actor, person_id, code, segment, seen)
    row.state, row.edited_at = "returned", now()
    row.returned_inputs, row.returned_reason, row.returned_by = dict(row.inputs), reason.strip(), actor.account_id
    session.flush()
    tell(session, row.appraiser_id, "rating_returned", person_id, {"period": code})
    payload = {"period": code, "reason": salted(session, reason.strip())}
    record(session, actor.by(acting), "rating.return", f"person:{person_id}", payload)


def _waiting(
    session: Session, actor: Actor, person_id: UUID, code: str, segment: int, seen: str | None
) -> tuple[PeriodView, RatingDraft, Acting | None]:
    """The submitted rating, locked, if the actor reviews it; else there is none."""
    period = open_for_rating(session, code, person_id)
    query = select(RatingDraft).where(
        RatingDraft.period_id == period.id, RatingDraft.person_id == person_id, RatingDraft.segment == segment
    )
    row = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    acting = _may_review(session, actor, row, period) if row else None
    if row is None or acting is None:
        raise NotFound("review_unknown", "There is no rating here that waits for your review.")
    if row.state != "submitted" or (seen is not None and seen != row.edited_at.isoformat()):
        raise Conflict(
            "review_settled",
            "This rating was reviewed or changed meanwhile; nothing was overwritten. Look at it again.",
        )
    return period, row, acting[0]


def _may_review(session: Session, actor: Actor, row: RatingDraft, period: PeriodView) -> tuple[Acting | None] | None:
    """By what the actor reviews: themself (None within), or a delegation; None for nobody. Never one's own rating."""
    if actor.person_id is None or actor.person_id in (row.person_id, row.appraiser_id):
        return None
    if superior_of(session, row.appraiser_id, period.ends) == actor.person_id:
        return (None,)
    acting = acting_for(session, actor, Permission.RATE_TEAM, row.appraiser_id, period.ends)
    return (acting,) if acting else None
