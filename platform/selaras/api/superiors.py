"""Endpoints: “this is not my superior”: candidates, proposals, the two answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import Response
from marshmallow.validate import Length

from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.edge.access import needs
from selaras.edge.context import actor, day, law, session
from selaras.errors import Refused
from selaras.evaluation import superiors as commands
from selaras.evaluation.superior_queries import ProposalView, proposal, proposals
from selaras.identity.permissions import Permission
from selaras.organisation.access import person_for
from selaras.organisation.inspecting import note
from selaras.organisation.superiors import candidates

endpoints = endpoints_of("superiors", "This is not my superior: proposals and the two answers to each")


@dataclass(frozen=True)
class SuperiorCandidate:
    """Somebody in service who may be proposed."""

    person_id: UUID
    name: str
    position_title: str | None
    unit_name: str | None


@dataclass(frozen=True)
class SuperiorCandidates:
    """At most a dozen."""

    items: list[SuperiorCandidate]


@dataclass(frozen=True)
class CandidateQuery:
    """The beginning of a name or of a number; of fewer than three characters it finds nobody."""

    search: str = field(default="", metadata={"validate": Length(max=80)})


@dataclass(frozen=True)
class SuperiorProposalRequest:
    """Who is the superior, since when, and why."""

    proposed_id: UUID
    effective_on: date
    reason: str = field(metadata={"validate": Length(min=commands.SHORTEST, max=commands.LONGEST)})


@dataclass(frozen=True)
class SuperiorAnswerRequest:
    """Yes, or no with a reason. `side` only where one may answer for both: proposed or present."""

    agrees: bool
    reason: str = field(default="", metadata={"validate": Length(max=commands.LONGEST)})
    side: str = field(default="", metadata={"validate": Length(max=20)})


@dataclass(frozen=True)
class SuperiorAnswerShown:
    """What one side said; `given_as`: oneself, or manager in their place."""

    side: str
    agrees: bool
    reason: str | None
    given_name: str
    given_as: str
    given_at: datetime


@dataclass(frozen=True)
class SuperiorProposalShown:
    """A proposal. `state`: open, done, refused, withdrawn, expired. `sides`: for which the caller may answer now."""

    id: UUID
    person_id: UUID
    person_name: str
    proposed_id: UUID
    proposed_name: str
    present_id: UUID | None
    present_name: str | None
    effective_on: date
    reason: str
    state: str
    made_on: date
    expires_on: date
    answers: list[SuperiorAnswerShown]
    sides: list[str]


@dataclass(frozen=True)
class SuperiorProposals:
    """Those that concern the caller, the newest first."""

    items: list[SuperiorProposalShown]


@endpoints.route("/people/<uuid:person_id>/superior-candidates")
@needs(Permission.PLAN_OWN)
@endpoints.arguments(schema_of(CandidateQuery), location="query")
@endpoints.response(200, schema_of(SuperiorCandidates))
def list_superior_candidates(query: dict[str, Any], person_id: UUID) -> Response:
    """Whom the employee may name."""
    _own(person_id)
    found = candidates(session(), query["search"], person_id, day())
    return encoded(SuperiorCandidates([SuperiorCandidate(**vars(one)) for one in found]))


@endpoints.route("/people/<uuid:person_id>/superior-proposals", methods=["POST"])
@needs(Permission.PLAN_OWN)
@endpoints.arguments(schema_of(SuperiorProposalRequest))
@endpoints.response(201, schema_of(SuperiorProposalShown))
def post_superior_proposal(body: dict[str, Any], person_id: UUID) -> Response:
    """Name another superior; the same sent again answers with the one that is there."""
    _own(person_id)
    made = commands.propose(session(), actor(), person_id, body["proposed_id"], body["effective_on"], body["reason"])
    return _one(made, 201)


@endpoints.route("/superior-proposals")
@needs(Permission.SEE_OWN, Permission.IMPORT)
@endpoints.response(200, schema_of(SuperiorProposals))
def list_superior_proposals() -> Response:
    """One's own, those that one is asked about, and for a performance manager those of the employees in reach."""
    found = proposals(session(), actor(), day())
    note(session(), actor(), [one.person_id for one in found])
    return encoded(SuperiorProposals([_shown(one) for one in found]))


@endpoints.route("/superior-proposals/<uuid:proposal_id>/answers", methods=["POST"])
@needs(Permission.SEE_OWN, Permission.IMPORT)
@endpoints.arguments(schema_of(SuperiorAnswerRequest))
@endpoints.response(200, schema_of(SuperiorProposalShown))
def post_superior_answer(body: dict[str, Any], proposal_id: UUID) -> Response:
    """Agree or refuse; with both in agreement the line changes at once."""
    commands.answer(session(), actor(), proposal_id, law, **body)
    return _one(proposal_id, 200)


@endpoints.route("/superior-proposals/<uuid:proposal_id>/withdrawal", methods=["POST"])
@needs(Permission.PLAN_OWN)
@endpoints.response(200, schema_of(SuperiorProposalShown))
def post_superior_withdrawal(proposal_id: UUID) -> Response:
    """The employee takes the proposal back."""
    commands.withdraw(session(), actor(), proposal_id)
    return _one(proposal_id, 200)


def _own(person_id: UUID) -> None:
    person_for(session(), actor(), person_id)
    if actor().person_id != person_id:
        raise Refused("superior_not_own", "Only the employee themself says that their superior is another.")


def _one(proposal_id: UUID, status: int) -> Response:
    found = proposal(session(), actor(), proposal_id, day())
    assert found is not None
    return encoded(_shown(found), status)


def _shown(one: ProposalView) -> SuperiorProposalShown:
    answers = [
        SuperiorAnswerShown(said.side, said.agrees, said.reason, said.given_name, said.given_as, said.given_at)
        for said in one.answers
    ]
    shown = {name: getattr(one, name) for name in SuperiorProposalShown.__dataclass_fields__}
    return SuperiorProposalShown(**{**shown, "answers": answers, "sides": sorted(one.sides)})
