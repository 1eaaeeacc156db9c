"""The measurements run at a tiny size and print what they promise; how long anything takes is never asserted."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@pytest.fixture
def bench(tmp_path: Path) -> Any:
    """Arguments → what was printed, and the figures as JSON."""

    def run(*arguments: str) -> tuple[str, dict[str, Any]]:
        kept = tmp_path / "figures.json"
        command = [sys.executable, "-m", "bench", *arguments, "--json", str(kept)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout, json.loads(kept.read_text())

    return run


def test_close_is_set_against_both_other_ways(bench: Any) -> None:
    printed, figures = bench("close", "--people", "100", "--rounds", "1", "--alone", "20", "--memory-at", "40")
    for words in ("bare COPY of its 400 rows", "SCALED from 20", "peak MB", "outcome_steps", "GB a year"):
        assert words in printed
    [only] = figures["rounds"]
    assert only["rows"] == 400
    assert only["close"]["people"] == 100
    assert set(only["close"]["stages"]) == set(figures["stages"]) >= {"appraise", "remuneration", "document"}
    assert figures["ratio_raw"] == pytest.approx(only["ratio"]) == pytest.approx(figures["whole"] / figures["raw_copy"])
    assert figures["alone"]["people"] == 20
    assert figures["alone_scaled"] == pytest.approx(figures["alone"]["per_person"] * 100 / 1000)
    assert [one["people"] for one in figures["memory"]] == [100, 40]
    assert all(one["peak_mb"] >= one["resting_mb"] > 0 for one in figures["memory"])
    assert figures["nation_gb_a_year"] == pytest.approx(figures["bytes_per_result"] * 28e6 / 1e9)


def test_requests_are_answered_and_set_against_their_sql(bench: Any) -> None:
    options = ("--agencies", "3", "--people", "40", "--clients", "2", "--seconds", "0.3", "--rounds", "1")
    printed, figures = bench("request", *options)
    assert "3 agencies, 120 people" in printed
    assert list(figures["kinds"]) == ["team list", "person", "submit rating"]
    for one in figures["kinds"].values():
        assert one["statements"] > 3
        for way in ("bare", "one_client", "many_clients"):
            assert one[way]["count"] > 0
            assert 0 < one[way]["p50"] <= one[way]["p99"]
        assert one["ratio_p50"] == pytest.approx(one["one_client"]["p50"] / one["bare"]["p50"])


def test_provisioning_is_set_against_bare_rows(bench: Any) -> None:
    printed, figures = bench("provision", "--agencies", "3")
    assert "3 agencies: p50" in printed
    assert figures["agencies"] == 3
    assert figures["ratio_p50"] == pytest.approx(figures["p50_ms"] / figures["bare_p50_ms"])


def test_the_funnel_is_counted_and_read(bench: Any) -> None:
    printed, figures = bench("funnel", "--people", "60", "--rounds", "1")
    assert "waiting ms" in printed
    [only] = figures["runs"]
    assert (only["people"], only["units"]) == (60, 4)
    assert all(only[name] > 0 for name in ("count s", "again s", "top ms", "unit ms", "waiting ms"))


def test_nothing_is_lost_or_doubled_in_the_deadline_minute(bench: Any) -> None:
    printed, figures = bench("deadline", "--people", "12")
    assert "answered within, p50 / p99" in printed
    assert (figures["answers"], figures["references"]) == ({"200": 24}, 12)
    assert set(figures["kept"].values()) == {12}
    assert (figures["lost"], figures["doubled"]) == (0, 0)


def test_a_survey_is_given_out_answered_and_counted(bench: Any) -> None:
    printed, figures = bench("survey", "--people", "60", "--answers", "20")
    assert "one answer, p99" in printed
    assert figures["counted"] == figures["asked"] > 300
    assert 0 < figures["empty_groups"] < figures["groups"] == 180
    for name in ("opening", "answer_p50", "closing", "decrypting"):
        assert figures[name] > 0
    assert all(figures[name] > 0 for name in ("opening_raw", "answer_raw_p50", "closing_raw"))


def test_an_unknown_measurement_is_refused_in_words() -> None:
    done = subprocess.run([sys.executable, "-m", "bench", "x"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "usage: python -m bench close|request|provision" in done.stderr


def test_every_kind_of_caller_is_answered_and_set_against_nobody(bench: Any) -> None:
    printed, figures = bench("identity", "--requests", "20", "--rounds", "1")
    assert "CPU against nobody" in printed
    assert [one["caller"] for one in figures["figures"]][2:] == ["session", "service token", "access token"]
    assert all(one["cpu"] > 0 and one["clock"] > 0 for one in figures["figures"])
