"""Results of a plan that have no measures: the rule says what becomes of them, and none is left out in silence."""

from __future__ import annotations

import json
from datetime import date
from uuid import UUID

import pytest
from factories.years import Years

from selaras.closing import service
from selaras.closing.queries import overview
from selaras.evaluation import queries
from selaras.identity.actor import system

from .conftest import Closing, rules_of
from .test_segments import close, form

MIDYEAR = date(2019, 7, 1)


def add_item(years: Years, n: int, kind: str, section: str | None, measures: dict[str, tuple[float, float]]) -> None:
    """One more result in the newest plan of person `n`."""
    item = years.run(
        "INSERT INTO selaras.plan_item (tenant_id, plan_id, code, kind, title, section, detail)"
        " SELECT :tenant, id, :code, :kind, 'Tugas lain', :section, '{}' FROM selaras.plan WHERE tenant_id = :tenant"
        " AND person_id = :p ORDER BY segment DESC LIMIT 1 RETURNING id",
        p=years.person(n), code=f"{kind}-2", kind=kind, section=section,
    )  # fmt: skip
    for aspect, (target, actual) in measures.items():
        years.run(
            "INSERT INTO selaras.item_measure (tenant_id, item_id, aspect, target, actual)"
            " VALUES (:tenant, :item, :aspect, :target, :actual)",
            item=item, aspect=aspect, target=target, actual=actual,
        )  # fmt: skip


@pytest.fixture
def year(closing: Closing) -> UUID:
    """2019 under PP 46/2011: persons 2, 3 and 4 under head 1, planned and rated at 84.2."""
    closing.staff(40)
    with closing.database.tenant(closing.tenant_id) as session:
        years = Years(session)
        years.alone(2, 3, 4)
        period = years.open("2019")
        for n in (2, 3, 4):
            years.activity(n, 2019, 85.0)
            years.behaviour(period, n, 80)
    return period


def refused(closing: Closing) -> dict[str, object]:
    """What the close says when it cannot appraise."""
    with closing.database.tenant(closing.tenant_id) as session:
        service.start(session, system(closing.tenant_id), "2019", rules_of(session, date(2019, 12, 31)))
    closing.carry()
    with closing.database.tenant(closing.tenant_id) as session:
        seen = overview(session, "2019")
    assert seen.state == "blocked"
    return json.loads(json.dumps(seen.problem))


def test_an_activity_without_measures_leaves_the_result_open_and_is_said(closing: Closing, year: UUID) -> None:
    with closing.database.tenant(closing.tenant_id) as session:
        add_item(Years(session), 2, "main", None, {})
        person = Years(session).person(2)
    problem = refused(closing)
    assert (problem["code"], problem["params"]["count"], problem["params"]["person"]) == (
        "outcome_undecided", "1", str(person),
    )  # fmt: skip


@pytest.mark.parametrize("section", [None, "tugas_tambahan", "kreativitas"])
def test_extra_duties_are_no_activities_with_or_without_measures(
    closing: Closing, year: UUID, section: str | None
) -> None:
    with closing.database.tenant(closing.tenant_id) as session:
        years = Years(session)
        add_item(years, 2, "additional", section, {})
        add_item(years, 3, "additional", section, {"quantity": (10.0, 1.0), "quality": (100.0, 10.0)})
        ids = [years.person(n) for n in (2, 3, 4)]
    close(closing)
    with closing.database.tenant(closing.tenant_id) as session:
        assert [queries.receipt(session, one, "2019").outcome.score for one in ids] == [84.2] * 3


def test_the_parts_of_a_year_take_every_activity_too(closing: Closing, year: UUID) -> None:
    with closing.database.tenant(closing.tenant_id) as session:
        years = Years(session)
        years.run("DELETE FROM selaras.rating WHERE tenant_id = :tenant AND person_id = :p", p=years.person(2))
        years.run("UPDATE selaras.plan SET starts = '2019-01-01', ends = '2019-06-30'"
                  " WHERE tenant_id = :tenant AND person_id = :p", p=years.person(2))  # fmt: skip
        years.activity(2, 2019, 85.0, segment=2, days=(MIDYEAR, date(2019, 12, 31)))
        years.move(2, MIDYEAR, 2)
        form(session)
        years.behaviour(year, 2, 80, segment=1)
        years.behaviour(year, 2, 80, segment=2)
        add_item(years, 2, "additional", None, {})
        add_item(years, 2, "main", "tugas_jabatan", {})
    assert refused(closing)["code"] == "outcome_undecided"
