"""SE MenPANRB 3/2023: the distribution of predikat that follows from the organisation's predikat."""

from __future__ import annotations

from typing import Any

from selaras.regulation import DistributionRule, Limit, Source, Values


def rule(p: Values) -> DistributionRule | None:
    """The circular's limits; None before the circular, when the annex's curves carried no percentages."""
    if "distribution" not in p:
        return None
    source = p.source("distribution")
    limits = {rating: tuple(_limit(one, source) for one in listed) for rating, listed in p.distribution.items()}
    return DistributionRule(limits, p.distribution_exempt_up_to, p.distribution_most, source)


def _limit(node: dict[str, Any], source: Source) -> Limit:
    return Limit(**{**node, "outcomes": tuple(node["outcomes"])}, source=source)
