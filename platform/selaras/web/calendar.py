"""The agency's calendar: the closed days of a year with their source, the working week, and what the agency records."""

from __future__ import annotations

from datetime import date

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.calendar.days import zone_label
from selaras.calendar.office import ClosedDay, ClosedKind
from selaras.calendar.queries import office_calendar
from selaras.edge.access import needs
from selaras.edge.context import actor, agency, day, session
from selaras.edge.fields import day_of_field
from selaras.errors import Invalid, NotFound
from selaras.identity.permissions import Permission
from selaras.organisation.office_days import close_day, kind_of, open_day, set_week
from selaras.web.blueprint import pages
from selaras.web.pages import render, see


@pages.get("/calendar")
@needs(Permission.SEE_AGENCY, Permission.SEE_OWN)
def calendar() -> Response:
    """The days of a year on which offices are closed, and how many days a week they are open."""
    return _page(request.args.get("year", type=int))


@pages.post("/calendar/week")
@needs(Permission.CHOOSE_RULES)
def choose_week() -> BaseResponse:
    """Five or six days a week, from a day on."""
    try:
        days = int(request.form["days"]) if request.form.get("days", "").isdecimal() else 0
        set_week(session(), actor(), days, _day("since"))
    except Invalid as error:
        return _page(None, error, "week")
    return see("web.calendar", "saved")


@pages.post("/calendar/days")
@needs(Permission.CHOOSE_RULES)
def record_day() -> BaseResponse:
    """A day on which offices are closed."""
    form = request.form
    try:
        closed = _day("day")
        kind = kind_of(form.get("kind", ""))
        close_day(session(), actor(), ClosedDay(closed, kind, form.get("name", ""), form.get("source", "")))
    except Invalid as error:
        return _page(request.args.get("year", type=int), error, "day")
    return see("web.calendar", "saved", year=closed.year)


@pages.post("/calendar/days/removal")
@needs(Permission.CHOOSE_RULES)
def remove_day() -> BaseResponse:
    """What was recorded of a day is taken back."""
    try:
        closed = _day("day")
        open_day(session(), actor(), closed)
    except (Invalid, NotFound) as error:
        return _page(None, error, "removal")
    return see("web.calendar", "saved", year=closed.year)


def _day(field: str) -> date:
    found = day_of_field(request.form.get(field, ""), field)
    if found is None:
        raise Invalid("calendar.day", "Choose a day.", field=field)
    return found


def _page(year: int | None, error: Invalid | NotFound | None = None, wrong: str = "") -> Response:
    here, today = office_calendar(session()), day()
    shown = here.year(year if year is not None else today.year)
    return render(
        "calendar.html",
        error.status if error else 200,
        active="web.calendar",
        shown=shown,
        week=here.week_on(today),
        weeks=here.weeks,
        missing=here.missing(today),
        zone=zone_label(agency().time_zone),
        kinds=[one.value for one in ClosedKind],
        form=request.form,
        error=error,
        wrong=wrong,
    )
