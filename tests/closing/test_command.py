"""`selaras close`, from opening a period on."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from conftest import Tenant

from selaras.cli.close import close
from selaras.config import settings
from selaras.errors import Invalid

from .conftest import Closing


@pytest.fixture
def command(closing: Closing, urls, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SELARAS_APP_DATABASE_URL", urls.app)
    settings.cache_clear()
    return CliRunner()


def test_a_period_is_opened_and_can_be_opened_once_more(command: CliRunner, closing: Closing, tenant: Tenant) -> None:
    closing.staff(5)
    for _ in range(2):
        done = command.invoke(close, ["open", "--agency", tenant.slug, "2026-TW4"], catch_exceptions=False)
        assert done.output == "2026-TW4 is open.\n"
    assert closing.scalar("SELECT count(*) FROM selaras.period WHERE tenant_id = :tenant") == 2
    ledger = "SELECT count(*) FROM selaras.ledger_entry WHERE tenant_id = :tenant AND action = 'period.open'"
    assert closing.scalar(f"{ledger} AND payload->>'code' = '2026-TW4'") == 1


def test_what_is_no_period_is_refused(command: CliRunner, closing: Closing, tenant: Tenant) -> None:
    closing.staff(5)
    with pytest.raises(Invalid):
        command.invoke(close, ["open", "--agency", tenant.slug, "2026-TW5"], catch_exceptions=False)
