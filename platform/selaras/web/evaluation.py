"""Results: one's own, the receipt of a period, the answer to it; and an appraiser's team and ratings."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.agenda.access import own_team
from selaras.closing.queries import current_period
from selaras.edge.access import needs
from selaras.edge.context import actor, day, has_feature, instance, rules, session
from selaras.errors import Conflict, Invalid, NotFound, Refused
from selaras.evaluation import service
from selaras.evaluation.giving import given
from selaras.evaluation.queries import OutcomeView, period_by_code, periods, ratings, receipt
from selaras.evaluation.reviewing import submitted
from selaras.evaluation.rules import OutcomeState
from selaras.evaluation.segment_queries import segments_appraised
from selaras.evaluation.talks import party_of, talk_of
from selaras.evaluation.unit_figures import check_above
from selaras.evaluation.unit_ratings import heads_a_unit
from selaras.evaluation.wording import organisation_word, outcome_word, quadrant
from selaras.followup.access import objection_for, receipt_person
from selaras.followup.objecting import KIND as OBJECTION
from selaras.followup.objecting import file as file_objection
from selaras.followup.queries import RemunerationView, remuneration
from selaras.identity.permissions import Permission
from selaras.notices.acknowledging import latest_of
from selaras.organisation.access import person_for
from selaras.organisation.delegation import team_of
from selaras.organisation.reach import reaches_person, reaches_unit
from selaras.planning.dialogue import unread
from selaras.planning.standing import waiting
from selaras.regulation import Receipt
from selaras.tenancy.features import Feature
from selaras.web.blueprint import pages
from selaras.web.figures import unit_figures
from selaras.web.pages import render, see

# Below this, a unit's distribution would tell a reader what single colleagues got.
FEW = 5
LONGEST_NUMBER = 5


@pages.get("/my-results")
@needs(Permission.SEE_OWN)
def own_results() -> BaseResponse:
    """One's own page, wherever it lies."""
    person_id = actor().person_id
    if person_id is None:
        raise NotFound("person_missing", "Your account belongs to none of the agency's people, so it has no results.")
    return see("web.person", person_id=person_id)


@pages.get("/people/<uuid:person_id>/receipts/<period>")
@needs(Permission.SEE_RESULTS, Permission.SEE_TEAM, Permission.SEE_OWN)
def receipt_page(person_id: UUID, period: str) -> Response:
    """How a result came about, step by step, and what one may do now."""
    return _receipt_page(person_id, period)


@pages.post("/people/<uuid:person_id>/receipts/<period>/acceptance")
@needs(Permission.SEE_OWN)
def accept(person_id: UUID, period: str) -> BaseResponse:
    """The person accepts their own result."""
    _own(person_id)
    service.accept(session(), actor(), period)
    return see("web.receipt_page", "accepted", person_id=person_id, period=period)


@pages.post("/people/<uuid:person_id>/receipts/<period>/objection")
@needs(Permission.SEE_OWN)
def object_to(person_id: UUID, period: str) -> BaseResponse:
    """The person objects, with reasons; a reason that is too short comes back as it was written."""
    _own(person_id)
    reason = request.form.get("reason", "")
    try:
        file_objection(session(), actor(), instance().registry, instance().store, period, reason)
    except (Conflict, Invalid) as error:
        return _receipt_page(person_id, period, error=error, reason=reason)
    return see("web.receipt_page", "objected", person_id=person_id, period=period)


def _own(person_id: UUID) -> None:
    if actor().person_id != person_id:
        person_for(session(), actor(), person_id)
        raise Refused("not_oneself", "Only the person themself may answer a result.")


def _receipt_page(person_id: UUID, code: str, error: Conflict | Invalid | None = None, reason: str = "") -> Response:
    person = receipt_person(session(), actor(), instance().registry, person_id, code)
    view = receipt(session(), person_id, code)
    outcome, rule = view.outcome, view.description
    check = check_above(session(), outcome.period_id, outcome.unit_id, outcome.ends)
    may_compare = check is not None and (
        sum(check.counts.values()) >= FEW
        or reaches_unit(session(), actor(), Permission.SEE_AGENCY, outcome.unit_id, outcome.ends)
    )
    own = actor().person_id == person_id
    return render(
        "receipt.html",
        error.status if error else 200,
        active="web.own_results" if own else "web.people",
        person=person,
        view=view,
        outcome=outcome,
        rule=rule,
        word=outcome_word(rule, outcome.outcome),
        organisation=organisation_word(rule, outcome.organisation_rating),
        quadrant=quadrant(rule),
        values={line.step: line.value for line in view.receipt.lines if line.item is None},
        items=_items(view.receipt),
        parts=[
            (part, outcome_word(part.description, part.outcome), _items(part.receipt) if part.receipt else {})
            for part in view.parts
        ],
        unit=unit_figures(rule, check) if check and may_compare else None,
        pay=_pay(outcome)
        if own or reaches_person(session(), actor(), Permission.SEE_REMUNERATION, person_id)
        else None,
        printable=has_feature(Feature.PRINTED_RECEIPT),
        own=own,
        talk=talk_of(session(), person_id, outcome.period_id),
        talk_party=party_of(session(), actor(), outcome),
        objection=_is_objected(person_id, code),
        acknowledgement=latest_of(session(), person_id, OBJECTION, outcome.period_id) if own else None,
        open=own and outcome.state == OutcomeState.DELIVERED,
        error=error,
        reason=reason,
    )


def _is_objected(person_id: UUID, code: str) -> bool:
    """Whether there is an objection to this result that the reader may read."""
    try:
        objection_for(session(), actor(), instance().registry, person_id, code)
    except NotFound:
        return False
    return True


def _pay(outcome: OutcomeView) -> RemunerationView | None:
    """What the result does to the person's pay: for themself and for whoever may see remuneration."""
    return remuneration(session(), outcome.person_id, outcome.period_id, outcome.ends)


def _items(made: Receipt) -> dict[str, list[object]]:
    found: dict[str, list[object]] = {}
    for line in made.lines:
        if line.item is not None and not line.left_empty:
            found.setdefault(line.item, []).append(line)
    return found


@pages.get("/team")
@needs(Permission.SEE_TEAM)
def team() -> Response:
    """Those whom one appraises, with the ratings of a period."""
    known = periods(session())
    wanted = request.args.get("period")
    period = period_by_code(session(), wanted) if wanted else current_period(session())
    person_id = actor().person_id
    people = team_of(session(), actor(), period.ends) if period else []
    numbers = [line.person_id for line in people]
    rated = ratings(session(), period.id, numbers) if period else {}
    chosen = rules(period.ends) if period else None
    today = team_of(session(), actor(), day())
    reviews = Permission.RATE_TEAM in actor().permissions
    return render(
        "team.html",
        today=today,
        state=own_team(session(), actor(), period, day()) if period else None,
        **_plans([line.person_id for line in today]),
        active="web.team",
        period=period,
        periods=known,
        people=people,
        rated=rated,
        standing=given(session(), period.id, numbers) if period else {},
        to_review=len(submitted(session(), actor(), period)) if period and reviews else 0,
        columns=chosen.asked_columns if chosen else (),
        parts=segments_appraised(session(), period.id, person_id) if period and period.segmented and person_id else (),
        this_year=day().year,
        leads_units=bool(period and person_id and heads_a_unit(session(), person_id, period.ends)),
    )


def _plans(people: list[UUID]) -> dict[str, Any]:
    """Whose plan waits for the appraiser, and where an answer of theirs is waited for."""
    return {
        "waiting": waiting(session(), people),
        "talks": unread(session(), actor(), people),
    }
