"""The frozen figures enter the appraisal as the regulation's steps say, and stand in the receipt."""

from __future__ import annotations

from datetime import date

import pytest
from factories.staff import create_staff
from factories.surveys import Survey
from factories.years import Years
from sqlalchemy import text

from selaras.closing import jobs, service
from selaras.errors import Invalid
from selaras.evaluation import queries
from selaras.evaluation.service import refuse_surveyed
from selaras.identity.actor import system
from selaras.jobs.carrying import Carrier
from selaras.jobs.watch import Watch
from selaras.regulation import load_registry
from selaras.tenancy.queries import agency, rules_on

ENDS = date(2021, 12, 31)
ASPECTS = ("orientasi_pelayanan", "komitmen", "inisiatif_kerja", "kerja_sama")


@pytest.fixture
def half(database, urls, tenant, console_database, tmp_path, monkeypatch) -> Survey:
    """The second half of 2021, where peers are heard (60/40); persons 2 to 6 serve under head 1."""
    monkeypatch.setenv("SELARAS_FILES", str(tmp_path / "files"))
    made = Survey(database, urls, tenant.tenant_id, "2021-S2", ENDS, "pp30_2019")
    with database.tenant(tenant.tenant_id) as session, console_database.platform() as console:
        create_staff(session, 20)
        years = Years(session)
        years.follow(console)
        years.alone(2, 3, 4, 5, 6)
        period = years.open("2021-S2")
        for n in (2, 3, 4, 5, 6):
            years.plan(n, 2021, {"quantity": (100.0, 100.0)})
            years.levels(period, n)
    made.choose(small_units="exempt", small_unit_minimum=7)
    made.plan()
    return made


def closed(half: Survey, person: int):  # type: ignore[no-untyped-def]  # what passes through is not looked at
    with half.database.tenant(half.tenant_id) as session:
        rules = rules_on(session, agency(session, half.tenant_id), ENDS, load_registry())
        service.start(session, system(half.tenant_id), "2021-S2", rules)
    job = half.scalar("UPDATE selaras.job_envelope SET state = 'admitted' WHERE tenant_id = :tenant RETURNING job_id")
    watch = Watch(half.urls.app)
    Carrier(half.database, watch, {"close": jobs.run}, lambda: False).carry(half.tenant_id, job)
    watch.close()
    with half.database.tenant(half.tenant_id) as session:
        return queries.receipt(session, half.person(person), "2021-S2")


def test_peers_levels_count_forty_in_a_hundred(half: Survey) -> None:
    half.open()
    for rater, _ in half.asked(2, "peers"):
        half.cast(rater, 2, dict.fromkeys(ASPECTS, 5))
    for rater, _ in half.asked(3, "peers")[:2]:
        half.cast(rater, 3, dict.fromkeys(ASPECTS, 7))
    half.close()
    view = closed(half, 2)
    values = {line.step: line.value for line in view.receipt.lines}
    # The appraiser saw level 4 (60 of 100), the peers 5 (40 of 100).
    assert values["komitmen_level"] == pytest.approx(4.4)
    inputs = half.scalar(
        "SELECT inputs FROM selaras.outcome_steps WHERE tenant_id = :tenant AND person_id = :p", p=half.person(2)
    )
    assert inputs["komitmen_peers"] == 5
    assert inputs["komitmen"] == 4
    with half.database.tenant(half.tenant_id) as session:
        few = queries.receipt(session, half.person(3), "2021-S2")
    assert {line.step: line.value for line in few.receipt.lines}["komitmen_level"] == pytest.approx(4.0)


def test_what_a_survey_says_nobody_writes(half: Survey) -> None:
    period = half.scalar("SELECT id FROM selaras.period WHERE tenant_id = :tenant AND code = '2021-S2'")
    with half.database.tenant(half.tenant_id) as session:
        refuse_surveyed(session, half.person(2), period, {"komitmen_peers": 7})
    half.open()
    with half.database.tenant(half.tenant_id) as session, pytest.raises(Invalid, match="comes from the 360° survey"):
        refuse_surveyed(session, half.person(2), period, {"komitmen_peers": 7})
    # Neither does a file that was imported before: what the survey has too few answers for stays empty.
    with half.database.tenant(half.tenant_id) as session:
        session.execute(
            text(
                "UPDATE selaras.rating SET inputs = inputs || '{\"komitmen_peers\": 7}'"
                " WHERE tenant_id = :t AND person_id = :p"
            ),
            {"t": half.tenant_id, "p": half.person(2)},
        )
    half.close()
    view = closed(half, 2)
    assert {line.step: line.value for line in view.receipt.lines}["komitmen_level"] == pytest.approx(4.0)
