"""A whole run of the tests is shared between processes, in an order of its own; a part of it is not."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sharing import MOST, TESTS, in_order, workers


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
