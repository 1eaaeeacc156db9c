"""Endpoints: proposals and their course, objections, improvement cases, the merit self-assessment."""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from typing import Any
from uuid import UUID

from flask import Response

from selaras.api import followup_shapes as shapes
from selaras.api.acknowledgements import shown
from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.evaluation import word_of
from selaras.api.schemas import schema_of
from selaras.closing.corrections import decide
from selaras.edge.access import needs
from selaras.edge.context import actor, day, instance, session
from selaras.errors import NotFound
from selaras.evaluation.wording import descriptions, outcome_word
from selaras.followup import deciding, lists, merit, objecting
from selaras.followup.access import desk, objection_for
from selaras.followup.objecting import Verdict
from selaras.followup.objections import Objection
from selaras.followup.proposing import propose
from selaras.followup.raising import raised_targets
from selaras.followup.rules import ProposalState, Said
from selaras.identity.permissions import Permission
from selaras.planning.access import plan_seen

endpoints = endpoints_of("followup", "What follows results: proposals, objections, improvement, merit")

_DECIDERS = (Permission.SEE_TEAM, Permission.DECIDE_FOLLOWUP, Permission.ENDORSE_FOLLOWUP)


@endpoints.route("/proposals")
@needs(Permission.SEE_FOLLOWUP)
@endpoints.arguments(schema_of(shapes.ProposalsQuery), location="query")
@endpoints.response(200, schema_of(shapes.Proposals))
def list_proposals(query: dict[str, Any]) -> Response:
    """Proposals in the order in which they were made, a page at a time."""
    asked = lists.Asked(query["period"], query["kind"], query["state"], query["person_id"])
    page = lists.proposals(session(), actor(), asked, after=query["after"], limit=query["limit"])
    return encoded(shapes.Proposals([_proposal(one) for one in page.items], page.next))


@endpoints.route("/proposals", methods=["POST"])
@needs(Permission.PROPOSE_FOLLOWUP)
@endpoints.arguments(schema_of(shapes.ProposeRequest))
@endpoints.response(200, schema_of(shapes.Proposed))
def propose_follow_up(body: dict[str, Any]) -> Response:
    """Have the system propose what follows a closed period; doing it again adds nothing."""
    return encoded(shapes.Proposed(propose(session(), actor(), body["period"].strip(), instance().registry)))


@endpoints.route("/proposals/steps", methods=["POST"])
@needs(Permission.ENDORSE_FOLLOWUP, Permission.DECIDE_FOLLOWUP, Permission.PROPOSE_FOLLOWUP)
@endpoints.arguments(schema_of(shapes.StepRequest))
@endpoints.response(200, schema_of(shapes.Stepped))
def move_proposals(body: dict[str, Any]) -> Response:
    """Move proposals on: the PyB endorses or declines, the PPK decides or rejects, the manager carries out."""
    said = Said(body["reason"], body["decree_number"], body["decree_date"])
    state = ProposalState(body["state"])
    return encoded(shapes.Stepped(deciding.move(session(), actor(), body["proposals"], state, said)))


@endpoints.route("/objections")
@needs(*_DECIDERS)
@endpoints.response(200, schema_of(shapes.Objections))
def list_objections() -> Response:
    """The objections that one decides, or has decided."""
    return encoded(shapes.Objections([_objection(one) for one in desk(session(), actor(), instance().registry)]))


@endpoints.route("/people/<uuid:person_id>/objections/<period>")
@needs(Permission.SEE_OWN, *_DECIDERS)
@endpoints.response(200, schema_of(shapes.Objection))
def show_objection(person_id: UUID, period: str) -> Response:
    """One objection, for the person, the appraiser, and whoever decides."""
    return encoded(_objection(objection_for(session(), actor(), instance().registry, person_id, period)))


@endpoints.route("/people/<uuid:person_id>/objections/<period>", methods=["POST"])
@needs(Permission.SEE_OWN)
@endpoints.arguments(schema_of(shapes.ObjectionRequest))
@endpoints.response(200, schema_of(shapes.Objection))
def file_objection(body: dict[str, Any], person_id: UUID, period: str) -> Response:
    """Object to one's own result, with reasons, within the time that the rule gives."""
    if actor().person_id != person_id:
        raise NotFound("person_unknown", "There is no such person here.")
    kept = objecting.file(session(), actor(), instance().registry, instance().store, period, body["reason"])
    session().flush()
    filed = _objection(objection_for(session(), actor(), instance().registry, person_id, period))
    return encoded(replace(filed, acknowledgement=shown(kept) if kept else None))


@endpoints.route("/people/<uuid:person_id>/objections/<period>/decision", methods=["POST"])
@needs(*_DECIDERS)
@endpoints.arguments(schema_of(shapes.VerdictRequest))
@endpoints.response(200, schema_of(shapes.Verdict))
def decide_objection(body: dict[str, Any], person_id: UUID, period: str) -> Response:
    """The appraiser's superior decides; final. Upheld makes a new revision of the result.

    Of a result that was combined of parts, `parts` holds the ratings as they should be, by the part's number.
    """
    parts = {one["segment"]: one["inputs"] for one in body["parts"] or []}
    verdict = Verdict(body["upheld"], body["reason"], body["inputs"] or {}, parts, in_part=body["in_part"])
    found = decide(session(), actor(), instance().registry, person_id, period, verdict)
    return encoded(shapes.Verdict(found.upheld, found.revision, found.outcome, found.pay_before, found.pay_after))


@endpoints.route("/improvements")
@needs(Permission.SEE_FOLLOWUP)
@endpoints.response(200, schema_of(shapes.Improvements))
def list_improvements() -> Response:
    """Improvement cases under way."""
    return encoded(shapes.Improvements([_improvement(one) for one in lists.cases(session(), actor(), day())]))


@endpoints.route("/merit/<int:year>")
@needs(Permission.SEE_FOLLOWUP)
@endpoints.response(200, schema_of(shapes.Merit))
def show_merit(year: int) -> Response:
    """The self-assessment of the performance aspect; figures and answers, no person."""
    return _merit(year)


@endpoints.route("/merit/<int:year>", methods=["PUT"])
@needs(Permission.ASSESS_MERIT)
@endpoints.arguments(schema_of(shapes.MeritRequest))
@endpoints.response(200, schema_of(shapes.Merit))
def put_merit(body: dict[str, Any], year: int) -> Response:
    """Save answers and evidence; the rulebook scores them."""
    merit.assess(session(), actor(), instance().registry, year, body["answers"], body["evidence"])
    session().flush()
    return _merit(year)


def _merit(year: int) -> Response:
    sheet = merit.assessment(session(), actor(), instance().registry, year)
    return encoded(
        shapes.Merit(
            year,
            sheet.rules.code,
            sheet.rules.hash,
            asdict(sheet.figures),
            sheet.answers,
            sheet.evidence,
            sheet.scores,
            sheet.saved_at,
        )
    )


def _proposal(one: lists.ProposalLine) -> shapes.Proposal:
    return shapes.Proposal(
        one.id,
        one.person_id,
        one.name,
        one.period,
        one.kind,
        one.state,
        one.outcome,
        one.revision,
        one.basis,
        one.proposed_at,
    )


def _objection(one: Objection) -> shapes.Objection:
    rule = descriptions(session(), [one.rule_hash]).get(one.rule_hash)
    return shapes.Objection(
        one.person_id,
        one.name,
        one.period,
        one.revision,
        word_of(outcome_word(rule, one.outcome)),
        one.reason,
        one.filed_at,
        one.decided_by,
        one.may_decide,
        one.upheld,
        one.decision,
        one.decided_at,
        one.corrected_revision,
        one.extent,
        one.withdrawn_at,
        one.decider_name,
    )


def _improvement(one: lists.CaseView) -> shapes.Improvement:
    return shapes.Improvement(
        one.id,
        one.person_id,
        one.name,
        one.stage,
        one.opened_on,
        one.due_on,
        one.paused_days,
        one.closed_on,
        [step.action for step in one.possible],
    )


@endpoints.route("/people/<uuid:person_id>/plans/<int(min=2000,max=2100):year>/raised-targets")
@needs(Permission.SEE_RESULTS, Permission.SEE_TEAM, Permission.SEE_OWN)
@endpoints.response(200, schema_of(shapes.RaisedTargets))
def list_raised_targets(person_id: UUID, year: int) -> Response:
    """Targets that were reached in the year before, raised, with the arithmetic and what became of each."""
    plan_seen(session(), actor(), person_id, year)
    found = raised_targets(session(), instance().registry, person_id, year)
    names = tuple(one.name for one in fields(shapes.RaisedTarget))
    return encoded(
        shapes.RaisedTargets([shapes.RaisedTarget(**{name: getattr(one, name) for name in names}) for one in found])
    )
