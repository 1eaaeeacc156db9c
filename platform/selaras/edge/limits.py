"""How often something may be tried: counted in Redis, for each agency apart."""

from __future__ import annotations

from flask import Flask, request
from flask_limiter import Limiter

from selaras.config import Settings
from selaras.edge.context import agency

SIGN_IN = "10 per minute; 60 per hour"


def caller() -> str:
    """Who tries: the agency's uuid and the client's address."""
    return f"{agency().uuid}:{request.remote_addr}"


def subject() -> str:
    """At whom the trying aims: the agency's uuid and the number that was entered."""
    return f"{agency().uuid}:{request.form.get('number', '')[:64]}"


limiter = Limiter(key_func=caller, strategy="fixed-window", headers_enabled=False)


def install(app: Flask, settings: Settings) -> None:
    """Count in the instance's Redis; when it cannot be reached, the request is refused."""
    url = settings.require("redis_url")
    app.config["RATELIMIT_STORAGE_URI"] = url.replace("unix://", "redis+unix://", 1)
    app.config["RATELIMIT_STORAGE_OPTIONS"] = {"socket_timeout": 2, "socket_connect_timeout": 1}
    app.config["RATELIMIT_KEY_PREFIX"] = "selaras:limit"
    limiter.init_app(app)
