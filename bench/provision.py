"""How long it takes to provision an agency: p50 and p95, and the ratio to the same rows over a bare connection."""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from uuid import uuid4

import psycopg

from bench.ground import SPANS, ground
from bench.report import keep
from selaras.db.session import Database
from selaras.tenancy.service import NewAgency, create_agency

GOAL_MS = 50.0


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options of `python -m bench provision`."""
    parser = argparse.ArgumentParser(prog="python -m bench provision", description=__doc__)
    parser.add_argument("--agencies", type=int, default=100)
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> None:
    """Measure, print, and write JSON where asked."""
    asked = parse(arguments)
    with ground() as place:
        figures = measure(place.console, asked.agencies)
    print(words(figures))
    keep(asked.json, figures)


def measure(url: str, agencies: int) -> dict[str, float]:
    """Milliseconds per agency, through the product and as bare inserts, in turns so that both see the same machine."""
    mark = uuid4().hex[:8]
    database = Database(url, pool_size=1)
    product: list[float] = []
    bare: list[float] = []
    with psycopg.connect(url) as connection:
        for number in range(agencies + 5):
            made = timed(partial(through_product, database, f"bench-{mark}-{number}"))
            raw = timed(partial(as_bare_rows, connection, f"bare-{mark}-{number}"))
            if number >= 5:
                product.append(made)
                bare.append(raw)
    database.close()
    p95 = statistics.quantiles(product, n=20)[-1]
    return {
        "agencies": agencies,
        "p50_ms": statistics.median(product),
        "p95_ms": p95,
        "bare_p50_ms": statistics.median(bare),
        "bare_p95_ms": statistics.quantiles(bare, n=20)[-1],
        "ratio_p50": statistics.median(product) / statistics.median(bare),
        "goal_ms": GOAL_MS,
        "within_goal": p95 <= GOAL_MS,
    }


def through_product(database: Database, slug: str) -> None:
    new = NewAgency(slug, slug, slug, "regency", "Asia/Jakarta", (f"{slug}.invalid", f"b.{slug}.invalid"), "3515")
    with database.platform() as session:
        create_agency(session, "bench", replace(new, status="suspended", regulations=SPANS))


def as_bare_rows(connection: psycopg.Connection[tuple[int]], slug: str) -> None:
    """The same six rows: agency, two hosts, two regulations, the journal's entry; the region stands already."""
    with connection.transaction(), connection.cursor() as cursor:
        [tenant_id] = cursor.execute(
            "INSERT INTO selaras.agency (slug, name, short_name, kind, region_code, time_zone, status)"
            " VALUES (%s, %s, %s, 'regency', '3515', 'Asia/Jakarta', 'suspended') RETURNING tenant_id",
            (slug, slug, slug),
        ).fetchone() or (0,)
        cursor.execute(
            "INSERT INTO selaras.agency_host (host, tenant_id) VALUES (%s, %s), (%s, %s)",
            (f"{slug}.invalid", tenant_id, f"b.{slug}.invalid", tenant_id),
        )
        cursor.execute(
            "INSERT INTO selaras.regulation_assignment (tenant_id, regulation, during, reason_text) VALUES"
            " (%s, 'pp46_2011', '[2014-01-01,2021-01-01)', 'x'), (%s, 'permenpan_6_2022', '[2022-01-01,)', 'x')",
            (tenant_id, tenant_id),
        )
        cursor.execute(
            "INSERT INTO selaras.operator_entry (actor, action, subject) VALUES ('bench', 'agency.created', %s)",
            (str(tenant_id),),
        )


def timed(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def words(figures: dict[str, float]) -> str:
    return (
        f"{figures['agencies']} agencies: p50 {figures['p50_ms']:.1f} ms, p95 {figures['p95_ms']:.1f} ms "
        f"(goal: p95 at most {GOAL_MS:.0f} ms)\n"
        f"the same rows, bare connection: p50 {figures['bare_p50_ms']:.1f} ms, p95 {figures['bare_p95_ms']:.1f} ms; "
        f"ratio of the medians {figures['ratio_p50']:.1f}"
    )
