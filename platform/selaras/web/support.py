"""Support access at the agency: what operators ask, the agency's answer, what they saw; and the way in for them."""

from __future__ import annotations

from uuid import UUID

from flask import Response, g, request, url_for
from werkzeug.routing import BuildError
from werkzeug.wrappers import Response as BaseResponse

from selaras.audit.queries import EntryView
from selaras.edge import signing_in
from selaras.edge.access import needs, public
from selaras.edge.context import actor, session, visitor
from selaras.errors import NotFound
from selaras.identity.permissions import Permission
from selaras.identity.sessions import Proof
from selaras.identity.support import answering
from selaras.identity.support.queries import own_access, own_accesses, views, watched
from selaras.identity.support.rules import Access
from selaras.web.blueprint import pages
from selaras.web.pages import render, see


@pages.get("/support")
@needs(Permission.APPROVE_SUPPORT, Permission.SEE_LEDGER)
def support() -> Response:
    """Every support access to this agency, the newest first."""
    return render("support.html", active="web.support", accesses=own_accesses(session()))


@pages.get("/support/<uuid:request_id>")
@needs(Permission.APPROVE_SUPPORT, Permission.SEE_LEDGER)
def support_page(request_id: UUID) -> Response:
    """One access: who, why, how long, what was decided, and every page that was seen."""
    here = session()
    found = own_access(here, request_id)
    seen = [(one, address_of(one)) for one in views(here, request_id)]
    return render("support_access.html", active="web.support", one=found, views=seen)


@pages.post("/support/<uuid:request_id>/approval")
@needs(Permission.APPROVE_SUPPORT)
def approve_support(request_id: UUID) -> BaseResponse:
    """Let the operator in, from now on for as long as they asked."""
    answering.decide(session(), actor(), request_id, approve=True)
    return see("web.support_page", "support-approved", request_id=request_id)


@pages.post("/support/<uuid:request_id>/refusal")
@needs(Permission.APPROVE_SUPPORT)
def refuse_support(request_id: UUID) -> BaseResponse:
    """Say no; the request is over with that."""
    answering.decide(session(), actor(), request_id, approve=False)
    return see("web.support_page", "support-refused", request_id=request_id)


@pages.post("/support/<uuid:request_id>/ending")
@needs(Permission.APPROVE_SUPPORT)
def end_support(request_id: UUID) -> BaseResponse:
    """End an access before its time; whoever is inside sees nothing more."""
    answering.end(session(), actor(), request_id)
    return see("web.support_page", "support-ended", request_id=request_id)


@pages.post("/support/<uuid:request_id>/note")
@needs(Permission.APPROVE_SUPPORT)
def note_support(request_id: UUID) -> BaseResponse:
    """The administrator has seen that it is over; the notice goes."""
    answering.take_note(session(), actor(), request_id)
    return see("web.support_page", request_id=request_id)


@pages.get("/support/enter")
@public
def support_entrance() -> Response:
    """Where the console's way in leads: looking at it spends nothing, so that no preview of a link does."""
    return render("support_enter.html", code=request.args.get("code", "")[:100])


@pages.post("/support/enter")
@public
def enter_support() -> BaseResponse:
    """Spend the way in and begin the session; it ends with the access."""
    found = answering.enter(session(), request.form.get("code", "")[:100])
    response = see("web.home")
    assert isinstance(response, Response)
    proof = Proof(method="support", support_id=found.id, until=found.until)
    signing_in.start(response, found.operator_id, proof)
    return response


@pages.post("/support/leave")
@needs(Permission.SEE_AGENCY)
def leave_support() -> BaseResponse:
    """The operator ends their own access for good and is signed out."""
    request_id = actor().support_id
    if request_id is None:
        raise NotFound("support_unknown", "There is no such support access here.")
    answering.end(session(), actor(), request_id)
    response = see("web.sign_in", "support-left")
    assert isinstance(response, Response)
    signing_in.end(response)
    return response


def address_of(view: EntryView) -> str:
    """The address of a page that was seen, as far as the ledger tells it; empty where the page is gone."""
    values = dict(view.payload or {})
    endpoint = str(values.pop("route", ""))
    values.pop("query", None)
    try:
        return url_for(endpoint, **values)
    except BuildError:
        return ""


@pages.app_context_processor
def _watch() -> dict[str, object]:
    """For the banner: the access that this very session is, and what the agency's administrators must know of now."""
    own: Access | None = g.get("support_access")
    here = visitor()
    manages = here is not None and Permission.APPROVE_SUPPORT in here.permissions and "transaction" in g
    return {"support_session": own, "support_watch": watched(session()) if manages and own is None else ()}
