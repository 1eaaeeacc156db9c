"""An appraiser's team at one look: how far everybody is, and who needs the appraiser, those first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from selaras.agenda.standing import SOME
from selaras.db.session import tenant_of
from selaras.evaluation.queries import PeriodView


class Stage(StrEnum):
    """How far somebody is in a period, from nothing to the answered result."""

    NO_PLAN = "no_plan"
    DRAFT = "draft"
    RETURNED = "returned"
    SUBMITTED = "submitted"
    AGREED = "agreed"
    LOGGED = "logged"
    RATED = "rated"
    DELIVERED = "delivered"
    ACCEPTED = "accepted"
    OBJECTED = "objected"


# What an appraiser looks at first: what waits for them, then what is behind, then what goes its way.
_FIRST: Final = (
    Stage.OBJECTED,
    Stage.NO_PLAN,
    Stage.RETURNED,
    Stage.DRAFT,
    Stage.AGREED,
    Stage.SUBMITTED,
    Stage.LOGGED,
    Stage.RATED,
    Stage.DELIVERED,
    Stage.ACCEPTED,
)
_BEHIND: Final = frozenset({Stage.OBJECTED, Stage.NO_PLAN, Stage.RETURNED, Stage.DRAFT, Stage.AGREED})
_STAFF = """
    WITH staff AS (
        SELECT p.id AS person_id, p.name, p.search_name FROM selaras.person p
        WHERE p.tenant_id = :tenant AND p.id = ANY(:people)
    )
"""
_TEAM = _STAFF + SOME + " SELECT * FROM standing ORDER BY search_name, person_id"  # noqa: S608  # our own text


@dataclass(frozen=True)
class Member:
    """Somebody of the team. `needs`: what they need of the appraiser (decide, rate), or None; `since` when.

    `behind`: something is missing that others of the team may have; it is theirs to do.
    """

    person_id: UUID
    name: str
    stage: Stage
    needs: str | None
    since: datetime | None
    behind: bool


@dataclass(frozen=True)
class TeamState:
    """A team in a period: its members, those who need the appraiser first, and how many are at each stage."""

    period: PeriodView
    members: tuple[Member, ...]
    counts: dict[Stage, int]

    @property
    def needing(self) -> int:
        """How many need the appraiser now."""
        return sum(one.needs is not None for one in self.members)


def team_state(session: Session, period: PeriodView, people: Collection[UUID], today: date) -> TeamState:
    """How far these people are in a period; one statement. Who may see them is the caller's to know."""
    values = {
        "tenant": tenant_of(session),
        "people": list(people),
        "period": period.id,
        "year": period.ends.year,
        "starts": period.starts,
        "ends": period.ends,
    }
    over = period.state == "open" and period.ends <= today
    found = [_member(row, over) for row in session.execute(text(_TEAM), values)]
    members = tuple(sorted(found, key=lambda one: (one.needs is None, not one.behind, _FIRST.index(one.stage))))
    counts = {stage: sum(one.stage is stage for one in members) for stage in Stage}
    return TeamState(period, members, {stage: people for stage, people in counts.items() if people})


def _member(row: Row[Any], over: bool) -> Member:
    stage = _stage(row)
    needs = "decide" if row.plan_state == "submitted" else "rate" if over and not row.rated else None
    since = row.submitted_at if needs == "decide" else None
    return Member(row.person_id, row.name, stage, needs, since, stage in _BEHIND)


def _stage(row: Row[Any]) -> Stage:
    """The farthest point somebody has reached."""
    if row.delivered:
        return Stage.ACCEPTED if row.accepted else Stage.OBJECTED if row.objected else Stage.DELIVERED
    if row.rated:
        return Stage.RATED
    if row.plan_state == "agreed":
        return Stage.LOGGED if row.logged else Stage.AGREED
    if row.plan_state is None:
        return Stage.NO_PLAN
    return Stage.RETURNED if row.returned else Stage(row.plan_state)
