"""The API's description for people: every endpoint, what it takes and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, current_app

from selaras.edge.access import public
from selaras.web.blueprint import pages
from selaras.web.pages import render


@dataclass(frozen=True)
class Operation:
    """One endpoint and method."""

    method: str
    path: str
    summary: str
    parameters: list[str]
    answers: list[str]


@pages.get("/api/v1/")
@public
def interface() -> Response:
    """A readable page out of the machine-readable description."""
    spec = current_app.extensions["flask-smorest"]["apis"][""]["ext_obj"].spec.to_dict()
    operations = [
        _operation(method, path, one)
        for path, methods in sorted(spec["paths"].items())
        for method, one in methods.items()
        if isinstance(one, dict)
    ]
    return render("interface.html", operations=operations, title=spec["info"]["title"])


def _operation(method: str, path: str, one: dict[str, Any]) -> Operation:
    parameters = [p["name"] for p in one.get("parameters", []) if "name" in p]
    return Operation(method.upper(), path, one.get("summary", ""), parameters, sorted(map(str, one["responses"])))
