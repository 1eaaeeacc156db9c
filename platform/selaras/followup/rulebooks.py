"""Which installed rulebook answers a question on a day, with the agency's own choices for what the law leaves open."""

from __future__ import annotations

from datetime import date

import polars as pl
from sqlalchemy.orm import Session

from selaras.calendar.days import DayKind
from selaras.errors import NotFound
from selaras.regulation import Registry, Rules
from selaras.tenancy.outages import basis
from selaras.tenancy.queries import chosen_on


def answering(
    session: Session, registry: Registry, step: str, day: date, employment: str | None = None
) -> Rules | None:
    """The rules on `day` that have the person step `step` and cover `employment` (None: any); None without one.

    Of several the one that came into force last answers.
    """
    found: list[Rules] = []
    chosen = chosen_on(session, day)
    for code in registry.codes():
        identity = registry.identity(code)
        covered = {one.employment for one in identity.covers}
        if identity.subject == "appraisal" or day not in identity.in_force:
            continue
        if employment is None or employment in covered:
            rules = registry.rules(code, on=day, overrides=chosen.get(code))
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


def path_without_superior(session: Session, registry: Registry, day: date) -> str:
    """Who decides where the appraiser has nobody above: `ppk`, `pyb`, or `tidak_ada` (it cannot be contested)."""
    rules = answering(session, registry, "objection_decider", day)
    if rules is None:
        return "ppk"
    asked = pl.DataFrame({"person": ["1"], "superior_of_appraiser": [False]})
    return str(rules.appraise(asked).person_steps.item(0, "objection_decider"))


def hearing_window(session: Session, registry: Registry, day: date) -> dict[str, object]:
    """How long both sides of an objection may explain themselves: days, kind, article and certainty.

    Where no rulebook says anything, the day on which they are asked.
    """
    rules = answering(session, registry, "hearing_until", day)
    days = rules.values.hearing_days if rules else 0
    return {"days": days, "kind": DayKind.CALENDAR.value, **basis(rules, "hearing_days")}
