"""What follows a result: the improvement plan about one not reached, raised targets, and figures by unit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from flask import Response, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge.access import needs
from selaras.edge.context import actor, day, instance, session
from selaras.edge.errors import filled
from selaras.errors import Conflict, DomainError, Fault, Invalid
from selaras.evaluation.queries import period_by_code, receipt
from selaras.evaluation.wording import outcome_word
from selaras.followup.access import receipt_person
from selaras.followup.improvement_plans import service
from selaras.followup.improvement_plans.queries import (
    ImprovementPlanView,
    follow_figures,
    improvement_plan,
    what_follows,
)
from selaras.followup.improvement_plans.rules import LONGEST, MOST, SHORTEST, Follows, Step
from selaras.followup.raising import raised_targets
from selaras.identity.permissions import Permission
from selaras.organisation.queries import names_of
from selaras.organisation.reach import reach
from selaras.web.blueprint import pages
from selaras.web.pages import render, see

_HERE = "/people/<uuid:person_id>/receipts/<period>/follow-up"
_SPARE = 2
"""Empty rows below the steps that are written."""


@dataclass(frozen=True)
class Line:
    """One row of the form, as it was typed."""

    id: str = ""
    what: str = ""
    until: str = ""
    responsible: str = ""
    done_on: date | None = None


@pages.get(_HERE)
@needs(Permission.SEE_RESULTS, Permission.SEE_TEAM, Permission.SEE_OWN)
def what_follows_page(person_id: UUID, period: str) -> Response:
    """What follows this result, and what one may do about it now."""
    return _page(person_id, period)


@pages.post(_HERE)
@needs(Permission.RATE_TEAM)
def write_improvement(person_id: UUID, period: str) -> BaseResponse:
    """Keep the analysis and the steps; what is refused comes back as written."""
    receipt_person(session(), actor(), instance().registry, person_id, period)
    form = request.form
    typed = list(lines_in(form))
    try:
        steps = [_step(n, one) for n, one in enumerate(typed)]
        service.write_plan(
            session(), actor(), person_id, period, _text("analysis"), steps, seen=form.get("seen", service.NOTHING)
        )
    except (Conflict, Invalid) as error:
        return _page(person_id, period, error=error, typed=typed)
    return see("web.what_follows_page", "improvement-saved", person_id=person_id, period=period)


@pages.post(f"{_HERE}/steps/<uuid:action_id>")
@needs(Permission.SEE_OWN, Permission.RATE_TEAM)
def do_improvement_step(person_id: UUID, period: str, action_id: UUID) -> BaseResponse:
    """A step is done."""
    receipt_person(session(), actor(), instance().registry, person_id, period)
    service.done(session(), actor(), person_id, period, action_id)
    return see("web.what_follows_page", "improvement-done", person_id=person_id, period=period)


@pages.post(f"{_HERE}/end")
@needs(Permission.RATE_TEAM)
def close_improvement(person_id: UUID, period: str) -> BaseResponse:
    """Say what came of it; then it stays as it is."""
    receipt_person(session(), actor(), instance().registry, person_id, period)
    try:
        service.close_plan(session(), actor(), person_id, period, _text("came_of"))
    except Invalid as error:
        return _page(person_id, period, error=error)
    return see("web.what_follows_page", "improvement-closed", person_id=person_id, period=period)


@pages.get("/periods/<period>/follow-up")
@needs(Permission.SEE_AGENCY)
def follow_figures_page(period: str) -> Response:
    """How many results of a period nothing follows yet, by unit."""
    found = period_by_code(session(), period)
    within = reach(session(), actor(), Permission.SEE_AGENCY, day())
    lines = follow_figures(session(), found, day(), within)
    return render(
        "follow_figures.html",
        active="web.follow_up" if Permission.SEE_FOLLOWUP in actor().permissions else "web.periods_page",
        period=found,
        lines=lines,
        whole={state: sum(one.counts.get(state, 0) for one in lines) for state in Follows},
    )


def lines_in(form: MultiDict[str, str]) -> Iterator[Line]:
    """The rows that hold anything."""
    for n in range(MOST + _SPARE):
        at = f"steps.{n}."
        what, until = (form.get(f"{at}{name}", "").replace("\0", "").strip() for name in ("what", "until"))
        own = form.get(f"{at}id", "")
        if what or until or own:
            yield Line(own, what, until, form.get(f"{at}responsible_id", ""))


def _step(n: int, line: Line) -> Step:
    try:
        until = date.fromisoformat(line.until)
        return Step(line.what, until, UUID(line.responsible), UUID(line.id) if line.id else None)
    except ValueError:
        told = Fault("improvement_until", "The day is between today and a year from now.", field=f"steps.{n}.until")
        raise Invalid(
            "improvement_form", "The improvement plan is not complete: {count} fields.", faults=[told], count=1
        ) from None


def _text(name: str) -> str:
    return request.form.get(name, "").replace("\0", "").replace("\r\n", "\n")


def _page(person_id: UUID, code: str, error: DomainError | None = None, typed: list[Line] | None = None) -> Response:
    here, registry = actor(), instance().registry
    person = receipt_person(session(), here, registry, person_id, code)
    view, period = receipt(session(), person_id, code), period_by_code(session(), code)
    plan = improvement_plan(session(), person_id, period.id)
    who = service.sides(session(), person_id, day())
    yearly = period.kind == "year"
    found = error.faults if isinstance(error, Invalid) else ()
    return render(
        "what_follows.html",
        error.status if error else 200,
        active="web.own_results" if here.person_id == person_id else "web.people",
        person=person,
        period=period,
        outcome=view.outcome,
        word=outcome_word(view.description, view.outcome.outcome),
        follows=what_follows(session(), person_id, period, day()),
        plan=plan,
        writes=service.may_write(session(), here, who, day()) and view.outcome.delivered_at is not None,
        people=names_of(session(), who.people),
        rows=_rows(plan, typed),
        raises=raised_targets(session(), registry, person_id, period.ends.year + 1) if yearly else (),
        next_year=period.ends.year + 1,
        today=day(),
        least=SHORTEST,
        most=LONGEST,
        form=request.form,
        wrong={one.field: filled(one.message, one.params) for one in found},
        error=error,
    )


def _rows(plan: ImprovementPlanView | None, typed: list[Line] | None) -> list[Line]:
    """What was typed, else what is kept, with empty rows below."""
    kept = [
        Line(str(one.id), one.what, one.until.isoformat(), str(one.responsible_id), one.done_on)
        for one in (plan.actions if plan else ())
    ]
    done = {one.id: one.done_on for one in kept}
    rows = kept if typed is None else [replace(one, done_on=done.get(one.id)) for one in typed]
    return [*rows, *(Line() for _ in range(min(_SPARE, MOST - len(rows))))]
