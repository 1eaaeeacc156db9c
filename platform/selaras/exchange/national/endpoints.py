"""The national endpoints that are installed, by code."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points

from selaras.errors import NotFound
from selaras.exchange.national.border import Endpoint

GROUP = "selaras.national"


@cache
def endpoints() -> dict[str, Endpoint]:
    """Code → endpoint."""
    return {point.name: point.load() for point in sorted(entry_points(group=GROUP), key=lambda one: one.name)}


def endpoint(code: str) -> Endpoint:
    """The endpoint, or `NotFound`."""
    found = endpoints().get(code)
    if found is None:
        raise NotFound(
            "national_endpoint_unknown",
            "There is no national endpoint {code} here; installed are: {known}.",
            code=code,
            known=", ".join(endpoints()) or "–",
        )
    return found
