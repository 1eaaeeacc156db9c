"""Endpoint: what a result does to a person's pay, with the steps of the amount."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from selaras.api import remuneration_shapes as shapes
from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.api.shapes import Label
from selaras.edge.access import needs
from selaras.edge.context import actor, session
from selaras.errors import NotFound
from selaras.evaluation.queries import receipt
from selaras.followup.queries import remuneration
from selaras.identity.permissions import Permission
from selaras.organisation.access import person_for
from selaras.organisation.reach import reaches_person
from selaras.regulation.kit import PayLine

endpoints = endpoints_of("remuneration", "What a result does to the pay")


@endpoints.route("/people/<uuid:person_id>/receipts/<period>/remuneration")
@needs(Permission.SEE_REMUNERATION, Permission.SEE_OWN)
@endpoints.response(200, schema_of(shapes.Remuneration))
def show_remuneration(person_id: UUID, period: str) -> Response:
    """The amount that follows from one result, and how it came about; for themself and who may see remuneration."""
    person_for(session(), actor(), person_id)
    outcome = receipt(session(), person_id, period).outcome
    may = actor().person_id == person_id or reaches_person(session(), actor(), Permission.SEE_REMUNERATION, person_id)
    pay = remuneration(session(), person_id, outcome.period_id, outcome.ends) if may else None
    if pay is None:
        raise NotFound("remuneration_none", "No remuneration follows from this result, or it is not yours to see.")
    return encoded(
        shapes.Remuneration(
            kind=pay.kind,
            shape=pay.shape,
            scheme=pay.table,
            version=pay.version,
            source=pay.source,
            certainty=pay.certainty,
            percent=pay.percent,
            base=pay.base,
            amount=pay.amount,
            pays_from=pay.pays_from,
            pays_to=pay.pays_to,
            lines=[_line(one) for one in pay.lines],
        )
    )


def _line(one: PayLine) -> shapes.PayLine:
    label = Label(one.label["id"], one.label["en"])
    return shapes.PayLine(one.step, label, one.value, one.unit, one.source, one.certainty)
