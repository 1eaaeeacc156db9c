"""Taking part in the dialogue on a plan: saying something about it or one of its results, and having read it."""

from __future__ import annotations

from uuid import UUID

from flask import request
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge.access import needs
from selaras.edge.context import actor, session
from selaras.edge.fields import uuid_of_field
from selaras.errors import Invalid, NotFound
from selaras.identity.permissions import Permission
from selaras.planning.access import planner_for
from selaras.planning.dialogue import read_until, say
from selaras.web.blueprint import pages
from selaras.web.pages import see
from selaras.web.planning import plan_page_with

_REMARKS = "/people/<uuid:person_id>/plans/<int(min=2000,max=2100):year>/remarks"


@pages.post(_REMARKS)
@needs(Permission.PLAN_OWN, Permission.SEE_TEAM)
def remark_on_plan(person_id: UUID, year: int) -> BaseResponse:
    """Say something; what cannot be taken comes back as it was typed."""
    planner_for(session(), actor(), person_id)
    try:
        item_id = uuid_of_field(request.form.get("item", ""), "item")
        content = request.form.get("content", "").replace("\0", "").replace("\r\n", "\n")
        say(session(), actor(), person_id, year, content, item_id, ask_reviewer="ask" in request.form)
    except (Invalid, NotFound) as error:
        return plan_page_with(person_id, year, error)
    anchor = f"talk-{item_id}" if item_id else "talk"
    return see("web.plan_page", "remarked", person_id=person_id, year=year, _anchor=anchor)


@pages.post(f"{_REMARKS}/read")
@needs(Permission.PLAN_OWN, Permission.SEE_TEAM)
def read_remarks(person_id: UUID, year: int) -> BaseResponse:
    """Everything up to the last remark that the page showed has been read."""
    planner_for(session(), actor(), person_id)
    last = uuid_of_field(request.form.get("last", ""), "last")
    if last is None:
        raise Invalid("remark_unread", "Open the plan and read what was said first.", field="last")
    read_until(session(), actor(), person_id, year, last)
    return see("web.plan_page", person_id=person_id, year=year, _anchor="talk")
