"""Whose figures and whose names of the funnel an actor may see: within the reach of what they hold."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from selaras.agenda.funnel import Funnel, Order, WaitingFor, funnel, waited_for
from selaras.agenda.team import TeamState, team_state
from selaras.errors import NotFound
from selaras.evaluation.queries import PeriodView
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.organisation.delegation import team_of
from selaras.organisation.inspecting import note
from selaras.organisation.reach import below, reach


def funnel_seen(session: Session, actor: Actor, period: PeriodView, unit_id: UUID | None, today: date) -> Funnel:
    """The counts of a unit, or of everything within reach; `NotFound` for a unit beyond it."""
    actor.require(Permission.SEE_AGENCY)
    day = min(today, period.ends)
    units = reach(session, actor, Permission.SEE_AGENCY, day)
    if unit_id is not None and units is not None and unit_id not in units:
        raise NotFound("unit_unknown", "There is no such unit here.")
    return funnel(session, period, unit_id, actor.roots(Permission.SEE_AGENCY))


def waiting_seen(
    session: Session, actor: Actor, period: PeriodView, unit_id: UUID | None, today: date, order: Order = "most"
) -> list[WaitingFor]:
    """The appraisers for whom others wait, in a unit's subtree and within reach; nobody for who may not see people."""
    if Permission.SEE_PEOPLE not in actor.permissions:
        return []
    day = min(today, period.ends)
    units = reach(session, actor, Permission.SEE_PEOPLE, day)
    if unit_id is not None:
        inside = below(session, [unit_id], day)
        units = inside if units is None else inside & units
    found = waited_for(session, period, units, order)
    note(session, actor, [one.person_id for one in found])
    return found


def own_team(session: Session, actor: Actor, period: PeriodView, today: date) -> TeamState:
    """How far those are whom the actor appraises, or acts for, on the period's last day or today."""
    actor.require(Permission.SEE_TEAM)
    people = [line.person_id for line in team_of(session, actor, min(today, period.ends))]
    return team_state(session, period, people, today)
