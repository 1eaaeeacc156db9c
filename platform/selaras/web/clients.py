"""Machine clients: which there are, when they were here last, making one, changing its secret over, ending it."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge.access import needs
from selaras.edge.context import actor, session
from selaras.edge.fields import whole_of_field
from selaras.errors import Conflict, Invalid, Refused
from selaras.identity import clients as service
from selaras.identity.permissions import Permission
from selaras.identity.queries import names_of
from selaras.identity.scopes import scopes_within
from selaras.web.blueprint import pages
from selaras.web.pages import render, see

Refusal = Invalid | Refused | Conflict


@pages.get("/clients")
@needs(Permission.MANAGE_CLIENTS)
def clients() -> Response:
    """Every client of the agency, and the form for another."""
    return _list()


@pages.post("/clients")
@needs(Permission.MANAGE_CLIENTS)
def create_client() -> Response:
    """Make a client; its secret stands on this answer and nowhere else."""
    form = request.form
    try:
        shown = service.create(
            session(),
            actor(),
            form.get("name", ""),
            form.get("kind", ""),
            form.getlist("scopes"),
            days=whole_of_field(form.get("days", ""), "days"),
            owned=form.get("owned") == "true",
        )
    except (Invalid, Refused) as error:
        return _list(error)
    return _secret(shown)


@pages.get("/clients/<uuid:client_id>")
@needs(Permission.MANAGE_CLIENTS)
def client(client_id: UUID) -> Response:
    """One client: what it may, its secrets, changing over and ending."""
    return _one(client_id)


@pages.post("/clients/<uuid:client_id>/secrets")
@needs(Permission.MANAGE_CLIENTS)
def rotate_client(client_id: UUID) -> Response:
    """A further secret; the one before holds for some days more."""
    form = request.form
    try:
        shown = service.rotate(
            session(),
            actor(),
            client_id,
            days=whole_of_field(form.get("days", ""), "days"),
            overlap_days=whole_of_field(form.get("overlap_days", ""), "overlap_days"),
        )
    except (Invalid, Refused, Conflict) as error:
        return _one(client_id, error)
    return _secret(shown)


@pages.post("/clients/<uuid:client_id>/revocation")
@needs(Permission.MANAGE_CLIENTS)
def revoke_client(client_id: UUID) -> BaseResponse:
    """End a client for good."""
    service.revoke(session(), actor(), client_id)
    return see("web.client", "client-revoked", client_id=client_id)


def _list(error: Refusal | None = None) -> Response:
    found = service.clients(session())
    return render(
        "clients.html",
        error.status if error else 200,
        active="web.clients",
        clients=found,
        names=names_of(session(), (one.created_by for one in found)),
        scopes=scopes_within(actor().permissions),
        most_days=service.MOST_DAYS,
        error=error,
        form=request.form,
        chosen=request.form.getlist("scopes"),
    )


def _one(client_id: UUID, error: Refusal | None = None) -> Response:
    found = service.client(session(), client_id)
    return render(
        "client.html",
        error.status if error else 200,
        active="web.clients",
        client=found,
        names=names_of(session(), (found.created_by, found.owner_id)),
        may_rotate=set(found.scopes) <= set(scopes_within(actor().permissions)),
        most_days=service.MOST_DAYS,
        overlap=service.OVERLAP_DAYS,
        most_overlap=service.MOST_OVERLAP_DAYS,
        error=error,
        form=request.form,
    )


def _secret(shown: service.Shown) -> Response:
    found = service.client(session(), shown.client_id)
    response = render("client_secret.html", 201, active="web.clients", client=found, shown=shown)
    response.headers["Cache-Control"] = "no-store"
    return response
