"""Endpoints: the agency's ranking rules, a preview of one, and a new one from a day on."""

from __future__ import annotations

from typing import Any

from flask import Response

from selaras.api import shapes_ranking as shapes
from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.edge.access import needs
from selaras.edge.context import actor, rules, session
from selaras.evaluation import ranking_rules as service
from selaras.evaluation.groups import Family, Grouping, Place, as_pooling
from selaras.evaluation.queries import period_by_code
from selaras.identity.permissions import Permission

endpoints = endpoints_of("ranking rules", "Who is comparable with whom: versions, preview, a new rule")


@endpoints.route("/ranking-rules")
@needs(Permission.CHOOSE_RULES)
@endpoints.response(200, schema_of(shapes.RankingRules))
def list_ranking_rules() -> Response:
    """Every version of the agency's ranking rule, the newest first."""
    return encoded(shapes.RankingRules([_shown(one) for one in service.ranking_rules(session())]))


@endpoints.route("/ranking-rules", methods=["POST"])
@needs(Permission.CHOOSE_RULES)
@endpoints.arguments(schema_of(shapes.RankingRuleRequest))
@endpoints.response(201, schema_of(shapes.RankingRules))
def post_ranking_rule(body: dict[str, Any]) -> Response:
    """From a day on people are comparable by this rule; refused for the days of a closed period."""
    wanted = _grouping(body["rule"])
    service.set_ranking_rule(session(), actor(), wanted, start=body["from_day"], reason=body["reason"])
    return encoded(shapes.RankingRules([_shown(one) for one in service.ranking_rules(session())]), 201)


@endpoints.route("/periods/<period>/ranking-rule-preview", methods=["POST"])
@needs(Permission.CHOOSE_RULES)
@endpoints.arguments(schema_of(shapes.GroupingBody))
@endpoints.response(200, schema_of(shapes.RankingPreview))
def preview_ranking_rule(body: dict[str, Any], period: str) -> Response:
    """What a rule would form of the people in scope on the period's last day; nothing is recorded."""
    found = period_by_code(session(), period)
    shown = service.preview(session(), found, rules(found.ends), _grouping(body))
    return encoded(
        shapes.RankingPreview(
            [shapes.FormedGroup(one.key, one.people, list(one.took_up), one.small) for one in shown.groups],
            shown.people,
            [shapes.UngroupedPost(**vars(one)) for one in shown.ungrouped],
            shown.ungrouped_people,
            shown.more,
        )
    )


def _grouping(body: dict[str, Any]) -> Grouping:
    return Grouping(
        tuple(body["attributes"]),
        body["minimum_size"],
        as_pooling(body["pooling"]),
        tuple(Family(one["name"], tuple(one["beginnings"])) for one in body["families"] or ()),
        tuple(Place(one["name"], one["unit_id"]) for one in body["places"] or ()),
    )


def _shown(one: service.RuleView) -> shapes.RankingRule:
    rule = one.grouping
    return shapes.RankingRule(
        one.id,
        one.number,
        shapes.GroupingBody(
            list(rule.attributes),
            rule.minimum_size,
            rule.pooling,
            [shapes.JobFamily(family.name, list(family.beginnings)) for family in rule.families],
            [shapes.Location(place.name, place.unit_id) for place in rule.places],
        ),
        one.origin,
        one.reason,
        one.during.lower,
        one.during.upper,
    )
