"""How a whole run is shared between processes, in which order, and what is tried once more when it fails."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
MOST = 4
# What drives processes of its own, as everything in a browser does: on a loaded machine one may come too late. Nothing
# else is tried again, least of all what kills at a chosen place, draws its examples, or looks for a hole in the walls.
PROCESSES = (
    *("jobs", "servers", "bench", "demo/test_run.py", "demo/test_signing_in.py", "demo/test_succession.py"),
    *("admin/test_command.py", "admin/test_operator_command.py", "web/test_serving.py", "web/test_redis_away.py"),
    *("identity/test_provider_servers.py", "identity/test_real_providers.py", "identity/test_provider_pages.py"),
)


def workers(config: pytest.Config) -> int:
    """Processes for `-n auto`: some for the whole suite, none for less, as each starts servers of its own."""
    asked = {Path(argument.partition("::")[0]).resolve() for argument in config.args}
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, MOST) if TESTS in asked and cores > 1 else 0


def twice(item: pytest.Item) -> bool:
    """Whether a test is run once more when it fails; the summary lists every rerun."""
    place = item.path.relative_to(TESTS).as_posix()
    return item.get_closest_marker("browser") is not None or place.startswith(PROCESSES)


def in_order(items: list[pytest.Item]) -> list[pytest.Item]:
    """Isolation first: its attacker reads whatever a planted hole lets through, so the database is to be nearly empty.

    Then the files with something slow, so that no process is left with a long one at the end.
    """
    slow = {item.path for item in items if item.get_closest_marker("slow") or item.get_closest_marker("browser")}
    return sorted(items, key=lambda item: ("isolation" not in item.path.parts, item.path not in slow))
