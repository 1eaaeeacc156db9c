"""Refused sign-ins of operators: one entry a minute of the journal for a reason and an address, and a sentence."""

from __future__ import annotations

import hashlib
import hmac
import logging

from flask import request
from redis import RedisError
from sqlalchemy.exc import SQLAlchemyError

from selaras.edge.context import process
from selaras.errors import DomainError, Refused, Unavailable
from selaras.identity.refusals import Reason, SignInRefused
from selaras.tenancy.operators import note
from selaras_admin.operators import REALM
from selaras_admin.provider import provider_id

log = logging.getLogger("selaras.console")

SECONDS = 60
STRANGER = "stranger"
_EXPIRED = frozenset({Reason.STATE_UNKNOWN, Reason.STATE_FOREIGN, Reason.PROVIDER_INACTIVE, Reason.DENIED})
_WEAK = frozenset({Reason.ACR_INSUFFICIENT, Reason.SIGN_IN_TOO_OLD})
_NOBODY = frozenset({Reason.ACCOUNT_UNKNOWN, Reason.ACCOUNT_INACTIVE, Reason.ACCOUNT_LINKED_ELSEWHERE})


def record(refused: SignInRefused) -> None:
    """Into the operators' journal, in a transaction of its own; never an error on top of the refusal."""
    log.warning("operator.sign_in_refused: %s", refused.reason.value)
    try:
        where = _where()
        key = f"{process().cookies}:{REALM}:refused:{refused.reason.value}:{where}"
        if not process().redis.set(key, 1, nx=True, ex=SECONDS):
            return
        payload = {"reason": refused.reason.value, "address": where, **{k: str(v) for k, v in refused.facts.items()}}
        with process().database.platform() as session:
            note(session, STRANGER, "operator.sign_in_refused", str(provider_id()), payload)
    except (RedisError, SQLAlchemyError):
        log.exception("a refusal could not be recorded")


def told(refused: SignInRefused) -> DomainError:
    """What the visitor reads; whether there is an account of theirs is not told apart from whether it may be used."""
    if refused.reason in _EXPIRED:
        return Refused(
            "sign_in.expired",
            "This sign-in was ended, has expired, was used already, or was begun in another browser. Nobody was signed "
            "in. Start again.",
        )
    if refused.reason in _WEAK:
        return Refused(
            "sign_in.stronger",
            "The console asks for a second factor, and your provider did not confirm that you used one. Set one up "
            "there and sign in again with it.",
        )
    if refused.reason in _NOBODY:
        return Refused(
            "sign_in.no_account",
            "The provider knows you, but no operator's account can be used with that sign-in. Ask whoever manages the "
            "operators.",
        )
    if refused.reason is Reason.PROVIDER_UNREACHABLE:
        return Unavailable(
            "sign_in.provider_away",
            "The operators' identity provider cannot be reached just now. Nobody was signed in. Try again in a few "
            "minutes.",
        )
    return Refused(
        "sign_in.untrusted",
        "The answer of the identity provider cannot be trusted ({reason}), so nobody was signed in. Start again; if it "
        "happens again, tell whoever runs the instance.",
        reason=refused.reason.value,
    )


def _where() -> str:
    key = process().settings.secret_key.encode()
    return hmac.new(key, (request.remote_addr or "").encode(), hashlib.sha256).hexdigest()
