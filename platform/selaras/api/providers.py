"""Endpoints: the agency's identity providers. A test sign-in needs a browser: it is on the page of the provider."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from selaras.api import shapes_providers as shapes
from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.edge.access import needs
from selaras.edge.context import actor, process, session
from selaras.edge.errors import filled
from selaras.identity import links, providers
from selaras.identity.permissions import Permission
from selaras.identity.provider_queries import ProviderView, provider
from selaras.identity.provider_queries import providers as listed
from selaras.identity.renewing import adopt
from selaras.identity.retiring import retire

endpoints = endpoints_of("identity providers", "Identity providers of the agency")


@endpoints.route("/identity-providers")
@needs(Permission.MANAGE_SIGN_IN)
@endpoints.response(200, schema_of(shapes.IdentityProviders))
def list_providers() -> Response:
    """Every provider of the agency with what its last check found."""
    return encoded(shapes.IdentityProviders([_shape(one) for one in listed(session())]))


@endpoints.route("/identity-providers", methods=["POST"])
@needs(Permission.MANAGE_SIGN_IN)
@endpoints.arguments(schema_of(shapes.ProviderRequest))
@endpoints.response(201, schema_of(shapes.IdentityProvider))
def create_provider(body: dict[str, Any]) -> Response:
    """Enter a provider as a draft; nothing changes for anybody until it is tested and switched on."""
    made = providers.register(session(), actor(), process().vault, _wanted(body))
    return encoded(_shape(provider(session(), made)), 201)


@endpoints.route("/identity-providers/<uuid:provider_id>")
@needs(Permission.MANAGE_SIGN_IN)
@endpoints.response(200, schema_of(shapes.IdentityProvider))
def show_provider(provider_id: UUID) -> Response:
    """One provider."""
    return encoded(_shape(provider(session(), provider_id)))


@endpoints.route("/identity-providers/<uuid:provider_id>", methods=["PUT"])
@needs(Permission.MANAGE_SIGN_IN)
@endpoints.arguments(schema_of(shapes.ProviderRequest))
@endpoints.response(200, schema_of(shapes.IdentityProvider))
def change_provider(body: dict[str, Any], provider_id: UUID) -> Response:
    """Enter it anew; while it is active only name, order, secret and just-in-time accounts can change."""
    providers.change(session(), actor(), process().vault, provider_id, _wanted(body))
    return encoded(_shape(provider(session(), provider_id)))


@endpoints.route("/identity-providers/<uuid:provider_id>/check", methods=["POST"])
@needs(Permission.MANAGE_SIGN_IN)
@endpoints.response(200, schema_of(shapes.IdentityProvider))
def check_provider(provider_id: UUID) -> Response:
    """Fetch what it publishes and look at all of it."""
    providers.check(session(), actor(), process().vault, process().egress, provider_id)
    return encoded(_shape(provider(session(), provider_id)))


@endpoints.route("/identity-providers/<uuid:provider_id>/switch-on", methods=["POST"])
@needs(Permission.MANAGE_SIGN_IN)
@endpoints.response(200, schema_of(shapes.IdentityProvider))
def switch_on_provider(provider_id: UUID) -> Response:
    """Let people sign in by it; refused before a test sign-in has succeeded."""
    providers.switch_on(session(), actor(), provider_id)
    return encoded(_shape(provider(session(), provider_id)))


@endpoints.route("/identity-providers/<uuid:provider_id>/retire", methods=["POST"])
@needs(Permission.MANAGE_SIGN_IN)
@endpoints.response(200, schema_of(shapes.IdentityProvider))
def retire_provider(provider_id: UUID) -> Response:
    """Let nobody sign in by it any more, and end what was begun by it; the last working way in is kept."""
    retire(session(), process().sessions, actor(), provider_id)
    return encoded(_shape(provider(session(), provider_id)))


@endpoints.route("/identity-providers/<uuid:provider_id>/adoption", methods=["POST"])
@needs(Permission.MANAGE_SIGN_IN)
@endpoints.response(200, schema_of(shapes.IdentityProvider))
def adopt_published(provider_id: UUID) -> Response:
    """Take over what the provider publishes now (`proposed`); refused where a check calls it wrong."""
    adopt(session(), actor(), provider_id)
    return encoded(_shape(provider(session(), provider_id)))


@endpoints.route("/identity-providers/<uuid:provider_id>/unlink", methods=["POST"])
@needs(Permission.MANAGE_SIGN_IN)
@endpoints.arguments(schema_of(shapes.UnlinkRequest))
@endpoints.response(204)
def unlink_account(body: dict[str, Any], provider_id: UUID) -> Response:
    """Forget whom the provider means by an account, as when somebody was made anew there."""
    links.unlink(session(), actor(), provider_id, body["user_name"])
    return Response(status=204)


def _wanted(body: dict[str, Any]) -> providers.Wanted:
    given = {name: value for name, value in body.items() if name not in ("name", "name_en")}
    for name, otherwise in (("scopes", ("openid", "profile", "email")), ("acr_values", ()), ("amr_values", ())):
        given[name] = otherwise if given.get(name) is None else tuple(given[name])
    return providers.Wanted(name={"id": body["name"], "en": body["name_en"]}, **given)


def _shape(one: ProviderView) -> shapes.IdentityProvider:
    found = [shapes.ProviderCheck(check.code, check.state, filled(check.message, check.params)) for check in one.checks]
    return shapes.IdentityProvider(
        id=one.id,
        position=one.position,
        name=one.name.get("id", ""),
        name_en=one.name.get("en", ""),
        issuer=one.issuer,
        client_id=one.client_id,
        has_secret=one.has_secret,
        scopes=list(one.scopes),
        number_claim=one.number_claim,
        name_claim=one.name_claim,
        email_claim=one.email_claim,
        acr_values=list(one.acr_values),
        amr_values=list(one.amr_values),
        max_age=one.max_age,
        just_in_time=one.just_in_time,
        state=one.state,
        checks=found,
        checked_at=one.checked_at,
        tested_at=one.tested_at,
        tested_by=one.tested_by,
        away_since=one.away_since,
        proposed=[shapes.ProviderChange(**vars(each)) for each in one.proposed],
        proposed_at=one.proposed_at,
    )
