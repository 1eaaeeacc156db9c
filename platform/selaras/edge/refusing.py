"""Refused sign-ins and tokens go into the ledger of the agency that was asked; a flood of them does not fill it."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping

from flask import request
from redis import RedisError
from sqlalchemy.exc import SQLAlchemyError

from selaras.audit.service import record, salted
from selaras.edge.context import agency, has_agency, process, visitor
from selaras.identity.actor import system
from selaras.identity.refusals import Reason, SignInRefused, action_of, reason_of

log = logging.getLogger("selaras.edge")

SECONDS = 60
_DAY = 24 * 3600


def note(error: Exception) -> None:
    """Record a refusal that ended a request; anything else is none of the ledger's. To be called outside it."""
    reason = reason_of(error)
    if isinstance(error, SignInRefused):
        record_refusal(error.reason, error.subject, error.facts)
    elif reason is not None:
        record_refusal(reason, action_of(reason).partition(".")[0], {})


def record_refusal(reason: Reason, subject: str, facts: Mapping[str, object]) -> None:
    """One entry a minute for a reason and an address, in a transaction of its own; the next one tells how many more.

    What happened is logged in any case; neither Redis nor the database being away turns a refusal into an error.
    """
    log.warning("%s: %s", action_of(reason), reason.value)
    if not has_agency():
        return
    try:
        more = _more(reason)
        if more is None:
            return
        with process().database.tenant(agency().tenant_id) as session:
            payload = {"reason": reason.value, "address": salted(session, request.remote_addr or ""), **facts}
            if more:
                payload["more"] = more
            record(session, visitor() or system(agency().tenant_id), action_of(reason), subject, payload)
    except (RedisError, SQLAlchemyError):
        log.exception("a refusal could not be recorded")


def _more(reason: Reason) -> int | None:
    """How many such refusals were passed over since the last entry; None when this one is to be passed over too."""
    where = hashlib.sha256(f"{process().settings.secret_key}:{request.remote_addr}".encode()).hexdigest()
    key = f"selaras:{agency().uuid}:refused:{reason.value}:{where}"
    redis = process().redis
    if redis.set(key, 1, nx=True, ex=SECONDS):
        return int(redis.getdel(f"{key}:more") or 0)
    redis.incr(f"{key}:more")
    redis.expire(f"{key}:more", _DAY)
    return None
