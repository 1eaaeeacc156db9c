"""A whole run of the tests is shared between processes, in an order of its own; a part of it is not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sharing import MOST, PROCESSES, TESTS, in_order, twice, workers


def asked(*arguments: str | Path) -> Any:
    return SimpleNamespace(args=[str(one) for one in arguments])


@pytest.mark.parametrize(("cores", "processes"), [(1, 0), (2, 2), (64, MOST)])
def test_the_whole_suite_is_shared_by_as_many_as_there_are_cores(
    monkeypatch: pytest.MonkeyPatch, cores: int, processes: int
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(cores)), raising=False)
    assert workers(asked(TESTS)) == processes


def test_less_than_the_whole_suite_stays_in_one_process() -> None:
    assert workers(asked(TESTS / "files", TESTS / "files" / "test_store.py")) == 0
    assert workers(asked(f"{TESTS / 'files' / 'test_store.py'}::test_it")) == 0


def test_isolation_comes_first_and_what_is_slow_before_the_rest(request: pytest.FixtureRequest) -> None:
    def item(path: str, *marks: str) -> Any:
        return SimpleNamespace(path=TESTS / path, get_closest_marker=lambda name: name in marks)

    quick, slow, its_neighbour = item("audit/test_a.py"), item("jobs/test_b.py", "slow"), item("jobs/test_b.py")
    proof, browser = item("isolation/test_c.py"), item("web/test_d.py", "browser")
    given = [quick, its_neighbour, slow, browser, proof]
    assert in_order(given) == [proof, its_neighbour, slow, browser, quick]
    assert in_order(list(request.session.items)) == list(request.session.items)


def test_only_what_drives_processes_or_a_browser_is_tried_again() -> None:
    def again(path: str, *marks: str) -> bool:
        return twice(
            SimpleNamespace(path=TESTS / path, get_closest_marker=lambda name: name if name in marks else None)
        )

    assert all((TESTS / one).exists() for one in PROCESSES)
    assert again("jobs/test_b.py")
    assert again("web/test_d.py", "browser")
    assert not any(map(again, ("closing/test_kill.py", "isolation/test_attacker.py", "regulations/test_properties.py")))


@pytest.mark.slow
def test_every_process_collects_the_same_tests_in_the_same_order(request: pytest.FixtureRequest) -> None:
    """A drawn key or the order of a set in a test's name would stop every whole run before its first test."""
    command = [sys.executable, "-m", "pytest", str(TESTS), "--collect-only", "-q", "-n", "0"]
    # In a whole run this process has collected everything by a drawn seed of its own.
    ours = [item.nodeid for item in request.session.items]
    places = {Path(argument).resolve() for argument in request.config.args}
    whole = places == {TESTS} and not (request.config.option.keyword or request.config.option.markexpr)
    collecting = [
        subprocess.Popen(
            command, cwd=TESTS.parent, env=os.environ | {"PYTHONHASHSEED": seed}, stdout=subprocess.PIPE, text=True
        )
        for seed in (("1",) if whole else ("1", "2"))
    ]
    found = [[line for line in process.communicate()[0].splitlines() if "::" in line] for process in collecting]
    one, other = found if len(found) == 2 else (*found, ours)
    assert len(one) > 1000
    assert [line for line in one if line not in set(other)] == []
    assert one == other
