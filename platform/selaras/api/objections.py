"""Endpoints: hearing both sides of an objection, standing back, withdrawing, frozen evidence; figures and outages."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest.fields import Upload
from marshmallow import Schema, fields

from selaras.api import objection_shapes as shapes
from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.edge.access import needs
from selaras.edge.context import actor, day, instance, session
from selaras.edge.downloads import streamed
from selaras.errors import NotFound
from selaras.files.scanning import scanner_of
from selaras.followup import objecting
from selaras.followup.access import objection_for
from selaras.followup.desk import bundle, figures, hearing, outages
from selaras.followup.desk.standing_back import stand_back
from selaras.followup.objections import Objection
from selaras.identity.permissions import Permission

endpoints = endpoints_of("objections", "The objection desk: both sides, frozen evidence, figures, outages")

_DECIDERS = (Permission.SEE_TEAM, Permission.DECIDE_FOLLOWUP, Permission.ENDORSE_FOLLOWUP)
_READERS = (Permission.SEE_OWN, *_DECIDERS)


class StatementFiles(Schema):
    """Up to five files of 10 MB: PDF, JPEG, PNG, DOCX, XLSX."""

    files = fields.List(Upload(), load_default=list)


@endpoints.route("/people/<uuid:person_id>/objections/<period>/hearing")
@needs(*_READERS)
@endpoints.response(200, schema_of(shapes.Hearing))
def show_hearing(person_id: UUID, period: str) -> Response:
    """Until when both sides may explain themselves, and what they said."""
    return encoded(_hearing(_objection(person_id, period)))


@endpoints.route("/people/<uuid:person_id>/objections/<period>/statement", methods=["POST"])
@needs(*_READERS)
@endpoints.arguments(schema_of(shapes.StatementForm), location="form")
@endpoints.arguments(StatementFiles, location="files")
@endpoints.response(200, schema_of(shapes.Hearing))
def state_objection(form: dict[str, Any], files: dict[str, Any], person_id: UUID, period: str) -> Response:
    """One side explains itself, once, with files; or has nothing to add."""
    found = _objection(person_id, period)
    attached = [hearing.Attached(one.filename or "", one.read()) for one in files["files"]]
    hearing.state(
        session(),
        actor(),
        instance().store,
        found,
        form["content"],
        attached,
        nothing_to_add=form["nothing_to_add"],
        scanner=scanner_of(instance().settings),
    )
    return encoded(_hearing(found))


@endpoints.route("/people/<uuid:person_id>/objections/<period>/interest", methods=["POST"])
@needs(*_DECIDERS)
@endpoints.arguments(schema_of(shapes.Reason))
@endpoints.response(204)
def declare_interest(body: dict[str, Any], person_id: UUID, period: str) -> Response:
    """Whoever must decide declares an interest; the next superior decides instead."""
    stand_back(session(), actor(), instance().registry, _objection(person_id, period), body["reason"])
    return Response(status=204)


@endpoints.route("/people/<uuid:person_id>/objections/<period>", methods=["DELETE"])
@needs(Permission.SEE_OWN)
@endpoints.response(204)
def withdraw_objection(person_id: UUID, period: str) -> Response:
    """Take one's own objection back before it is decided; the result is final with that."""
    if actor().person_id != person_id:
        raise NotFound("objection.unknown", "There is no such objection here.")
    objecting.take_back(session(), actor(), instance().registry, period)
    return Response(status=204)


@endpoints.route("/people/<uuid:person_id>/objections/<period>/bundle")
@needs(*_READERS)
@endpoints.response(200, schema_of(shapes.Bundle))
def show_bundle(person_id: UUID, period: str) -> Response:
    """What was frozen when the objection was filed: the manifest with its hashes."""
    found = bundle.bundle_of(session(), _objection(person_id, period).case_id)
    return encoded(shapes.Bundle(found.sha256, found.at, found.manifest))


@endpoints.route("/people/<uuid:person_id>/objections/<period>/bundle.zip")
@needs(*_READERS)
@endpoints.response(200, {"type": "string", "format": "binary"}, content_type="application/zip")
def download_bundle(person_id: UUID, period: str) -> Response:
    """The frozen evidence, with its manifest, as a ZIP."""
    found = bundle.bundle_of(session(), _objection(person_id, period).case_id)
    packed = bundle.zipped(session(), instance().store, found)
    return streamed(packed, f"keberatan-{period}-{found.sha256[:8]}.zip", "application/zip")


@endpoints.route("/objections/figures")
@needs(Permission.SEE_FOLLOWUP)
@endpoints.arguments(schema_of(shapes.FiguresQuery), location="query")
@endpoints.response(200, schema_of(shapes.Figures))
def show_objection_figures(query: dict[str, Any]) -> Response:
    """How many objections were filed in a year, how they ended and how long it took."""
    found = figures.figures(session(), actor(), query["year"] or day().year)
    return encoded(shapes.Figures(found.year, _line(found.whole), [_line(one) for one in found.units]))


@endpoints.route("/outages")
@needs(Permission.SEE_AGENCY)
@endpoints.response(200, schema_of(shapes.Outages))
def list_outages() -> Response:
    """Recorded outages, and the days that do not count for them."""
    return encoded(_outages())


@endpoints.route("/outages", methods=["POST"])
@needs(Permission.CLOSE_PERIOD)
@endpoints.arguments(schema_of(shapes.OutageRequest))
@endpoints.response(200, schema_of(shapes.Outages))
def record_outage(body: dict[str, Any]) -> Response:
    """Record an outage that is over; it cannot be taken back."""
    starts, ends = _aware(body["starts"]), _aware(body["ends"])
    outages.record_outage(session(), actor(), instance().registry, starts, ends, body["reason"])
    return encoded(_outages())


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _objection(person_id: UUID, period: str) -> Objection:
    return objection_for(session(), actor(), instance().registry, person_id, period)


def _hearing(found: Objection) -> shapes.Hearing:
    heard = hearing.hearing(session(), found)
    said = [
        shapes.Statement(
            one.side,
            one.content,
            one.at,
            [shapes.StatementFile(file.id, file.name, file.media_type, file.size, file.sha256) for file in one.files],
        )
        for one in heard.statements
    ]
    return shapes.Hearing(
        heard.invited_at,
        heard.until,
        heard.days,
        heard.kind,
        heard.article,
        heard.certainty,
        heard.moved,
        list(heard.missing),
        heard.over,
        said,
    )


def _line(one: figures.Line) -> shapes.FiguresLine:
    end = one.ended
    if end is None:
        return shapes.FiguresLine(one.unit_id, one.unit_name, *(None for _ in range(7)))
    counts = (end.waiting, end.whole, end.part, end.rejected, end.withdrawn)
    return shapes.FiguresLine(one.unit_id, one.unit_name, one.filed, *counts, end.median_days)


def _outages() -> shapes.Outages:
    found = outages.outages(session(), actor())
    listed = [
        shapes.Outage(one.id, one.starts, one.ends, one.reason, one.least_minutes, one.by_operator) for one in found
    ]
    return shapes.Outages(listed, list(outages.days_lost(session())))
