"""How much may be asked in a minute: counted in Redis, for each agency (and the console) apart, by Flask-Limiter.

Whoever is known counts by themself, so that an office behind one address is never held up by its neighbours at the
next desk; an address counts only for those who have not shown who they are. The figures are reasoned in decision 41.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, Response, request
from flask_limiter import ApplicationLimit, Limiter

from selaras.clock import now
from selaras.config import Settings
from selaras.edge import bearer, signing_in
from selaras.edge.context import EXTENSION, access_limits, has_realm, realm
from selaras.identity.sessions import key_of

# Everybody who begins to sign in at one address.
SIGN_IN = "300 per minute; 3000 per hour"
# A provider that tells of sessions that are over; each token costs a signature to check.
LOGOUTS = "300 per minute"
EXCHANGE, EXCHANGES = "60 per minute", "300 per minute"
SCIM = "600 per minute"
# What people who were served send by a link, without an account.
SERVED = "10 per minute; 60 per hour"
HEAVY = "30 per minute"
# Whoever checks printed documents is known to nobody; a code cannot be guessed at this pace.
VERIFY = "30 per minute"
_HEAVY_ENDINGS = ("/document", "/document.pdf", "/annex")


@dataclass(frozen=True)
class Doors:
    """What may be asked at the ways in, before anybody is known: `sign_in` and `logouts` by address, `begun` in all."""

    sign_in: str = SIGN_IN
    logouts: str = LOGOUTS
    begun: str | None = None


# Operators are a handful of people: whoever tries more than this is none of them, from however many addresses.
CONSOLE = Doors("30 per minute; 200 per hour", "60 per minute", "120 per minute")


def install(app: Flask, settings: Settings, free: str, doors: Doors = Doors()) -> Limiter:
    """Count in the instance's Redis; when it cannot be reached, the request is refused. `free`: files of ours."""
    app.config["RATELIMIT_STORAGE_URI"] = settings.require("redis_url").replace("unix://", "redis+unix://", 1)
    held = app.extensions[EXTENSION]
    app.config["RATELIMIT_KEY_PREFIX"] = f"{held.cookies}:limit"
    limiter = Limiter(
        _address,
        app=app,
        strategy="fixed-window",
        application_limits=[*_general(settings), *_at(doors), *_strict()],
        storage_options={"connection_pool": held.redis.connection_pool},
    )
    limiter.request_filter(lambda: request.endpoint == free or not has_realm())
    app.extensions["selaras_limiter"] = limiter
    return limiter


def _general(settings: Settings) -> list[ApplicationLimit]:
    return [
        _limit("session", lambda: f"{access_limits().session_requests}/minute", _session, _is_session),
        _limit("client", lambda: f"{access_limits().client_requests}/minute", _token, _is_token),
        _limit("address", lambda: f"{access_limits().address_requests}/minute", _address, _is_nobody),
        # A token that is wrong counts for its address, so that made-up ones do not each begin a count of their own.
        _limit("failed", lambda: f"{access_limits().address_requests}/minute", _address, _is_token, _failed),
        _limit("all", f"{settings.agency_requests}/minute", lambda: f"{realm()}:all", lambda: True),
    ]


def _at(doors: Doors) -> list[ApplicationLimit]:
    found = [
        _limit("sign-in", doors.sign_in, _address, _signs_in),
        _limit("logouts", doors.logouts, _address, lambda: _begins("/sign-out/back-channel")),
    ]
    if doors.begun:
        found.append(_limit("begun", doors.begun, lambda: f"{realm()}:begun", _signs_in))
    return found


def _signs_in() -> bool:
    return _begins("/sign-in/") or (_begins("/sign-in") and _changes())


def _strict() -> list[ApplicationLimit]:
    return [
        _limit("exchange", EXCHANGE, _exchanging, lambda: _begins(bearer.OAUTH)),
        _limit("exchanges", EXCHANGES, _address, lambda: _begins(bearer.OAUTH)),
        _limit("scim", SCIM, _token, lambda: _begins(bearer.SCIM) and _is_token()),
        _limit("served", SERVED, _address, lambda: _begins("/f/") and _changes()),
        _limit("heavy", HEAVY, _caller, _is_heavy),
        _limit("verify", VERIFY, _address, lambda: _begins("/verify")),
    ]


def _limit(
    scope: str,
    rate: str | Callable[[], str],
    key: Callable[[], str],
    when: Callable[[], bool],
    counted: Callable[[Response], bool] | None = None,
) -> ApplicationLimit:
    return ApplicationLimit(rate, key, scope=scope, exempt_when=lambda: not when(), deduct_when=counted)


def seconds_left(app: Flask) -> int:
    """After how many seconds a caller who was held up may ask again."""
    breached = app.extensions["selaras_limiter"].current_limit
    return max(1, int(breached.reset_at - now().timestamp()) + 1) if breached else 60


def _is_session() -> bool:
    return signing_in.held_session() is not None


def _is_token() -> bool:
    return bearer.shown() is not None


def _is_nobody() -> bool:
    return not _is_token() and not _is_session()


def _is_heavy() -> bool:
    upload = request.method == "POST" and request.path.rstrip("/").endswith("/imports")
    return upload or request.path.endswith(_HEAVY_ENDINGS)


def _failed(response: Response) -> bool:
    return response.status_code == 401


def _begins(path: str) -> bool:
    return request.path.startswith(path)


def _changes() -> bool:
    return request.method == "POST"


def _address() -> str:
    return f"{realm()}:{request.remote_addr}"


def _session() -> str:
    return f"{realm()}:{key_of(signing_in.token() or '')}"


def _token() -> str:
    return f"{realm()}:{_hidden(bearer.shown() or '')}"


def _caller() -> str:
    return _token() if _is_token() else _session() if _is_session() else _address()


def _exchanging() -> str:
    given = request.authorization
    name = given.username if given is not None and given.type == "basic" else request.form.get("client_id")
    return f"{realm()}:{_hidden(name or '')}"


def _hidden(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
