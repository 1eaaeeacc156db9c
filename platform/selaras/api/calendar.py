"""Endpoints: the agency's calendar: closed days of a year, the working week."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response

from selaras.api import shapes_calendar as shapes
from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.calendar.office import ClosedDay
from selaras.calendar.queries import office_calendar
from selaras.edge.access import needs
from selaras.edge.context import actor, agency, day, session
from selaras.errors import Invalid
from selaras.identity.permissions import Permission
from selaras.organisation.office_days import close_day, kind_of, open_day, set_week

endpoints = endpoints_of("calendar", "Days on which offices are closed, and the working week")


@endpoints.route("/calendar/<int(min=1945,max=2100):year>")
@needs(Permission.SEE_AGENCY, Permission.SEE_OWN)
@endpoints.response(200, schema_of(shapes.Calendar))
def show_calendar(year: int) -> Response:
    """The closed days of a year with their source."""
    return encoded(_shown(year))


@endpoints.route("/calendar/week", methods=["PUT"])
@needs(Permission.CHOOSE_RULES)
@endpoints.arguments(schema_of(shapes.WeekRequest))
@endpoints.response(200, schema_of(shapes.Calendar))
def put_week(body: dict[str, Any]) -> Response:
    """Offices are open on five or six days a week, from a day on."""
    set_week(session(), actor(), body["days"], body["since"])
    return encoded(_shown(body["since"].year))


@endpoints.route("/calendar/days/<on>", methods=["PUT"])
@needs(Permission.CHOOSE_RULES)
@endpoints.arguments(schema_of(shapes.ClosedDayRequest))
@endpoints.response(200, schema_of(shapes.Calendar))
def put_closed_day(body: dict[str, Any], on: str) -> Response:
    """Offices are closed on a day; said again, the later word counts."""
    closed = day_in_path(on)
    close_day(session(), actor(), ClosedDay(closed, kind_of(body["kind"]), body["name"], body["source"]))
    return encoded(_shown(closed.year))


@endpoints.route("/calendar/days/<on>", methods=["DELETE"])
@needs(Permission.CHOOSE_RULES)
@endpoints.response(204)
def delete_closed_day(on: str) -> Response:
    """What was recorded of a day is taken back."""
    open_day(session(), actor(), day_in_path(on))
    return Response(status=204)


def day_in_path(written: str) -> date:
    """The day in an address, or Invalid."""
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise Invalid("rule_choice.day", "{day} is no day. Write it as 2026-01-31.", day=written[:30]) from error


def _shown(year: int) -> shapes.Calendar:
    here, today = office_calendar(session()), day()
    shown = here.year(year)
    return shapes.Calendar(
        year=year,
        time_zone=agency().time_zone,
        week=here.week_on(today),
        decree=shown.decree or None,
        certainty=shown.certainty,
        missing=here.missing(today),
        days=[shapes.ClosedDay(one.day, one.kind.value, one.name, one.source, one.own) for one in shown.days],
    )
