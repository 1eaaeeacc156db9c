"""Endpoints: what is locked of periods, unlocks (buka kunci), and the second person's answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from selaras.api import unlock_shapes as shapes
from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.edge.access import needs
from selaras.edge.context import actor, session
from selaras.evaluation import locking
from selaras.evaluation.lock_queries import UnlockView, locks, unlocks
from selaras.evaluation.locking import APPROVERS, Matter, Wanted
from selaras.identity.permissions import Permission

endpoints = endpoints_of("unlocks", "Locks of periods, and opening them once more by two")

ASKERS = (Permission.SEE_OWN, Permission.RATE_TEAM, *APPROVERS)


@endpoints.route("/locks")
@needs(*ASKERS)
@endpoints.response(200, schema_of(shapes.Locks))
def list_locks() -> Response:
    """What is locked, from which day on."""
    return encoded(_locks())


@endpoints.route("/locks", methods=["PUT"])
@needs(Permission.CLOSE_PERIOD)
@endpoints.arguments(schema_of(shapes.LockRequest))
@endpoints.response(200, schema_of(shapes.Locks))
def put_lock(body: dict[str, Any]) -> Response:
    """Lock something of a period from a day on, or (null) no more."""
    locking.set_lock(session(), actor(), body["period"], Matter(body["matter"]), body["from_day"])
    session().flush()
    return encoded(_locks())


@endpoints.route("/unlocks")
@needs(*ASKERS)
@endpoints.response(200, schema_of(shapes.Unlocks))
def list_unlocks() -> Response:
    """All requests for whoever approves them, else one's own."""
    return encoded(shapes.Unlocks([_unlock(one) for one in unlocks(session(), actor())]))


@endpoints.route("/unlocks", methods=["POST"])
@needs(*ASKERS)
@endpoints.arguments(schema_of(shapes.UnlockRequest))
@endpoints.response(201, schema_of(shapes.Unlock))
def ask_unlock(body: dict[str, Any]) -> Response:
    """Ask for something locked to be opened once more: for a person, a unit, or (neither) everybody."""
    wanted = Wanted(
        body["period"], Matter(body["matter"]), body["until"], body["reason"], body["person_id"], body["unit_id"]
    )
    made = locking.ask(session(), actor(), wanted)
    return encoded(_one(made), 201)


@endpoints.route("/unlocks/<uuid:unlock_id>/answer", methods=["POST"])
@needs(*APPROVERS)
@endpoints.arguments(schema_of(shapes.UnlockAnswer))
@endpoints.response(200, schema_of(shapes.Unlock))
def answer_unlock(body: dict[str, Any], unlock_id: UUID) -> Response:
    """The second person approves, or refuses with a reason."""
    locking.answer(session(), actor(), unlock_id, approve=body["approve"], reason=body["reason"])
    session().flush()
    return encoded(_one(unlock_id))


@endpoints.route("/unlocks/<uuid:unlock_id>", methods=["DELETE"])
@needs(*APPROVERS)
@endpoints.response(204)
def end_unlock(unlock_id: UUID) -> Response:
    """Close again before its time what was opened."""
    locking.end(session(), actor(), unlock_id)
    return Response(status=204)


def _locks() -> shapes.Locks:
    return shapes.Locks([shapes.Lock(one.code, one.matter, one.from_day) for one in locks(session())])


def _one(unlock_id: UUID) -> shapes.Unlock:
    return next(_unlock(one) for one in unlocks(session(), actor()) if one.id == unlock_id)


def _unlock(one: UnlockView) -> shapes.Unlock:
    return shapes.Unlock(
        one.id,
        one.code,
        one.matter,
        one.person_id,
        one.person_name,
        one.unit_id,
        one.until,
        one.reason,
        one.asked_by,
        one.asked_at,
        one.state,
        one.answered_by,
        one.answer_reason,
    )
