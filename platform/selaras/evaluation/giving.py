"""Commands of whoever rates: keep a draft, submit it, rate at once; nothing that changed meanwhile is overwritten."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import polars as pl
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.clock import now
from selaras.db.session import tenant_of
from selaras.errors import Conflict, Invalid
from selaras.evaluation.access import Rateable
from selaras.evaluation.briefing import refuse_unbriefed
from selaras.evaluation.changes import Change, told
from selaras.evaluation.models import Rating
from selaras.evaluation.procedure import procedure_on
from selaras.evaluation.rating_models import RatingDraft
from selaras.evaluation.service import open_for_rating, refuse_bad_inputs, refuse_surveyed, refuse_unknown_inputs
from selaras.identity.actor import Actor
from selaras.notices.service import tell
from selaras.organisation.access import agency_day
from selaras.organisation.queries import superior_of
from selaras.regulation import Rules

NOTHING = "none"
REASON_LENGTH = 10
_KEY = ["tenant_id", "period_id", "person_id", "segment"]


@dataclass(frozen=True)
class Given:
    """How far a rating is. `inputs`: as last written; `held`: those that count now (None: nothing counts yet).

    `state`: none, draft, submitted (waits for the superior's review), returned, or given. `version` changes with every
    change, whoever makes it.
    """

    person_id: UUID
    segment: int
    state: str = "none"
    version: str = NOTHING
    inputs: Mapping[str, Any] | None = None
    held: Mapping[str, Any] | None = None
    appraiser_id: UUID | None = None
    edited_at: datetime | None = None
    reason: str | None = None
    returned_reason: str | None = None
    delegation_id: UUID | None = None

    @property
    def changes(self) -> bool:
        """Whether what is written differs from what counts."""
        return self.held is not None and filled(self.inputs) != filled(self.held)


def filled(inputs: Mapping[str, Any] | None) -> dict[str, Any]:
    """Without what was left empty: an import writes every column, a form those that were filled in."""
    return {name: value for name, value in (inputs or {}).items() if value is not None}


def given(session: Session, period_id: UUID, people: Collection[UUID], segment: int = 1) -> dict[UUID, Given]:
    """Person → how far their rating is, for each of `people`; two statements."""
    found = {one: Given(one, segment) for one in people}
    if not found:
        return found
    held = select(Rating).where(Rating.period_id == period_id, Rating.person_id.in_(found), Rating.segment == segment)
    for row in session.scalars(held.execution_options(populate_existing=True)):
        found[row.person_id] = Given(
            row.person_id,
            segment,
            "given",
            row.rated_at.isoformat(),
            row.inputs,
            row.inputs,
            row.appraiser_id,
            row.rated_at,
            delegation_id=row.delegation_id,
        )
    drafts = select(RatingDraft).where(
        RatingDraft.period_id == period_id, RatingDraft.person_id.in_(found), RatingDraft.segment == segment
    )
    for draft in session.scalars(drafts.execution_options(populate_existing=True)):
        found[draft.person_id] = replace(
            found[draft.person_id],
            state=draft.state,
            version=draft.edited_at.isoformat(),
            inputs=draft.inputs,
            appraiser_id=draft.appraiser_id,
            delegation_id=draft.delegation_id,
            edited_at=draft.edited_at,
            reason=draft.reason,
            returned_reason=draft.returned_reason,
        )
    return found


def save_draft(
    session: Session,
    actor: Actor,
    found: Rateable,
    person_id: UUID,
    inputs: Mapping[str, object],
    rules: Rules,
    *,
    seen: str | None = None,
    reason: str = "",
) -> Given:
    """Keep what is written so far; it counts nowhere. `seen`: the version that was read (None: nobody asks).

    `Conflict` where it was changed elsewhere meanwhile, or waits for the review; `Invalid` for values that cannot be.
    """
    refuse_unknown_inputs(person_id, inputs, rules)
    refuse_surveyed(session, person_id, found.period.id, inputs)
    before = _locked(session, found, person_id)
    if filled(before.inputs) == filled(inputs) and before.state != "none":
        return before
    _refuse_other_version(before, seen)
    if before.state == "submitted":
        raise Conflict(
            "rating_in_review",
            "This rating waits for the review by your superior; it can be changed once it comes back.",
        )
    if before.state == "draft" and filled(before.held) == filled(inputs):
        session.execute(delete(RatingDraft).where(*_here(found, person_id)))
        return given(session, found.period.id, [person_id], found.segment)[person_id]
    values = {
        "tenant_id": tenant_of(session),
        "period_id": found.period.id,
        "person_id": person_id,
        "segment": found.segment,
        "appraiser_id": actor.person_id,
        "delegation_id": found.acting.id if found.acting else None,
        "inputs": dict(inputs),
        "reason": reason.strip() or None,
        "edited_at": now(),
    }
    statement = insert(RatingDraft).values(values)
    kept = {
        name: statement.excluded[name] for name in ("appraiser_id", "delegation_id", "inputs", "reason", "edited_at")
    }
    session.execute(statement.on_conflict_do_update(index_elements=_KEY, set_=kept))
    return given(session, found.period.id, [person_id], found.segment)[person_id]


def submit(
    session: Session,
    actor: Actor,
    found: Rateable,
    person_id: UUID,
    rules: Rules,
    *,
    seen: str | None = None,
    reason: str = "",
) -> Given:
    """Hand in what was drafted: it counts at once, or once the superior has confirmed it where that is demanded.

    A changed rating needs a reason, which the person is told. Submitting what was submitted changes nothing.
    """
    before = _locked(session, found, person_id)
    _refuse_other_version(before, seen)
    if before.inputs is None:
        raise Invalid("rating_empty", "Nothing is rated yet; choose a rating first.")
    if before.state in ("given", "submitted"):
        return before
    refuse_bad_inputs(person_id, before.inputs, rules)
    refuse_unbriefed(session, actor)
    why = reason.strip() or (before.reason or "")
    if before.changes and len(why) < REASON_LENGTH:
        raise Invalid(
            "rating_change_reason",
            "This changes a rating that was submitted. Write why in at least {length} characters; the person is told.",
            length=REASON_LENGTH,
        )
    reviewer = _reviewer(session, actor, found)
    if reviewer is None:
        hold(session, actor.by(found.acting), found, before, why)
    else:
        _send(session, found, person_id, why)
        tell(session, reviewer, "ratings_to_review", found.period.id, {"period": found.period.code})
        record(session, actor.by(found.acting), "rating.submit", f"person:{person_id}", {"period": found.period.code})
    return given(session, found.period.id, [person_id], found.segment)[person_id]


def rate(
    session: Session,
    actor: Actor,
    found: Rateable,
    person_id: UUID,
    inputs: Mapping[str, object],
    rules: Rules,
    *,
    seen: str | None = None,
    reason: str = "",
) -> Given:
    """Write and submit at once: `inputs` are the person columns that the regulation of `found`'s last day declares."""
    refuse_bad_inputs(person_id, inputs, rules)
    before = _locked(session, found, person_id)
    if before.state in ("given", "submitted") and filled(before.inputs) == filled(inputs):
        return before  # sent twice: nothing would be overwritten
    _refuse_other_version(before, seen)
    kept = save_draft(session, actor, found, person_id, inputs, rules, reason=reason)
    return kept if kept.state == "given" else submit(session, actor, found, person_id, rules, reason=reason)


def hold(
    session: Session, actor: Actor, found: Rateable, draft: Given, reason: str, changed: Change | None = None
) -> None:
    """The drafted rating counts from now on. Whoever's rating thereby becomes another is told.

    `changed`: what a review made of it, where nothing counted before.
    """
    values = {
        "tenant_id": tenant_of(session),
        "period_id": found.period.id,
        "person_id": draft.person_id,
        "segment": found.segment,
        "appraiser_id": draft.appraiser_id,
        "delegation_id": draft.delegation_id,
        "inputs": dict(draft.inputs or {}),
        "rated_at": now(),
    }
    first = _appraiser_before(session, found, draft.person_id)
    statement = insert(Rating).values(values)
    kept = {name: statement.excluded[name] for name in ("appraiser_id", "delegation_id", "inputs", "rated_at")}
    session.execute(statement.on_conflict_do_update(index_elements=_KEY, set_=kept))
    session.execute(delete(RatingDraft).where(*_here(found, draft.person_id)))
    if draft.changes and changed is None:
        cause = "appraiser" if first == draft.appraiser_id and first is not None else "other_appraiser"
        changed = Change(draft.person_id, found.period.code, cause, draft.held, draft.inputs, found.segment)
    if changed is not None:
        told(session, actor, [changed], reason)
    record(session, actor, "rating.set", f"person:{draft.person_id}", {"period": found.period.code})


def _here(found: Rateable, person_id: UUID) -> tuple[Any, ...]:
    return (
        RatingDraft.period_id == found.period.id,
        RatingDraft.person_id == person_id,
        RatingDraft.segment == found.segment,
    )


def _locked(session: Session, found: Rateable, person_id: UUID) -> Given:
    """How far the rating is, in a period that is open; nobody else changes it until the transaction ends."""
    open_for_rating(session, found.period.code, person_id)
    held = func.hashtextextended(f"selaras.rating.{found.period.id}.{person_id}", 0)
    session.execute(select(func.pg_advisory_xact_lock(held)))
    return given(session, found.period.id, [person_id], found.segment)[person_id]


def _refuse_other_version(before: Given, seen: str | None) -> None:
    if seen is not None and seen != before.version:
        raise Conflict(
            "rating_changed_elsewhere",
            "This rating was changed elsewhere meanwhile, on another device or by somebody else. Nothing was "
            "overwritten: look at what stands there now, then decide again.",
        )


def _appraiser_before(session: Session, found: Rateable, person_id: UUID) -> UUID | None:
    return session.scalar(
        select(Rating.appraiser_id).where(
            Rating.period_id == found.period.id, Rating.person_id == person_id, Rating.segment == found.segment
        )
    )


def _reviewer(session: Session, actor: Actor, found: Rateable) -> UUID | None:
    """Who confirms the actor's ratings, where the agency demands it and somebody stands above."""
    if actor.person_id is None or not procedure_on(session, agency_day(session, actor)).review:
        return None
    return superior_of(session, actor.person_id, found.period.ends)


def _send(session: Session, found: Rateable, person_id: UUID, reason: str) -> None:
    row = session.scalars(select(RatingDraft).where(*_here(found, person_id))).one()
    row.state, row.reason, row.submitted_at, row.edited_at = "submitted", reason or None, now(), now()
    session.flush()


def frame_of(people: Mapping[UUID, Mapping[str, Any]], rules: Rules) -> pl.DataFrame:
    """`person` and the declared columns of several people's inputs, as the rule takes them."""
    columns = {column.name: column.dtype for column in rules.person_columns}
    rows = [{"person": str(one), **{name: inputs.get(name) for name in columns}} for one, inputs in people.items()]
    return pl.DataFrame(rows, schema={"person": pl.String(), **columns}, strict=False)
