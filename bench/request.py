"""Answering requests at 643 agencies: team list, person, submit rating; against the same SQL on a bare connection."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from bench.carry import PERIOD
from bench.ground import Ground, ground
from bench.load import Line, Measured, answered, repeated, typical
from bench.nation import Head, build
from bench.report import keep, table
from bench.statements import Sent, again, recorded
from selaras.app import create_app
from selaras.config import Settings, settings, variable
from selaras.edge.context import EXTENSION
from selaras.identity.sessions import Proof, SessionStore, connect
from selaras.identity.vault import new_key

INPUTS = {"rating_hasil_kerja": "sesuai", "rating_perilaku": "sesuai"}
WHY = "Bukti dukung dibaca sekali lagi."
REPLAYED = 50


@dataclass(frozen=True)
class Kind:
    """One kind of request."""

    name: str
    method: str
    path: str
    body: dict[str, Any] | None = None


KINDS = (
    Kind("team list", "GET", "/api/v1/team"),
    Kind("person", "GET", "/api/v1/people/{member}"),
    Kind("submit rating", "PUT", f"/api/v1/people/{{member}}/ratings/{PERIOD}", {"inputs": INPUTS, "reason": WHY}),
)


@dataclass(frozen=True)
class Visitor:
    """A head who is signed in."""

    head: Head
    cookie: str
    form_token: str

    def request(self, kind: Kind) -> tuple[str, dict[str, str], bytes]:
        """Path, headers and body."""
        body = json.dumps(kind.body).encode() if kind.body else b""
        headers = {"Host": self.head.host, "Cookie": self.cookie}
        if body:
            headers |= {"Content-Type": "application/json", "X-Form-Token": self.form_token}
        return kind.path.format(member=self.head.member), headers, body

    def wire(self, kind: Kind) -> bytes:
        """The same, as it is sent."""
        path, headers, body = self.request(kind)
        lines = [f"{kind.method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options of `python -m bench request`."""
    parser = argparse.ArgumentParser(prog="python -m bench request", description=__doc__)
    parser.add_argument("--agencies", type=int, default=643)
    parser.add_argument("--people", type=int, default=200, help="people of each agency, at least 40")
    parser.add_argument("--clients", type=int, default=8, help="requests under way at a time in the crowded run")
    parser.add_argument("--seconds", type=float, default=5.0, help="length of each run")
    parser.add_argument("--rounds", type=int, default=3, help="medians of so many rounds are shown")
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> None:
    """Measure, print, and write JSON where asked."""
    asked = parse(arguments)
    with ground() as place:
        heads = build(place, asked.agencies, asked.people)
        chosen = site(place)
        with served(chosen) as port:
            figures = measure(place, chosen, port, signed_in(chosen, heads, port), asked)
    print(words(figures))
    keep(asked.json, figures)


def site(place: Ground) -> Settings:
    """The settings of the web process, at a port that is free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return Settings(
        home=place.home,
        app_database_url=place.app,
        redis_url=place.redis,
        secret_key=secrets.token_hex(16),
        encryption_keys=new_key(),
        files=place.home / "files",
        web_address=f"127.0.0.1:{port}",
    )


@contextmanager
def served(chosen: Settings) -> Iterator[int]:
    """The product's own web process, as `selaras web` starts it."""
    names = ("app_database_url", "redis_url", "secret_key", "encryption_keys", "files", "web_address")
    environment = {**os.environ, **{variable(name): str(getattr(chosen, name)) for name in names}}
    process = subprocess.Popen([str(Path(sys.executable).with_name("selaras")), "web"], env=environment)
    port = int(chosen.web_address.rpartition(":")[2])
    try:
        _wait(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(3_000):
        if process.poll() is not None:
            raise SystemExit("the web process did not start")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the web process does not listen")


def signed_in(chosen: Settings, heads: list[Head], port: int) -> list[Visitor]:
    """Every head with a session, and the token that their changes carry."""
    store, visitors = SessionStore(connect(chosen.redis_url)), []
    with Line(port) as line:
        for head in heads:
            cookie = f"selaras_session={store.start(head.agency, head.account_id, Proof(method='bench'))}"
            me = Visitor(head, cookie, "").wire(Kind("me", "GET", "/api/v1/me"))
            visitors.append(Visitor(head, cookie, json.loads(line.ask(me))["form_token"]))
    return visitors


def measure(
    place: Ground, chosen: Settings, port: int, visitors: list[Visitor], asked: argparse.Namespace
) -> dict[str, Any]:
    """For each kind, in turns: the bare SQL, one client, many clients."""
    sql = transactions(chosen, visitors[:: max(1, len(visitors) // REPLAYED)])
    runs: dict[str, list[tuple[Measured, Measured, Measured]]] = {kind.name: [] for kind in KINDS}
    with psycopg.connect(place.app) as connection:
        for _ in range(asked.rounds):
            for kind in KINDS:
                wires = [visitor.wire(kind) for visitor in visitors]
                bare = repeated(again(connection, sql[kind.name]), asked.seconds)
                alone = answered(port, wires, 1, asked.seconds)
                runs[kind.name].append((bare, alone, answered(port, wires, asked.clients, asked.seconds)))
    kinds = {}
    for name, rounds in runs.items():
        bare, alone, crowd = (typical(column) for column in zip(*rounds, strict=True))
        kinds[name] = {
            "statements": len(sql[name][0]),
            "bare": bare,
            "one_client": alone,
            "many_clients": crowd,
            "ratio_p50": alone.p50 / bare.p50,
            "ratio_rate": bare.rate / crowd.rate,
        }
    return {"agencies": asked.agencies, "people": asked.people, "clients": asked.clients, "kinds": kinds}


def transactions(chosen: Settings, visitors: list[Visitor]) -> dict[str, list[list[Sent]]]:
    """Kind → what the product sends for it, for each of some visitors."""
    app = create_app(chosen)
    held = app.extensions[EXTENSION]
    found: dict[str, list[list[Sent]]] = {kind.name: [] for kind in KINDS}
    try:
        client = app.test_client(use_cookies=False)
        for visitor in visitors:
            held.hosts.agency(visitor.head.host)
            for kind in KINDS:
                path, headers, body = visitor.request(kind)
                with recorded(held.database.engine) as sent:
                    answer = client.open(path, method=kind.method, headers=headers, data=body or None)
                if answer.status_code != 200:
                    raise SystemExit(f"{kind.name}: {answer.status_code} {answer.text[:400]}")
                found[kind.name].append(sent)
    finally:
        held.database.close()
        settings.cache_clear()
    return found


def words(figures: dict[str, Any]) -> str:
    """The figures for reading."""
    rows: list[list[object]] = [["request", "way", "a second", "p50 ms", "p99 ms"]]
    ratios: list[list[object]] = [["request", "SQL statements", "p50 / bare", "bare a second / served"]]
    for name, one in figures["kinds"].items():
        for way, run in (
            ("bare SQL, one connection", one["bare"]),
            ("HTTP, one client", one["one_client"]),
            (f"HTTP, {figures['clients']} clients", one["many_clients"]),
        ):
            rows.append([name, way, run.rate, run.p50, run.p99])
        ratios.append([name, one["statements"], one["ratio_p50"], one["ratio_rate"]])
    people = figures["agencies"] * figures["people"]
    return "\n\n".join((f"{figures['agencies']:,} agencies, {people:,} people", table(rows), table(ratios)))
