"""`selaras pack`: an agency is created, drifts, and gives its rules to another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from conftest import Tenant

from selaras.cli.pack import pack
from selaras.cli.tenant import tenant as tenant_command
from selaras.config import settings
from selaras.errors import DomainError, Invalid, NotFound


@pytest.fixture(autouse=True)
def configured(monkeypatch: pytest.MonkeyPatch, urls: Any) -> Iterator[None]:
    monkeypatch.setenv("SELARAS_APP_DATABASE_URL", urls.app)
    monkeypatch.setenv("SELARAS_CONSOLE_DATABASE_URL", urls.console)
    settings.cache_clear()
    yield
    settings.cache_clear()


def told(*arguments: str) -> Result:
    ran = CliRunner().invoke(pack, arguments)
    if isinstance(ran.exception, DomainError):
        raise ran.exception
    return ran


def test_from_a_pack_to_another_agency_and_back(tmp_path: Path, tenant: Tenant) -> None:
    created = CliRunner().invoke(tenant_command, ["create", "--pack", "jabar"])
    assert created.exit_code == 0, created.output
    same = told("diff", "jabar")
    assert (same.exit_code, same.output) == (0, "jabar is as its pack jabar says.\n")
    file = tmp_path / "jabar.toml"
    assert told("export", "jabar", "-o", str(file)).exit_code == 0
    assert told("export", "jabar").output == file.read_text("utf-8")
    moved = file.read_text("utf-8").replace("minimum_size = 5", "minimum_size = 8")
    file.write_text(moved, "utf-8")
    looked = told("load", "jabar", str(file), "--from", "2026-01-01", "--dry-run")
    assert "minimum_size" in looked.output
    assert told("diff", "jabar").exit_code == 0
    with pytest.raises(Invalid, match="at least 20"):
        told("load", "jabar", str(file), "--from", "2026-01-01")
    done = told("load", "jabar", str(file), "--from", "2026-01-01", "--reason", "Keputusan Gubernur Nomor 1.")
    assert "not taken: regulations" in done.output
    found = json.loads(told("diff", "jabar", "--json").output)
    assert [(one["rule"], one["from"], one["pack"]["minimum_size"]) for one in found["rules"]] == [
        ("ranking", "2026-01-01", 5)
    ]
    assert told("diff", "jabar", "--pack", "surabaya").exit_code == 1
    with pytest.raises(NotFound, match="created without a pack"):
        told("diff", tenant.slug)
    assert told("diff", tenant.slug, "--pack", "pkp").exit_code == 1


def test_check_says_what_is_wrong_by_its_exit_code(tmp_path: Path) -> None:
    assert "jabar" in told("list").output
    sound = told("check", "sumbar", "--json")
    assert (sound.exit_code, json.loads(sound.output)["sound"]) == (0, True)
    file = tmp_path / "x.toml"
    file.write_text(
        '[agency]\nname = "X"\nshort_name = "X"\nkind = "agency"\nhead_title = "Kepala"\nhosts = ["x.localhost"]\n'
        'time_zone = "Asia/Jakarta"\n[[regulation]]\ncode = "permenpan_6_2022"\nfrom = 2022-01-01\n',
        "utf-8",
    )
    wrong = told("check", "--file", str(file))
    assert (wrong.exit_code, "! regulation: it has no source" in wrong.output) == (1, True)
    with pytest.raises(Invalid, match="There is no pack x"):
        told("check", "x")
