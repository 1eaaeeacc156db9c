"""What somebody who acts for another may do: what rulebooks say, with the agency's choices."""

from __future__ import annotations

from datetime import date

import polars as pl
from sqlalchemy.orm import Session

from selaras.identity.permissions import Permission
from selaras.regulation import Registry
from selaras.tenancy.queries import chosen_on

STEPS = {"acting_agrees_plans": Permission.AGREE_PLANS, "acting_appraises": Permission.RATE_TEAM}
YES = "yes"


def authority_of(session: Session, registry: Registry, kind: str, day: date) -> frozenset[Permission]:
    """What a kind of delegation (plt, plh, mandate) carries on `day`: seeing the team, and what a rulebook allows.

    Where no rulebook in force answers, nothing but seeing the team.
    """
    held = {Permission.SEE_TEAM}
    chosen = chosen_on(session, day)
    for code in registry.codes("acting"):
        if day not in registry.identity(code).in_force:
            continue
        rules = registry.rules(code, on=day, overrides=chosen.get(code))
        said = rules.appraise(pl.DataFrame([{"person": "1", "acting_kind": kind}])).person_steps
        held |= {permission for step, permission in STEPS.items() if said.item(0, step) == YES}
    return frozenset(held)
