"""Rating one person: the form that the regulation declares, its draft, and handing it in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge.access import needs
from selaras.edge.context import actor, day, rules, session
from selaras.errors import Conflict, DomainError, Invalid
from selaras.evaluation import giving
from selaras.evaluation.access import Rateable, rateable
from selaras.evaluation.briefing import is_due
from selaras.evaluation.giving import Given, given
from selaras.evaluation.procedure import procedure_on
from selaras.evaluation.queries import PeriodView
from selaras.evaluation.service import refuse_bad_inputs
from selaras.evaluation.unit_ratings import led_rating
from selaras.evaluation.wording import organisation_word, outcome_word, quadrant
from selaras.identity.permissions import Permission
from selaras.monitoring.queries import feedback_for, progress_for
from selaras.monitoring.survey.queries import beside
from selaras.organisation.queries import person as person_on
from selaras.regulation import Rules
from selaras.web.blueprint import pages
from selaras.web.pages import render, see
from selaras.web.planning import planned
from selaras.web.rating_form import fields, parsed

LONGEST_NUMBER = 5


@pages.get("/people/<uuid:person_id>/ratings/<period>")
@needs(Permission.RATE_TEAM)
def rating(person_id: UUID, period: str) -> Response:
    """The form in which the appraiser rates one person, as the regulation declares it."""
    return _rating_page(person_id, _rateable(person_id, period))


@pages.post("/people/<uuid:person_id>/ratings/<period>")
@needs(Permission.RATE_TEAM)
def rate(person_id: UUID, period: str) -> BaseResponse:
    """Keep a draft, hand the rating in, or show first what it comes to. What is refused comes back as written."""
    found = _rateable(person_id, period)
    chosen = rules(found.ends)
    inputs = parsed(chosen, request.form)
    seen, reason = request.form.get("seen") or None, request.form.get("reason", "")
    try:
        if "preview" in request.form:
            refuse_bad_inputs(person_id, inputs, chosen)
            return _rating_page(person_id, found, written=inputs, preview=True)
        if "draft" in request.form:
            giving.save_draft(session(), actor(), found, person_id, inputs, chosen, seen=seen, reason=reason)
            return see("web.team", "rating-drafted", period=period)
        kept = giving.rate(session(), actor(), found, person_id, inputs, chosen, seen=seen, reason=reason)
    except (Conflict, Invalid) as error:
        return _rating_page(person_id, found, written=inputs, error=error)
    return see("web.team", "rated" if kept.state == "given" else "rating-sent", period=period)


def _rateable(person_id: UUID, code: str) -> Rateable:
    """The period, or the segment of it that the address names, if the actor appraises it; else nobody is there."""
    segment = request.args.get("segment", "")
    number = int(segment) if segment.isdecimal() and len(segment) < LONGEST_NUMBER else None
    return rateable(session(), actor(), person_id, code, number)


def _rating_page(
    person_id: UUID,
    found: Rateable,
    *,
    error: DomainError | None = None,
    written: Mapping[str, object] | None = None,
    preview: bool = False,
) -> Response:
    chosen = rules(found.ends)
    standing = given(session(), found.period.id, [person_id], found.segment)[person_id]
    inputs = standing.inputs if written is None else written
    survey = beside(session(), person_id, found.period.id)
    surveyed = survey.columns if survey else frozenset()
    return render(
        "rating.html",
        error.status if error else 200,
        active="web.team",
        person=person_on(session(), person_id, found.ends),
        period=found.period,
        part=found if found.period.segmented and (found.starts, found.ends) != _span(found.period) else None,
        fields=[one for one in fields(chosen, inputs) if one.name not in surveyed],
        survey=survey,
        error=error,
        standing=standing,
        briefing_due=is_due(session(), actor()),
        review=procedure_on(session(), day()).review,
        stored=fields(chosen, standing.inputs) if _overtaken(error, standing) else None,
        reason=request.form.get("reason", standing.reason or ""),
        **_comes_to(chosen, found, person_id, inputs if preview else None),
        **evidence(person_id, found),
    )


def _overtaken(error: DomainError | None, standing: Given) -> bool:
    """Whether somebody was faster, so that what stands there now is shown beside what was written."""
    return error is not None and error.code == "rating_changed_elsewhere" and standing.inputs is not None


def _comes_to(chosen: Rules, found: Rateable, person_id: UUID, inputs: Mapping[str, object] | None) -> dict[str, Any]:
    """The table of the rule, the fact that stands in for a rating, and what the inputs come to."""
    led = led_rating(session(), found.period, person_id)
    known = {**(inputs or {}), **({"led_unit_rating": led} if led else {})}
    made = chosen.receipt(known) if inputs is not None and not chosen.item_columns else None
    description = chosen.describe()
    return {
        "quadrant": quadrant(description),
        "preview": outcome_word(description, made.outcome) if made and made.outcome else None,
        "values": {line.step: line.value for line in made.lines} if made else {},
        "led": organisation_word(description, led),
    }


def evidence(person_id: UUID, found: Rateable) -> dict[str, Any]:
    """What one rates by: the plan with its progress, evidence, feedback and leaders' inputs within the days."""
    return {
        "progress": progress_for(session(), person_id, found.starts, found.ends),
        "feedback": feedback_for(session(), person_id, found.starts, found.ends),
        **planned(person_id, found.period, found.ends),
    }


def _span(period: PeriodView) -> tuple[date, date]:
    return period.starts, period.ends
