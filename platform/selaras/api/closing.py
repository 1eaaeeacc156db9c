"""Endpoints: a period's close, its progress, and overrides of a distribution."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from selaras.api import shapes
from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.evaluation import period_of, word_of
from selaras.api.schemas import schema_of
from selaras.api.shapes_closing import PeriodReadiness, SurveyStanding
from selaras.closing import corrections, service
from selaras.closing.queries import Overview, overview
from selaras.edge.access import needs
from selaras.edge.context import actor, instance, rules, session
from selaras.evaluation.distribution import CheckView
from selaras.evaluation.queries import period_by_code
from selaras.evaluation.wording import outcome_words
from selaras.identity.permissions import Permission
from selaras.organisation.access import person_for, unit_for
from selaras.organisation.reach import reach

endpoints = endpoints_of("closing", "Closing a period")


@endpoints.route("/periods/<period>")
@needs(Permission.SEE_AGENCY)
@endpoints.response(200, schema_of(shapes.Overview))
def show_period(period: str) -> Response:
    """A period with the progress of its close, its outcomes and every unit's distribution."""
    units = reach(session(), actor(), Permission.SEE_AGENCY, period_by_code(session(), period).ends)
    return encoded(_overview(overview(session(), period, units)))


@endpoints.route("/periods/<period>/readiness")
@needs(Permission.CLOSE_PERIOD)
@endpoints.response(200, schema_of(PeriodReadiness))
def show_period_readiness(period: str) -> Response:
    """What is still missing before a period can be closed, and how its surveys stand."""
    found = period_by_code(session(), period)
    ready = service.readiness(session(), found, rules(found.ends))
    surveys = [
        SurveyStanding(
            campaign_id=one.campaign_id,
            unit=one.unit,
            state=one.state,
            closes=one.closes,
            running=one.running,
            fills=one.fills,
            share=one.share,
            groups=one.groups,
            too_few_asked=one.too_few_asked,
            too_few_answers=one.too_few_answers,
        )
        for one in ready.surveys
    ]
    missing = len(ready.unrated_units)
    whole = found.state == "open" and ready.complete and not ready.running_surveys
    return encoded(PeriodReadiness(found.state, whole, ready.people, ready.rated, ready.units, missing, surveys))


@endpoints.route("/closes", methods=["POST"])
@needs(Permission.CLOSE_PERIOD)
@endpoints.arguments(schema_of(shapes.CloseRequest))
@endpoints.response(202, schema_of(shapes.CloseStarted))
def start_close(body: dict[str, Any]) -> Response:
    """Start closing a period; follow its progress at the period."""
    period = period_by_code(session(), body["period"])
    chosen = rules(period.ends)
    made = service.start(
        session(),
        actor(),
        period.code,
        chosen,
        without_unrated=body["without_unrated"],
        without_surveys=body["without_surveys"],
    )
    return encoded(shapes.CloseStarted(made, period.code), 202)


@endpoints.route("/overrides", methods=["POST"])
@needs(Permission.OVERRIDE_DISTRIBUTION)
@endpoints.arguments(schema_of(shapes.OverrideRequest))
@endpoints.response(200, schema_of(shapes.Overview))
def override(body: dict[str, Any]) -> Response:
    """Set a unit's outcomes against the distribution, with a written reason; the close goes on."""
    unit_for(session(), body["unit_id"])
    service.override(session(), actor(), body["period"], body["unit_id"], body["reason"])
    session().flush()
    return encoded(_overview(overview(session(), body["period"])))


@endpoints.route("/people/<uuid:person_id>/outcomes/<period>/following", methods=["POST"])
@needs(Permission.CLOSE_PERIOD)
@endpoints.response(204)
def post_following(person_id: UUID, period: str) -> Response:
    """Let a combined result follow what was corrected in a period behind it."""
    person_for(session(), actor(), person_id)
    corrections.follow(session(), actor(), instance().registry, person_id, period)
    return Response(status=204)


def _overview(view: Overview) -> shapes.Overview:
    rule = view.rule or {}
    paid = actor().holds_whole(Permission.SEE_REMUNERATION)
    return shapes.Overview(
        period=period_of(view.period),
        state=view.state,
        regulation=view.regulation,
        edition=rule.get("edition"),
        rule_hash=rule.get("hash"),
        people=view.people,
        total=view.total,
        appraised=view.appraised,
        stages=[shapes.Stage(one.stage.value, one.done, one.rows, one.seconds) for one in view.stages],
        outcomes=[
            shapes.Count(word_of(word), view.counts.get(word.code, 0))
            for word in (outcome_words(rule) if view.rule else ())
        ],
        checks=[_check(one) for one in view.checks],
        pay_base=view.pay_base if paid else None,
        pay_amount=view.pay_amount if paid else None,
        started_at=view.started_at,
        set_at=view.set_at,
        problem=view.problem.get("code") if view.problem else None,
        corrected=view.corrected,
        outcomes_now=[
            shapes.Count(word_of(word), view.counts_now.get(word.code, 0))
            for word in (outcome_words(rule) if view.rule else ())
        ],
    )


def _check(check: CheckView) -> shapes.Check:
    return shapes.Check(
        check.unit_id,
        check.unit_name,
        check.organisation_rating,
        check.counts,
        check.valid,
        check.exempt,
        check.demanded,
        check.violations,
        check.override_reason,
    )
