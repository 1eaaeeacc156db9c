"""Endpoints: the national exchange — the connection and its trial, the feed doctor, what is on its way."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import Response

from selaras.api import shapes_national as shapes
from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.edge.access import needs
from selaras.edge.context import actor, instance, session
from selaras.errors import NotFound
from selaras.exchange.national import connection as connecting
from selaras.exchange.national import doctor, trial
from selaras.exchange.national.connection import ConnectionView
from selaras.exchange.national.endpoints import endpoint
from selaras.exchange.national.service import look_again, send_now
from selaras.identity.permissions import Permission

endpoints = endpoints_of("national", "The national exchange: results on their way, and what is in the way")
AT_ONCE = 200


@endpoints.route("/national-connection")
@needs(Permission.MANAGE_NATIONAL)
@endpoints.response(200, schema_of(shapes.NationalConnection))
def show_national_connection() -> Response:
    """The agency's connection, without its secrets."""
    return _connection()


@endpoints.route("/national-connection", methods=["PUT"])
@needs(Permission.MANAGE_NATIONAL)
@endpoints.arguments(schema_of(shapes.NationalConnectionRequest))
@endpoints.response(200, schema_of(shapes.NationalConnection))
def put_national_connection(body: dict[str, Any]) -> Response:
    """Enter or change it; a secret that is left out or empty stays."""
    held = instance()
    wanted = connecting.Wanted(**{**body, "per_second": Decimal(str(body["per_second"]))})
    connecting.set_connection(session(), actor(), held.vault, held.egress, wanted)
    return _connection()


@endpoints.route("/national-connection/trial", methods=["POST"])
@needs(Permission.MANAGE_NATIONAL)
@endpoints.response(200, schema_of(shapes.Trial))
def try_connection() -> Response:
    """Try it step by step; nothing is changed there."""
    held = instance()
    steps = trial.probe(session(), actor(), held.vault, held.egress)
    return encoded(shapes.Trial([shapes.TrialStep(dict(one.step), one.done, one.said) for one in steps]))


@endpoints.route("/national-exchange")
@needs(Permission.MANAGE_NATIONAL)
@endpoints.response(200, schema_of(shapes.NationalExchange))
def show_national_exchange() -> Response:
    """How many results are where, and what is in the way of how many."""
    found = doctor.health(session(), endpoint(_held().endpoint))
    causes = [
        shapes.NationalCause(
            one.cause.code, one.cause.owner.value, dict(one.cause.title), dict(one.cause.remedy), one.items
        )
        for one in found.causes
    ]
    states = {state.value: number for state, number in found.states.items()}
    return encoded(shapes.NationalExchange(states, found.fit, causes))


@endpoints.route("/national-exchange/items")
@needs(Permission.MANAGE_NATIONAL)
@endpoints.arguments(schema_of(shapes.ItemsAsked), location="query")
@endpoints.response(200, schema_of(shapes.NationalItems))
def list_national_items(query: dict[str, Any]) -> Response:
    """Results on their way, page by page."""
    found = doctor.items(session(), **query, most=AT_ONCE + 1)
    listed = [
        shapes.NationalItem(
            one.id, one.person_id, one.period_code, one.state, one.causes, one.said, one.remote_id, one.sent_at
        )
        for one in found[:AT_ONCE]
    ]
    return encoded(shapes.NationalItems(listed, listed[-1].id if len(found) > AT_ONCE else None))


@endpoints.route("/national-exchange/look-again", methods=["POST"])
@needs(Permission.MANAGE_NATIONAL)
@endpoints.arguments(schema_of(shapes.LookAgain))
@endpoints.response(200, schema_of(shapes.LookedAgain))
def post_look_again(body: dict[str, Any]) -> Response:
    """Look anew at what was put right, then send it."""
    return encoded(shapes.LookedAgain(look_again(session(), actor(), **body)))


@endpoints.route("/national-exchange/sendings", methods=["POST"])
@needs(Permission.MANAGE_NATIONAL)
@endpoints.response(202, schema_of(shapes.SendingAsked))
def post_sending() -> Response:
    """Look and send now, also where the other side had stopped it."""
    return encoded(shapes.SendingAsked(send_now(session(), actor(), instance().vault)), 202)


def _connection() -> Response:
    return encoded(shapes.NationalConnection(**shapes.shown({**vars(_held())})))


def _held() -> ConnectionView:
    found = connecting.connection(session(), instance().vault)
    if found is None:
        raise NotFound(
            "national_unconnected", "This agency is not connected to a national system. Enter the connection first."
        )
    return found
