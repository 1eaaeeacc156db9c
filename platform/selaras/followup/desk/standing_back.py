"""Who may not decide an objection: the two sides, and whoever declares an interest; then the next superior does."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.audit.service import record, salted
from selaras.clock import now, today
from selaras.db.session import tenant_of
from selaras.errors import Refused
from selaras.evaluation.acted import judged_for
from selaras.evaluation.queries import latest_outcome
from selaras.followup.desk.hearing import refuse_over
from selaras.followup.desk.models import ObjectionCase, ObjectionInterest
from selaras.followup.objections import Objection, decider_of
from selaras.followup.rulebooks import path_without_superior
from selaras.followup.rules import refuse_short
from selaras.identity.actor import Actor
from selaras.notices.service import tell
from selaras.regulation import Registry
from selaras.tenancy.queries import agency

NOBODY = "tidak_ada"


def stand_back(session: Session, actor: Actor, registry: Registry, objection: Objection, reason: str) -> UUID | None:
    """Whoever must decide declares an interest; returns the next superior, or None where the top decides.

    `Refused` for anybody else, and where nobody would be left to decide.
    """
    refuse_over(objection)
    refuse_short(reason)
    if not objection.may_decide or actor.account_id is None:
        raise Refused("objection.interest", "Only whoever decides this objection declares an interest in it.")
    case = session.scalar(select(ObjectionCase).where(ObjectionCase.id == objection.case_id).with_for_update())
    assert case is not None
    day = today(agency(session, tenant_of(session)).time_zone)
    session.add(
        ObjectionInterest(
            case_id=case.id,
            person_id=actor.person_id,
            account_id=actor.account_id,
            reason=reason.strip(),
            at=now(),
        )
    )
    session.flush()
    barred = barred_from(session, objection)
    outcome = latest_outcome(session, objection.person_id, objection.period)
    judged = judged_for(session, outcome) if outcome else objection.appraiser_id
    following = decider_of(session, judged, day, barred) if case.decider_id else None
    if case.decider_id and following is None and path_without_superior(session, registry, day) == NOBODY:
        raise Refused(
            "objection.nobody_left",
            "Above you stands nobody who could decide instead; ask the performance manager to let an acting officer "
            "(Plh) decide.",
        )
    case.decider_id = following
    payload = {"case": case.id, "decider": following, "reason": salted(session, reason.strip())}
    record(session, actor, "objection.interest", f"person:{objection.person_id}", payload)
    _tell(session, objection, following)
    return following


def barred_from(session: Session, objection: Objection) -> set[UUID]:
    """The two sides of an objection, and everybody who declared an interest in it."""
    of_case = ObjectionInterest.case_id == objection.case_id
    declared = session.scalars(select(ObjectionInterest.person_id).where(of_case))
    sides = {objection.person_id, objection.appraiser_id, *declared}
    return {one for one in sides if one is not None}


def _tell(session: Session, objection: Objection, following: UUID | None) -> None:
    period = {"period": objection.period}
    tell(session, objection.person_id, "objection_decider", objection.person_id, period)
    if objection.appraiser_id:
        tell(session, objection.appraiser_id, "objection_decider", objection.person_id, period)
    if following:
        tell(session, following, "objection_filed", objection.person_id, period)
