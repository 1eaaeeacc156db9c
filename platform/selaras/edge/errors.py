"""One mapping from everything that can go wrong to a status, a stable code and sentences a person can act on."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Response, current_app
from flask_babel import gettext, lazy_gettext
from redis import RedisError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from selaras.db.refusals import refusal
from selaras.edge import limits
from selaras.edge.reference import reference
from selaras.edge.words import in_words
from selaras.errors import DomainError, Invalid, Misconfigured
from selaras.identity.sessions import unavailable

log = logging.getLogger("selaras.edge")

_TITLES = {
    400: lazy_gettext("This request cannot be read"),
    401: lazy_gettext("Please sign in"),
    403: lazy_gettext("You may not do this"),
    404: lazy_gettext("There is nothing here"),
    405: lazy_gettext("This cannot be done here"),
    409: lazy_gettext("It is not in a state for this"),
    413: lazy_gettext("This is too large"),
    415: lazy_gettext("This kind of file or data is not taken"),
    422: lazy_gettext("Something in the input is not right"),
    429: lazy_gettext("Too many attempts"),
    500: lazy_gettext("Something went wrong on our side"),
    503: lazy_gettext("Not available just now"),
}
_DETAILS = {
    400: lazy_gettext("The address or the data sent with it is malformed. Go back and try again."),
    404: lazy_gettext(
        "The address is wrong, what it named is gone, or it belongs to somebody else. Check the address, or start "
        "from the home page."
    ),
    405: lazy_gettext("This address takes another kind of request. Start from the home page."),
    413: lazy_gettext("A file may have up to {most} MB. Split it and send the parts one after another."),
    415: lazy_gettext("Send a form or JSON, as the description of the interface says."),
    422: lazy_gettext("Correct the fields named below and send it again."),
    429: lazy_gettext("More was asked in a short time than is allowed. Wait {wait} seconds and try again."),
    500: lazy_gettext(
        "Nothing was changed. Try again; if it happens again, tell your agency's administrator the time and this page."
    ),
}
MOST_MEGABYTES = 32
# A server that fell is started again within seconds; a person's second try should not come before that.
SOON = 5


@dataclass(frozen=True)
class Problem:
    """What a person or a program is told. `errors`: field → complaints; `retry_after`: seconds to wait."""

    status: int
    code: str
    title: str
    detail: str
    errors: dict[str, Any] = field(default_factory=dict)
    retry_after: int | None = None


def with_patience(response: Response, problem: Problem) -> Response:
    """The answer, with how long to wait where waiting helps."""
    if problem.retry_after:
        response.headers["Retry-After"] = str(problem.retry_after)
    return response


def problem_of(error: Exception) -> Problem:
    """The problem behind an exception; an unforeseen one is logged and told without its inside."""
    if isinstance(error, DBAPIError):
        error = refusal(error)
    if isinstance(error, RedisError):
        error = unavailable()
    if isinstance(error, DomainError) and not isinstance(error, Misconfigured):
        said = sentence(error)
        wait = SOON if error.status == 503 else None
        return Problem(error.status, error.code, title(error.status), said, _places(error, said), wait)
    if isinstance(error, HTTPException) and error.code is not None:
        return _of_http(error, error.code)
    if isinstance(error, RecursionError | UnicodeEncodeError):
        # Only what was sent can be nested that deep, or hold half of a character.
        return Problem(400, "http_400", title(400), str(_DETAILS[400]))
    log.error("unforeseen error, request %s", reference(), exc_info=error)
    return Problem(500, "internal", title(500), str(_DETAILS[500]))


def _places(error: DomainError, said: str) -> dict[str, Any]:
    """Field → what is wrong with it, of an error that names one or several."""
    place = error.params.get("field")
    found: dict[str, Any] = {str(place): [said]} if place else {}
    for fault in error.faults if isinstance(error, Invalid) else ():
        found.setdefault(fault.field, []).append(filled(fault.message, fault.params))
    return found


def sentence(error: DomainError) -> str:
    """The error's sentence in the reader's language, its parameters filled in."""
    return filled(error.message, error.params)


def filled(message: str, params: Mapping[str, object]) -> str:
    """A message id in the reader's language with its parameters filled in."""
    if not message:
        return ""
    return str(gettext(message)).format(**{name: in_words(name, value) for name, value in params.items()})


def title(status: int) -> str:
    """What happened, in three words."""
    return str(_TITLES.get(status, _TITLES[400 if status < 500 else 500]))


def _of_http(error: HTTPException, status: int) -> Problem:
    data: dict[str, Any] = getattr(error, "data", None) or {}
    errors = data.get("errors") or data.get("messages") or {}
    detail = str(_DETAILS.get(status, _DETAILS[400 if status < 500 else 500])).replace("{most}", str(MOST_MEGABYTES))
    wait = _wait() if status == 429 else None
    detail = detail.replace("{wait}", str(wait))
    return Problem(status, f"http_{status}", title(status), detail, errors if isinstance(errors, dict) else {}, wait)


def _wait() -> int:
    try:
        return limits.seconds_left(current_app)
    except RedisError:
        return 60
