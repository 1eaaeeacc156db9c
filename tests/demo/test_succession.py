"""A split ministry in the demo: its people's year reaches both successors as files, each behind its own wall."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from selaras.clock import today
from selaras.config import Settings
from selaras.db.session import Database
from selaras.evaluation.handovers import handed_over, handovers
from selaras.evaluation.queries import history, receipt
from selaras.organisation.queries import person_by_number
from selaras.servers.running import running
from selaras.tenancy.queries import agency, agency_by_slug, features_on

FORMER, SUCCESSORS = "pupr", ("pu", "pkp")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The three agencies played once, the first of them twice."""
    home = tmp_path_factory.mktemp("split")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SELARAS_")}
    program = str(Path(sys.executable).with_name("selaras"))
    for only in ((FORMER, *SUCCESSORS), (SUCCESSORS[0],)):
        command = [
            program,
            "demo",
            "--no-serve",
            "--people",
            "80",
            *(word for slug in only for word in ("--only", slug)),
        ]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            env=environment | {"SELARAS_HOME": str(home)},
            timeout=280,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    with running(replace(Settings(), home=home)) as instance:
        database = Database(instance.settings.app_database_url)
        yield database
        database.close()


def tenant_of(app: Database, slug: str) -> int:
    with app.platform() as session:
        return agency_by_slug(session, slug).tenant_id


@pytest.mark.slow
def test_each_successor_has_the_year_of_its_own_people_and_nobody_else_s(app: Database) -> None:
    with app.tenant(tenant_of(app, FORMER)) as session:
        set_there = session.execute(
            text("SELECT count(*) FROM selaras.outcome WHERE tenant_id = :t"), {"t": session.info["tenant"]}
        ).scalar_one()
    came, numbers = 0, {}
    for slug in SUCCESSORS:
        with app.tenant(tenant_of(app, slug)) as session:
            (taken,) = handovers(session)
            came += taken.results
            rows = session.execute(
                text(
                    "SELECT DISTINCT n.number FROM selaras.handed_over_result h JOIN selaras.person_number n"
                    " ON n.tenant_id = h.tenant_id AND n.person_id = h.person_id WHERE h.tenant_id = :t"
                ),
                {"t": session.info["tenant"]},
            )
            numbers[slug] = set(rows.scalars())
    assert came == set_there > 0
    assert not numbers["pu"] & numbers["pkp"]


@pytest.mark.slow
def test_the_result_is_the_one_that_was_set_with_its_steps_and_source(app: Database) -> None:
    with app.tenant(tenant_of(app, "pu")) as session:
        number, person = session.execute(
            text(
                "SELECT n.number, h.person_id FROM selaras.handed_over_result h JOIN selaras.person_number n"
                " ON n.tenant_id = h.tenant_id AND n.person_id = h.person_id"
                " WHERE h.tenant_id = :t ORDER BY 1 LIMIT 1"
            ),
            {"t": session.info["tenant"]},
        ).one()
        (brought,) = handed_over(session, person)
        assert [one.period_code for one in history(session, person)] == ["2026-TW3"]
    with app.tenant(tenant_of(app, FORMER)) as session:
        there = person_by_number(session, number, brought.ends)
        assert there
        own = receipt(session, there, "2019")
        assert brought.source_agency == agency(session, int(session.info["tenant"])).name
    assert (brought.period_code, brought.regulation) == ("2019", "pp46_2011")
    assert (brought.word.code, brought.score) == (own.outcome.outcome, pytest.approx(own.outcome.score, abs=1e-9))
    assert brought.appraiser_name == own.outcome.appraiser_name
    assert brought.rule_hash == own.outcome.rule_hash
    assert [line["article"] for line in brought.lines] == [line.article for line in own.receipt.lines]


@pytest.mark.slow
def test_both_ledgers_know_and_no_other_region_has_the_feature(app: Database) -> None:
    for slug, action in ((FORMER, "handover.give"), *((slug, "handover.take") for slug in SUCCESSORS)):
        with app.tenant(tenant_of(app, slug)) as session:
            found = session.execute(
                text("SELECT count(*) FROM selaras.ledger_entry WHERE tenant_id = :t AND action = :a"),
                {"t": session.info["tenant"], "a": action},
            ).scalar_one()
            assert found == (len(SUCCESSORS) if slug == FORMER else 1), slug
            assert features_on(session, int(session.info["tenant"]), today("Asia/Jakarta")) == frozenset()
