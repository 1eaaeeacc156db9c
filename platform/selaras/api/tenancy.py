"""Endpoints: the agency, and who is signed in."""

from __future__ import annotations

from flask import Response

from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.api.shapes import Agency, Me
from selaras.edge.access import needs
from selaras.edge.context import actor, agency, day, session
from selaras.edge.forms import form_token
from selaras.errors import NotFound
from selaras.identity.permissions import Permission
from selaras.tenancy.queries import regulation_on

endpoints = endpoints_of("tenancy", "The agency and who is signed in")
ANYBODY = tuple(Permission)


@endpoints.route("/agency")
@needs(*ANYBODY)
@endpoints.response(200, schema_of(Agency))
def show_agency() -> Response:
    """The agency of this host."""
    here = agency()
    try:
        followed: str | None = regulation_on(session(), here.tenant_id, day()).regulation
    except NotFound:
        followed = None
    answer = Agency(
        here.uuid, here.slug, here.name, here.short_name, here.kind, here.region_code, here.time_zone, followed
    )
    return encoded(answer)


@endpoints.route("/me")
@needs(*ANYBODY)
@endpoints.response(200, schema_of(Me))
def show_me() -> Response:
    """Who is signed in, and the token for changes."""
    who = actor()
    return encoded(Me(who.name, sorted(who.roles), sorted(who.permissions), who.person_id, form_token()))
