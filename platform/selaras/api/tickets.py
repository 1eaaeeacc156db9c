"""Endpoints: report a problem, answer, hand it on, forward it to the operator, figures by cluster."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request

from selaras.api import ticket_shapes as shapes
from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.edge.access import needs
from selaras.edge.browsers import browser_in_words
from selaras.edge.context import actor, day, instance, session
from selaras.edge.reference import told_reference
from selaras.identity.permissions import Permission
from selaras.organisation.helpdesk import queries, service
from selaras.organisation.helpdesk.service import Category, Told

endpoints = endpoints_of("tickets", "Problems that people report")

_EVERYBODY = (Permission.SEE_OWN, Permission.SEE_AGENCY, Permission.HANDLE_TICKETS)


@endpoints.route("/tickets")
@needs(*_EVERYBODY)
@endpoints.response(200, schema_of(shapes.Tickets))
def list_tickets() -> Response:
    """One's own tickets and those that one handles."""
    found = queries.tickets(session(), actor(), day())
    lines = [
        shapes.TicketLine(one.id, one.category, one.content, one.level, one.state, one.at, one.own) for one in found
    ]
    return encoded(shapes.Tickets(lines))


@endpoints.route("/tickets", methods=["POST"])
@needs(*_EVERYBODY)
@endpoints.arguments(schema_of(shapes.TicketRequest))
@endpoints.response(201, schema_of(shapes.Ticket))
def report_problem(body: dict[str, Any]) -> Response:
    """Report a problem."""
    browser = browser_in_words(request.user_agent.string)
    told = Told(Category(body["category"]), body["content"], told_reference(body["request_id"]), "api", browser)
    return encoded(_ticket(service.report(session(), actor(), instance().store, told)), 201)


@endpoints.route("/tickets/<uuid:ticket_id>")
@needs(*_EVERYBODY)
@endpoints.response(200, schema_of(shapes.Ticket))
def show_ticket(ticket_id: UUID) -> Response:
    """One ticket with everything that was said."""
    return encoded(_ticket(ticket_id))


@endpoints.route("/tickets/<uuid:ticket_id>/answers", methods=["POST"])
@needs(*_EVERYBODY)
@endpoints.arguments(schema_of(shapes.TicketAnswer))
@endpoints.response(200, schema_of(shapes.Ticket))
def answer_ticket(body: dict[str, Any], ticket_id: UUID) -> Response:
    """Say something about it, or close it."""
    service.answer(session(), actor(), ticket_id, body["content"], close=body["close"])
    session().flush()
    return encoded(_ticket(ticket_id))


@endpoints.route("/tickets/<uuid:ticket_id>/agency", methods=["POST"])
@needs(Permission.HANDLE_TICKETS)
@endpoints.response(200, schema_of(shapes.Ticket))
def hand_on_ticket(ticket_id: UUID) -> Response:
    """The unit's administrator hands it on to the agency's."""
    service.hand_on(session(), actor(), ticket_id)
    session().flush()
    return encoded(_ticket(ticket_id))


@endpoints.route("/tickets/<uuid:ticket_id>/operator", methods=["POST"])
@needs(Permission.HANDLE_TICKETS)
@endpoints.arguments(schema_of(shapes.ForwardRequest))
@endpoints.response(200, schema_of(shapes.Ticket))
def forward_ticket(body: dict[str, Any], ticket_id: UUID) -> Response:
    """The agency's administrator sends a copy without names and numbers to the operator."""
    service.forward(session(), actor(), ticket_id, body["content"])
    session().flush()
    return encoded(_ticket(ticket_id))


@endpoints.route("/tickets/figures")
@needs(Permission.HANDLE_TICKETS)
@endpoints.response(200, schema_of(shapes.ClusterCounts))
def ticket_figures() -> Response:
    """How many problems were told, by cluster."""
    found = queries.cluster_counts(session(), actor(), day())
    return encoded(
        shapes.ClusterCounts([shapes.ClusterCount(one.category, one.told, one.open, one.forwarded) for one in found])
    )


def _ticket(ticket_id: UUID) -> shapes.Ticket:
    view = queries.ticket(session(), actor(), ticket_id, day())
    one = view.line
    said = [shapes.Said(line.content, line.at, line.by, line.operator) for line in view.said]
    return shapes.Ticket(one.id, one.category, one.content, one.reference, one.level, one.state, one.at, said)
