"""`selaras audit`: one agency or all, in words or JSON, exit code 1 on a break."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result

from selaras.audit.service import record
from selaras.cli.audit import audit
from selaras.config import settings
from selaras.db.session import Database
from selaras.errors import Invalid, NotFound
from selaras.identity.actor import system


@pytest.fixture(autouse=True)
def as_app(urls: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SELARAS_APP_DATABASE_URL", urls.app)
    settings.cache_clear()
    yield
    settings.cache_clear()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(audit, list(arguments))


def write(database: Database, tenant: Any) -> None:
    with database.tenant(tenant.tenant_id) as session:
        record(session, system(tenant.tenant_id), "test.write", "thing:1", {"number": 1})


def test_seal_then_verify(database: Database, tenant: Any) -> None:
    write(database, tenant)
    sealed = run("seal", "--agency", tenant.slug)
    assert sealed.output.startswith(f"{tenant.slug}: 1 sealed, head ")
    head = sealed.output.split()[-1]
    found = run("verify", "--agency", tenant.slug, "--head", head)
    assert (found.exit_code, found.output) == (
        0,
        f"{tenant.slug}: whole (1 blocks, 1 entries, 0 not sealed yet), head {head}\n",
    )


def test_a_break_is_named_and_ends_with_one(urls: Any, database: Database, two_tenants: tuple[Any, Any]) -> None:
    ours, theirs = two_tenants
    for tenant in two_tenants:
        write(database, tenant)
    run("seal", "--all")
    with psycopg.connect(urls.admin) as admin:
        admin.execute("UPDATE selaras.ledger_entry SET actor = 'x' WHERE tenant_id = %s", (ours.tenant_id,))
    broken = run("verify", "--agency", ours.slug)
    assert broken.exit_code == 1
    assert "BROKEN at block 1, changed: an entry was changed" in broken.output
    assert run("verify", "--agency", theirs.slug).exit_code == 0
    everyone = run("verify", "--all", "--json")
    report = {one["agency"]: one for one in json.loads(everyone.output)}
    assert everyone.exit_code == 1
    assert (report[ours.slug]["whole"], report[theirs.slug]["whole"]) == (False, True)
    assert report[ours.slug]["broken"]["kind"] == "changed"


def test_it_must_be_told_which_agency() -> None:
    assert isinstance(run("verify").exception, Invalid)
    assert isinstance(run("verify", "--all", "--agency", "x").exception, Invalid)
    assert isinstance(run("seal", "--agency", "nobody").exception, NotFound)
