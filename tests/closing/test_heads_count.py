"""Where the head of a unit counts towards a distribution: in the own unit, in the unit above, or nowhere."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from selaras.evaluation.distribution import check_batch, checks
from selaras.evaluation.facts import Facts
from selaras.evaluation.models import OutcomeBatch
from selaras.evaluation.queries import period_by_code
from selaras.regulation import load_registry

from .conftest import PERIOD, Closing


@pytest.mark.parametrize(
    ("heads", "people"),
    [("own_unit", {"Unit 1": 20}), ("unit_above", {"Unit 0": 1, "Unit 1": 19}), ("nowhere", {"Unit 1": 19})],
)
def test_the_head_counts_where_the_agency_says(closing: Closing, heads: str, people: dict[str, int]) -> None:
    closing.staff(20)
    closing.start()
    closing.carry()
    chosen = {"distribution_heads": heads}
    rules = load_registry().rules("permenpan_6_2022", on=date(2026, 9, 30), overrides=chosen)
    with closing.database.tenant(closing.tenant_id) as session:
        period = period_by_code(session, PERIOD)
        batch = session.scalars(select(OutcomeBatch.id)).one()
        check_batch(session, batch, period.id, Facts(session, period, rules).rated_units(), rules)
        found = checks(session, batch, period.id)
    assert {check.unit_name: sum(check.counts.values()) for check in found} == people
