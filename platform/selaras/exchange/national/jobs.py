"""The job of an agency: what is new is looked at, then what is ready is told, at the other side's pace."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from selaras.clock import now
from selaras.config import Settings
from selaras.errors import DomainError
from selaras.exchange.national.border import Answer, Ask, Away, Halted, Line, Rejected, Result
from selaras.exchange.national.connection import Opened, opened, resume, stop
from selaras.exchange.national.doctor import look
from selaras.exchange.national.outbox import write_all
from selaras.exchange.national.results import results
from selaras.exchange.national.sending import Claimed, claim, halted, rejected, sent, tell
from selaras.identity.egress import Egress
from selaras.identity.vault import Vault
from selaras.jobs.context import Handler, JobContext

KIND = "national_exchange"
# One job does so much, then the next agency has its turn; what is left is asked for again within a minute.
MOST = 500
_LATER = timedelta(seconds=30)
# Clients of the national service wait a minute for it.
PATIENCE = 60.0


def asking(egress: Egress, seconds: float = PATIENCE) -> Ask:
    """The one way out, as an endpoint asks: what does not answer within so many seconds is away."""

    def ask(method: str, url: str, headers: Any, body: bytes) -> Answer:
        try:
            found = egress.send(method, url, headers=headers, body=body, seconds=seconds)
        except DomainError as error:
            raise Away(error.code, until=now() + _LATER, unsure=error.code != "egress_unknown") from None
        return Answer(found.status, found.headers, found.body)

    return ask


def handler(settings: Settings, seconds: float = PATIENCE) -> Handler:
    """The handler of this process; the other side is given so many seconds for each answer."""

    def run(context: JobContext) -> dict[str, Any]:
        """Write, look, tell; stops early where the other side does."""
        vault, egress = Vault(settings.require("encryption_keys")), Egress.of(settings)
        with context.transaction() as session:
            held = opened(session, vault)
            counts = {"new": write_all(session), "looked": 0, "sent": 0, "rejected": 0}
        while True:
            with context.transaction() as session:
                looked = look(session, held.endpoint, held.settings)
            if not looked:
                break
            counts["looked"] += looked
        _send(context, held, held.endpoint.dial(held.settings, asking(egress, seconds), now), counts)
        return dict(counts)

    return run


def _send(context: JobContext, held: Opened, line: Line, counts: dict[str, int]) -> None:
    gap = 1 / float(held.per_second)
    for number in range(MOST):
        began = time.monotonic()
        with context.transaction() as session:
            one = claim(session, now())
            found = results(session, held.endpoint, [one.id]) if one else {}
        if one is None:
            return
        ended = _tell(line, found[one.id], one, counts)
        with context.database.tenant(context.tenant_id) as session:
            going_on = ended(session)
            if going_on and number == 0:
                resume(session)
        if not going_on:
            return
        time.sleep(max(0.0, gap - (time.monotonic() - began)))


def _tell(line: Line, result: Result, one: Claimed, counts: dict[str, int]) -> Callable[[Session], bool]:
    """Ask the other side, outside any transaction; returns how it is written down, which says whether to go on."""
    try:
        remote = tell(line, result, one)
    except Rejected as error:
        counts["rejected"] += 1
        return partial(_refused, one=one, error=error)
    except Halted as error:
        return partial(_stopped, one=one, error=error)
    counts["sent"] += 1
    return partial(_sent, one=one, remote=remote)


def _sent(session: Session, one: Claimed, remote: str) -> bool:
    sent(session, one, remote, now())
    return True


def _refused(session: Session, one: Claimed, error: Rejected) -> bool:
    rejected(session, one, error)
    return True


def _stopped(session: Session, one: Claimed, error: Halted) -> bool:
    halted(session, one, error, now())
    stop(session, error)
    return False
