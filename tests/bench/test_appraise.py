"""The measurement of the engine: what it prints, and that the queries written by hand say the same as the law."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from bench.appraise import rules_of
from bench.byhand import WRITTEN, by_hand
from bench.facts import items_of, people_of
from polars.testing import assert_frame_equal

from selaras.regulation import load_registry

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("code", load_registry().codes("appraisal"))
def test_the_bare_query_keeps_every_step_and_says_the_same(code: str) -> None:
    rules = rules_of(code)
    people, items = people_of(rules, 2_000), items_of(rules, 2_000, 3)
    assert not rules.validate(people, items)
    appraisal = rules.appraise(people, items)
    person_steps, item_steps = by_hand(rules)[1](people, items)
    assert_frame_equal(person_steps, appraisal.person_steps)
    assert item_steps is None or assert_frame_equal(item_steps, appraisal.item_steps) is None
    assert appraisal.outcomes.get_column("outcome").n_unique() > 1, "facts that all end alike would measure little"


def test_every_query_by_hand_is_of_an_installed_regulation() -> None:
    assert set(WRITTEN) <= set(load_registry().codes("appraisal"))


def test_the_measurement_prints_ratio_and_memory(tmp_path: Path) -> None:
    kept = tmp_path / "figures.json"
    options = ("--people", "300", "--items", "2", "--rounds", "1", "--only", "pp10_1979", "--json", str(kept))
    command = [sys.executable, "-m", "bench", "appraise", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    assert "300 people" in done.stdout
    assert "goal of 1.3 times the bare query" in done.stdout
    [one] = json.loads(kept.read_text())["regulations"].values()
    assert one["rows"] == 300
    assert one["written"] == "hand"
    assert one["rows_a_second"] == pytest.approx(300 / one["engine_s"])
    assert min(one["engine_peak_mb"], one["bare_peak_mb"], one["alone_ms"], one["ratio"]) > 0
