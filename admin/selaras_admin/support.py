"""Support access at the console: ask an agency, confirm a colleague's urgent request, get the way in, end it."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge.access import needs
from selaras.edge.context import process, session
from selaras.errors import Conflict, DomainError, Invalid
from selaras.identity.support import asking
from selaras.identity.support.queries import access, accesses, pages_seen
from selaras.identity.support.rules import LONGEST, SHORTEST, Access
from selaras.tenancy.queries import AgencyView, agency, agency_by_uuid, list_agencies
from selaras.web.pages import render, see
from selaras_admin.operators import OperatorPermission, asker, me
from selaras_admin.pages import console

GIVE = OperatorPermission.GIVE_SUPPORT
USUAL_MINUTES = 60


@console.get("/support")
@needs(GIVE)
def support() -> Response:
    """Every support access of the instance, the newest first."""
    here = session()
    names = {one.tenant_id: one for one in list_agencies(here)}
    return render("console/support.html", active="web.support", accesses=accesses(here), agencies=names)


@console.get("/agencies/<uuid:agency_id>/support")
@needs(GIVE)
def support_form(agency_id: UUID) -> Response:
    """The form of a request to one agency."""
    return _form(agency_by_uuid(session(), agency_id))


@console.post("/agencies/<uuid:agency_id>/support")
@needs(GIVE)
def ask_support(agency_id: UUID) -> BaseResponse:
    """Ask the agency; its administrators see it at once."""
    found, form = agency_by_uuid(session(), agency_id), request.form
    wish = asking.Wish(form.get("reason", ""), form.get("ticket", ""), form.get("minutes", type=int), "urgent" in form)
    try:
        made = asking.ask(session(), asker(), found, wish)
    except (Invalid, Conflict) as error:
        return _form(found, error)
    return see("web.support_page", "support-asked", request_id=made)


@console.get("/support/<uuid:request_id>")
@needs(GIVE)
def support_page(request_id: UUID) -> Response:
    """One access: where it stands, what operators did, which pages were opened (without what stood on them)."""
    return _page(access(session(), request_id))


@console.post("/support/<uuid:request_id>/confirmation")
@needs(GIVE)
def confirm_support(request_id: UUID) -> BaseResponse:
    """As a second operator, open what is urgent without the agency, which is told at once."""
    asking.confirm(session(), asker(), request_id)
    return see("web.support_page", "support-confirmed", request_id=request_id)


@console.post("/support/<uuid:request_id>/way-in")
@needs(GIVE)
def hand_over(request_id: UUID) -> Response:
    """The address that leads in, shown once: a link, for a form may send nobody to another host."""
    code = asking.hand_over(session(), asker(), request_id)
    found = access(session(), request_id)
    return _page(found, way_in=f"{_origin(agency(session(), found.tenant_id))}/support/enter?code={code}")


@console.post("/support/<uuid:request_id>/ending")
@needs(GIVE)
def end_support(request_id: UUID) -> BaseResponse:
    """Withdraw a request or end an access at once."""
    asking.end(session(), asker(), request_id)
    return see("web.support_page", "support-ended", request_id=request_id)


def _form(found: AgencyView, error: DomainError | None = None) -> Response:
    return render(
        "console/support_form.html",
        error.status if error else 200,
        active="web.support",
        one=found,
        form=request.form,
        shortest=SHORTEST,
        longest=LONGEST,
        usual=USUAL_MINUTES,
        error=error,
    )


def _page(found: Access, way_in: str = "") -> Response:
    here = session()
    response = render(
        "console/support_access.html",
        active="web.support",
        one=found,
        agency_here=agency(here, found.tenant_id),
        pages=pages_seen(here, found.tenant_id, found.id),
        mine=found.operator_id == me().id,
        way_in=way_in,
    )
    if way_in:
        response.headers["Cache-Control"] = "no-store"
    return response


def _origin(one: AgencyView) -> str:
    """Where the agency's people come in: by https, or on this machine at the web process's own port."""
    if not one.hosts:
        raise Conflict("agency_without_host", "{agency} has no host name, so it has no pages.", agency=one.name)
    chosen = process().settings
    return f"https://{one.hosts[0]}" if chosen.tls else f"http://{one.hosts[0]}:{chosen.web_address.rsplit(':', 1)[1]}"
