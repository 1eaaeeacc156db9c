"""Get what one may rate, or be refused; whom one does not appraise is told as not existing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from selaras.errors import NotFound
from selaras.evaluation.queries import PeriodView, period_by_code
from selaras.evaluation.segment_queries import SegmentView, segments_of
from selaras.identity.actor import Acting, Actor
from selaras.identity.permissions import Permission
from selaras.organisation.access import agency_day
from selaras.organisation.delegation import acting_for, refuse_expired
from selaras.organisation.queries import superior_of


@dataclass(frozen=True)
class Rateable:
    """A person's period, or the segment of it, that the actor rates; the law of its last day `ends` holds."""

    period: PeriodView
    segment: int
    starts: date
    ends: date
    acting: Acting | None = None


def rateable(session: Session, actor: Actor, person_id: UUID, code: str, segment: int | None = None) -> Rateable:
    """What the actor rates of a person: the segment asked for, or the last that is theirs; else `NotFound`.

    Of a plain period it is the whole, and the superior of its last day rates.
    """
    period = period_by_code(session, code)
    found = _of(session, actor, person_id, period, segment)
    if found is None:
        raise NotFound("person_unknown", "There is no such person here.")
    return found


def _of(session: Session, actor: Actor, person_id: UUID, period: PeriodView, segment: int | None) -> Rateable | None:
    if actor.person_id is None:
        return None
    known = segments_of(session, period.id, person_id) if period.segmented else ()
    if known:
        open_ = [one for one in known if one.rateable and segment in (None, one.number)]
        return _of_segments(session, actor, person_id, period, open_)
    if segment not in (None, 1):
        return None
    superior = superior_of(session, person_id, period.ends)
    return _as_superior(session, actor, person_id, superior, Rateable(period, 1, period.starts, period.ends))


def _of_segments(
    session: Session, actor: Actor, person_id: UUID, period: PeriodView, open_: Sequence[SegmentView]
) -> Rateable | None:
    mine = [one for one in open_ if one.appraiser_id == actor.person_id]
    for one in reversed(mine or open_):
        whole = Rateable(period, one.number, one.starts, one.ends)
        found = _as_superior(session, actor, person_id, one.appraiser_id, whole)
        if found is not None:
            return found
    return None


def _as_superior(
    session: Session, actor: Actor, person_id: UUID, superior: UUID | None, found: Rateable
) -> Rateable | None:
    """What the actor rates as the superior of its last day, or as somebody who acts for them today."""
    if superior == actor.person_id:
        return found
    acting = acting_for(session, actor, Permission.RATE_TEAM, person_id, found.ends)
    if acting is not None:
        return replace(found, acting=acting)
    refuse_expired(session, actor, person_id, found.ends, agency_day(session, actor))
    return None
