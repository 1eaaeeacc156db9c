"""Closing a quarter: seconds per stage, against a bare COPY of the same rows and the ORM person by person."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import raw
from bench.carry import PERIOD, Carried, carried
from bench.ground import Ground, ground, staffed_agency
from bench.orm import Alone, one_by_one
from bench.report import keep, middle, table

NATION, RESULTS_A_YEAR = 5_600_000, 5
GOAL_RAW, GOAL_ORM = 3, 50


@dataclass(frozen=True)
class Round:
    """One close and, right after it, the bare COPY of its rows."""

    close: Carried
    raw: float
    rows: int

    @property
    def ratio(self) -> float:
        """How many times as long as the bare COPY the close took, in this very round."""
        return self.close.whole / self.raw


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options of `python -m bench close`."""
    parser = argparse.ArgumentParser(prog="python -m bench close", description=__doc__)
    parser.add_argument("--people", type=int, default=100_000, help="people of the one agency")
    parser.add_argument("--rounds", type=int, default=3, help="closes (each of a new agency); medians are shown")
    parser.add_argument("--alone", type=int, default=2_000, help="people of the ORM way; scaled to --people")
    parser.add_argument("--memory-at", type=int, default=0, help="one more close at this size, for its peak memory")
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> None:
    """Measure, print, and write JSON where asked."""
    asked = parse(arguments)
    with ground() as place:
        figures = measure(place, asked)
    print(words(figures))
    keep(asked.json, figures)


def measure(place: Ground, asked: argparse.Namespace) -> dict[str, Any]:
    """Every figure; times are seconds, sizes bytes unless a name says otherwise."""
    raw.prepare(place)
    rounds, last = [], 0
    for number in range(asked.rounds):
        last = staffed_agency(place, f"close-{number}", asked.people)
        close = carried(place, last)
        rows, seconds = raw.copied(place, last)
        rounds.append(Round(close, seconds, rows))
    alone = one_by_one(place, staffed_agency(place, "alone", asked.alone), PERIOD)
    memory = [rounds[-1].close]
    if asked.memory_at:
        memory.append(carried(place, staffed_agency(place, "memory", asked.memory_at)))
    return _figures(asked, rounds, alone, memory, raw.stored_bytes(place, last))


def _figures(
    asked: argparse.Namespace, rounds: list[Round], alone: Alone, memory: list[Carried], stored: dict[str, int]
) -> dict[str, Any]:
    close = middle([one.close.whole for one in rounds])
    document = middle([one.close.stages["document"] for one in rounds])
    bare = middle([one.raw for one in rounds])
    scaled = alone.scaled(asked.people)
    per_result = sum(stored.values()) / asked.people
    return {
        "people": asked.people,
        "rounds": [{"close": one.close, "raw": one.raw, "rows": one.rows, "ratio": one.ratio} for one in rounds],
        "stages": {name: middle([one.close.stages[name] for one in rounds]) for name in rounds[0].close.stages},
        "start": middle([one.close.start for one in rounds]),
        "whole": close,
        "raw_copy": bare,
        "rows": rounds[-1].rows,
        "ratio_raw": middle([one.ratio for one in rounds]),
        "ratio_raw_without_document": middle(
            [(one.close.whole - one.close.stages["document"]) / one.raw for one in rounds]
        ),
        "document": document,
        "alone": alone,
        "alone_scaled": scaled,
        "ratio_alone": scaled / close,
        "memory": [
            {"people": one.people, "resting_mb": one.resting_mb, "peak_mb": one.peak_mb, "seconds": one.whole}
            for one in memory
        ],
        "stored": stored,
        "bytes_per_result": per_result,
        "nation_gb_a_year": per_result * NATION * RESULTS_A_YEAR / 1e9,
    }


def words(figures: dict[str, Any]) -> str:
    """The figures for reading."""
    people = figures["people"]
    stages = [["stage", "seconds"], ["(start: checks, job)", figures["start"]], *map(list, figures["stages"].items())]
    alone: Alone = figures["alone"]
    ways = [
        ["way", "seconds", "times"],
        [f"close of {people:,} people", figures["whole"], 1.0],
        [f"bare COPY of its {figures['rows']:,} rows", figures["raw_copy"], figures["ratio_raw"]],
        ["  the same, close without its PDF", figures["raw_copy"], figures["ratio_raw_without_document"]],
        [f"ORM one by one, SCALED from {alone.people:,}", figures["alone_scaled"], figures["ratio_alone"]],
    ]
    memory = [["people", "resting MB", "peak MB"]]
    memory += [[one["people"], one["resting_mb"], one["peak_mb"]] for one in figures["memory"]]
    sizes = [["table", "bytes a result"], *([name, size / people] for name, size in figures["stored"].items())]
    return "\n\n".join(
        (
            table([*stages, ["whole", figures["whole"]]]),
            table(ways),
            f"times: close / COPY (goal: at most {GOAL_RAW}); ORM / close (goal: at least {GOAL_ORM}). ORM: "
            f"{alone.per_person:.2f} ms a person, {alone.rule:.2f} of it the rule. Rounds: {len(figures['rounds'])}.",
            table(memory),
            table([*sizes, ["together", figures["bytes_per_result"]]]),
            f"{NATION:,} people × {RESULTS_A_YEAR} results a year: {figures['nation_gb_a_year']:.1f} GB a year",
        )
    )
