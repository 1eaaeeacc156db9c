"""Endpoints: what regulations leave open on a day, and the agency's own choices."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response

from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.api.shapes_rules import (
    Alternative,
    OpenParameter,
    OpenParameters,
    OpenQuery,
    OpenRules,
    RuleChoiceRequest,
)
from selaras.edge.access import needs
from selaras.edge.context import actor, day, instance, session
from selaras.evaluation import rule_choices as service
from selaras.identity.permissions import Permission

endpoints = endpoints_of("choices of rules", "What the law leaves to the agency")


@endpoints.route("/rule-choices")
@needs(Permission.CHOOSE_RULES)
@endpoints.arguments(schema_of(OpenQuery), location="query")
@endpoints.response(200, schema_of(OpenParameters))
def list_open_parameters(query: dict[str, Any]) -> Response:
    """Every open parameter on a day: the law's value with its source, what other sources say, the agency's own."""
    return encoded(_shown(query["on"] or day()))


@endpoints.route("/rule-choices", methods=["POST"])
@needs(Permission.CHOOSE_RULES)
@endpoints.arguments(schema_of(RuleChoiceRequest))
@endpoints.response(201, schema_of(OpenParameters))
def post_rule_choice(body: dict[str, Any]) -> Response:
    """Choose from a day on; refused for the days of a closed period. Those in `back` return to the law's value."""
    service.choose(
        session(),
        actor(),
        instance().registry,
        body["regulation"],
        body["parameters"],
        start=body["from_day"],
        reason=body["reason"],
        back=body["back"] or (),
    )
    return encoded(_shown(body["from_day"]), 201)


def _shown(on: date) -> OpenParameters:
    found = service.open_rules(session(), instance().registry, on)
    return OpenParameters(
        [
            OpenRules(one.rules.code, one.followed, one.rules.hash, [_parameter(p) for p in one.parameters])
            for one in found
        ]
    )


def _parameter(one: service.OpenParameter) -> OpenParameter:
    law = one.law
    others = [Alternative(other.value, other.source, other.note) for other in law.conflict]
    return OpenParameter(
        one.parameter.name,
        one.parameter.kind,
        list(one.parameter.choices),
        law.value,
        law.source.article,
        law.source.certainty,
        law.source.note,
        others,
        one.is_chosen,
        one.counts,
    )
