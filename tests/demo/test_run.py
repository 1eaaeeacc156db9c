"""The demo's run as a stranger starts it: real servers, real workers, two agencies, twice, and nothing left behind."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from selaras.calibration.ledger import replay_meeting
from selaras.clock import today
from selaras.closing.queries import overview
from selaras.config import Settings
from selaras.db.session import Database
from selaras.demo.surveying import SURVEYED, phrase_file
from selaras.evaluation.queries import history, receipt
from selaras.followup.queries import remuneration
from selaras.monitoring.survey.queries import campaigns
from selaras.servers.running import Running, running
from selaras.tenancy.features import Feature
from selaras.tenancy.queries import agency_by_slug, features_on

QUARTER = "2026-TW3"
ONLY = ("sidoarjo", "surabaya")


def play(home: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("selaras")), "demo", "--no-serve", "--people", "80"]
    for slug in ONLY:
        command += ["--only", slug]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SELARAS_")}
    return subprocess.run(
        command, capture_output=True, text=True, env=environment | {"SELARAS_HOME": str(home)}, timeout=280, check=False
    )


def processes_of(home: Path) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                environment = (entry / "environ").read_bytes()
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if str(home).encode() in environment or str(home) in command:
                found.append(command)
    return found


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def played(home: Path) -> str:
    done = play(home)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def instance(home: Path, played: str) -> Iterator[Running]:
    with running(replace(Settings(), home=home)) as opened:
        yield opened


@pytest.fixture(scope="module")
def app(instance: Running) -> Iterator[Database]:
    database = Database(instance.settings.app_database_url)
    yield database
    database.close()


def tenant_of(app: Database, slug: str) -> int:
    with app.platform() as session:
        return agency_by_slug(session, slug).tenant_id


@pytest.mark.slow
def test_the_demo_closes_its_periods_and_leaves_no_process(home: Path, played: str) -> None:
    assert played.count("permenpan_6_2022") == 2
    assert "pp46_2011" in played
    assert processes_of(home) == []


@pytest.mark.slow
def test_one_agency_has_a_counted_survey_and_an_open_one(app: Database, home: Path) -> None:
    with app.tenant(tenant_of(app, SURVEYED)) as session:
        found = {one.state: one for one in campaigns(session)}
        assert sorted(found) == ["closed", "open"]
        closed = found["closed"]
        assert closed.share == 100, "everybody answered"
        means = session.execute(
            text(
                "SELECT count(*), min(answers) FROM selaras.survey_figure WHERE tenant_id = :t"
                " AND perspective = 'peers'"
            ),
            {"t": tenant_of(app, SURVEYED)},
        ).one()
        assert means[0] > 0
        assert means[1] >= 3
    assert re.fullmatch(r"[A-Z2-7]{4}(-[A-Z2-7]{4}){7}\n", phrase_file(home).read_text())


@pytest.mark.slow
def test_the_feature_is_live_in_its_region_and_rolled_out_once(app: Database) -> None:
    with app.platform() as session:
        for slug in ONLY:
            assert features_on(session, agency_by_slug(session, slug).tenant_id, today("Asia/Jakarta")) == {
                Feature.PRINTED_RECEIPT
            }
        assert session.execute(text("SELECT count(*) FROM selaras.feature_assignment")).scalar_one() == len(ONLY)


@pytest.mark.slow
def test_somebody_acts_as_plh_and_one_agency_offers_input_to_the_other(app: Database) -> None:
    for slug in ONLY:
        with app.tenant(tenant_of(app, slug)) as session:
            values = {"tenant": session.info["tenant"], "day": today("Asia/Jakarta")}
            acting = "SELECT kind FROM selaras.delegation WHERE tenant_id = :tenant AND during @> CAST(:day AS date)"
            assert session.execute(text(acting), values).scalars().all() == ["plh"]
    with app.tenant(tenant_of(app, ONLY[0])) as session:
        offered = "SELECT part, other_name FROM selaras.input_grant WHERE tenant_id = :tenant"
        [found] = session.execute(text(offered), {"tenant": session.info["tenant"]}).all()
        assert (found.part, "Surabaya" in found.other_name) == ("giving", True)


@pytest.mark.slow
def test_a_second_run_changes_nothing(home: Path, played: str) -> None:
    again = play(home)
    assert again.returncode == 0, again.stdout + again.stderr

    def rows(output: str) -> list[list[str]]:
        # The last column is the seconds that the stages took when they ran, so it is the same too.
        return [line.split("│")[1:-1] for line in output.splitlines() if "permenpan" in line or "pp46" in line]

    assert rows(again.stdout) == rows(played)


@pytest.mark.slow
def test_one_persons_history_shows_two_regulations(app: Database) -> None:
    with app.tenant(tenant_of(app, "sidoarjo")) as session:
        people = (
            session.execute(
                text(
                    "SELECT person_id FROM selaras.outcome WHERE tenant_id = :tenant"
                    " GROUP BY 1 HAVING count(DISTINCT period_id) = 2"
                ),
                {"tenant": session.info["tenant"]},
            )
            .scalars()
            .all()
        )
        assert people
        lines = history(session, people[0])
        assert [(line.period_code, line.regulation) for line in lines] == [
            (QUARTER, "permenpan_6_2022"),
            ("2019", "pp46_2011"),
        ]
        older = receipt(session, people[0], "2019")
        assert older.outcome.score is not None
        assert any(line.item for line in older.receipt.lines)
        assert all(line.article for line in older.receipt.lines if line.part == "step")


@pytest.mark.slow
def test_a_pack_overrides_groups_and_pay_and_its_sibling_is_unaffected(app: Database) -> None:
    groups, paid = {}, {}
    for slug in ONLY:
        with app.tenant(tenant_of(app, slug)) as session:
            seen = overview(session, QUARTER)
            groups[slug] = {group.group_key for group in seen.groups}
            person, period = session.execute(
                text(
                    "SELECT person_id, period_id FROM selaras.outcome"
                    " WHERE tenant_id = :tenant AND period_id = :period AND outcome = 'baik' LIMIT 1"
                ),
                {"tenant": session.info["tenant"], "period": seen.period.id},
            ).one()
            found = remuneration(session, person, period, seen.period.ends)
            assert found is not None
            paid[slug] = int(found.percent)
    assert paid == {"sidoarjo": 100, "surabaya": 95}
    assert any("pppk" in key for key in groups["surabaya"])
    assert not any("pppk" in key for key in groups["sidoarjo"])


@pytest.mark.slow
def test_each_agency_holds_a_finished_calibration_meeting_that_its_ledger_replays_to(app: Database) -> None:
    for slug in ONLY:
        with app.tenant(tenant_of(app, slug)) as session:
            rows = session.execute(text("SELECT id, state, minutes_id FROM selaras.calibration_meeting")).all()
            assert [(row.state, row.minutes_id is not None) for row in rows] == [("closed", True)]
            assert replay_meeting(session, rows[0].id).sound
