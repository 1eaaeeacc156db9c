"""Endpoints: acknowledgements of what one handed in."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import Response

from selaras.api import shapes_acknowledgements as shapes
from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.edge.access import needs
from selaras.edge.context import actor, agency, session
from selaras.errors import NotFound
from selaras.identity.permissions import Permission
from selaras.notices.acknowledging import AcknowledgementView, acknowledgement, acknowledgements

endpoints = endpoints_of("acknowledgements", "Acknowledgements of what was handed in")


@endpoints.route("/acknowledgements")
@needs(Permission.SEE_OWN)
@endpoints.response(200, schema_of(shapes.HandedInList))
def list_acknowledgements() -> Response:
    """What one handed in, the newest first."""
    person = actor().person_id
    found = acknowledgements(session(), person) if person else []
    return encoded(shapes.HandedInList([shown(one) for one in found]))


@endpoints.route("/acknowledgements/<reference>")
@needs(Permission.SEE_OWN)
@endpoints.response(200, schema_of(shapes.HandedIn))
def show_acknowledgement(reference: str) -> Response:
    """One of one's own acknowledgements."""
    person = actor().person_id
    if person is None:
        raise NotFound("acknowledgement_unknown", "There is no acknowledgement of yours with this reference.")
    return encoded(shown(acknowledgement(session(), person, reference)))


def shown(one: AcknowledgementView) -> shapes.HandedIn:
    """An acknowledgement as the API says it, with the time in the agency's zone."""
    zone = agency().time_zone
    return shapes.HandedIn(
        reference=one.reference,
        person_id=one.person_id,
        kind=one.kind,
        subject_id=one.subject_id,
        params=one.params,
        at=one.at,
        local_time=one.at.astimezone(ZoneInfo(zone)).isoformat(),
        due=one.due,
        article=one.article,
        late=one.is_late(zone),
        content=one.content,
        seal=one.seal,
    )
