"""A client in a closed loop: so many at a time, each sends its next request when the last one is answered."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.report import middle


@dataclass(frozen=True)
class Measured:
    """Answers a second, and their time in milliseconds."""

    rate: float
    p50: float
    p99: float
    count: int


def measured(spent: Sequence[float], seconds: float) -> Measured:
    """The figures of a run; `spent` are the seconds of each answer."""
    ordered = sorted(spent)
    return Measured(len(ordered) / seconds, _at(ordered, 0.5), _at(ordered, 0.99), len(ordered))


def _at(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000


def typical(runs: Sequence[Measured]) -> Measured:
    """The medians over several runs, figure by figure."""
    return Measured(
        middle([one.rate for one in runs]),
        middle([one.p50 for one in runs]),
        middle([one.p99 for one in runs]),
        sum(one.count for one in runs),
    )


def repeated(work: Callable[[], None], seconds: float) -> Measured:
    """Do the work over and over on this thread."""
    spent: list[float] = []
    begun = now = time.perf_counter()
    while now - begun < seconds:
        work()
        after = time.perf_counter()
        spent.append(after - now)
        now = after
    return measured(spent, now - begun)


def answered(port: int, requests: Sequence[bytes], clients: int, seconds: float) -> Measured:
    """Send requests, chosen at random, with so many clients; anything but 200 ends the measurement."""
    spent: list[list[float]] = [[] for _ in range(clients)]
    failed: list[BaseException] = []

    def one(number: int) -> None:
        try:
            _loop(port, requests, spent[number], seconds, random.Random(number))
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(clients)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return measured([value for mine in spent for value in mine], time.perf_counter() - begun)


def _loop(port: int, requests: Sequence[bytes], spent: list[float], seconds: float, chance: random.Random) -> None:
    with Line(port) as line:
        begun = now = time.perf_counter()
        while now - begun < seconds:
            line.ask(chance.choice(requests))
            after = time.perf_counter()
            spent.append(after - now)
            now = after


class Line:
    """One connection that is kept; a bare socket, so that the client takes little of the machine."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def ask(self, request: bytes) -> bytes:
        """The body of the answer."""
        self._socket.sendall(request)
        got = b""
        while b"\r\n\r\n" not in got:
            got += self._more()
        head, _, body = got.partition(b"\r\n\r\n")
        if b" 200 " not in head.split(b"\r\n", 1)[0] + b" ":
            raise SystemExit(f"the request was not answered: {head.decode()[:200]} {body.decode()[:400]}")
        length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        while len(body) < length:
            body += self._more()
        return body

    def _more(self) -> bytes:
        block = self._socket.recv(65536)
        if not block:
            raise SystemExit("the server hung up")
        return block
