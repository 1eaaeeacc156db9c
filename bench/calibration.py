"""A calibration meeting of many people: how soon a move is on the pages of all others, and whether all say the same."""

from __future__ import annotations

import argparse
import http.client
import json
import random
import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from bench.ground import Ground, ground, staffed_agency
from bench.load import Measured, measured
from bench.report import keep, table, write_block
from bench.request import served, site
from bench.staff import UNIT_SIZE
from selaras.calibration import service
from selaras.calibration.ledger import replay_meeting
from selaras.calibration.rules import SeatRole
from selaras.db.session import Database
from selaras.evaluation.queries import period_by_code
from selaras.identity.actor import Actor
from selaras.identity.permissions import PERMISSIONS, Role
from selaras.identity.sessions import Proof, SessionStore, connect
from selaras.organisation.accounts import account_of, give_accounts
from selaras.regulation import load_registry
from selaras.tenancy.queries import agency, rules_on

SLUG, PERIOD, DAY, PAGE = "bench-calibration", "2026-TW3", date(2026, 9, 30), Path("docs/performance.md")
EVERY = 0.7
"""The page asks so often (web/static/room.js)."""
_LAST = re.compile(rb'data-last="(\d+)"')
WHY = "Bukti dukung baru menunjukkan hasil di atas rekan setara."


@dataclass
class Seat:
    """A participant's browser: asks for news and notes when it saw which event first."""

    person: UUID
    headers: dict[str, str]
    seen: dict[int, float] = field(default_factory=dict)
    asked: list[float] = field(default_factory=list)


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options of `python -m bench calibration`."""
    parser = argparse.ArgumentParser(prog="python -m bench calibration", description=__doc__)
    parser.add_argument("--people", type=int, default=2000, help="who is spoken of")
    parser.add_argument("--seats", type=int, default=30, help="participants, each with a page open")
    parser.add_argument("--moves", type=int, default=40, help="proposals, each agreed to at once")
    parser.add_argument("--write", action="store_true", help=f"put the figures into {PAGE}")
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> None:
    """Measure, print, and write where asked; a ledger that says something else ends it with an error."""
    asked = parse(arguments)
    with ground() as place:
        figures = measure(place, asked.people, asked.seats, asked.moves)
    told = words(figures)
    print(told)
    keep(asked.json, figures)
    if asked.write:
        write_block(PAGE, "bench calibration", told)
    if not figures["sound"] or figures["unseen"]:
        raise SystemExit("the ledger and the meeting differ, or a move was not seen by everybody")


def measure(place: Ground, people: int, seats: int, moves: int) -> dict[str, Any]:
    """One meeting at the server that the product starts."""
    tenant, chosen = staffed_agency(place, SLUG, people * 20 // 19 + UNIT_SIZE), site(place)
    database = Database(place.app)
    with database.tenant(tenant) as session:
        give_accounts(session, date(2026, 10, 1))
    meeting, spoken, held = prepared(database, tenant, seats, chosen.redis_url)
    with served(chosen) as port:
        for one in held:
            ready(port, one)
            ask(port, "POST", f"/api/v1/calibrations/{meeting}/events", one.headers, {"key": uuid4(), "kind": "joined"})
        with watching(port, meeting, held):
            time.sleep(2)
            sent = talk(port, meeting, held, moves)
            time.sleep(3)
    with database.tenant(tenant) as session:
        sound = replay_meeting(session, meeting).sound
    database.close()
    return _figures(people, spoken, held, sent, sound=sound)


def prepared(database: Database, tenant: int, seats: int, redis_url: str) -> tuple[UUID, int, list[Seat]]:
    """An open meeting about everybody who is rated; its chair and members head units of their own."""
    manager = Actor(tenant, None, "bench", frozenset(), PERMISSIONS[Role.PERFORMANCE_MANAGER])
    store, held = SessionStore(connect(redis_url)), []
    with database.tenant(tenant) as session:
        whose = agency(session, tenant)
        rows = session.execute(
            text("SELECT source_id, id FROM selaras.person WHERE tenant_id = :t"), {"t": tenant}
        ).all()
        known = {row.source_id: row.id for row in rows}
        for n in range(seats):
            person = known[f"person-{n * UNIT_SIZE + 1}"]
            token = store.start(whose.uuid, account_of(session, person, date(2026, 10, 1)), Proof(method="bench"))
            held.append(Seat(person, {"Host": f"{SLUG}.localhost", "Cookie": f"selaras_session={token}"}))
        meeting = service.prepare(session, manager, PERIOD, service.Wanted("Rapat besar"))
        roles = {one.person: SeatRole.MEMBER if n else SeatRole.CHAIR for n, one in enumerate(held)}
        service.seat(session, manager, meeting, roles)
    with database.tenant(tenant) as session:
        rules = rules_on(session, whose, DAY, load_registry())
        spoken = service.open_meeting(session, manager, meeting, period_by_code(session, PERIOD), rules)
    return meeting, spoken, held


def ready(port: int, one: Seat) -> None:
    """The token that changes carry."""
    one.headers["X-Form-Token"] = json.loads(ask(port, "GET", "/api/v1/me", one.headers))["form_token"]


@contextmanager
def watching(port: int, meeting: UUID, held: Sequence[Seat]) -> Iterator[None]:
    """Every participant's page asks for news as the script does, until the block ends."""
    over = threading.Event()

    def watch(one: Seat) -> None:
        last, chance = 0, random.Random(str(one.person))
        over.wait(chance.random() * EVERY)
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while not over.is_set():
            began = time.perf_counter()
            line.request("GET", f"/calibrations/{meeting}/room/news?after={last}", headers=one.headers)
            body = line.getresponse().read()
            at = time.perf_counter()
            found = _LAST.search(body)
            if found is None:
                raise SystemExit(f"no news: {body[:300]!r}")
            one.asked.append(at - began)
            for number in range(last + 1, int(found[1]) + 1):
                one.seen[number] = at
            last = int(found[1])
            over.wait(EVERY)
        line.close()

    threads = [threading.Thread(target=watch, args=(one,)) for one in held]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def talk(port: int, meeting: UUID, held: Sequence[Seat], moves: int) -> dict[int, tuple[int, float]]:
    """Members propose in turn, the chair records agreement: event → who sent it and when."""
    path, sent = f"/api/v1/calibrations/{meeting}", dict[int, tuple[int, float]]()
    room = json.loads(ask(port, "GET", f"{path}/room", held[0].headers))
    free = [one for one in room["cases"] if one["outcome"] == "baik" and not one["recused"]]
    random.Random(1).shuffle(free)
    done = 0
    for case in free:
        n = 1 + done % (len(held) - 1)
        body = {
            "kind": "proposed", "person_id": case["person_id"], "from_outcome": "baik", "to_outcome": "sangat_baik",
            "reason_code": "evidence_new", "text": WHY,
        }  # fmt: skip
        at = time.perf_counter()
        status, answer = say(port, path, held[n], body)
        if status == 403:  # a person of the proposer's own unit
            continue
        sent[answer["number"]] = (n, at)
        at = time.perf_counter()
        status, answer = say(port, path, held[0], {"kind": "agreed", "answers": answer["number"]})
        if status != 200:
            raise SystemExit(f"not agreed: {status} {answer}")
        sent[answer["number"]] = (0, at)
        time.sleep(0.35)
        done += 1
        if done == moves:
            break
    return sent


def say(port: int, path: str, one: Seat, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Say something in the room."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {**one.headers, "Content-Type": "application/json"}
    line.request("POST", f"{path}/events", json.dumps({"key": str(uuid4()), **body}), headers)
    answer = line.getresponse()
    found = answer.status, json.loads(answer.read())
    line.close()
    return found


def ask(port: int, method: str, path: str, headers: dict[str, str], body: object = None) -> bytes:
    """The body of an answer that must be 200."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    more = {"Content-Type": "application/json"} if body else {}
    line.request(method, path, json.dumps(body, default=str) if body else None, {**headers, **more})
    answer = line.getresponse()
    found = answer.read()
    line.close()
    if answer.status != 200:
        raise SystemExit(f"{method} {path}: {answer.status} {found[:400]!r}")
    return found


def _figures(
    people: int, spoken: int, held: Sequence[Seat], sent: dict[int, tuple[int, float]], *, sound: bool
) -> dict[str, Any]:
    waits = [
        one.seen[number] - at
        for number, (who, at) in sent.items()
        for n, one in enumerate(held)
        if n != who and number in one.seen
    ]
    asked = [value for one in held for value in one.asked]
    return {
        "people": people,
        "spoken": spoken,
        "seats": len(held),
        "moves": len(sent),
        "seen": measured(waits, 1.0),
        "unseen": len(sent) * (len(held) - 1) - len(waits),
        "news": measured(asked, 1.0),
        "sound": sound,
    }


def words(figures: dict[str, Any]) -> str:
    """The figures for reading."""
    seen: Measured = figures["seen"]
    news: Measured = figures["news"]
    rows: list[list[object]] = [
        ["what", "figure"],
        ["people spoken of", str(figures["spoken"])],
        ["participants, each with a page that asks every 0.7 s", str(figures["seats"])],
        ["proposals and agreements sent", str(figures["moves"])],
        ["on the page of another participant, p50 / p99", f"{seen.p50:,.0f} ms / {seen.p99:,.0f} ms"],
        ["not seen by somebody", str(figures["unseen"])],
        ["news answered within, p50 / p99", f"{news.p50:,.0f} ms / {news.p99:,.0f} ms"],
        ["the ledger and the meeting say the same", "yes" if figures["sound"] else "no"],
    ]
    return table(rows)
