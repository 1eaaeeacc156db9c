"""What it costs to know who asks: CPU of a request by nobody, a session, a service token, an access token."""

from __future__ import annotations

import argparse
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from flask import Flask

from bench.ground import ground
from bench.nation import Head, build
from bench.report import keep, middle, table
from bench.request import site
from selaras.app import create_app
from selaras.edge.context import EXTENSION
from selaras.identity import clients
from selaras.identity.access_tokens import AccessTokens, new_token
from selaras.identity.actor import system
from selaras.identity.scopes import Scope
from selaras.identity.sessions import Proof

WHOSE = "/api/v1/agency"
PUBLIC = "/.well-known/oauth-authorization-server"
# So many callers take turns that none of them reaches its limit.
CALLERS = 60
Asked = tuple[str, dict[str, str]]


@dataclass(frozen=True)
class Figure:
    """One kind of caller: milliseconds of CPU of the web process and of the clock, for each request."""

    caller: str
    cpu: float
    clock: float


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options of `python -m bench identity`."""
    parser = argparse.ArgumentParser(prog="python -m bench identity", description=__doc__)
    parser.add_argument("--requests", type=int, default=2000, help="requests of each kind and round")
    parser.add_argument("--rounds", type=int, default=3, help="medians of so many rounds are shown")
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> None:
    """Measure, print, and write JSON where asked."""
    asked = parse(arguments)
    with ground() as place:
        head = build(place, 1, 40)[0]
        app = create_app(replace(site(place), agency_requests=100_000_000))
        figures = measure(app, head, asked.requests, asked.rounds)
        app.extensions[EXTENSION].database.close()
    nobody = figures[0].cpu
    rows: list[Sequence[object]] = [("caller", "CPU ms", "clock ms", "CPU against nobody")]
    print(table([*rows, *((one.caller, one.cpu, one.clock, one.cpu / nobody) for one in figures)]))
    keep(asked.json, {"figures": figures})


def measure(app: Flask, head: Head, requests: int, rounds: int) -> list[Figure]:
    """The medians of each kind of caller; the kinds take turns, so that a disturbance meets all of them."""
    kinds = callers(app, head)
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in kinds}
    for _ in range(rounds):
        for name, (path, heads, status) in kinds.items():
            spent[name].append(_round(app, head, [(path, one) for one in heads], status, requests))
    return [
        Figure(name, middle([cpu for cpu, _ in found]), middle([clock for _, clock in found]))
        for name, found in spent.items()
    ]


def callers(app: Flask, head: Head) -> dict[str, tuple[str, list[dict[str, str]], int]]:
    """Kind of caller → the address it asks, its headers for each turn, the status that it must get."""
    held = app.extensions[EXTENSION]
    nobodies = [{"X-Turn": str(n)} for n in range(CALLERS)]
    sessions = [held.sessions.start(head.agency, head.account_id, Proof(method="bench")) for _ in range(CALLERS)]
    service, access = _tokens(app, head)
    bearers = [[{"Authorization": f"Bearer {one}"} for one in tokens] for tokens in (service, access)]
    return {
        "nobody, a public answer": (PUBLIC, nobodies, 200),
        "nobody, refused": (WHOSE, nobodies, 401),
        "session": (WHOSE, [{"Cookie": f"selaras_session={one}"} for one in sessions], 200),
        "service token": (WHOSE, bearers[0], 200),
        "access token": (WHOSE, bearers[1], 200),
    }


def _tokens(app: Flask, head: Head) -> tuple[list[str], list[str]]:
    held, service, access = app.extensions[EXTENSION], [], []
    store = AccessTokens(held.redis)
    with held.database.tenant(head.tenant_id) as session:
        actor = system(head.tenant_id)
        for _ in range(CALLERS):
            made = clients.create(session, actor, "bench", "token", [Scope.AGENCY_READ], days=1)
            service.append(made.secret)
            made = clients.create(session, actor, "bench", "oauth", [Scope.AGENCY_READ], days=1)
            access.append(new_token())
            store.keep(access[-1], head.agency, made.client_id, (Scope.AGENCY_READ,))
    return service, access


def _round(app: Flask, head: Head, turns: list[Asked], status: int, requests: int) -> tuple[float, float]:
    ask = _asker(app, head, status)
    many = _repeated(turns)
    for _ in range(CALLERS):
        ask(*next(many))
    cpu, clock = time.process_time(), time.perf_counter()
    for _ in range(requests):
        ask(*next(many))
    return (time.process_time() - cpu) / requests * 1000, (time.perf_counter() - clock) / requests * 1000


def _asker(app: Flask, head: Head, status: int) -> Callable[[str, dict[str, str]], None]:
    client = app.test_client(use_cookies=False)

    def ask(path: str, headers: dict[str, str]) -> None:
        # An address of its own for each turn: whoever is nobody is counted by it.
        address = f"198.51.100.{secrets.randbelow(250)}"
        answer = client.get(
            path, base_url=f"http://{head.host}", headers=headers, environ_base={"REMOTE_ADDR": address}
        )
        if answer.status_code != status:
            raise SystemExit(f"{path} answered {answer.status_code} instead of {status}")

    return ask


def _repeated(turns: list[Asked]) -> Iterator[Asked]:
    while True:
        yield from turns
