"""One feature, rolled out to one region only: the others see what it is like without it."""

from __future__ import annotations

from datetime import date

from selaras.demo.stage import OPERATOR, Stage
from selaras.evaluation.rules import period_span
from selaras.tenancy import rollouts
from selaras.tenancy.features import Feature
from selaras.tenancy.queries import list_agencies
from selaras.tenancy.rollout_queries import rollouts as known_rollouts

REGION = "35"
"""Jawa Timur."""
SINCE = date(2026, 10, 1)
REASON = "Peragaan: hasil yang dapat dicetak, lebih dahulu di Jawa Timur."


def roll_out(stage: Stage) -> tuple[str, ...]:
    """Take the printed receipt live at the region's agencies; those it was rolled out to before stay as they are."""
    with stage.console.platform() as session:
        mine = [one for one in known_rollouts(session) if one.subject == Feature.PRINTED_RECEIPT]
        done = {member.slug for one in mine for member in one.members}
        slugs = tuple(
            one.slug
            for one in list_agencies(session)
            if (one.region_code or "").startswith(REGION) and one.status == "active" and one.slug not in done
        )
        if not slugs:
            return ()
        goal = rollouts.Goal(rollouts.FEATURE, Feature.PRINTED_RECEIPT, SINCE)
        made = rollouts.start(session, OPERATOR, goal, stage.registry, reason=REASON, region_code=REGION, slugs=slugs)
        for _ in rollouts.NEXT:
            rollouts.advance(
                session, OPERATOR, made, reason=REASON, last_day=lambda code: period_span(code).ends, slugs=slugs
            )
    return slugs
