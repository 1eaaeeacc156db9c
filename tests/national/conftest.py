"""A staffed agency whose quarter is closed, and a national system to be told to."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from factories.site import Home
from factories.site_fixtures import fresh_agency, fresh_attempts, site
from factories.telling import Told, token

__all__ = ["fresh_attempts", "site"]

SIMULATOR = Path(__file__).parents[1] / "simulators" / "siasn.py"


@pytest.fixture(scope="session")
def there() -> Iterator[str]:
    """The address of a national system, as a process of its own."""
    command = [sys.executable, str(SIMULATOR)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.kill()


@pytest.fixture
def told(site: Any, there: str, console_database: Any, database: Any, urls: Any) -> Told:
    """A fresh agency of forty that is connected before its quarter is closed; the other side holds nothing."""
    tenant = fresh_agency(console_database)
    home = Home(site.app, database, tenant.tenant_id, tenant.uuid, tenant.slug).settle(40)
    httpx.post(f"{there}/_reset").raise_for_status()
    made = Told(home, there, site.settings, urls)
    made.connect(operator_token=token(43_200))
    home.close(urls)
    made.introduce()
    return made
