"""Style sheet and script, served by the hash of their content and kept by browsers for good."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from flask import Response, url_for
from werkzeug.exceptions import NotFound

from selaras.edge.access import public
from selaras.web.blueprint import pages

ENDPOINT = "web.asset"


@dataclass(frozen=True)
class Asset:
    """One file: its bytes, its type, and the beginning of its sha256."""

    data: bytes
    media_type: str
    digest: str


# Name → package, path in it, media type. htmx comes from its own package; nothing of others lies in this repository.
_SOURCES = {
    "selaras.css": ("selaras.web", "static/selaras.css", "text/css"),
    "icon.svg": ("selaras.web", "static/icon.svg", "image/svg+xml"),
    "board.js": ("selaras.web", "static/board.js", "text/javascript"),
    "placing.js": ("selaras.web", "static/placing.js", "text/javascript"),
    "room.js": ("selaras.web", "static/room.js", "text/javascript"),
    "survey.js": ("selaras.web", "static/survey.js", "text/javascript"),
    "htmx.js": ("js_lib_htmx", "static/htmx/htmx.min.js", "text/javascript"),
}


@cache
def assets() -> dict[str, Asset]:
    """Every asset by its name, read once."""
    return {name: _read(*source) for name, source in _SOURCES.items()}


def asset_url(name: str) -> str:
    """The address of an asset; it changes when its content does."""
    return url_for(ENDPOINT, digest=assets()[name].digest, name=name)


@pages.get("/assets/<digest>/<name>")
@public
def asset(digest: str, name: str) -> Response:
    """One asset; an old hash is gone rather than wrong."""
    found = assets().get(name)
    if found is None or found.digest != digest:
        raise NotFound
    response = Response(found.data, mimetype=found.media_type)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def _read(package: str, path: str, media_type: str) -> Asset:
    data = files(package).joinpath(path).read_bytes()
    return Asset(data, media_type, hashlib.sha256(data).hexdigest()[:16])
