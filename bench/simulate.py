"""Simulating a table of pay on a closed quarter: seconds, peak memory, and the ratio to the close itself."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bench.carry import DAY, PERIOD, carried, peak_mb
from bench.ground import ground, settle, staffed_agency
from bench.report import keep, middle, table
from selaras.db.session import Database
from selaras.evaluation.queries import period_by_code
from selaras.followup.models import RemunerationTable
from selaras.followup.pay.content import PayContent, RowContent, content_of
from selaras.followup.pay.simulating import simulate
from selaras.regulation import load_registry


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options of `python -m bench simulate`."""
    parser = argparse.ArgumentParser(prog="python -m bench simulate", description=__doc__)
    parser.add_argument("--people", type=int, default=350_000, help="people of the one agency")
    parser.add_argument("--rounds", type=int, default=3, help="simulations; medians are shown")
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> None:
    """Close a quarter, then simulate two tables on it: one by outcome alone, one of conditions and components."""
    asked = parse(arguments)
    with ground() as place:
        tenant = staffed_agency(place, "simulate", asked.people)
        close = carried(place, tenant)
        settle(place)
        rows: list[dict[str, Any]] = []
        for shape in ("outcome", "conditions"):
            rounds = [_apart(place.app, tenant, shape) for _ in range(asked.rounds)]
            seconds = middle([one["seconds"] for one in rounds])
            rows.append({
                "table": shape, "seconds": seconds, "ratio": seconds / close.whole,
                "peak_mb": max(one["peak_mb"] for one in rounds), "changed": rounds[0]["changed"],
            })  # fmt: skip
    figures = {"people": asked.people, "close": close.whole, "pay_stage": close.stages["remuneration"], "ways": rows}
    lines = [["table", "seconds", "of the close", "peak MB", "people who change"]]
    lines += [[one["table"], one["seconds"], one["ratio"], one["peak_mb"], one["changed"]] for one in rows]
    print(table(lines))
    print(f"close of {asked.people:,} people: {close.whole:.2f} s, of which pay {close.stages['remuneration']:.2f} s")
    keep(asked.json, figures)


def _apart(url: str, tenant: int, shape: str) -> dict[str, Any]:
    """One simulation in a process of its own."""
    command = [sys.executable, "-m", "bench.simulate", url, str(tenant), shape]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    return found


def one(url: str, tenant: int, shape: str) -> dict[str, Any]:
    """Simulate in this process: seconds from the question to the figures."""
    database = Database(url)
    try:
        with database.tenant(tenant) as session:
            registry = load_registry()
            period = period_by_code(session, PERIOD)
            held = session.scalars(select(RemunerationTable)).one()
            content = _changed(content_of(held), shape)
            begun = time.perf_counter()
            made = simulate(session, registry, held.kind, content, DAY, period.id, period.ends)
            seconds = time.perf_counter() - begun
    finally:
        database.close()
    return {"seconds": seconds, "peak_mb": peak_mb(), "changed": made.figures["changed"]}


def _changed(content: PayContent, shape: str) -> PayContent:
    if shape == "outcome":
        rows = tuple(replace(row, percent=row.percent * Decimal("0.95")) for row in content.rows)
        return replace(content, rows=rows)
    split = [
        RowContent(row.percent - step, row.outcome, low, high)
        for row in content.rows
        for step, low, high in ((Decimal(0), 8, None), (Decimal(5), None, 7))
    ]
    parts = {"workload": Decimal(40), "achievement": Decimal(60)}
    return replace(content, rows=tuple(split), shape="components", performance_weight=Decimal(60), components=parts)


if __name__ == "__main__":
    print(json.dumps(one(sys.argv[1], int(sys.argv[2]), sys.argv[3])))
