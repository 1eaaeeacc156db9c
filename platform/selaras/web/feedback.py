"""Continuous feedback: received, asked for, given, by links for people who were served, and what was reported."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import segno
from flask import Response, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge.access import needs, public
from selaras.edge.context import actor, day, rules, session
from selaras.edge.fields import uuid_of_field, whole_of_field
from selaras.errors import Conflict, Invalid, NotFound
from selaras.evaluation.service import refuse_settled_day
from selaras.identity.permissions import Permission
from selaras.monitoring import giving, moderating, served
from selaras.monitoring.log import items_on
from selaras.monitoring.queries import feedback_for
from selaras.organisation.queries import names_of
from selaras.regulation import Behaviour
from selaras.web.blueprint import pages
from selaras.web.pages import render, see

SHOWN = timedelta(days=366)


@pages.get("/feedback")
@needs(Permission.SEE_OWN)
def feedback() -> Response:
    """What one received, what one is asked, whom one may say something to, and one's links."""
    return _feedback()


@pages.get("/people/<uuid:person_id>/feedback")
@needs(Permission.SEE_OWN)
def feedback_form(person_id: UUID) -> Response:
    """Say something about a colleague; who reads it is said first."""
    return _form(person_id)


@pages.post("/people/<uuid:person_id>/feedback")
@needs(Permission.SEE_OWN)
def give_feedback(person_id: UUID) -> BaseResponse:
    """Give it."""
    try:
        refuse_settled_day(session(), day())
        giving.give(session(), actor(), person_id, _word("content"), _codes(), day())
    except (Invalid, Conflict) as error:
        return _form(person_id, error)
    return see("web.feedback", "feedback-given")


@pages.post("/feedback/requests")
@needs(Permission.SEE_OWN)
def ask_feedback() -> BaseResponse:
    """Ask a colleague for a word about oneself, or about somebody whom one appraises."""
    form = request.form
    try:
        giver = uuid_of_field(form.get("giver_id", ""), "giver_id")
        about = uuid_of_field(form.get("person_id", ""), "person_id") or actor().person_id
        if giver is None or about is None:
            raise Invalid("feedback_giver", "Choose a colleague from the list.", field="giver_id")
        giving.ask(session(), actor(), about, giver, _word("note"), _codes(), day())
    except Invalid as error:
        return _feedback(error)
    return see("web.feedback", "feedback-asked")


@pages.post("/feedback/requests/<uuid:request_id>/refusal")
@needs(Permission.SEE_OWN)
def decline_feedback(request_id: UUID) -> BaseResponse:
    """Say nothing to a request."""
    giving.decline(session(), actor(), request_id)
    return see("web.feedback", "saved")


@pages.post("/feedback/<uuid:feedback_id>/report")
@needs(Permission.SEE_OWN)
def report_feedback(feedback_id: UUID) -> BaseResponse:
    """Report what is abusive or not meant; the performance manager decides."""
    try:
        giving.report(session(), actor(), feedback_id, request.form.get("reason", ""), day())
    except (Invalid, Conflict) as error:
        return _feedback(error)
    return see("web.feedback", "feedback-reported")


@pages.post("/feedback/links")
@needs(Permission.PLAN_OWN)
def make_feedback_link() -> Response:
    """Make a link and its QR code for people who were served; shown this once."""
    form = request.form
    try:
        made = served.make_link(
            session(),
            actor(),
            form.get("label", ""),
            whole_of_field(form.get("uses", "1"), "uses"),
            whole_of_field(form.get("days", "14"), "days"),
            uuid_of_field(form.get("item_id", ""), "item_id"),
            day(),
        )
    except Invalid as error:
        return _feedback(error)
    address = url_for("web.served_form", token=made.token, _external=True)
    code = Markup(segno.make(address, error="m").svg_inline(scale=6, border=4))  # noqa: S704  # a drawing of our own
    return render("feedback_link.html", active="web.feedback", address=address, code=code, label=form["label"])


@pages.post("/feedback/links/<uuid:link_id>/revocation")
@needs(Permission.PLAN_OWN)
def revoke_feedback_link(link_id: UUID) -> BaseResponse:
    """Take a link back."""
    served.revoke_link(session(), actor(), link_id)
    return see("web.feedback", "saved")


@pages.get("/f/<token>")
@public
def served_form(token: str) -> Response:
    """What somebody who was served sees: the service, who reads what they write, and a field."""
    return _served(token)


@pages.post("/f/<token>")
@public
def served_say(token: str) -> Response:
    """Say something about a service. A field that people do not see catches programs, which are told nothing."""
    form = request.form
    if not form.get("website"):
        try:
            refuse_settled_day(session(), day())
            words = form.get("content", "").replace("\0", "")
            served.say(session(), token, form.get("name", "").replace("\0", ""), words, day())
        except (Invalid, Conflict) as error:
            return _served(token, error)
        except NotFound:
            return _served(token)
    return render("served.html", label=None, done=True, token=token, form={}, error=None)


@pages.get("/feedback/reported")
@needs(Permission.CLOSE_PERIOD)
def reported_feedback() -> Response:
    """What was reported and waits for a decision."""
    return render("feedback_reported.html", active="web.periods_page", items=moderating.reported(session(), actor()))


@pages.post("/feedback/reported/<uuid:feedback_id>")
@needs(Permission.CLOSE_PERIOD)
def decide_reported(feedback_id: UUID) -> BaseResponse:
    """Remove it, or let it stand."""
    moderating.decide(session(), actor(), feedback_id, remove="remove" in request.form)
    return see("web.reported_feedback", "saved")


def _feedback(error: Invalid | Conflict | None = None) -> Response:
    person, today = actor().person_id, day()
    return render(
        "feedback.html",
        error.status if error else 200,
        active="web.feedback",
        received=feedback_for(session(), person, today - SHOWN, today) if person else [],
        asked=giving.requests_to(session(), actor()),
        waiting=giving.requests_by(session(), actor()),
        given=giving.given_by(session(), actor()),
        colleagues=giving.colleagues(session(), actor(), today),
        behaviours=_behaviours(),
        links=served.links_of(session(), person) if person else [],
        items=items_on(session(), person, today) if person else {},
        form=request.form if error else {},
        error=error,
    )


def _form(person_id: UUID, error: Invalid | Conflict | None = None) -> Response:
    near = {one.person_id for one in giving.colleagues(session(), actor(), day())}
    asked = [one for one in giving.requests_to(session(), actor()) if one.person_id == person_id]
    if person_id not in near and not asked:
        raise NotFound("person_unknown", "There is no such person here.")
    return render(
        "feedback_form.html",
        error.status if error else 200,
        active="web.feedback",
        person_id=person_id,
        name=names_of(session(), [person_id])[person_id],
        asked=asked,
        results=giving.subjects(session(), actor(), person_id, day()),
        behaviours=_behaviours(),
        form=request.form if error else {},
        error=error,
    )


def _served(token: str, error: Invalid | Conflict | None = None) -> Response:
    label = served.shown(session(), token)
    status = error.status if error else 200 if label else 404
    return render("served.html", status, label=label, done=False, token=token, form=request.form, error=error)


def _word(field: str) -> giving.Word:
    item = uuid_of_field(request.form.get("item_id", ""), "item_id")
    return giving.Word(
        request.form.get(field, "").replace("\0", ""),
        item,
        request.form.get("behaviour", ""),
        request.form.get("tone", ""),
    )


def _behaviours() -> tuple[Behaviour, ...]:
    try:
        known = rules(day()).behaviours
    except NotFound:
        return ()
    return tuple(known.behaviours) if known else ()


def _codes() -> set[str]:
    return {one.code for one in _behaviours()}
