"""Endpoints: one's own messages and channels, and how the agency's messages travel."""

from __future__ import annotations

from datetime import time
from typing import Any
from uuid import UUID

from flask import Response

from selaras.api import shapes_channels as shapes
from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.channels import choices, queries, settings
from selaras.channels.rules import Channel
from selaras.clock import now
from selaras.edge.access import needs
from selaras.edge.context import actor, instance, session
from selaras.edge.fields import time_of_field
from selaras.errors import NotFound
from selaras.identity.permissions import Permission
from selaras.notices.queries import latest
from selaras.notices.service import mark_read

endpoints = endpoints_of("channels", "Messages, and how they travel")


@endpoints.route("/me/notices")
@needs(Permission.SEE_OWN)
@endpoints.response(200, schema_of(shapes.Notices))
def list_notices() -> Response:
    """The last messages to whoever asks, the newest first."""
    found = latest(session(), _me())
    return encoded(shapes.Notices([shapes.NoticeShown(**vars(one)) for one in found]))


@endpoints.route("/me/notices/<code>/<uuid:subject_id>/read", methods=["POST"])
@needs(Permission.SEE_OWN)
@endpoints.response(204)
def read_notice(code: str, subject_id: UUID) -> Response:
    """One message was read; saying so again changes nothing."""
    mark_read(session(), _me(), code, subject_id)
    return Response(status=204)


@endpoints.route("/me/channels")
@needs(Permission.SEE_OWN)
@endpoints.response(200, schema_of(shapes.OwnChannels))
def show_own_channels() -> Response:
    """How whoever asks is told, of the channels that can be used here."""
    return encoded(_own())


@endpoints.route("/me/channels", methods=["PUT"])
@needs(Permission.SEE_OWN)
@endpoints.arguments(schema_of(shapes.ChannelChoices))
@endpoints.response(200, schema_of(shapes.OwnChannels))
def put_own_channels(body: dict[str, Any]) -> Response:
    """Choose how one is told."""
    modes = {one.value: body[one.value] for one in Channel if body[one.value] is not None}
    choices.choose(session(), _me(), modes, body["number"])
    return encoded(_own())


@endpoints.route("/channel-settings")
@needs(Permission.MANAGE_CHANNELS)
@endpoints.response(200, schema_of(shapes.ChannelSettings))
def show_channel_settings() -> Response:
    """How the agency's messages travel, without its secret, and how those of the last seven days fared."""
    return encoded(_settings())


@endpoints.route("/channel-settings", methods=["PUT"])
@needs(Permission.MANAGE_CHANNELS)
@endpoints.arguments(schema_of(shapes.ChannelSettingsRequest))
@endpoints.response(200, schema_of(shapes.ChannelSettings))
def put_channel_settings(body: dict[str, Any]) -> Response:
    """Change it; without a secret the one that is kept stays, for the same gateway."""
    times = {name: time_of_field(body[name], name) for name in ("quiet_from", "quiet_until", "digest_at")}
    wanted = settings.ChannelSettings(**{k: v for k, v in body.items() if k != "gateway_secret"} | times)
    held = instance()
    settings.set_channels(session(), actor(), held.vault, held.egress, wanted, body["gateway_secret"] or "")
    return encoded(_settings())


def _me() -> UUID:
    person = actor().person_id
    if person is None:
        raise NotFound("person_unknown", "There is no such person here.")
    return person


def _own() -> shapes.OwnChannels:
    chosen = settings.settings_of(session())
    on = settings.channels_on(chosen, mail=bool(instance().settings.smtp_host))
    found = choices.choices_of(session(), _me(), on, chosen.email_mode)
    return shapes.OwnChannels([shapes.OwnChannel(**vars(one)) for one in found])


def _settings() -> shapes.ChannelSettings:
    held = settings.settings_of(session())
    said: dict[str, Any] = {
        name: value.isoformat("minutes") if isinstance(value, time) else value for name, value in vars(held).items()
    }
    found = queries.figures(session(), now())
    fared = [shapes.ChannelFigure(**vars(one)) for one in found.fared]
    return shapes.ChannelSettings(
        **said, fared=fared, refused_addresses=found.refused_addresses, without_address=found.without_address
    )
