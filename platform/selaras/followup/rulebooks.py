"""Which installed rulebook answers a question on a day, with the agency's own choices for what the law leaves open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

import polars as pl
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from selaras.audit.service import record, salted
from selaras.errors import Conflict, Invalid, NotFound
from selaras.followup.models import RulebookChoice
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.regulation import Registry, Rules

REASON_LENGTH = 20


def answering(
    session: Session, registry: Registry, step: str, day: date, employment: str | None = None
) -> Rules | None:
    """The rules on `day` that have the person step `step` and cover `employment` (None: any); None without one.

    Of several the one that came into force last answers.
    """
    found: list[Rules] = []
    for code in registry.codes():
        identity = registry.identity(code)
        covered = {one.employment for one in identity.covers}
        if identity.subject == "appraisal" or day not in identity.in_force:
            continue
        if employment is None or employment in covered:
            rules = registry.rules(code, on=day, overrides=choices(session, code, day))
            if any(one.name == step for one in rules.person_steps):
                found.append(rules)
    return max(found, key=lambda one: one.in_force.start, default=None)


def demanded(session: Session, registry: Registry, step: str, day: date, employment: str | None = None) -> Rules:
    """As `answering`, but NotFound says in words that nothing installed covers the employment on that day."""
    rules = answering(session, registry, step, day, employment)
    if rules is None:
        raise NotFound(
            "followup.no_rulebook",
            "No installed regulation answers this on {day} for the employment {employment}.",
            day=day.isoformat(),
            employment=employment or "-",
        )
    return rules


def choices(session: Session, regulation: str, day: date) -> dict[str, object]:
    """What the agency chose for the open parameters of a rulebook on a day; empty where it chose nothing."""
    found = session.scalar(
        select(RulebookChoice.parameters)
        .where(RulebookChoice.regulation == regulation, RulebookChoice.during.contains(day))
        .limit(1)
    )
    return dict(found or {})


def choose(
    session: Session,
    actor: Actor,
    registry: Registry,
    regulation: str,
    parameters: Mapping[str, object],
    *,
    start: date,
    reason: str,
) -> UUID:
    """From `start` on the agency applies these choices; Invalid for what the law does not leave open."""
    actor.require(Permission.CHOOSE_RULES)
    if registry.identity(regulation).subject == "appraisal":
        raise Invalid(
            "followup.choice_subject", "{regulation} is assigned by rollouts, not chosen here.", regulation=regulation
        )
    if len(reason.strip()) < REASON_LENGTH:
        raise Invalid("followup.reason", "Write the reason in at least {length} characters.", length=REASON_LENGTH)
    registry.rules(regulation, on=start, overrides=parameters)
    _end_running(session, regulation, start)
    choice = RulebookChoice(
        regulation=regulation,
        parameters=dict(parameters),
        reason=reason.strip(),
        account_id=actor.account_id,
        during=Range(start, None),
    )
    session.add(choice)
    session.flush()
    payload = {
        "regulation": regulation,
        "parameters": ",".join(sorted(parameters)),
        "from": start.isoformat(),
        "reason": salted(session, reason.strip()),
    }
    record(session, actor, "rulebook.choose", f"choice:{choice.id}", payload)
    return choice.id


def _end_running(session: Session, regulation: str, start: date) -> None:
    query = select(RulebookChoice).where(RulebookChoice.regulation == regulation)
    for one in session.scalars(query):
        since, until = one.during.lower, one.during.upper
        if since is not None and since >= start:
            raise Conflict(
                "followup.choice_later",
                "A choice for {regulation} holds from {day} already; choose a later day.",
                regulation=regulation,
                day=since.isoformat(),
            )
        if until is None:
            one.during = Range(since, start)
    session.flush()


def path_without_superior(session: Session, registry: Registry, day: date) -> str:
    """Who decides where the appraiser has nobody above: `ppk`, `pyb`, or `tidak_ada` (it cannot be contested)."""
    rules = answering(session, registry, "objection_decider", day)
    if rules is None:
        return "ppk"
    asked = pl.DataFrame({"person": ["1"], "superior_of_appraiser": [False]})
    return str(rules.appraise(asked).person_steps.item(0, "objection_decider"))
