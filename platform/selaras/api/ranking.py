"""Endpoints: ranks within a group, suggested divisions, how appraisers rate, questions of fairness."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from selaras.api import shapes_ranking as shapes
from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.api.shapes_calibration import FairnessWarning, FairnessWarnings, WarningAnswer
from selaras.calibration import gate, queries
from selaras.calibration.patterns import patterns
from selaras.calibration.ranking import UnitSuggestion, group_sizes, ranked_group, standing, unit_suggestions
from selaras.edge.access import needs
from selaras.edge.context import actor, rules, session
from selaras.evaluation.queries import period_by_code
from selaras.evaluation.ranking import Basis, Ties
from selaras.identity.permissions import Permission

endpoints = endpoints_of("ranking", "Ranks within groups, suggested divisions, how appraisers rate")


@endpoints.route("/periods/<period>/ranking")
@needs(Permission.MANAGE_CALIBRATION)
@endpoints.arguments(schema_of(shapes.RankingQuery), location="query")
@endpoints.response(200, schema_of(shapes.RankedGroup))
def show_ranking(query: dict[str, Any], period: str) -> Response:
    """One ranking group in the order of ranks: as people are rated now, or as it was set in a closed period."""
    actor().require_whole(Permission.MANAGE_CALIBRATION)
    found = period_by_code(session(), period)
    law = rules(found.ends)
    everybody = standing(session(), found, law)
    basis, ties = Basis(query["by"]), Ties(query["ties"])
    key = query["group"] or next(iter(group_sizes(everybody)))
    group = ranked_group(session(), actor(), law, everybody, key, basis, ties, query["first"])
    rows = [shapes.RankedPerson(**vars(one)) for one in group.rows]
    return encoded(shapes.RankedGroup(group.key, group.people, rows))


@endpoints.route("/periods/<period>/distribution-suggestions")
@needs(Permission.MANAGE_CALIBRATION)
@endpoints.response(200, schema_of(shapes.DistributionSuggestions))
def list_distribution_suggestions(period: str) -> Response:
    """Each judged unit with the arithmetic of its limits and the nearest division that keeps them."""
    actor().require_whole(Permission.MANAGE_CALIBRATION)
    found = period_by_code(session(), period)
    law = rules(found.ends)
    units = unit_suggestions(session(), actor(), found, law, standing(session(), found, law))
    return encoded(shapes.DistributionSuggestions([_suggestion(one) for one in units]))


@endpoints.route("/periods/<period>/rating-patterns")
@needs(Permission.MANAGE_CALIBRATION)
@endpoints.response(200, schema_of(shapes.RatingPatterns))
def list_rating_patterns(period: str) -> Response:
    """How each appraiser rates beside others who rate comparable people. Questions, not verdicts."""
    actor().require_whole(Permission.MANAGE_CALIBRATION)
    found = period_by_code(session(), period)
    law = rules(found.ends)
    listed = patterns(session(), actor(), found, law, standing(session(), found, law))
    return encoded(
        shapes.RatingPatterns(
            [
                shapes.RatingPattern(
                    **{**vars(one.finding), "appraiser_id": one.appraiser_id, "pattern": one.finding.pattern.value},
                    name=one.name,
                    words=dict(one.words),
                )
                for one in listed
            ]
        )
    )


@endpoints.route("/calibrations/<uuid:meeting_id>/warnings")
@needs(Permission.MANAGE_CALIBRATION, Permission.SEE_OWN)
@endpoints.response(200, schema_of(FairnessWarnings))
def list_calibration_warnings(meeting_id: UUID) -> Response:
    """What the outcomes of a locked meeting are asked about, and the chair's answers."""
    queries.meeting(session(), actor(), meeting_id)
    found = gate.warnings(session(), meeting_id)
    return encoded(FairnessWarnings([FairnessWarning(**{**vars(one), "words": dict(one.words)}) for one in found]))


@endpoints.route("/calibrations/<uuid:meeting_id>/warnings/<int:number>", methods=["PUT"])
@needs(Permission.SEE_OWN)
@endpoints.arguments(schema_of(WarningAnswer))
@endpoints.response(204)
def answer_calibration_warning(body: dict[str, Any], meeting_id: UUID, number: int) -> Response:
    """The chair answers in writing, until somebody has signed the minutes; they are drafted again after it."""
    gate.answer_warning(session(), actor(), meeting_id, number, body["answer"], body["key"])
    return Response(status=204)


def _suggestion(one: UnitSuggestion) -> shapes.DistributionSuggestion:
    told = {name: value for name, value in vars(one.suggestion).items() if name not in ("unit", "lines", "reason")}
    lines = [
        shapes.DistributionLine(
            **{
                **vars(line),
                "limit": dict(line.limit),
                "arithmetic": dict(line.arithmetic),
                "advice": dict(line.advice),
            }
        )
        for line in one.suggestion.lines
    ]
    moves = [shapes.SuggestedMove(move.person_id, move.outcome, move.high, move.low) for move in one.moves]
    reason = one.suggestion.reason
    return shapes.DistributionSuggestion(
        **told,
        unit_id=UUID(one.suggestion.unit),
        unit_name=one.unit_name,
        reason=dict(reason) if reason else None,
        lines=lines,
        moves=moves,
    )
