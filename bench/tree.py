"""The performance tree by its number of goals: time to read and to draw, weight of the page, time of alignment."""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from bench.ground import Ground, ground, staffed_agency
from bench.report import keep, middle, table
from bench.request import site
from selaras.app import create_app
from selaras.db.session import Database
from selaras.edge.context import EXTENSION
from selaras.identity.permissions import Role
from selaras.identity.service import ensure_account, grant_role
from selaras.identity.sessions import Proof
from selaras.planning.alignment import unit_alignment
from selaras.planning.tree import tree

YEAR, DAY = 2026, date(2026, 9, 30)
SLUG = "bench-tree"
# Ten goals at the top, each further one below an earlier one, so that the tree is five to seven levels deep.
_GOALS = text(
    """
    WITH unit AS (
        SELECT id, row_number() OVER (ORDER BY id) AS place, count(*) OVER () AS units
        FROM selaras.unit WHERE tenant_id = :tenant
    ), made AS (
        INSERT INTO selaras.goal (tenant_id, code, unit_id, year, title, indicator)
        SELECT :tenant, 'S' || lpad(n::text, 6, '0'), unit.id, :year,
               'Meningkatnya mutu layanan bidang ' || n || ' bagi masyarakat', 'Indeks kepuasan ' || n
        FROM generate_series(1, :goals) AS n JOIN unit ON unit.place = 1 + n % unit.units
        RETURNING id, code
    ), placed AS (SELECT id, row_number() OVER (ORDER BY code) AS n FROM made)
    SELECT array_agg(id ORDER BY n) FROM placed
    """
)
_PLACE = text(
    """
    UPDATE selaras.goal goal SET parent_id = (CAST(:ids AS uuid[]))[1 + (place.n - 10) / 6]
    FROM unnest(CAST(:ids AS uuid[])) WITH ORDINALITY AS place (id, n)
    WHERE goal.tenant_id = :tenant AND goal.id = place.id AND place.n > 10
    """
)
# Everybody's two results serve one of the goals directly, each fifth one of them none.
_PLANS = text(
    """
    WITH plan AS (
        INSERT INTO selaras.plan (tenant_id, person_id, year, segment, state)
        SELECT :tenant, person_id, :year, 1, 'agreed' FROM selaras.appointment
        WHERE tenant_id = :tenant AND kind = 'definitive' ON CONFLICT DO NOTHING RETURNING id
    ), numbered AS (SELECT id, row_number() OVER (ORDER BY id) AS n FROM plan)
    INSERT INTO selaras.plan_item (tenant_id, plan_id, code, kind, title, goal_id)
    SELECT :tenant, numbered.id, code::text, 'main',
           CASE WHEN n % 4 = 0 THEN 'Melaksanakan layanan ' ELSE 'Meningkatnya layanan ' END || n,
           CASE WHEN n % 5 > 0 THEN (CAST(:ids AS uuid[]))[1 + n % :goals] END
    FROM numbered CROSS JOIN generate_series(1, 2) code
    """
)


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options of `python -m bench tree`."""
    parser = argparse.ArgumentParser(prog="python -m bench tree", description=__doc__)
    parser.add_argument(
        "--nodes", type=int, nargs="+", default=[300, 5_000], help="goals of one year, one run for each"
    )
    parser.add_argument("--people", type=int, default=20_000, help="people of the agency, each with two results")
    parser.add_argument("--rounds", type=int, default=9, help="medians of so many rounds are shown")
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> None:
    """Measure, print, and write JSON where asked."""
    asked = parse(arguments)
    figures = []
    for nodes in asked.nodes:
        with ground() as place:
            figures.append(measure(place, nodes, asked.people, asked.rounds))
    heads = ("goals", "people", "read ms", "page ms", "page kB", "gzip kB", "branch ms", "alignment ms")
    print(table([heads, *(tuple(one[name] for name in heads) for one in figures)]))
    keep(asked.json, {"runs": figures})


def measure(place: Ground, nodes: int, people: int, rounds: int) -> dict[str, Any]:
    """Medians in milliseconds within one agency; the pages as the application answers a signed-in manager."""
    tenant = staffed_agency(place, SLUG, people)
    database = Database(place.app)
    with database.tenant(tenant) as session:
        first = fill(session, tenant, nodes)
        account = ensure_account(session, "manager", "Pengelola")
        grant_role(session, account, Role.PERFORMANCE_MANAGER, Range(date(2020, 1, 1), None))
    with place.superuser() as connection:
        connection.execute("VACUUM (ANALYZE)")
    get = visitor(place, account)
    with database.tenant(tenant) as session:
        read = timed(rounds, lambda: tree(session, YEAR))
        aligned = timed(rounds, lambda: unit_alignment(session, YEAR, DAY))
    page = get(f"/goals/{YEAR}")
    figures = {
        "goals": nodes,
        "people": people,
        "read ms": read,
        "page ms": timed(rounds, lambda: get(f"/goals/{YEAR}")),
        "page kB": len(page) / 1000,
        "gzip kB": len(gzip.compress(page, 5)) / 1000,
        "branch ms": timed(rounds, lambda: get(f"/goals/{YEAR}/{first}/branch")),
        "alignment ms": aligned,
    }
    database.close()
    return figures


def fill(session: Session, tenant: int, nodes: int) -> str:
    """The goals, their places and everybody's results; the id of a goal at the top."""
    values = {"tenant": tenant, "year": YEAR, "goals": nodes}
    ids = session.execute(_GOALS, values).scalar_one()
    session.execute(_PLACE, {"tenant": tenant, "ids": ids})
    session.execute(_PLANS, values | {"ids": ids})
    return str(ids[0])


def visitor(place: Ground, account: Any) -> Callable[[str], bytes]:
    """Asks the application for a page as the performance manager; its bytes before compression."""
    app = create_app(site(place))
    client, host = app.test_client(), f"{SLUG}.localhost"
    held = app.extensions[EXTENSION]
    token = held.sessions.start(held.hosts.agency(host).uuid, account, Proof(method="bench"))
    client.set_cookie("selaras_session", token, domain=host)

    def get(path: str) -> bytes:
        answer = client.get(path, base_url=f"http://{host}")
        if answer.status_code != 200:
            raise SystemExit(f"{path}: {answer.status_code} {json.dumps(answer.text[:300])}")
        return bytes(answer.data)

    return get


def timed(rounds: int, work: Callable[[], object]) -> float:
    """Milliseconds, the median of some rounds after one that warms up."""
    work()
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        taken.append(1000 * (time.perf_counter() - began))
    return middle(taken)
