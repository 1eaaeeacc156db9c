"""The objection desk: what waits for the appraiser's superior, one objection with its reason, and deciding it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.closing.corrections import decide
from selaras.edge.access import needs
from selaras.edge.context import actor, instance, session
from selaras.errors import Conflict, DomainError, Invalid, NotFound, Refused
from selaras.evaluation.correcting import Correctable, correctables, rules_of
from selaras.evaluation.queries import OutcomeView, latest_outcome
from selaras.evaluation.rules import WHOLE
from selaras.evaluation.wording import descriptions, outcome_word
from selaras.followup.access import desk, objection_for
from selaras.followup.desk.bundle import Bundle, bundle_of
from selaras.followup.desk.hearing import hearing, side_of
from selaras.followup.objecting import Verdict, law_of
from selaras.followup.objections import Objection
from selaras.followup.queries import PayDifference, pay_difference
from selaras.identity.permissions import Permission
from selaras.organisation.reach import reaches_person
from selaras.regulation import Rules
from selaras.web.blueprint import pages
from selaras.web.pages import render, see
from selaras.web.rating_form import Field, fields, parsed, prefixed

DECIDERS = (Permission.SEE_TEAM, Permission.DECIDE_FOLLOWUP, Permission.ENDORSE_FOLLOWUP)


@pages.get("/objections")
@needs(*DECIDERS)
def objections() -> Response:
    """The objections that one decides, or has decided."""
    found = desk(session(), actor(), instance().registry)
    known = descriptions(session(), (one.rule_hash for one in found))
    words = [outcome_word(known.get(one.rule_hash), one.outcome) for one in found]
    return render("objections.html", active="web.objections", found=list(zip(found, words, strict=True)))


@pages.get("/people/<uuid:person_id>/objections/<period>")
@needs(Permission.SEE_OWN, *DECIDERS)
def objection_page(person_id: UUID, period: str) -> Response:
    """One objection: the reason, the result it is about, and how it was decided."""
    return shown(person_id, period)


@dataclass(frozen=True)
class Part:
    """The rating of one part that an upheld objection may change; `whole` where the result has but one."""

    of: Correctable
    whole: bool
    rules: Rules
    fields: list[Field]


def _parts(outcome: OutcomeView, form: Mapping[str, str] | None = None) -> list[Part]:
    """What may be rated anew, filled with what counted so far or with a sent form."""
    law = law_of(session(), instance().registry, outcome)
    whole = outcome.segment != WHOLE
    found = []
    for one in correctables(session(), outcome):
        chosen = rules_of(law, one.regulation)
        prefix = "" if whole else f"part-{one.segment}-"
        shown = one.inputs if form is None else parsed(chosen, form, prefix)
        found.append(Part(one, whole, chosen, prefixed(fields(chosen, shown), prefix)))
    return found


def shown(person_id: UUID, code: str, error: DomainError | None = None) -> Response:
    """The page of an objection, with what is wrong with what was sent."""
    found = objection_for(session(), actor(), instance().registry, person_id, code)
    open_ = found.decided_at is None and found.withdrawn_at is None
    heard = hearing(session(), found)
    side = side_of(actor(), found)
    may_decide = found.may_decide and open_ and side is None
    outcome = latest_outcome(session(), person_id, code)
    known = descriptions(session(), [found.rule_hash])
    return render(
        "objection.html",
        error.status if error else 200,
        active="web.objections",
        found=found,
        word=outcome_word(known.get(found.rule_hash), found.outcome),
        now=outcome_word(known.get(outcome.rule_hash), outcome.outcome) if outcome else None,
        may_decide=may_decide,
        parts=_parts(outcome, request.form if error else None) if may_decide and heard.over and outcome else [],
        reason=request.form.get("reason", ""),
        content=request.form.get("content", ""),
        heard=heard,
        side=side,
        may_state=open_ and side is not None and heard.of(side) is None,
        own=actor().person_id == person_id,
        open=open_,
        window=(known.get(found.rule_hash) or {}).get("objection"),
        bundle=_bundle(found),
        pay=_pay(found, outcome) if outcome else None,
        error=error,
    )


def _bundle(found: Objection) -> Bundle | None:
    try:
        return bundle_of(session(), found.case_id)
    except NotFound:
        return None


def _pay(found: Objection, outcome: OutcomeView) -> PayDifference | None:
    """What a correction does to the pay: for the person, whoever decided, and whoever may see remuneration."""
    own = actor().person_id == found.person_id
    if found.corrected_revision is None or not (
        own or found.may_decide or reaches_person(session(), actor(), Permission.SEE_REMUNERATION, found.person_id)
    ):
        return None
    return pay_difference(session(), outcome, found.revision, found.corrected_revision)


@pages.post("/people/<uuid:person_id>/objections/<period>/decision")
@needs(*DECIDERS)
def decide_objection(person_id: UUID, period: str) -> BaseResponse:
    """The appraiser's superior decides: upheld with other ratings, or refused; final."""
    try:
        if request.form.get("verdict") not in ("upheld", "in_part", "refused"):
            raise Invalid("objection.verdict", "Choose whether the objection is upheld or refused.")
        decide(session(), actor(), instance().registry, person_id, period, _verdict(person_id, period))
    except (Conflict, Invalid, Refused) as error:
        return shown(person_id, period, error)
    return see("web.objection_page", "decided", person_id=person_id, period=period)


def _verdict(person_id: UUID, code: str) -> Verdict:
    form, reason = request.form, request.form.get("reason", "")
    outcome = latest_outcome(session(), person_id, code)
    if form.get("verdict") == "refused" or outcome is None:
        return Verdict(False, reason)
    given = {
        one.of.segment: parsed(one.rules, form, "" if one.whole else f"part-{one.of.segment}-")
        for one in _parts(outcome, form)
    }
    return Verdict(True, reason, parts=given, in_part=form.get("verdict") == "in_part")
