"""The demo's operators have a provider of their own, with a second factor, the same on every run."""

from __future__ import annotations

from pathlib import Path

from selaras.config import Settings
from selaras.demo.desk import Desk
from selaras_admin.provider import configured


def test_the_console_takes_its_settings_and_finds_the_same_again(tmp_path: Path) -> None:
    first, again = Desk(tmp_path), Desk(tmp_path)
    chosen = first.settings(Settings())
    assert configured(chosen)
    assert chosen == again.settings(Settings())
    assert (first.password, first.one_time_secret) == (again.password, again.one_time_secret)
    assert first.code().isdigit()
    assert len(first.code()) == 6


def test_its_secrets_are_its_owners_alone(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.service(Settings())
    assert desk.password != Desk(tmp_path / "other").password
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and "nanoidp" not in path.parts]
    assert kept
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}
