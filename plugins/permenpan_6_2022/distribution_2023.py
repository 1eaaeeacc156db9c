"""SE MenPANRB 3/2023 with what it leaves open besides: where the head of a unit counts."""

from __future__ import annotations

from dataclasses import replace

from permenpan_6_2022 import distribution
from selaras.regulation import DistributionRule, Values


def rule(p: Values) -> DistributionRule | None:
    """The circular's limits, and whose predikat count towards a unit's distribution."""
    found = distribution.rule(p)
    return replace(found, heads=p.distribution_heads) if found else None
