"""Endpoints: the agency's letterheads, a preview as PDF, and a new version from a day on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response

from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.edge.access import needs
from selaras.edge.context import actor, session
from selaras.edge.downloads import attachment
from selaras.edge.letterhead_preview import letterhead_preview
from selaras.identity.permissions import Permission
from selaras.organisation import letterheads as service
from selaras.tenancy.letterheads import Letterhead as Written

endpoints = endpoints_of("letterheads", "The head of printed documents: versions, preview, a new version")


@dataclass(frozen=True)
class LetterheadVersion:
    """The lines under the agency's name and the place before a date, on the days from `since` to before `until`."""

    lines: list[str]
    place: str
    since: date | None
    until: date | None
    reason: str


@dataclass(frozen=True)
class LetterheadVersions:
    """Every version, the newest first; on other days documents carry what the agency's pack says."""

    items: list[LetterheadVersion]


@dataclass(frozen=True)
class LetterheadRequest:
    """From a day on documents carry this; the reason: 20 characters or more."""

    lines: list[str]
    place: str
    from_day: date
    reason: str


@dataclass(frozen=True)
class LetterheadPreviewRequest:
    """What is to be looked at, as on a document of that day."""

    lines: list[str]
    place: str
    day: date


@endpoints.route("/letterheads")
@needs(Permission.MANAGE_LETTERHEAD)
@endpoints.response(200, schema_of(LetterheadVersions))
def list_letterheads() -> Response:
    """Every version of the agency's own letterhead."""
    return encoded(_shown())


@endpoints.route("/letterheads", methods=["POST"])
@needs(Permission.MANAGE_LETTERHEAD)
@endpoints.arguments(schema_of(LetterheadRequest))
@endpoints.response(201, schema_of(LetterheadVersions))
def post_letterhead(body: dict[str, Any]) -> Response:
    """A new version from a day on; one of the same day is replaced."""
    wanted = Written(tuple(body["lines"]), body["place"])
    service.set_letterhead(session(), actor(), wanted, start=body["from_day"], reason=body["reason"])
    return encoded(_shown(), 201)


@endpoints.route("/letterheads/preview", methods=["POST"])
@needs(Permission.MANAGE_LETTERHEAD)
@endpoints.arguments(schema_of(LetterheadPreviewRequest))
@endpoints.response(200, {"type": "string", "format": "binary"}, content_type="application/pdf")
def preview_letterhead(body: dict[str, Any]) -> Response:
    """A document with that head and nothing in it (PDF); nothing is recorded."""
    made = letterhead_preview(service.written(body["lines"], body["place"]), body["day"])
    return attachment(made, "letterhead.pdf", "application/pdf")


def _shown() -> LetterheadVersions:
    return LetterheadVersions(
        [
            LetterheadVersion(list(one.letterhead.lines), one.letterhead.place, one.since, one.until, one.reason)
            for one in service.letterheads(session())
        ]
    )
