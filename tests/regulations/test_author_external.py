"""A regulation from outside: built, installed, listed, followed and closed under; then removed, and nothing is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest
from conftest import Tenant, Urls
from factories.site import Home, site_settings
from sqlalchemy import text

from selaras.app import create_app
from selaras.config import settings
from selaras.db.session import Database
from selaras.errors import Conflict
from selaras.evaluation import queries
from selaras.regulation import load_registry
from selaras.regulation.author import write_skeleton
from selaras.tenancy.queries import agency, rules_on

ROOT = Path(__file__).parents[2]
CODE = "perka_luar_9_2021"


@dataclass(frozen=True)
class Outside:
    """The folder that the wheel was installed into, and how to run a program that sees it (or does not)."""

    folder: Path
    environment: dict[str, str]

    def run(self, *command: str, installed: bool = True) -> subprocess.CompletedProcess[str]:
        seen = [str(self.folder)] if installed else []
        paths = os.pathsep.join([*seen, str(ROOT), str(ROOT / "tests")])
        return subprocess.run(
            [sys.executable, *command],
            env={**os.environ, **self.environment, "PYTHONPATH": paths, "PYTHONWARNINGS": "error"},
            capture_output=True,
            text=True,
            check=False,
        )

    def selaras(self, *arguments: str, installed: bool = True) -> subprocess.CompletedProcess[str]:
        return self.run("-c", "from selaras.cli import main; main()", *arguments, installed=installed)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The skeleton as its author would release it: built by its own build backend, without a network."""
    folder = tmp_path_factory.mktemp("outside")
    for path in write_skeleton(CODE, folder):
        path.write_text(
            path.read_text().replace("2030-", "2021-").replace("2031-", "2022-").replace('"2030"', '"2021"')
        )
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist")],
        cwd=folder / CODE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    (found,) = (folder / "dist").glob("*.whl")
    return found


@pytest.fixture
def outside(wheel: Path, tmp_path: Path, urls: Urls) -> Outside:
    installed = tmp_path / "installed"
    with ZipFile(wheel) as archive:
        archive.extractall(installed)
    environment = {
        "SELARAS_APP_DATABASE_URL": urls.app,
        "SELARAS_CONSOLE_DATABASE_URL": urls.console,
        "SELARAS_FILES": str(tmp_path / "files"),
    }
    return Outside(installed, environment)


def test_it_is_listed_with_its_distribution_and_its_examples_pass(outside: Outside) -> None:
    listed = outside.selaras("regulation", "list")
    assert (
        f"{CODE}  2021-01-01 to now  [pns]  Keputusan contoh ({CODE})  (selaras-perka-luar-9-2021 0.1.0)"
        in listed.stdout
    )
    assert "(selaras 0" in listed.stdout
    assert "4/4 passed" in outside.selaras("case", "run", str(outside.folder / CODE / "cases" / "examples.yaml")).stdout
    assert CODE not in outside.selaras("regulation", "list", installed=False).stdout


@pytest.fixture
def closed(outside: Outside, tenant: Tenant) -> Outside:
    """An agency follows it in 2021, and its year is closed under it."""
    span = ("--from", "2021-01-01", "--before", "2022-01-01", "--reason", "pilot")
    refused = outside.selaras("tenant", "assign", tenant.slug, CODE, *span, installed=False)
    assert refused.returncode == 2
    assert f"No regulation {CODE} is installed" in refused.stderr
    followed = outside.selaras("tenant", "assign", tenant.slug, CODE, *span)
    assert followed.returncode == 0, followed.stderr
    done = outside.run(str(Path(__file__).with_name("external_life.py")), str(tenant.tenant_id))
    assert done.returncode == 0, done.stderr
    return outside


def test_after_its_removal_results_keep_their_receipts_and_nothing_new_is_set(
    closed: Outside,
    tenant: Tenant,
    database: Database,
    home: Home,
) -> None:
    assert CODE not in load_registry().codes()
    with database.tenant(tenant.tenant_id) as session:
        person = session.execute(
            text("SELECT id FROM selaras.person WHERE tenant_id = :t AND source_id = 'person-3'"),
            {"t": tenant.tenant_id},
        ).scalar_one()
        (outcome,) = queries.history(session, person)
        assert (outcome.outcome, outcome.score) == ("baik", 90)
        made = queries.receipt(session, person, "2021").receipt
        assert (made.regulation, made.outcome_label) == (CODE, {"id": "Baik", "en": "Good"})
        assert [(line.step, line.value) for line in made.lines if line.part == "step"] == [
            ("task_score", 90),
            ("score", 90),
            ("predikat", "baik"),
        ]
        with pytest.raises(Conflict, match=r"no longer installed here\. Results that were set stay"):
            rules_on(session, agency(session, tenant.tenant_id), date(2021, 12, 31), load_registry())

    visitor, manager = home.as_person(3), home.manager()
    assert "Baik" in visitor.page(f"/people/{person}")
    assert "Nilai tugas" in visitor.page(f"/people/{person}/receipts/2021")
    assert f"Keputusan contoh ({CODE})" in manager.page("/periods/2021")
    assert "2021" in manager.page("/periods")

    opened = closed.selaras("close", "open", "--agency", tenant.slug, "2021-S1", installed=False)
    assert opened.returncode == 2
    assert f"The agency follows {CODE} on 2021-06-30, which is no longer installed here" in opened.stderr
    listed = closed.selaras("tenant", "regulation", tenant.slug, installed=False)
    assert f"2021-01-01 – before 2022-01-01  {CODE}" in listed.stdout, listed.stderr


@pytest.fixture
def home(
    closed: Outside, tenant: Tenant, database: Database, urls: Urls, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Home]:
    monkeypatch.setenv("SELARAS_FILES", closed.environment["SELARAS_FILES"])
    settings.cache_clear()
    app = create_app(site_settings(urls, redis_url, Path(closed.environment["SELARAS_FILES"])))
    yield Home(app, database, tenant.tenant_id, tenant.uuid, tenant.slug).settle(0)
    app.extensions["selaras"].database.close()
    settings.cache_clear()
