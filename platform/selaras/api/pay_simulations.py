"""Endpoints: what a draft of the table of pay would have paid for a closed period."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from selaras.api import shapes_pay as shapes
from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.pay_tables import READERS
from selaras.api.schemas import schema_of
from selaras.edge.access import needs
from selaras.edge.context import actor, instance, session
from selaras.edge.downloads import attachment
from selaras.exchange.pay_changes import changes_file
from selaras.followup.pay import drafting, simulating
from selaras.followup.pay.queries import draft
from selaras.followup.pay.simulation_queries import SimulationView, changed, simulation, simulations
from selaras.identity.permissions import Permission

FILE = {"type": "string", "format": "binary"}
endpoints = endpoints_of("pay_simulations", "What a draft of the table of pay would have paid")

_OF_DRAFT = "/pay-tables/drafts/<uuid:draft_id>/simulations"


@endpoints.route(_OF_DRAFT)
@needs(*READERS)
@endpoints.response(200, schema_of(shapes.PaySimulations))
def list_pay_simulations(draft_id: UUID) -> Response:
    """The simulations of a draft, the newest first."""
    found = draft(session(), actor().account_id, draft_id)
    return encoded(shapes.PaySimulations([_shown(one) for one in simulations(session(), found.id)]))


@endpoints.route(_OF_DRAFT, methods=["POST"])
@needs(*drafting.APPROVERS)
@endpoints.arguments(schema_of(shapes.PaySimulationRequest))
@endpoints.response(201, schema_of(shapes.PaySimulation))
def post_pay_simulation(body: dict[str, Any], draft_id: UUID) -> Response:
    """Put the draft to a closed period; a large one is worked out by a worker: ask again until it is done."""
    made = simulating.order(session(), actor(), instance().registry, draft_id, body["period"])
    session().flush()
    return encoded(_shown(simulation(session(), made)), 201)


@endpoints.route("/pay-tables/simulations/<uuid:simulation_id>")
@needs(*READERS)
@endpoints.response(200, schema_of(shapes.PaySimulation))
def show_pay_simulation(simulation_id: UUID) -> Response:
    """One simulation."""
    return encoded(_shown(simulation(session(), simulation_id)))


@endpoints.route("/pay-tables/simulations/<uuid:simulation_id>/people")
@needs(Permission.SEE_REMUNERATION)
@endpoints.arguments(schema_of(shapes.PayPage), location="query")
@endpoints.response(200, schema_of(shapes.PayChanges))
def list_pay_changes(query: dict[str, Any], simulation_id: UUID) -> Response:
    """Who would be paid differently; for those who may see the pay of the whole agency."""
    found = simulation(session(), simulation_id)
    actor().require_whole(Permission.SEE_REMUNERATION)
    lines = changed(session(), found.id, query["page"])
    return encoded(
        shapes.PayChanges(
            [shapes.PayChange(one.person_id, one.name, one.before, one.after, one.difference) for one in lines]
        )
    )


@endpoints.route("/pay-tables/simulations/<uuid:simulation_id>/people/file")
@needs(Permission.SEE_REMUNERATION)
@endpoints.arguments(schema_of(shapes.PayChangesFileQuery), location="query")
@endpoints.response(200, FILE, content_type="text/csv")
def show_pay_changes_file(query: dict[str, Any], simulation_id: UUID) -> Response:
    """Everybody who would be paid differently as a file, CSV or XLSX; for whoever sees the pay of the whole agency."""
    made = changes_file(session(), actor(), simulation_id, query["format"])
    return attachment(made.data, made.name, made.media_type)


def _shown(one: SimulationView) -> shapes.PaySimulation:
    return shapes.PaySimulation(
        one.id, one.draft_id, one.edition, one.period, one.state, one.at, one.fingerprint, one.figures
    )
