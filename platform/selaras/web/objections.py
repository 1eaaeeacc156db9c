"""The objection desk: what waits for the appraiser's superior, one objection with its reason, and deciding it."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge.access import needs
from selaras.edge.context import actor, instance, rules, session
from selaras.errors import Conflict, DomainError, Invalid, Refused
from selaras.evaluation.correcting import stored_inputs
from selaras.evaluation.queries import latest_outcome, period_by_code
from selaras.evaluation.wording import descriptions, outcome_word
from selaras.followup.access import desk, objection_for
from selaras.followup.objecting import Verdict, decide
from selaras.identity.permissions import Permission
from selaras.web.blueprint import pages
from selaras.web.pages import render, see
from selaras.web.rating_form import fields, parsed

_DECIDERS = (Permission.SEE_TEAM, Permission.DECIDE_FOLLOWUP, Permission.ENDORSE_FOLLOWUP)


@pages.get("/objections")
@needs(*_DECIDERS)
def objections() -> Response:
    """The objections that one decides, or has decided."""
    found = desk(session(), actor(), instance().registry)
    known = descriptions(session(), (one.rule_hash for one in found))
    words = [outcome_word(known.get(one.rule_hash), one.outcome) for one in found]
    return render("objections.html", active="web.objections", found=list(zip(found, words, strict=True)))


@pages.get("/people/<uuid:person_id>/objections/<period>")
@needs(Permission.SEE_OWN, *_DECIDERS)
def objection_page(person_id: UUID, period: str) -> Response:
    """One objection: the reason, the result it is about, and how it was decided."""
    return _objection_page(person_id, period)


def _objection_page(
    person_id: UUID, code: str, error: DomainError | None = None, inputs: dict[str, object] | None = None
) -> Response:
    found = objection_for(session(), actor(), instance().registry, person_id, code)
    may_decide = found.may_decide and found.decided_at is None and actor().person_id != person_id
    filled = []
    outcome = latest_outcome(session(), person_id, code)
    if may_decide and outcome is not None:
        chosen = rules(period_by_code(session(), code).ends)
        filled = fields(chosen, inputs if inputs is not None else stored_inputs(session(), outcome))
    known = descriptions(session(), [found.rule_hash])
    return render(
        "objection.html",
        error.status if error else 200,
        active="web.objections",
        found=found,
        word=outcome_word(known.get(found.rule_hash), found.outcome),
        now=outcome_word(known.get(outcome.rule_hash), outcome.outcome) if outcome else None,
        may_decide=may_decide,
        fields=filled,
        reason=request.form.get("reason", ""),
        error=error,
    )


@pages.post("/people/<uuid:person_id>/objections/<period>/decision")
@needs(*_DECIDERS)
def decide_objection(person_id: UUID, period: str) -> BaseResponse:
    """The appraiser's superior decides: upheld with other ratings, or refused; final."""
    chosen = rules(period_by_code(session(), period).ends)
    inputs = parsed(chosen, request.form)
    verdict = Verdict(request.form.get("verdict") == "upheld", request.form.get("reason", ""), inputs)
    try:
        if request.form.get("verdict") not in ("upheld", "refused"):
            raise Invalid("objection.verdict", "Choose whether the objection is upheld or refused.")
        with session().begin_nested():
            decide(session(), actor(), instance().registry, chosen, person_id, period, verdict)
    except (Conflict, Invalid, Refused) as error:
        return _objection_page(person_id, period, error, inputs)
    return see("web.objection_page", "decided", person_id=person_id, period=period)
