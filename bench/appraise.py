"""Appraising a nation in memory: people a second and peak memory of each regulation, against Polars written by hand."""

from __future__ import annotations

import argparse
import gc
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from typing import Any, Literal

import polars as pl

from bench.byhand import by_hand
from bench.facts import items_of, people_of
from bench.report import keep, middle, table
from selaras.regulation import Rules, load_registry

GOAL = 1.3
ALONE_ROUNDS = 200
Memory = Literal["engine", "bare"]


@dataclass(frozen=True)
class Timed:
    """Seconds of each round by the engine and right after it by the bare query; milliseconds for one person alone."""

    engine: tuple[float, ...]
    bare: tuple[float, ...]
    written: str
    rows: int
    facts_mb: float
    alone_ms: float


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options of `python -m bench appraise`."""
    parser = argparse.ArgumentParser(prog="python -m bench appraise", description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--items", type=int, default=6, help="items of each, where the regulation reads items")
    parser.add_argument("--rounds", type=int, default=5, help="medians are shown")
    parser.add_argument("--only", action="append", metavar="CODE", help="only this regulation; may be repeated")
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> None:
    """Measure, print, and write JSON where asked."""
    asked = parse(arguments)
    codes = asked.only or load_registry().codes("appraisal")
    figures = {code: measure(code, asked.people, asked.items, asked.rounds) for code in codes}
    print(words(figures, asked.people))
    keep(asked.json, {"people": asked.people, "items": asked.items, "regulations": figures})


def measure(code: str, people: int, items: int, rounds: int) -> dict[str, Any]:
    """Every figure of one regulation; each way has a process of its own for its memory, times share one."""
    timed: Timed = _apart(timings, code, people, items, rounds)
    engine, bare = middle(timed.engine), middle(timed.bare)
    return {
        **asdict(timed),
        "people_a_second": people / engine,
        "rows_a_second": timed.rows / engine,
        "ratio": middle([mine / theirs for mine, theirs in zip(timed.engine, timed.bare, strict=True)]),
        "engine_s": engine,
        "bare_s": bare,
        "engine_peak_mb": _apart(peak_mb, code, people, items, "engine"),
        "bare_peak_mb": _apart(peak_mb, code, people, items, "bare"),
    }


def timings(code: str, people: int, items: int, rounds: int) -> Timed:
    """Both ways in turns, so that both see the same machine; the first round of each warms up and is not counted."""
    rules = rules_of(code)
    facts = people_of(rules, people), items_of(rules, people, items)
    written, bare = by_hand(rules)
    pairs = [(_seconds(rules.appraise, *facts), _seconds(bare, *facts)) for _ in range(rounds + 1)][1:]
    rows = sum(frame.height for frame in facts if frame is not None)
    size = sum(frame.estimated_size("mb") for frame in facts if frame is not None)
    engine, other = zip(*pairs, strict=True)
    return Timed(engine, other, written, rows, size, _alone_ms(rules, items))


def peak_mb(code: str, people: int, items: int, way: Memory) -> float:
    """The most memory that this process ever held for the facts and one appraisal of all of them."""
    rules = rules_of(code)
    facts = people_of(rules, people), items_of(rules, people, items)
    _seconds(rules.appraise if way == "engine" else by_hand(rules)[1], *facts)
    return getrusage(RUSAGE_SELF).ru_maxrss / 1024


def rules_of(code: str) -> Rules:
    """The regulation's newest text and numbers: on the last day on which something of it changed."""
    registry = load_registry()
    identity, changes = registry.identity(code), registry.loaded(code).parameters.change_days()
    days = {identity.in_force.start, *changes, *(edition.valid_from for edition in identity.editions)}
    return registry.rules(code, on=max(day for day in days if day in identity.in_force))


def words(figures: dict[str, dict[str, Any]], people: int) -> str:
    """The figures as a table for whoever ran it."""
    head = (
        "regulation",
        "rows",
        "seconds",
        "people/s",
        "rows/s",
        "against",
        "ratio",
        "facts MB",
        "peak MB",
        "bare MB",
    )
    rows = [
        (
            *(code, one["rows"], one["engine_s"], int(one["people_a_second"]), int(one["rows_a_second"])),
            *(one["written"], one["ratio"], int(one["facts_mb"]), int(one["engine_peak_mb"]), int(one["bare_peak_mb"])),
        )
        for code, one in figures.items()
    ]
    alone = ", ".join(f"{code} {one['alone_ms']:.2f} ms" for code, one in figures.items())
    worst = max(one["ratio"] for one in figures.values())
    verdict = f"{'reached' if worst <= GOAL else 'missed'} (worst {worst:.2f})"
    lines = (f"{people:,} people", table([head, *rows]), f"one person alone: {alone}")
    return "\n".join((*lines, f"goal of {GOAL} times the bare query: {verdict}"))


def _apart(what: Callable[..., Any], *arguments: object) -> Any:
    """The result of `what`, computed in a new process that does nothing else."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(what, *arguments).result()


def _alone_ms(rules: Rules, items: int) -> float:
    """One person again and again, as a preview does while an appraiser rates."""
    facts = people_of(rules, 1), items_of(rules, 1, items)
    ones = []
    for _ in range(ALONE_ROUNDS):
        start = time.perf_counter()
        rules.appraise(*facts)
        ones.append(time.perf_counter() - start)
    return middle(ones) * 1000


def _seconds(what: Callable[..., object], *facts: pl.DataFrame | None) -> float:
    gc.collect()
    start = time.perf_counter()
    what(*facts)
    return time.perf_counter() - start
