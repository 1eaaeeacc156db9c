"""Laporkan kendala: report a problem from any page, see what was answered, and handle those of others."""

from __future__ import annotations

from uuid import UUID

from flask import Response, current_app, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge.access import needs
from selaras.edge.browsers import browser_in_words
from selaras.edge.context import actor, day, instance, session
from selaras.edge.downloads import kept_file
from selaras.edge.reference import told_reference
from selaras.errors import Conflict, DomainError, Invalid, NotFound, Unavailable
from selaras.files.scanning import scanner_of
from selaras.identity.permissions import Permission
from selaras.organisation.helpdesk import queries, service
from selaras.organisation.helpdesk.masking import masked
from selaras.organisation.helpdesk.service import Category, Told
from selaras.web.blueprint import pages
from selaras.web.pages import render, see

_EVERYBODY = (Permission.SEE_OWN, Permission.SEE_AGENCY)


@pages.get("/tickets")
@needs(*_EVERYBODY, Permission.HANDLE_TICKETS)
def tickets() -> Response:
    """One's own tickets and those that one handles."""
    handles = Permission.HANDLE_TICKETS in actor().permissions
    counts = queries.cluster_counts(session(), actor(), day()) if handles else ()
    return render("tickets.html", active="web.tickets", found=queries.tickets(session(), actor(), day()), counts=counts)


@pages.get("/tickets/new")
@needs(*_EVERYBODY, Permission.HANDLE_TICKETS)
def new_ticket() -> Response:
    """The form, with what is sent along beside it."""
    return _form()


@pages.post("/tickets/new")
@needs(*_EVERYBODY, Permission.HANDLE_TICKETS)
def report_problem() -> BaseResponse:
    """Report a problem."""
    form = request.form
    files = [(one.filename or "", one.read()) for one in request.files.getlist("files") if one.filename]
    try:
        told = Told(_category(), form.get("content", ""), _reference(), _place(), _browser(), files)
        made = service.report(session(), actor(), instance().store, told, scanner_of(instance().settings))
    except (Invalid, Unavailable) as error:
        return _form(error)
    return see("web.ticket_page", "ticket-reported", ticket_id=made)


@pages.get("/tickets/<uuid:ticket_id>")
@needs(*_EVERYBODY, Permission.HANDLE_TICKETS)
def ticket_page(ticket_id: UUID) -> Response:
    """One ticket with everything that was said."""
    return _page(ticket_id)


@pages.get("/tickets/<uuid:ticket_id>/files/<uuid:file_id>")
@needs(*_EVERYBODY, Permission.HANDLE_TICKETS)
def ticket_file(ticket_id: UUID, file_id: UUID) -> Response:
    """An attachment, for whoever reported or handles the ticket."""
    if file_id not in {one.id for one in queries.ticket(session(), actor(), ticket_id, day()).files}:
        raise NotFound("file_unknown", "There is no such file. Go back and open it from its page.")
    return kept_file(file_id)


@pages.post("/tickets/<uuid:ticket_id>/answer")
@needs(*_EVERYBODY, Permission.HANDLE_TICKETS)
def answer_ticket(ticket_id: UUID) -> BaseResponse:
    """Say something about it, and close it where nothing more is needed."""
    try:
        close = "close" in request.form
        service.answer(session(), actor(), ticket_id, request.form.get("content", ""), close=close)
    except (Conflict, Invalid) as error:
        return _page(ticket_id, error)
    return see("web.ticket_page", "ticket-answered", ticket_id=ticket_id)


@pages.post("/tickets/<uuid:ticket_id>/agency")
@needs(Permission.HANDLE_TICKETS)
def hand_on_ticket(ticket_id: UUID) -> BaseResponse:
    """Hand it on to the agency's administrator."""
    try:
        service.hand_on(session(), actor(), ticket_id)
    except Conflict as error:
        return _page(ticket_id, error)
    return see("web.ticket_page", "ticket-handed-on", ticket_id=ticket_id)


@pages.post("/tickets/<uuid:ticket_id>/operator")
@needs(Permission.HANDLE_TICKETS)
def forward_ticket(ticket_id: UUID) -> BaseResponse:
    """Send a copy without names and numbers to the operator."""
    try:
        service.forward(session(), actor(), ticket_id, request.form.get("content", ""))
    except (Conflict, Invalid) as error:
        return _page(ticket_id, error)
    return see("web.ticket_page", "ticket-forwarded", ticket_id=ticket_id)


def _page(ticket_id: UUID, error: DomainError | None = None) -> Response:
    view = queries.ticket(session(), actor(), ticket_id, day())
    forwards = actor().holds_whole(Permission.HANDLE_TICKETS) and view.line.level != "operator"
    return render(
        "ticket.html",
        error.status if error else 200,
        active="web.tickets",
        view=view,
        one=view.line,
        forwards=forwards and view.line.state != "closed",
        masked=masked(session(), view.line.content) if forwards else "",
        form=request.form,
        error=error,
    )


def _form(error: DomainError | None = None) -> Response:
    return render(
        "ticket_new.html",
        error.status if error else 200,
        active="web.tickets",
        categories=list(Category),
        reference=_reference(),
        place=_place(),
        browser=_browser(),
        form=request.form,
        error=error,
    )


def _category() -> Category:
    try:
        return Category(request.form.get("category", ""))
    except ValueError:
        raise Invalid("ticket_category", "Choose what the problem is about.", field="category") from None


def _reference() -> str:
    return told_reference(request.values.get("ref", ""))


def _place() -> str:
    """The kind of page that was reported from; only one that there is."""
    named = request.values.get("at", "")
    return named if named in current_app.view_functions else "-"


def _browser() -> str:
    return browser_in_words(request.user_agent.string)
