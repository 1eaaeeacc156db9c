"""Ratings under review by the appraiser's superior, the changes of one's ratings, and the agency's procedure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.closing.queries import current_period
from selaras.edge.access import needs
from selaras.edge.context import actor, day, rules, session
from selaras.errors import Conflict, DomainError, Invalid, NotFound
from selaras.evaluation import reviewing
from selaras.evaluation.changes import ChangeView, changes_of
from selaras.evaluation.procedure import Procedure, choose_procedure, procedure_on, procedures
from selaras.evaluation.queries import history, period_by_code
from selaras.evaluation.rules import OutcomeState, period_span
from selaras.evaluation.wording import organisation_word, outcome_word
from selaras.identity.permissions import Permission
from selaras.organisation.access import person_for
from selaras.web.blueprint import pages
from selaras.web.pages import render, see


@pages.get("/reviews")
@needs(Permission.RATE_TEAM)
def reviews() -> Response:
    """The ratings that wait for one's review in a period."""
    return _reviews_page(request.args.get("period"))


@pages.post("/reviews/<period>/<uuid:person_id>/<int:segment>")
@needs(Permission.RATE_TEAM)
def review(period: str, person_id: UUID, segment: int) -> BaseResponse:
    """Confirm a rating as it was submitted, or give it back with a reason."""
    form = request.form
    try:
        if "return" in form:
            reason = form.get("reason", "")
            reviewing.give_back(session(), actor(), person_id, period, segment, reason, form.get("seen"))
            return see("web.reviews", "rating-returned", period=period)
        reviewing.confirm(session(), actor(), person_id, period, segment, form.get("seen"))
    except (Conflict, Invalid) as error:
        return _reviews_page(period, error=error, wrong=person_id)
    return see("web.reviews", "rating-confirmed", period=period)


def _reviews_page(code: str | None, error: DomainError | None = None, wrong: UUID | None = None) -> Response:
    period = period_by_code(session(), code) if code else current_period(session())
    chosen = rules(period.ends) if period else None
    return render(
        "reviews.html",
        error.status if error else 200,
        active="web.team",
        period=period,
        waiting=reviewing.submitted(session(), actor(), period) if period else [],
        columns=chosen.asked_columns if chosen else (),
        said=column_value,
        error=error,
        wrong=wrong,
        reason=request.form.get("reason", ""),
    )


def column_value(column: Any, value: object) -> object:
    """A rating's value in words: a label in both languages for a code, the value itself else."""
    return column.labels.get(value, value) if isinstance(value, str) else value


@pages.get("/people/<uuid:person_id>/rating-changes")
@needs(Permission.SEE_RESULTS, Permission.SEE_TEAM, Permission.SEE_OWN)
def rating_changes(person_id: UUID) -> Response:
    """Whose hand changed a person's ratings: who, why, what, and how to object."""
    person = person_for(session(), actor(), person_id)
    found = changes_of(session(), person_id)
    results = {one.period_code: one for one in history(session(), person_id)}
    own = actor().person_id == person_id
    return render(
        "rating_changes.html",
        active="web.own_results" if own else "web.people",
        person=person,
        own=own,
        changes=[(one, _lines(one), results.get(one.period)) for one in found],
        open=OutcomeState.DELIVERED,
    )


def _lines(change: ChangeView) -> list[tuple[Any, Any, Any]]:
    """What differs: the column's label, before and after; codes as labels in both languages."""
    try:
        chosen = rules(period_span(change.period).ends)
    except (NotFound, Invalid):  # a period handed over, from before the agency followed anything
        return [(name, change.before.get(name), change.after.get(name)) for name in change.columns]
    columns = {one.name: one for one in chosen.person_columns}
    described = chosen.describe()
    return [
        (
            columns[name].label if name in columns else name,
            _value(name, change.before.get(name), columns, described),
            _value(name, change.after.get(name), columns, described),
        )
        for name in change.columns
    ]


def _value(name: str, value: Any, columns: Mapping[str, Any], described: Mapping[str, Any]) -> Any:
    if value is None:
        return None
    if name == "outcome":
        return outcome_word(described, str(value)).label
    if name == "led_unit_rating" and (word := organisation_word(described, str(value))):
        return word.label
    return column_value(columns[name], value) if name in columns else value


@pages.get("/rating-procedure")
@needs(Permission.CHOOSE_RULES)
def rating_procedure() -> Response:
    """What the agency demands before a rating holds, and since when."""
    return _procedure_page()


@pages.post("/rating-procedure")
@needs(Permission.CHOOSE_RULES)
def choose_rating_procedure() -> BaseResponse:
    """From a day on this is demanded; what is refused comes back as written."""
    form = request.form
    try:
        wanted = Procedure(review="review" in form, briefing="briefing" in form, reason=form.get("reason", ""))
        choose_procedure(session(), actor(), wanted, _day(form.get("from", "")))
    except (Conflict, Invalid) as error:
        return _procedure_page(error)
    return see("web.rating_procedure", "chosen")


def _procedure_page(error: DomainError | None = None) -> Response:
    return render(
        "rating_procedure.html",
        error.status if error else 200,
        active="web.periods_page",
        today=day(),
        now=procedure_on(session(), day()),
        choices=procedures(session()),
        error=error,
        form=request.form,
    )


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise Invalid("procedure.date", "{day} is no day. Write it as 2026-01-31.", day=written or "–") from error
