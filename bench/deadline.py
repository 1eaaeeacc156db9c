"""The deadline minute: many people hand in their plans at once, each pressing the button twice; nothing may be lost."""

from __future__ import annotations

import argparse
import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.ground import Ground, ground, staffed_agency
from bench.load import Measured, measured
from bench.report import keep, table, write_block
from bench.request import served, site
from selaras.clock import today
from selaras.db.session import Database
from selaras.identity.actor import Actor
from selaras.identity.permissions import PERMISSIONS, Role
from selaras.identity.sessions import Proof, SessionStore, connect
from selaras.organisation.accounts import account_of, give_accounts
from selaras.planning.drafting import save_draft
from selaras.planning.drafts import ExpectationDraft, ItemDraft, MeasureDraft, PlanDraft
from selaras.regulation import load_registry
from selaras.tenancy.queries import agency, rules_on

SLUG, PAGE = "bench-deadline", Path("docs/performance.md")
TAPS, TRIES = 2, 20
# What must stand in the database afterwards, by what it is.
_KEPT = {
    "plans handed in": "SELECT count(*) FROM selaras.plan WHERE tenant_id = :t AND state = 'submitted'",
    "acknowledgements": "SELECT count(*) FROM selaras.acknowledgement WHERE tenant_id = :t",
    "notices": "SELECT count(*) FROM selaras.notice WHERE tenant_id = :t AND code = 'acknowledged'",
    "ledger entries": "SELECT count(*) FROM selaras.ledger_entry WHERE tenant_id = :t AND action = 'plan.submitted'",
}


@dataclass(frozen=True)
class Submitter:
    """Somebody with a whole draft, signed in."""

    path: str
    headers: dict[str, str]


@dataclass(frozen=True)
class Tap:
    """One press of the button: what came back in the end, how often it had to be sent, and how long it took."""

    status: int
    reference: str
    tries: int
    seconds: float


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options of `python -m bench deadline`."""
    parser = argparse.ArgumentParser(prog="python -m bench deadline", description=__doc__)
    parser.add_argument("--people", type=int, default=200, help="who hands in at the same moment")
    parser.add_argument("--write", action="store_true", help=f"put the figures into {PAGE}")
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> None:
    """Measure, print, and write where asked; whatever is lost or doubled ends it with an error."""
    asked = parse(arguments)
    with ground() as place:
        figures = measure(place, asked.people)
    told = words(figures)
    print(told)
    keep(asked.json, figures)
    if asked.write:
        write_block(PAGE, "bench deadline", told)
    if figures["lost"] or figures["doubled"]:
        raise SystemExit("something was lost or doubled")


def measure(place: Ground, people: int) -> dict[str, Any]:
    """One minute at the server that the product starts."""
    tenant, chosen = staffed_agency(place, SLUG, people * 20 // 19 + 20), site(place)
    year = today("Asia/Jakarta").year + 1
    database = Database(place.app)
    with database.tenant(tenant) as session:
        give_accounts(session, date(2026, 10, 1))
    with database.tenant(tenant) as session:
        drafts = drafted(session, tenant, people, year)
    with served(chosen) as port:
        ready = [_submitter(session_of(chosen.redis_url, one), port, year, one) for one in drafts]
        began = time.perf_counter()
        taps = all_at_once(port, ready)
        spent = time.perf_counter() - began
    with database.tenant(tenant) as session:
        kept = {name: session.execute(text(one), {"t": tenant}).scalar_one() for name, one in _KEPT.items()}
    database.close()
    return _figures(people, taps, spent, kept)


def drafted(session: Session, tenant: int, people: int, year: int) -> list[tuple[UUID, UUID, UUID]]:
    """Whole drafts of so many people below the heads; agency, account and person of each."""
    whose = agency(session, tenant)
    rules = rules_on(session, whose, date(year, 12, 31), load_registry())
    rows = session.execute(
        text(
            "SELECT p.id, line.superior_id FROM selaras.person p JOIN selaras.reporting_line line"
            " ON line.tenant_id = :t AND line.person_id = p.id WHERE p.tenant_id = :t"
            " AND (substr(p.source_id, 8)::int - 1) % 20 > 0 ORDER BY p.source_id LIMIT :people"
        ),
        {"t": tenant, "people": people},
    ).all()
    served_by = {
        head: _draft_of(session, tenant, head, year, rules, None) for head in {one.superior_id for one in rows}
    }
    made = []
    for row in rows:
        _draft_of(session, tenant, row.id, year, rules, served_by[row.superior_id])
        account = account_of(session, row.id, date(2026, 10, 1))
        assert account is not None
        made.append((whose.uuid, account, row.id))
    return made


def _draft_of(session: Session, tenant: int, person: UUID, year: int, rules: Any, served_by: UUID | None) -> UUID:
    who = Actor(tenant, None, "bench", frozenset({Role.EMPLOYEE}), PERMISSIONS[Role.EMPLOYEE], person)
    measures = (MeasureDraft(aspect="quantity", indicator="Jumlah layanan", target=Decimal(10), measure="layanan"),)
    item = ItemDraft(
        code="RHK-1", title="Layanan meningkat", section="utama", measures=measures, parent_item_id=served_by
    )
    expectation = (ExpectationDraft("loyal", "Menjaga rahasia jabatan"),)
    plan_id = save_draft(session, who, person, year, PlanDraft("kuantitatif", None, (item,), (), expectation), rules)
    found: UUID = session.execute(
        text("SELECT id FROM selaras.plan_item WHERE tenant_id = :t AND plan_id = :p"), {"t": tenant, "p": plan_id}
    ).scalar_one()
    return found


def session_of(redis_url: str, one: tuple[UUID, UUID, UUID]) -> str:
    """The cookie of somebody who is signed in."""
    return f"selaras_session={SessionStore(connect(redis_url)).start(one[0], one[1], Proof(method='bench'))}"


def _submitter(cookie: str, port: int, year: int, one: tuple[UUID, UUID, UUID]) -> Submitter:
    headers = {"Host": f"{SLUG}.localhost", "Cookie": cookie}
    status, me = _ask(port, "GET", "/api/v1/me", headers)
    if status != 200:
        raise SystemExit(f"not signed in: {status} {me}")
    return Submitter(f"/api/v1/people/{one[2]}/plans/{year}/submission", headers | {"X-Form-Token": me["form_token"]})


def all_at_once(port: int, submitters: Sequence[Submitter]) -> list[list[Tap]]:
    """Everybody presses at the same moment, twice, each time on a connection of its own."""
    gate = threading.Barrier(len(submitters) * TAPS)
    taps: list[list[Tap]] = [[] for _ in submitters]

    def press(number: int) -> None:
        gate.wait()
        taps[number].append(_press(port, submitters[number]))

    threads = [threading.Thread(target=press, args=(n,)) for n in range(len(submitters)) for _ in range(TAPS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taps


def _press(port: int, who: Submitter) -> Tap:
    """Send until there is an answer, as a browser does that cannot reach the server; a refusal is an answer."""
    began = time.perf_counter()
    for tries in range(1, TRIES + 1):
        try:
            status, said = _ask(port, "POST", who.path, who.headers)
        except OSError:
            time.sleep(0.1)
            continue
        if status not in (429, 503):
            reference = (said.get("acknowledgement") or {}).get("reference", said.get("code", ""))
            return Tap(status, reference, tries, time.perf_counter() - began)
        time.sleep(0.1)
    return Tap(0, "", TRIES, time.perf_counter() - began)


def _ask(port: int, method: str, path: str, headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        line.request(method, path, headers=headers)
        answer = line.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        line.close()


def _figures(people: int, taps: list[list[Tap]], spent: float, kept: dict[str, int]) -> dict[str, Any]:
    every = [tap for both in taps for tap in both]
    answered = [both for both in taps if all(tap.status == 200 and tap.reference for tap in both)]
    one_each = [both for both in answered if len({tap.reference for tap in both}) == 1]
    return {
        "people": people,
        "taps": len(every),
        "answers": dict(Counter(str(tap.status) for tap in every)),
        "sent_again": sum(tap.tries - 1 for tap in every),
        "seconds": spent,
        "all": measured([tap.seconds for tap in every], spent),
        "kept": kept,
        "references": len({both[0].reference for both in one_each}),
        "lost": people - min(len(answered), *kept.values()),
        "doubled": max(0, max(kept.values()) - people) + len(answered) - len(one_each),
    }


def words(figures: dict[str, Any]) -> str:
    """The figures for reading."""
    run: Measured = figures["all"]
    rows: list[list[object]] = [["what", "figure"]]
    rows += [
        ["people at the same moment, each twice", str(figures["people"])],
        ["answers", ", ".join(f"{count} × {status}" for status, count in sorted(figures["answers"].items()))],
        ["sent again, because nobody answered", str(figures["sent_again"])],
        ["different references", str(figures["references"])],
        *([f"kept: {name}", str(count)] for name, count in figures["kept"].items()),
        ["lost", str(figures["lost"])],
        ["doubled", str(figures["doubled"])],
        ["answers a second", f"{run.rate:,.0f}"],
        ["answered within, p50 / p99", f"{run.p50:,.0f} ms / {run.p99:,.0f} ms"],
    ]
    return table(rows)
