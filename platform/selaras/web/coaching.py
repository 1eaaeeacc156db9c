"""Guidance and counselling: talks that one had or held, recording one, acknowledging it, what became of it."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge.access import needs
from selaras.edge.context import actor, day, session
from selaras.edge.fields import day_of_field, uuid_of_field
from selaras.errors import Conflict, Invalid
from selaras.evaluation.service import refuse_settled_day
from selaras.identity.permissions import Permission
from selaras.monitoring import coaching
from selaras.monitoring.log import items_on
from selaras.organisation.delegation import team_of
from selaras.organisation.queries import names_of
from selaras.web.blueprint import pages
from selaras.web.pages import render, see


@pages.get("/talks")
@needs(Permission.SEE_OWN)
def talks() -> Response:
    """The talks that one had, and those that one held."""
    team = team_of(session(), actor(), day()) if Permission.SEE_TEAM in actor().permissions else []
    return render("talks.html", active="web.talks", talks=coaching.talks_of(session(), actor()), team=team, today=day())


@pages.get("/people/<uuid:person_id>/talks")
@needs(Permission.SEE_TEAM)
def talk_form(person_id: UUID) -> Response:
    """Record a talk with somebody of one's team, beside the earlier ones that one may read."""
    return _form(person_id)


@pages.post("/people/<uuid:person_id>/talks")
@needs(Permission.SEE_TEAM)
def hold_talk(person_id: UUID) -> BaseResponse:
    """Record it; the person is told."""
    form = request.form
    try:
        on_day = day_of_field(form.get("on_day", ""), "on_day") or day()
        refuse_settled_day(session(), on_day)
        talk = coaching.Talk(
            form.get("kind", ""),
            form.get("cause", ""),
            form.get("content", "").replace("\0", ""),
            on_day,
            form.get("agreed", "").replace("\0", ""),
            day_of_field(form.get("follow_up_on", ""), "follow_up_on"),
            uuid_of_field(form.get("item_id", ""), "item_id"),
        )
        made = coaching.hold(session(), actor(), person_id, talk, day())
    except (Invalid, Conflict) as error:
        return _form(person_id, error)
    return see("web.talk_page", "talk-recorded", talk_id=made)


@pages.get("/talks/<uuid:talk_id>")
@needs(Permission.SEE_OWN)
def talk_page(talk_id: UUID) -> Response:
    """One talk."""
    return _talk(talk_id)


@pages.post("/talks/<uuid:talk_id>/acknowledgement")
@needs(Permission.SEE_OWN)
def acknowledge_talk(talk_id: UUID) -> BaseResponse:
    """The person has read it."""
    try:
        coaching.acknowledge(session(), actor(), talk_id, request.form.get("answer", "").replace("\0", ""))
    except Invalid as error:
        return _talk(talk_id, error)
    return see("web.talk_page", "saved", talk_id=talk_id)


@pages.post("/talks/<uuid:talk_id>/follow-up")
@needs(Permission.SEE_TEAM)
def follow_talk(talk_id: UUID) -> BaseResponse:
    """What became of it, or when to look again."""
    form = request.form
    try:
        again = day_of_field(form.get("again", ""), "again")
        coaching.follow(session(), actor(), talk_id, form.get("follow_up", "").replace("\0", ""), again, day())
    except (Invalid, Conflict) as error:
        return _talk(talk_id, error)
    return see("web.talk_page", "saved", talk_id=talk_id)


def _talk(talk_id: UUID, error: Invalid | Conflict | None = None) -> Response:
    found = coaching.talk_for(session(), actor(), talk_id, day())
    me = actor().person_id
    return render(
        "talk.html",
        error.status if error else 200,
        active="web.talks",
        talk=found,
        is_person=found.person_id == me,
        is_coach=found.coach_id == me,
        today=day(),
        error=error,
    )


def _form(person_id: UUID, error: Invalid | Conflict | None = None) -> Response:
    earlier = coaching.talks_with(session(), actor(), person_id, day())
    return render(
        "talk_form.html",
        error.status if error else 200,
        active="web.talks",
        person_id=person_id,
        name=names_of(session(), [person_id])[person_id],
        earlier=earlier,
        kinds=coaching.KINDS,
        causes=coaching.CAUSES,
        items=items_on(session(), person_id, day()),
        form=request.form if error else {},
        today=day(),
        error=error,
    )
