"""The objection desk (PP 30/2019 Ps 59): filing, who must decide, deciding, and the correction that may follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.audit.service import record, salted
from selaras.clock import now, today
from selaras.db.session import tenant_of
from selaras.errors import Conflict, NotFound, Refused
from selaras.evaluation import service as evaluation
from selaras.evaluation.acted import judged_for
from selaras.evaluation.changes import Change, told
from selaras.evaluation.correcting import Correction, correct
from selaras.evaluation.models import OutcomeEvent
from selaras.evaluation.queries import OutcomeView, latest_outcome
from selaras.evaluation.wording import descriptions
from selaras.files.store import FileStore
from selaras.followup.access import objection_for
from selaras.followup.deciding import withdraw
from selaras.followup.desk.bundle import freeze
from selaras.followup.desk.hearing import refuse_over, refuse_unheard
from selaras.followup.desk.models import ObjectionCase
from selaras.followup.desk.standing_back import barred_from
from selaras.followup.models import ObjectionDecision, Proposal, Remuneration
from selaras.followup.objections import Objection, decider_of
from selaras.followup.proposing import propose
from selaras.followup.rulebooks import hearing_window, path_without_superior
from selaras.followup.rules import refuse_short
from selaras.followup.service import apply_table
from selaras.identity.actor import Actor, system
from selaras.notices.acknowledging import AcknowledgementView, HandedIn, acknowledge, latest_of
from selaras.notices.service import tell
from selaras.organisation.delegation import delegates_of
from selaras.regulation import Registry, Rules
from selaras.tenancy.queries import agency, rules_within

ARTICLE = "PP 30/2019 Ps 59"
NOBODY = "tidak_ada"
KIND = "objection"
"""How an acknowledgement of an objection is called."""


@dataclass(frozen=True)
class Verdict:
    """What the superior decides: upheld or not, the written reason, and, upheld, the ratings as they should be.

    `in_part`: upheld, but not all that was objected to. `parts`: the same ratings for the parts of a combined result,
    by their numbers.
    """

    upheld: bool
    reason: str
    inputs: Mapping[str, object] = field(default_factory=dict)
    parts: Mapping[int, Mapping[str, object]] = field(default_factory=dict)
    in_part: bool = False


@dataclass(frozen=True)
class Decided:
    """How an objection ended; with a correction its revision and outcome, and the pay a month before and after."""

    upheld: bool
    revision: int
    outcome: str
    score: float | None = None
    pay_before: Decimal | None = None
    pay_after: Decimal | None = None


def file(
    session: Session, actor: Actor, registry: Registry, store: FileStore, code: str, reason: str
) -> AcknowledgementView | None:
    """The person objects: the evidence is frozen, both sides are asked to explain, whoever must decide is told.

    Refused where nobody above can decide, and when it is late. It is acknowledged by the server's time. Sent again,
    nothing happens twice, and the acknowledgement is the same.
    """
    day = today(agency(session, tenant_of(session)).time_zone)
    if actor.person_id:
        evaluation.hold_answers(session, actor.person_id)
    outcome = latest_outcome(session, actor.person_id, code) if actor.person_id else None
    decider = decider_of(session, judged_for(session, outcome), day, _sides(outcome)) if outcome else None
    if outcome and decider is None and path_without_superior(session, registry, day) == NOBODY:
        raise Refused(
            "objection.nobody_above",
            "Nobody stands above the appraiser of this result, so it cannot be objected to here ({article}).",
            article=ARTICLE,
        )
    evaluation.object_to(session, actor, code, reason)
    if outcome is None:
        return None
    if case_of(session, outcome) is not None:
        return latest_of(session, outcome.person_id, KIND, outcome.period_id)
    case = ObjectionCase(
        person_id=outcome.person_id,
        period_id=outcome.period_id,
        segment=outcome.segment,
        revision=outcome.revision,
        decider_id=decider,
        invited_at=now(),
        hearing=hearing_window(session, registry, day),
    )
    session.add(case)
    session.flush()
    frozen = freeze(session, actor, store, case.id, outcome, reason.strip())
    payload = {"case": case.id, "decider": decider, "bundle": frozen, "period": code}
    record(session, actor, "objection.filed", f"person:{outcome.person_id}", payload)
    _invite(session, outcome, decider, day)
    return _acknowledged(session, outcome, reason)


def _acknowledged(session: Session, outcome: OutcomeView, reason: str) -> AcknowledgementView:
    rule = descriptions(session, [outcome.rule_hash])[outcome.rule_hash]["objection"]
    params: dict[str, str | int] = {"person_id": str(outcome.person_id), "period": outcome.period_code}
    article = rule["source"]["article"]
    what = HandedIn(KIND, outcome.period_id, reason.strip(), params, outcome.objection_until, article)
    return acknowledge(session, outcome.person_id, what)


def _sides(outcome: OutcomeView) -> set[UUID]:
    return {one for one in (outcome.person_id, outcome.appraiser_id) if one is not None}


def _invite(session: Session, outcome: OutcomeView, decider: UUID | None, day: date) -> None:
    """Both sides and whoever decides are told, and those who act today for the appraiser or for who decides."""
    period = {"period": outcome.period_code}
    appraiser = [outcome.appraiser_id] if outcome.appraiser_id else []
    for code, whom in (("objection_hearing", appraiser), ("objection_filed", [decider] if decider else [])):
        acting = {each for one in whom for each in delegates_of(session, one, day)}
        for each in {*whom, *acting} - {outcome.person_id}:
            tell(session, each, code, outcome.person_id, period)
    tell(session, outcome.person_id, "objection_hearing", outcome.person_id, period)


def case_of(session: Session, outcome: OutcomeView) -> ObjectionCase | None:
    """The case of an objection to exactly this result, locked; None without one."""
    return session.scalar(
        select(ObjectionCase)
        .where(
            ObjectionCase.person_id == outcome.person_id,
            ObjectionCase.period_id == outcome.period_id,
            ObjectionCase.segment == outcome.segment,
            ObjectionCase.revision == outcome.revision,
        )
        .with_for_update()
    )


def take_back(session: Session, actor: Actor, registry: Registry, code: str) -> None:
    """The person withdraws their objection before it is decided: the result stands and is final with that."""
    if actor.person_id is None:
        raise NotFound("objection.unknown", "There is no such objection here.")
    evaluation.hold_answers(session, actor.person_id)
    objection = objection_for(session, actor, registry, actor.person_id, code)
    outcome = latest_outcome(session, actor.person_id, code)
    refuse_over(objection)
    case = case_of(session, outcome) if outcome else None
    if outcome is None or case is None:
        raise Conflict("objection.decided", "This objection has been decided already; that decision is final.")
    case.withdrawn_at = now()
    _final(session, actor, outcome, outcome.revision)
    record(session, actor, "objection.withdrawn", f"person:{outcome.person_id}", {"case": case.id, "period": code})
    for one in (case.decider_id, outcome.appraiser_id):
        if one is not None:
            tell(session, one, "objection_withdrawn", outcome.person_id, {"period": code})


def decide(
    session: Session,
    actor: Actor,
    registry: Registry,
    person_id: UUID,
    code: str,
    verdict: Verdict,
) -> Decided:
    """The appraiser's superior decides: refused, or upheld with other ratings, which make a new revision. Final.

    What spoke from the old result is taken back and proposed anew.
    """
    refuse_short(verdict.reason)
    evaluation.hold_answers(session, person_id)
    objection = objection_for(session, actor, registry, person_id, code)
    _refuse(session, actor, objection)
    actor = actor.by(objection.acting)
    refuse_over(objection)
    outcome = latest_outcome(session, person_id, code)
    if outcome is None or outcome.revision != objection.revision:
        raise Conflict("objection.decided", "This objection has been decided already; that decision is final.")
    refuse_unheard(session, objection)
    if verdict.upheld:
        decided = _correct(session, registry, outcome, verdict)
    else:
        decided = Decided(False, outcome.revision, outcome.outcome)
    _final(session, actor, outcome, decided.revision)
    _keep(session, actor, objection, outcome, decided, verdict)
    if verdict.upheld:
        before = {"outcome": outcome.outcome, "score": outcome.score}
        after = {"outcome": decided.outcome, "score": decided.score}
        told(session, actor, [Change(person_id, code, "objection", before, after, outcome.segment)], verdict.reason)
    tell(session, person_id, "objection_decided", outcome.period_id, {"period": code, "upheld": verdict.upheld})
    if outcome.appraiser_id:
        tell(session, outcome.appraiser_id, "objection_answered", person_id, {"period": code, "upheld": verdict.upheld})
    return decided


def _refuse(session: Session, actor: Actor, objection: Objection) -> None:
    if actor.account_id is None or not objection.may_decide:
        raise Refused(
            "objection.not_the_superior",
            "Only the superior of the appraiser decides this objection ({article}).",
            article=ARTICLE,
        )
    if actor.person_id in barred_from(session, objection):
        raise Refused(
            "objection.own",
            "Neither the person, nor the appraiser, nor whoever declared an interest decides this objection.",
        )


def law_of(session: Session, registry: Registry, outcome: OutcomeView) -> dict[str, Rules]:
    """Regulation → its rules, of those that the agency follows within the period of an outcome."""
    whose = agency(session, tenant_of(session))
    found = rules_within(session, whose, outcome.starts, outcome.ends, registry)
    return {one.rules.code: one.rules for one in found}


def _correct(session: Session, registry: Registry, outcome: OutcomeView, verdict: Verdict) -> Decided:
    inputs = {**({outcome.segment: verdict.inputs} if verdict.inputs else {}), **verdict.parts}
    correction = correct(session, outcome, inputs, law_of(session, registry, outcome))
    return after_correction(session, registry, outcome, correction)


def after_correction(session: Session, registry: Registry, outcome: OutcomeView, correction: Correction) -> Decided:
    """What follows a new revision: its pay, and what spoke from the old one is taken back and proposed anew."""
    apply_table(session, outcome.period_id, correction.batch_id, outcome.ends)
    paid = _paid(session, outcome)
    spoke = withdraw(session, system(tenant_of(session)), outcome.person_id, outcome.period_id, correction.revision)
    if spoke or _proposed(session, outcome.period_id):
        propose(session, system(tenant_of(session)), outcome.period_code, registry, outcome.person_id)
    return Decided(
        True,
        correction.revision,
        correction.outcome,
        correction.score,
        paid.get(outcome.revision),
        paid.get(correction.revision),
    )


def _paid(session: Session, outcome: OutcomeView) -> dict[int, Decimal]:
    rows = session.execute(
        select(Remuneration.revision, Remuneration.amount).where(
            Remuneration.person_id == outcome.person_id,
            Remuneration.period_id == outcome.period_id,
            Remuneration.segment == outcome.segment,
        )
    )
    return {row.revision: row.amount for row in rows}


def _proposed(session: Session, period_id: UUID) -> bool:
    return session.scalar(select(Proposal.id).where(Proposal.period_id == period_id).limit(1)) is not None


def _final(session: Session, actor: Actor, outcome: OutcomeView, revision: int) -> None:
    session.add(
        OutcomeEvent(
            person_id=outcome.person_id,
            period_id=outcome.period_id,
            segment=outcome.segment,
            revision=revision,
            state="final",
            account_id=actor.account_id,
            at=now(),
        )
    )


def extent_of(verdict: Verdict) -> str:
    """Granted as a whole, in part, or none."""
    if not verdict.upheld:
        return "none"
    return "part" if verdict.in_part else "whole"


def _keep(
    session: Session, actor: Actor, objection: Objection, outcome: OutcomeView, decided: Decided, verdict: Verdict
) -> None:
    reason, extent = verdict.reason.strip(), extent_of(verdict)
    session.add(
        ObjectionDecision(
            person_id=outcome.person_id,
            period_id=outcome.period_id,
            segment=outcome.segment,
            revision=outcome.revision,
            upheld=decided.upheld,
            extent=extent,
            reason=reason,
            corrected_revision=decided.revision if decided.upheld else None,
            decided_as=objection.decided_by,
            account_id=actor.account_id,
            delegation_id=actor.acting.id if actor.acting else None,
        )
    )
    payload = {
        "period": outcome.period_code,
        "upheld": decided.upheld,
        "extent": extent,
        "before": outcome.outcome,
        "after": decided.outcome,
        "revision": decided.revision,
        "pay_before": decided.pay_before,
        "pay_after": decided.pay_after,
        "reason": salted(session, reason),
    }
    record(session, actor, "objection.decide", f"person:{outcome.person_id}", payload)
