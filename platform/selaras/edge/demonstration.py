"""Where the development sign-in exists: asked for by the settings, and reached by nobody but this machine itself."""

from __future__ import annotations

from ipaddress import ip_address

from flask import request

from selaras.config import Settings
from selaras.edge.context import process

_FORWARDING = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")


def allowed(chosen: Settings, address: str) -> bool:
    """Whether a process that listens on `address` (host:port) may offer it at all."""
    host = address.rsplit(":", 1)[0].strip("[]")
    return chosen.development_sign_in and _loopback(host) and not chosen.trusted_proxies


def asked_here() -> bool:
    """Allowed in this process, and asked for from this machine itself, through no proxy."""
    local = request.remote_addr is not None and _loopback(request.remote_addr)
    return process().development and local and not any(name in request.headers for name in _FORWARDING)


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
