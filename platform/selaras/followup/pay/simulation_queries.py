"""Reads of simulations: their figures, and who would be paid differently."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from selaras.errors import NotFound
from selaras.evaluation.models import Period
from selaras.followup.pay.models import PaySimulation, PaySimulationLine
from selaras.organisation.models import Person


@dataclass(frozen=True)
class SimulationView:
    """One simulation; `figures` once it is done (`selaras.followup.pay.figures`)."""

    id: UUID
    draft_id: UUID
    edition: int
    period: str
    state: str
    figures: dict[str, Any] | None
    fingerprint: str | None
    problem: str | None
    at: datetime


@dataclass(frozen=True)
class ChangedLine:
    """One person who would be paid differently, rupiah a month."""

    person_id: UUID
    name: str
    before: Decimal | None
    after: Decimal | None
    difference: Decimal


def simulations(session: Session, draft_id: UUID) -> list[SimulationView]:
    """The simulations of a draft, the newest first."""
    query = _query().where(PaySimulation.draft_id == draft_id).order_by(PaySimulation.at.desc()).limit(20)
    return [_view(row, code) for row, code in session.execute(query)]


def simulation(session: Session, simulation_id: UUID) -> SimulationView:
    """One simulation, or `NotFound`."""
    found = session.execute(_query().where(PaySimulation.id == simulation_id)).first()
    if found is None:
        raise NotFound("remuneration.simulation_unknown", "There is no such simulation here.")
    return _view(found[0], found[1])


def changed(session: Session, simulation_id: UUID, page: int = 1, size: int = 50) -> list[ChangedLine]:
    """Who would be paid differently, the greatest differences first."""
    line = PaySimulationLine
    query = (
        select(line.person_id, Person.name, line.before, line.after, line.difference)
        .join(Person, Person.id == line.person_id)
        .where(line.simulation_id == simulation_id)
        .order_by(func.abs(line.difference).desc(), line.person_id)
        .offset((max(1, page) - 1) * size)
        .limit(size)
    )
    return [ChangedLine(*row) for row in session.execute(query)]


def is_simulated(session: Session, draft_id: UUID, edition: int) -> bool:
    """Whether a draft was simulated as it stands, or there is no closed period to simulate it on."""
    done = select(PaySimulation.id).where(
        PaySimulation.draft_id == draft_id, PaySimulation.edition == edition, PaySimulation.state == "done"
    )
    if session.scalar(done.limit(1)) is not None:
        return True
    return session.scalar(select(Period.id).where(Period.state == "closed").limit(1)) is None


def _query() -> Select[PaySimulation, str]:
    return select(PaySimulation, Period.code).join(Period, Period.id == PaySimulation.period_id)


def _view(row: PaySimulation, code: str) -> SimulationView:
    return SimulationView(
        row.id, row.draft_id, row.edition, code, row.state, row.figures, row.fingerprint, row.problem, row.at
    )
