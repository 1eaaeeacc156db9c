"""The year 2021: two halves under two regulations, closed in one go or half by half, integrated either way."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from factories.years import Years

from selaras.closing import service
from selaras.closing.queries import overview
from selaras.errors import Conflict
from selaras.evaluation import queries
from selaras.evaluation.segment_queries import segments_of
from selaras.identity.actor import system

from .conftest import Closing, rules_of
from .test_segments import form

FIRST_HALF = (date(2021, 1, 1), date(2021, 6, 30))
SECOND_HALF = (date(2021, 7, 1), date(2021, 12, 31))
# PP 46: 60 % of (100 + 85 + 76) / 3 + 40 % of 80 = 84.2, on the scale of PP 30: 90 + 19 / 14 × 8.2 = 101.13.
# PP 30: 70 % of 100 + 30 % of 90 = 97. Half and half: 99.065.
PP46_SCORE, CONVERTED, PP30_SCORE, INTEGRATED = 84.2, 101.13, 97.0, 99.065


def close(closing: Closing, code: str, day: date) -> None:
    with closing.database.tenant(closing.tenant_id) as session:
        service.start(session, system(closing.tenant_id), code, rules_of(session, day))
    closing.carry()
    # The shares of PP 30/2019 have no solution for a handful of people, so the official sets them with a reason.
    official = closing.official()
    with closing.database.tenant(closing.tenant_id) as session:
        breached = [check.unit_id for check in overview(session, code).checks if check.breached]
        for unit in breached:
            service.override(session, official, code, unit, "Unit ini hanya mempunyai tiga pegawai yang dinilai.")
    if breached:
        closing.carry()
    with closing.database.tenant(closing.tenant_id) as session:
        seen = overview(session, code)
        assert (seen.state, seen.problem) == ("set", None), seen.problem


@pytest.fixture
def halves(closing: Closing, console_database) -> dict[str, UUID]:
    """Persons 2, 3 and 4 under head 1, each with a plan for each half of 2021; nobody else."""
    closing.staff(20)
    with closing.database.tenant(closing.tenant_id) as session, console_database.platform() as console:
        years = Years(session)
        years.follow(console)
        years.alone(2, 3, 4)
        for n in (2, 3, 4):
            years.activity(n, 2021, 85.0, days=FIRST_HALF)
            years.plan(n, 2021, {"quantity": (100.0, 100.0)}, segment=2, days=SECOND_HALF)
        return {str(n): years.person(n) for n in (2, 3, 4)}


def rated(closing: Closing) -> UUID:
    """2021 opened, its segments formed, and both halves of everybody rated."""
    with closing.database.tenant(closing.tenant_id) as session:
        years = Years(session)
        period = years.open("2021")
        form(session, "2021")
        for n in (2, 3, 4):
            years.behaviour(period, n, 80, segment=1)
            years.levels(period, n, segment=2)
    return period


def test_2021_is_two_halves_each_under_its_own_regulation(closing: Closing, halves: dict[str, UUID]) -> None:
    period = rated(closing)
    with closing.database.tenant(closing.tenant_id) as session:
        first, second = segments_of(session, period, halves["2"])
    assert (first.regulation, second.regulation, second.cause) == ("pp46_2011", "pp30_2019", "regulation_change")
    close(closing, "2021", SECOND_HALF[1])
    with closing.database.tenant(closing.tenant_id) as session:
        view = queries.receipt(session, halves["2"], "2021")
    assert [(part.description["code"], part.score) for part in view.parts] == [
        ("pp46_2011", PP46_SCORE), ("pp30_2019", PP30_SCORE),
    ]  # fmt: skip
    values = {one.step: (one.value, one.article) for one in view.receipt.lines if one.item is None}
    assert values["converted_rounded"][0] == CONVERTED
    assert values["total_score"][0] == pytest.approx(INTEGRATED)
    assert "SE MenPANRB 3/2021" in values["total_score"][1]
    assert (view.outcome.outcome, view.outcome.regulation, view.outcome.segment) == ("baik", "pp30_2019", 0)
    receipts = [part.receipt for part in view.parts if part.receipt]
    articles = [{one.article for one in made.lines if one.part == "step"} for made in receipts]
    assert any("PP 46/2011" in one for one in articles[0])
    assert any("8/2021" in one for one in articles[1])
    assert not any("8/2021" in one for one in articles[0])


def test_halves_that_are_closed_already_are_integrated(closing: Closing, halves: dict[str, UUID]) -> None:
    with closing.database.tenant(closing.tenant_id) as session:
        years = Years(session)
        first, second = years.open("2021-S1"), years.open("2021-S2")
        for n in (2, 3, 4):
            years.behaviour(first, n, 80)
            years.levels(second, n, new_idea=n == 3)
    close(closing, "2021-S1", FIRST_HALF[1])
    close(closing, "2021-S2", SECOND_HALF[1])
    with closing.database.tenant(closing.tenant_id) as session:
        year = Years(session).open("2021")
    # Nobody forms segments and nobody rates again: the close takes what the halves came to.
    close(closing, "2021", SECOND_HALF[1])
    with closing.database.tenant(closing.tenant_id) as session:
        assert [one.source_period_id for one in segments_of(session, year, halves["2"])] == [first, second]
        view = queries.receipt(session, halves["2"], "2021")
        history = [(one.period_code, one.score) for one in queries.history(session, halves["2"])]
        idea = queries.receipt(session, halves["3"], "2021")
    assert view.outcome.score == pytest.approx(INTEGRATED)
    assert [(part.source_period, part.receipt) for part in view.parts] == [("2021-S1", None), ("2021-S2", None)]
    assert sorted(history) == [
        ("2021", view.outcome.score), ("2021-S1", pytest.approx(PP46_SCORE)), ("2021-S2", pytest.approx(PP30_SCORE)),
    ]  # fmt: skip
    # What the second half knew of a new idea reaches the year.
    assert [one.value for one in idea.receipt.lines if one.step == "segment_idea"] == [0, 1]


def test_one_half_closed_and_one_rated(closing: Closing, halves: dict[str, UUID]) -> None:
    with closing.database.tenant(closing.tenant_id) as session:
        years = Years(session)
        first = years.open("2021-S1")
        for n in (2, 3, 4):
            years.behaviour(first, n, 80)
    close(closing, "2021-S1", FIRST_HALF[1])
    with closing.database.tenant(closing.tenant_id) as session:
        years = Years(session)
        year = years.open("2021")
        form(session, "2021")
        for n in (2, 3, 4):
            years.levels(year, n, segment=2)
    close(closing, "2021", SECOND_HALF[1])
    with closing.database.tenant(closing.tenant_id) as session:
        view = queries.receipt(session, halves["4"], "2021")
    assert view.outcome.score == pytest.approx(INTEGRATED)
    assert [(part.source_period, part.receipt is None) for part in view.parts] == [("2021-S1", True), (None, False)]


def test_whoever_served_one_half_only_keeps_it_on_the_scale_of_the_year(
    closing: Closing, halves: dict[str, UUID]
) -> None:
    with closing.database.tenant(closing.tenant_id) as session:
        years = Years(session)
        years.move(2, date(2021, 5, 1), 1, "Analis", status="99")
        years.run("UPDATE selaras.appointment SET during = '[2021-09-01,)' WHERE tenant_id = :tenant"
                  " AND person_id = :p", p=halves["3"])  # fmt: skip
        years.run("UPDATE selaras.plan SET ends = '2021-04-30' WHERE tenant_id = :tenant AND person_id = :p"
                  " AND segment = 1", p=halves["2"])  # fmt: skip
        period = years.open("2021")
        form(session, "2021")
        years.behaviour(period, 2, 80)
        years.levels(period, 3)
        years.behaviour(period, 4, 80)
        years.levels(period, 4, segment=2)
    close(closing, "2021", SECOND_HALF[1])
    with closing.database.tenant(closing.tenant_id) as session:
        pensioned, late, both = (queries.receipt(session, halves[n], "2021").outcome for n in ("2", "3", "4"))
    assert (pensioned.score, pensioned.outcome, pensioned.regulation) == (CONVERTED, "baik", "pp30_2019")
    assert (late.score, late.segment) == (pytest.approx(PP30_SCORE), 1)
    assert both.score == pytest.approx(INTEGRATED)


def test_a_rating_of_one_half_is_not_enough(closing: Closing, halves: dict[str, UUID]) -> None:
    with closing.database.tenant(closing.tenant_id) as session:
        years = Years(session)
        period = years.open("2021")
        form(session, "2021")
        for n in (2, 3, 4):
            years.levels(period, n, segment=2)
    assert len(halves) == 3
    with pytest.raises(Conflict, match="3 of 3 people have no rating"):
        close(closing, "2021", SECOND_HALF[1])
