"""The agency's funnel by its number of people: time to count a period, and to read it at the top and in a unit."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bench.ground import Ground, ground, settle, staffed_agency
from bench.report import keep, middle, table
from bench.tree import timed
from selaras.agenda.counting import count
from selaras.agenda.funnel import funnel, waited_for
from selaras.db.session import Database
from selaras.evaluation.queries import period_by_code

SLUG, PERIOD, DAY = "bench-funnel", "2026-TW3", date(2026, 9, 30)
# A tree of four levels: the top, twenty directorates, each twentieth unit a division below them, the rest below these.
_TREE = """
    WITH place AS (
        SELECT unit_id, row_number() OVER (ORDER BY unit_id) AS n FROM selaras.unit_placement
        WHERE tenant_id = :tenant AND parent_id IS NOT NULL
    ), parents AS (
        SELECT place.unit_id, CASE WHEN n <= 20 THEN NULL WHEN n <= 420 THEN 1 + n % 20 ELSE 21 + n % 400 END AS above
        FROM place
    )
    UPDATE selaras.unit_placement target SET parent_id = upper.unit_id
    FROM parents JOIN place upper ON upper.n = parents.above
    WHERE target.tenant_id = :tenant AND target.unit_id = parents.unit_id AND parents.above IS NOT NULL
"""
# Nine of ten have a plan, most of them an agreed one, each with three results, and half of them progress on two.
_PLANS = """
    INSERT INTO selaras.plan (tenant_id, person_id, year, state, submitted_at)
    SELECT :tenant, id, 2026, CASE n % 10 WHEN 1 THEN 'draft' WHEN 2 THEN 'submitted' ELSE 'agreed' END,
           '2026-01-20'::timestamptz + n % 400 * interval '1 hour'
    FROM (SELECT id, substr(source_id, 8)::int AS n FROM selaras.person WHERE tenant_id = :tenant) who WHERE n % 10 > 0
"""
_ITEMS = """
    INSERT INTO selaras.plan_item (tenant_id, plan_id, code, kind, title)
    SELECT :tenant, id, n::text, 'main', 'Meningkatnya layanan ' || n
    FROM selaras.plan, generate_series(1, 3) n WHERE tenant_id = :tenant
"""
_PROGRESS = """
    INSERT INTO selaras.progress (tenant_id, item_id, aspect, on_day, actual)
    SELECT :tenant, id, 'quantity', '2026-08-01', 1 FROM selaras.plan_item
    WHERE tenant_id = :tenant AND code IN ('1', '2') AND hashtext(plan_id::text) % 2 = 0
"""
_UNRATED = """
    DELETE FROM selaras.rating r USING selaras.person p
    WHERE r.tenant_id = :tenant AND p.tenant_id = :tenant AND p.id = r.person_id AND substr(p.source_id, 8)::int % 4 = 0
"""


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options of `python -m bench funnel`."""
    parser = argparse.ArgumentParser(prog="python -m bench funnel", description=__doc__)
    parser.add_argument("--people", type=int, nargs="+", default=[20_000, 350_000], help="one run for each")
    parser.add_argument("--rounds", type=int, default=9, help="medians of so many rounds are shown")
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> None:
    """Measure, print, and write JSON where asked."""
    asked = parse(arguments)
    figures = []
    for people in asked.people:
        with ground() as place:
            figures.append(measure(place, people, asked.rounds))
    heads = ("people", "units", "count s", "again s", "top ms", "unit ms", "waiting ms")
    print(table([heads, *(tuple(one[name] for name in heads) for one in figures)]))
    keep(asked.json, {"runs": figures})


def measure(place: Ground, people: int, rounds: int) -> dict[str, Any]:
    """One agency: counted twice, then read."""
    tenant = staffed_agency(place, SLUG, people)
    database = Database(place.app)
    with database.tenant(tenant) as session:
        for statement in (_TREE, _PLANS, _ITEMS, _PROGRESS, _UNRATED):
            session.execute(text(statement), {"tenant": tenant})
    settle(place)
    taken = []
    for _ in range(2):
        with database.tenant(tenant) as session:
            taken.append(count(session, period_by_code(session, PERIOD), DAY))
    settle(place)
    with database.tenant(tenant) as session:
        period = period_by_code(session, PERIOD)
        top = funnel(session, period, None, None)
        unit = top.units[0].unit_id
        figures = {
            "people": top.tops[0].people,
            "units": session.execute(
                text("SELECT count(*) FROM selaras.funnel_unit WHERE tenant_id = :t"), {"t": tenant}
            ).scalar_one(),
            "count s": taken[0],
            "again s": taken[1],
            "top ms": timed(rounds, lambda: funnel(session, period, None, None)),
            "unit ms": timed(rounds, lambda: funnel(session, period, unit, None)),
            "waiting ms": middle([timed(rounds, lambda: waited_for(session, period, None, "longest"))]),
        }
    database.close()
    return figures
