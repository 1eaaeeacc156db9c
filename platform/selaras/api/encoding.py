"""Answers of the API: JSON by msgspec, problems as RFC 9457 says."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Response, request

from selaras.edge.errors import Problem

_encoder = msgspec.json.Encoder(decimal_format="string", uuid_format="canonical")


def encoded(answer: object, status: int = 200) -> Response:
    """An answer as JSON; a Response of its own, so that no second serialiser walks through it."""
    return Response(_encoder.encode(answer), status, mimetype="application/json")


def problem_response(problem: Problem) -> Response:
    """A refusal as problem+json: `code` is stable, `title` and `detail` are for people."""
    body: dict[str, Any] = {
        "type": f"urn:selaras:problem:{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "instance": request.path,
        "code": problem.code,
        "errors": problem.errors,
    }
    return Response(_encoder.encode(body), problem.status, mimetype="application/problem+json")
