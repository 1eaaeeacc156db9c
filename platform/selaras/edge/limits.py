"""How often something may be tried: counted in Redis, for each agency (and the console) apart."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from flask import Flask, request
from flask_limiter import Limiter

from selaras.config import Settings
from selaras.edge.context import realm

# Whole offices share one address, so it is given more than one number that somebody may be guessing at.
SUBJECT = "10 per minute; 60 per hour"
CALLER = "60 per minute; 600 per hour"


def install(app: Flask, settings: Settings) -> Limiter:
    """Count in the instance's Redis; when it cannot be reached, the request is refused."""
    url = settings.require("redis_url")
    app.config["RATELIMIT_STORAGE_URI"] = url.replace("unix://", "redis+unix://", 1)
    app.config["RATELIMIT_STORAGE_OPTIONS"] = {"socket_timeout": 2, "socket_connect_timeout": 1}
    app.config["RATELIMIT_KEY_PREFIX"] = "selaras:limit"
    return Limiter(_caller, app=app, strategy="fixed-window")


def sign_in(limiter: Limiter, view: Callable[..., Any]) -> Callable[..., Any]:
    """The view, tried so many times by one address, and so many times for one number, wherever it is tried from."""
    by_subject: Callable[..., Any] = limiter.limit(SUBJECT, key_func=_subject)(view)
    by_both: Callable[..., Any] = limiter.limit(CALLER, key_func=_caller)(by_subject)
    return by_both


def _caller() -> str:
    return f"{realm()}:{request.remote_addr}"


def _subject() -> str:
    # Counted for whom somebody tries to be; the number itself does not lie in Redis.
    whom = request.form.get("number", "") or request.form.get("account", "")
    return f"{realm()}:{hashlib.sha256(whom.encode('utf-8', 'replace')).hexdigest()}"
