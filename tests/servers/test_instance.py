"""The embedded ground as a whole: the settings that it names work, and work again after a restart."""

from __future__ import annotations

import stat
from pathlib import Path

import psycopg
import redis

from selaras.config import read_settings
from selaras.servers import roles
from selaras.servers.instance import embedded_instance, role_passwords


def test_its_settings_lead_to_every_server_with_the_right_role(tmp_path: Path) -> None:
    seen = []
    for _ in range(2):
        with embedded_instance(tmp_path, durable=False) as instance:
            settings = read_settings(instance.environment)
            seen.append(instance.environment)
            for name, role in zip(("migrator", "app", "console"), roles.LOGINS, strict=True):
                with psycopg.connect(settings.require(f"{name}_database_url")) as connection:
                    assert connection.execute("SELECT current_user").fetchone() == (role,)
            client = redis.Redis.from_url(settings.require("redis_url"))
            assert client.ping() is True
            client.close()
            assert instance.urls.rotated == ()
    assert seen[0] == seen[1]


def test_passwords_differ_per_role_and_are_private(tmp_path: Path) -> None:
    passwords = role_passwords(tmp_path)
    assert len(set(passwords.values())) == 3
    for role in roles.LOGINS:
        assert stat.S_IMODE((tmp_path / "postgres" / f"{role}.password").stat().st_mode) == 0o600
