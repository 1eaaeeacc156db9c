"""“This is not my superior”: naming the right one, and the two answers that it needs."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge.access import needs
from selaras.edge.context import actor, day, law, session
from selaras.edge.fields import day_of_field, uuid_of_field
from selaras.errors import Conflict, Invalid, Refused
from selaras.evaluation import superiors as commands
from selaras.evaluation.superior_queries import proposals
from selaras.evaluation.superior_rules import ANSWER_DAYS, LIFETIME
from selaras.identity.permissions import Permission
from selaras.organisation.access import person_for
from selaras.organisation.inspecting import note
from selaras.organisation.superiors import LEAST_LETTERS, candidates
from selaras.web.blueprint import pages
from selaras.web.pages import render, see

_ONE = "/superiors/<uuid:proposal_id>"
Refusal = Conflict | Invalid | Refused


@pages.get("/people/<uuid:person_id>/superior")
@needs(Permission.PLAN_OWN)
def superior_form(person_id: UUID) -> Response:
    """Search for the right superior, then say since when and why."""
    return _form(person_id)


@pages.post("/people/<uuid:person_id>/superior")
@needs(Permission.PLAN_OWN)
def propose_superior(person_id: UUID) -> BaseResponse:
    """Send the proposal; what cannot be taken comes back as it was typed."""
    person_for(session(), actor(), person_id)
    form = request.form
    try:
        proposed = uuid_of_field(form.get("proposed", ""), "proposed")
        if proposed is None:
            raise Invalid("superior_none", "Search for the superior and choose one of the list.", field="proposed")
        since = day_of_field(form.get("day", ""), "day") or day()
        commands.propose(session(), actor(), person_id, proposed, since, form.get("reason", "").replace("\0", ""))
    except (Conflict, Invalid) as error:
        return _form(person_id, error)
    except Refused as error:
        if error.code != "superior_below":
            raise
        return _form(person_id, error)
    return see("web.superiors", "superior-proposed")


@pages.get("/superiors")
@needs(Permission.SEE_OWN, Permission.IMPORT)
def superiors() -> Response:
    """One's own proposals, those that wait for one's answer, and those that one has answered."""
    return _list()


@pages.post(f"{_ONE}/answer")
@needs(Permission.SEE_OWN, Permission.IMPORT)
def answer_superior(proposal_id: UUID) -> BaseResponse:
    """Yes by one tap; no with a reason."""
    form = request.form
    said = {"reason": form.get("reason", "").replace("\0", ""), "side": form.get("side", "")}
    try:
        with session().begin_nested():
            commands.answer(session(), actor(), proposal_id, law, agrees=form.get("answer") == "yes", **said)
    except (Conflict, Invalid) as error:
        return _list(error, proposal_id)
    return see("web.superiors", "superior-answered", _anchor=f"p-{proposal_id}")


@pages.post(f"{_ONE}/withdrawal")
@needs(Permission.PLAN_OWN)
def withdraw_superior(proposal_id: UUID) -> BaseResponse:
    """Take one's own proposal back."""
    try:
        commands.withdraw(session(), actor(), proposal_id)
    except Conflict as error:
        return _list(error, proposal_id)
    return see("web.superiors", "superior-withdrawn", _anchor=f"p-{proposal_id}")


def _form(person_id: UUID, error: Refusal | None = None) -> Response:
    person = person_for(session(), actor(), person_id)
    if actor().person_id != person_id:
        raise Refused("superior_not_own", "Only the employee themself says that their superior is another.")
    search = request.values.get("search", "").strip()[:80]
    open_ = [one for one in proposals(session(), actor(), day(), person_id=person_id) if one.state == "open"]
    return render(
        "superior_form.html",
        error.status if error else 200,
        active="web.own_results",
        person=person,
        open=open_,
        search=search,
        found=candidates(session(), search, person_id, day()),
        least=LEAST_LETTERS,
        answer_days=ANSWER_DAYS,
        lifetime=LIFETIME,
        shortest=commands.SHORTEST,
        today=day(),
        error=error,
    )


def _list(error: Refusal | None = None, about: UUID | None = None) -> Response:
    found = proposals(session(), actor(), day())
    note(session(), actor(), [one.person_id for one in found])
    return render(
        "superiors.html",
        error.status if error else 200,
        active="web.home",
        found=found,
        error=error,
        about=about,
        answer_days=ANSWER_DAYS,
        shortest=commands.SHORTEST,
    )
