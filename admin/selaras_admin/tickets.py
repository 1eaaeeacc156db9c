"""Tickets that agencies forwarded: copies without names; the operator's answers travel back."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.clock import today
from selaras.edge.access import needs
from selaras.edge.context import session
from selaras.errors import DomainError, Invalid
from selaras.tenancy.queries import list_agencies
from selaras.tenancy.tickets import Count, figures, forwarded, forwarded_one, reply
from selaras.web.pages import render, see
from selaras_admin.operators import OperatorPermission, asker
from selaras_admin.pages import console
from selaras_admin.rules import suppressed
from selaras_admin.vocabulary import CLUSTERS

GIVE = OperatorPermission.GIVE_SUPPORT
NATIONAL = "Asia/Jakarta"
_DECEMBER = 12


@console.get("/tickets")
@needs(GIVE)
def tickets() -> Response:
    """How many problems were told by cluster, and what agencies forwarded, the newest first."""
    here = session()
    names = {one.tenant_id: one.name for one in list_agencies(here)}
    since = _a_year_ago(today(NATIONAL))
    counted = figures(here, since)
    whole = {code: sum((of.get(code, Count()) for of in counted.values()), Count()) for code in CLUSTERS}
    lines = [
        (names[agency], suppressed({code: of.get(code, Count()).told for code in CLUSTERS}))
        for agency, of in sorted(counted.items(), key=lambda one: names.get(one[0], ""))
        if agency in names
    ]
    return render(
        "console/tickets.html",
        active="web.tickets",
        found=forwarded(here),
        names=names,
        since=since,
        whole=whole,
        lines=lines,
    )


def _a_year_ago(day: date) -> date:
    """The first day of the month after the one a year ago: twelve months with the running one."""
    return date(day.year if day.month == _DECEMBER else day.year - 1, day.month % _DECEMBER + 1, 1)


@console.get("/tickets/<uuid:ticket_id>")
@needs(GIVE)
def ticket_page(ticket_id: UUID) -> Response:
    """One of them, with the answers."""
    return _page(ticket_id)


@console.post("/tickets/<uuid:ticket_id>")
@needs(GIVE)
def answer_ticket(ticket_id: UUID) -> BaseResponse:
    """Answer it; the agency reads the answer at once."""
    content, closes = request.form.get("content", ""), "closes" in request.form
    try:
        reply(session(), asker().reference, asker().name, ticket_id, content, closes=closes)
    except Invalid as error:
        return _page(ticket_id, error)
    return see("web.ticket_page", "ticket-answered", ticket_id=ticket_id)


def _page(ticket_id: UUID, error: DomainError | None = None) -> Response:
    here = session()
    names = {one.tenant_id: one.name for one in list_agencies(here)}
    one = forwarded_one(here, ticket_id)
    status = error.status if error else 200
    return render("console/ticket.html", status, active="web.tickets", one=one, name=names[one.tenant_id], error=error)
