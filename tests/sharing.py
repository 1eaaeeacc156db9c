"""How a whole run is shared between processes: when, by how many, and in which order."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
MOST = 4


def workers(config: pytest.Config) -> int:
    """Processes for `-n auto`: some for the whole suite, none for less, as each starts servers of its own."""
    asked = {Path(argument.partition("::")[0]).resolve() for argument in config.args}
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, MOST) if TESTS in asked and cores > 1 else 0


def in_order(items: list[pytest.Item]) -> list[pytest.Item]:
    """Isolation first: its attacker reads whatever a planted hole lets through, so the database is to be nearly empty.

    Then the files with something slow, so that no process is left with a long one at the end.
    """
    slow = {item.path for item in items if item.get_closest_marker("slow") or item.get_closest_marker("browser")}
    return sorted(items, key=lambda item: ("isolation" not in item.path.parts, item.path not in slow))
