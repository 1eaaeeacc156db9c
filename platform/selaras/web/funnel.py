"""The agency's funnel: how far the people of a period are, unit by unit, and who waits for whom."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.agenda.access import funnel_seen, waiting_seen
from selaras.agenda.funnel import STEPS, Order, UnitFunnel, path_to
from selaras.agenda.jobs import ask
from selaras.edge.access import needs
from selaras.edge.context import actor, day, session
from selaras.edge.words import share
from selaras.errors import NotFound
from selaras.evaluation.queries import period_by_code
from selaras.identity.permissions import Permission
from selaras.organisation.access import unit_for
from selaras.organisation.reach import reach
from selaras.web.blueprint import pages
from selaras.web.pages import render, see


@dataclass(frozen=True)
class Step:
    """One step of the funnel: how many people have come so far, and what share of all (words, and percent of a bar)."""

    code: str
    people: int
    share: str
    length: float


@pages.get("/periods/<period>/funnel")
@needs(Permission.SEE_AGENCY)
def funnel_page(period: str) -> Response:
    """How far everybody is, from plan to accepted result, with the units below, and for whom most is waiting."""
    view, unit_id = period_by_code(session(), period), _unit(request.args.get("unit", ""))
    order: Order = "longest" if request.args.get("order") == "longest" else "most"
    found = funnel_seen(session(), actor(), view, unit_id, day())
    reached = reach(session(), actor(), Permission.SEE_AGENCY, min(day(), view.ends))
    path = path_to(session(), unit_id, min(day(), view.ends)) if unit_id else []
    return render(
        "funnel.html",
        active="web.home",
        period=view,
        funnel=found,
        steps={one.unit_id: steps(one) for one in found.tops},
        units=[(one, {step.code: step for step in steps(one)}) for one in found.units],
        unit_id=unit_id,
        path=[one for one in path if reached is None or one[0] in reached],
        waiting=waiting_seen(session(), actor(), view, unit_id, day(), order),
        order=order,
    )


@pages.post("/periods/<period>/funnel")
@needs(Permission.SEE_AGENCY)
def count_again(period: str) -> BaseResponse:
    """Have the period counted anew; asking again while that is under way changes nothing."""
    view = period_by_code(session(), period)
    ask(session(), actor(), view.code)
    return see("web.funnel_page", "counting", period=view.code)


def steps(unit: UnitFunnel) -> list[Step]:
    """The steps of one unit, each with its share of all people."""
    numbers = [(code, getattr(unit, code)) for code in STEPS]
    return [Step(code, many, share(many, unit.people), round(100 * many / unit.people, 2)) for code, many in numbers]


def _unit(value: str) -> UUID | None:
    if not value:
        return None
    try:
        wanted = UUID(value)
    except ValueError as error:
        raise NotFound("unit_unknown", "There is no such unit here.") from error
    unit_for(session(), wanted)
    return wanted
