"""`selaras tenant status`: suspended and activated for a reason, once, and nobody else's agency is touched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result

from selaras.cli.tenant import tenant as command
from selaras.config import settings
from selaras.errors import Invalid, NotFound


@pytest.fixture(autouse=True)
def configured(monkeypatch: pytest.MonkeyPatch, urls: Any) -> Iterator[None]:
    monkeypatch.setenv("SELARAS_CONSOLE_DATABASE_URL", urls.console)
    settings.cache_clear()
    yield
    settings.cache_clear()


def run(slug: str, change: str, reason: str = "Surat Edaran 1") -> Result:
    return CliRunner().invoke(command, ["status", slug, change, "--reason", reason, "--actor", "budi"])


def stored(urls: Any, number: int) -> str:
    with psycopg.connect(urls.admin) as admin:
        found = admin.execute("SELECT status FROM selaras.agency WHERE tenant_id = %s", (number,)).fetchone()
    assert found is not None
    return str(found[0])


def test_suspended_once_and_activated_again(urls: Any, two_tenants: tuple[Any, Any]) -> None:
    ours, theirs = two_tenants
    run(ours.slug, "activate")
    before = stored(urls, theirs.tenant_id)
    assert run(ours.slug, "suspend").stdout == f"{ours.slug}: active -> suspended\n"
    assert run(ours.slug, "suspend").output == f"{ours.slug}: suspended already\n"
    assert (stored(urls, ours.tenant_id), stored(urls, theirs.tenant_id)) == ("suspended", before)
    assert run(ours.slug, "activate").output == f"{ours.slug}: suspended -> active\n"
    assert stored(urls, ours.tenant_id) == "active"


def test_refused_without_reason_agency_or_known_change(urls: Any, tenant: Any) -> None:
    before = stored(urls, tenant.tenant_id)
    change = "activate" if before == "suspended" else "suspend"
    assert isinstance(run(tenant.slug, change, " ").exception, Invalid)
    assert isinstance(run("nobody", change).exception, NotFound)
    assert run(tenant.slug, "delete").exit_code == 2
    assert stored(urls, tenant.tenant_id) == before
