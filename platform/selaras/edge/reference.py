"""The id of a request: on every answer, in the log beside what went wrong, and on a ticket."""

from __future__ import annotations

import re
import secrets

from flask import Response, g, request

HEADER = "X-Request-Id"
_ID = re.compile(r"[0-9a-f]{12}")


def reference() -> str:
    """This request's id; made by us, never taken from whoever asks."""
    if "reference" not in g:
        g.reference = secrets.token_hex(6)
    return str(g.reference)


def told_reference(text: str) -> str:
    """An id as somebody sends it back, or this request's own where it is none."""
    return text if _ID.fullmatch(text) else reference()


def place() -> str:
    """The kind of page that this request is about: its endpoint, never its address, which may name a person."""
    return request.endpoint or "-"


def with_reference(response: Response) -> Response:
    """The answer with its id."""
    response.headers.setdefault(HEADER, reference())
    return response
