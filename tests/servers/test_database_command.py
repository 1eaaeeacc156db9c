"""`selaras database`: what it prints and with which code it ends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from click.testing import CliRunner, Result

from selaras.cli.database import database
from selaras.config import settings
from selaras.servers import roles
from selaras.servers.postgres import Postgres


@pytest.fixture
def name(server: Postgres) -> Iterator[str]:
    chosen = f"perintah_{uuid4().hex[:8]}"
    yield chosen
    roles.drop_database(server.admin_url, chosen)


@pytest.fixture
def fresh_settings() -> Iterator[None]:
    settings.cache_clear()
    yield
    settings.cache_clear()


def _run(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(database, list(arguments), env=environment, catch_exceptions=False)


def test_prepare_prints_a_working_url_per_role_once(server: Postgres, name: str) -> None:
    done = _run("prepare", "--admin-url", server.admin_url, "--database", name, "--rotate")
    urls = dict(line.split("=", 1) for line in done.stdout.splitlines())
    assert list(urls) == [
        "SELARAS_MIGRATOR_DATABASE_URL",
        "SELARAS_APP_DATABASE_URL",
        "SELARAS_CONSOLE_DATABASE_URL",
    ]
    for role, url in zip(roles.LOGINS, urls.values(), strict=True):
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT current_user, current_database()").fetchone() == (role, name)
    again = _run("prepare", "--admin-url", server.admin_url, "--database", name)
    assert again.exit_code == 0
    assert "their passwords are unchanged" in again.stderr
    for url in urls.values():
        psycopg.connect(url).close()


def test_prepare_speaks_json(server: Postgres, name: str) -> None:
    done = _run("prepare", "--admin-url", server.admin_url, "--database", name, "--json")
    answer = json.loads(done.stdout)
    assert answer["urls"]["SELARAS_APP_DATABASE_URL"].startswith("postgresql://selaras_app")
    assert answer["rotated"] == []


@pytest.mark.usefixtures("fresh_settings")
def test_status_is_1_before_migrate_and_0_after(server: Postgres, name: str) -> None:
    url = roles.prepare(server.admin_url, database=name, rotate=True).migrator
    before = _run("status", SELARAS_MIGRATOR_DATABASE_URL=url)
    assert before.exit_code == 1
    assert "run `selaras database migrate`" in before.stdout
    settings.cache_clear()
    assert _run("migrate", SELARAS_MIGRATOR_DATABASE_URL=url).exit_code == 0
    settings.cache_clear()
    after = _run("status", "--json", SELARAS_MIGRATOR_DATABASE_URL=url)
    answer = json.loads(after.stdout)
    assert after.exit_code == 0
    assert answer["server"].startswith("18.")
    assert answer["revision"] == answer["newest"] is not None
