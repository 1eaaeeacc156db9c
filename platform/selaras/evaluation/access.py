"""Get what one may rate, or be refused; whom one does not appraise is told as not existing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from selaras.errors import NotFound
from selaras.evaluation.queries import PeriodView, period_by_code
from selaras.evaluation.segment_queries import segments_of
from selaras.identity.actor import Actor
from selaras.organisation.queries import superior_of


@dataclass(frozen=True)
class Rateable:
    """A person's period, or the segment of it, that the actor rates; the law of its last day `ends` holds."""

    period: PeriodView
    segment: int
    starts: date
    ends: date


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
        theirs = [one for one in known if one.rateable and one.appraiser_id == actor.person_id]
        chosen = [one for one in theirs if segment in (None, one.number)]
        return Rateable(period, chosen[-1].number, chosen[-1].starts, chosen[-1].ends) if chosen else None
    if segment not in (None, 1) or superior_of(session, person_id, period.ends) != actor.person_id:
        return None
    return Rateable(period, 1, period.starts, period.ends)
