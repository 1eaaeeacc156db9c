"""Endpoints: input across agencies, for the officials of both and for the leader who gives it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import Response

from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.edge.access import needs
from selaras.edge.context import actor, day, session
from selaras.evaluation.rules import period_span
from selaras.identity.permissions import Permission
from selaras.planning.across import queries, service

endpoints = endpoints_of("input grants", "Input of team leaders across agencies")


@dataclass(frozen=True)
class InputOffer:
    """`agency`: the other agency's host. `until`: the first day without it. `basis`: the letter it rests on."""

    assignment_id: UUID
    agency: str
    leader_number: str
    basis: str
    until: date
    since: date | None = None


@dataclass(frozen=True)
class InputAnswer:
    """Whether the receiving agency accepts."""

    accepted: bool


@dataclass(frozen=True)
class InputEnd:
    """Why it ends before its time; both agencies read it."""

    reason: str


@dataclass(frozen=True)
class GrantedInputShown:
    """What the leader wrote on a period. `told`: the other agency has it; `refusal`: why it did not take it."""

    period_code: str
    content: str
    given_on: date
    told: bool
    refusal: str | None


@dataclass(frozen=True)
class InputGrantShown:
    """A grant on the days `[since, until)`. `side`: giving or receiving. `told`: the other agency knows all of it."""

    id: UUID
    side: str
    state: str
    other_name: str
    person_name: str
    task: str
    role: str
    work_since: date
    work_until: date | None
    basis: str
    leader_number: str
    leader_name: str | None
    since: date
    until: date
    offered_at: datetime
    answered_at: datetime | None
    ended_by_side: str | None
    ended_at: datetime | None
    end_reason: str | None
    told: bool
    inputs: list[GrantedInputShown]


@dataclass(frozen=True)
class InputGrants:
    """Grants, the newest first."""

    items: list[InputGrantShown]


@dataclass(frozen=True)
class GrantedInputRequest:
    """The leader's words on the person in a period."""

    content: str


@endpoints.route("/input-grants")
@needs(Permission.SHARE_INPUT)
@endpoints.response(200, schema_of(InputGrants))
def list_input_grants() -> Response:
    """Every grant of this agency, given or received."""
    return _listed(queries.grants(session(), actor(), day()))


@endpoints.route("/input-grants", methods=["POST"])
@needs(Permission.SHARE_INPUT)
@endpoints.arguments(schema_of(InputOffer))
@endpoints.response(201, schema_of(InputGrantShown))
def post_input_grant(body: dict[str, Any]) -> Response:
    """Let a leader of another agency give input on one assignment of one person; that agency is asked."""
    wanted = service.Offer(**{**body, "since": body["since"] or day()})
    made = service.offer(session(), actor(), wanted, day())
    found = queries.grants(session(), actor(), day())
    return encoded(next(_shown(one) for one in found if one.id == made), 201)


@endpoints.route("/input-grants/<uuid:grant_id>/answer", methods=["POST"])
@needs(Permission.SHARE_INPUT)
@endpoints.arguments(schema_of(InputAnswer))
@endpoints.response(204)
def answer_input_grant(body: dict[str, Any], grant_id: UUID) -> Response:
    """Accept or decline what another agency offers."""
    service.answer(session(), actor(), grant_id, accepted=body["accepted"], today=day())
    return Response(status=204)


@endpoints.route("/input-grants/<uuid:grant_id>/end", methods=["POST"])
@needs(Permission.SHARE_INPUT)
@endpoints.arguments(schema_of(InputEnd))
@endpoints.response(204)
def end_input_grant(body: dict[str, Any], grant_id: UUID) -> Response:
    """End it today, from either side."""
    service.end(session(), actor(), grant_id, body["reason"], day())
    return Response(status=204)


@endpoints.route("/granted-inputs")
@needs(Permission.PLAN_OWN)
@endpoints.response(200, schema_of(InputGrants))
def list_granted_inputs() -> Response:
    """The people of other agencies on whom one may give input today, and what one said."""
    return _listed(queries.own_grants(session(), actor(), day()))


@endpoints.route("/granted-inputs/<uuid:grant_id>/inputs/<period>", methods=["PUT"])
@needs(Permission.PLAN_OWN)
@endpoints.arguments(schema_of(GrantedInputRequest))
@endpoints.response(204)
def put_granted_input(body: dict[str, Any], grant_id: UUID, period: str) -> Response:
    """Say it, or say it anew; it travels to the other agency's appraiser and rates nothing."""
    span = period_span(period)
    service.write(session(), actor(), grant_id, span.code, body["content"], days=(span.starts, span.ends))
    return Response(status=204)


def _listed(found: list[queries.GrantView]) -> Response:
    return encoded(InputGrants([_shown(one) for one in found]))


def _shown(one: queries.GrantView) -> InputGrantShown:
    said = [GrantedInputShown(**vars(words)) for words in one.inputs]
    return InputGrantShown(**{**vars(one), "state": one.state.value, "inputs": said})
