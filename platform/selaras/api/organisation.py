"""Endpoints: people with search and paging, and one person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.api.shapes import Appointment, Number, People, PeopleQuery, Person, PersonLine
from selaras.edge.access import needs
from selaras.edge.context import actor, day, session
from selaras.identity.permissions import Permission
from selaras.organisation.access import person_for, unit_for
from selaras.organisation.inspecting import note
from selaras.organisation.queries import AppointmentLine, people
from selaras.organisation.queries import PersonLine as Line
from selaras.organisation.reach import reach

endpoints = endpoints_of("organisation", "People and their posts")


@endpoints.route("/people")
@needs(Permission.SEE_PEOPLE)
@endpoints.arguments(schema_of(PeopleQuery), location="query")
@endpoints.response(200, schema_of(People))
def list_people(query: dict[str, Any]) -> Response:
    """People of today by name, a page at a time."""
    if query["unit_id"] is not None:
        unit_for(session(), query["unit_id"])
    within = reach(session(), actor(), Permission.SEE_PEOPLE, day())
    page = people(session(), day=day(), within=within, **query)
    note(session(), actor(), [one.person_id for one in page.items])
    return encoded(People([line_of(one) for one in page.items], page.next))


@endpoints.route("/people/<uuid:person_id>")
@needs(Permission.SEE_PEOPLE, Permission.SEE_TEAM, Permission.SEE_OWN)
@endpoints.response(200, schema_of(Person))
def show_person(person_id: UUID) -> Response:
    """One person."""
    view = person_for(session(), actor(), person_id)
    numbers = [Number(one.number, one.kind, one.since, one.until) for one in view.numbers]
    posts = [_appointment(one) for one in view.appointments]
    return encoded(Person(line_of(view.line), view.left_on, view.team_size, numbers, posts))


def line_of(line: Line) -> PersonLine:
    """A person as a list shows them."""
    return PersonLine(
        line.person_id,
        line.name,
        line.number,
        line.unit_id,
        line.unit_name,
        line.position_title,
        line.position_kind,
        line.employment,
        line.rank,
        line.superior_id,
        line.superior_name,
    )


def _appointment(one: AppointmentLine) -> Appointment:
    return Appointment(
        one.unit_id,
        one.unit_name,
        one.position_title,
        one.position_kind,
        one.level,
        one.job_class,
        one.employment,
        one.rank,
        one.kind,
        one.since,
        one.until,
    )
