"""Endpoints: logs, and the evidence of their lines."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, request
from flask_smorest.fields import Upload
from marshmallow import Schema

from selaras.api import shapes_monitoring as shapes
from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.edge.access import needs
from selaras.edge.context import actor, day, instance, session
from selaras.edge.downloads import kept_file
from selaras.edge.fields import time_of_field
from selaras.errors import NotFound
from selaras.evaluation.service import refuse_settled_day
from selaras.exchange.imports import plain_name
from selaras.files.scanning import scanner_of
from selaras.identity.permissions import Permission
from selaras.monitoring import evidence, log, log_queries
from selaras.monitoring.access import log_seen

endpoints = endpoints_of("monitoring", "Logs and evidence")
SEEN = (Permission.SEE_RESULTS, Permission.SEE_TEAM, Permission.SEE_OWN)


class EvidenceFile(Schema):
    """The file itself: a picture, a PDF or an office document."""

    file = Upload(required=True)


@endpoints.route("/people/<uuid:person_id>/log/<int(min=2000,max=2100):year>")
@needs(*SEEN)
@endpoints.response(200, schema_of(shapes.Log))
def show_log(person_id: UUID, year: int) -> Response:
    """A person's log of a year, the newest line first, 400 at most."""
    lines = log_seen(session(), actor(), person_id, date(year, 1, 1), date(year, 12, 31))
    return encoded(shapes.Log([_shown(one) for one in lines]))


@endpoints.route("/log", methods=["POST"])
@needs(Permission.PLAN_OWN)
@endpoints.arguments(schema_of(shapes.LineRequest))
@endpoints.response(201, schema_of(shapes.LogLine))
def post_line(body: dict[str, Any]) -> Response:
    """Write a line into one's own log. With the same header `Idempotency-Key` again, the line that is there."""
    line = _line(body)
    refuse_settled_day(session(), line.on_day, actor().person_id)
    key = request.headers.get("Idempotency-Key", "")[: log.LONGEST_KEY]
    made = log.add(session(), actor(), line, key=key, source="api")
    return encoded(_shown(_mine(made)), 201)


@endpoints.route("/log/<uuid:line_id>", methods=["PUT"])
@needs(Permission.PLAN_OWN)
@endpoints.arguments(schema_of(shapes.LineChange))
@endpoints.response(200, schema_of(shapes.LogLine))
def put_line(body: dict[str, Any], line_id: UUID) -> Response:
    """Change a line of one's own; `version` is the one that was read, another is refused (`log_changed`)."""
    refuse_settled_day(session(), _mine(line_id).on_day, actor().person_id)
    line = _line(body)
    refuse_settled_day(session(), line.on_day, actor().person_id)
    log.change(session(), actor(), line_id, line, body["version"])
    return encoded(_shown(_mine(line_id)))


@endpoints.route("/log/<uuid:line_id>", methods=["DELETE"])
@needs(Permission.PLAN_OWN)
@endpoints.response(204)
def delete_line(line_id: UUID) -> Response:
    """Take a line of one's own out; its evidence goes first."""
    refuse_settled_day(session(), _mine(line_id).on_day, actor().person_id)
    log.remove(session(), actor(), line_id)
    return Response(status=204)


@endpoints.route("/log/<uuid:line_id>/evidence", methods=["POST"])
@needs(Permission.PLAN_OWN)
@endpoints.arguments(EvidenceFile, location="files")
@endpoints.response(201, schema_of(shapes.LogLine))
def post_evidence(files: dict[str, Any], line_id: UUID) -> Response:
    """Attach a file to a line of one's own; the type is told by its content."""
    refuse_settled_day(session(), _mine(line_id).on_day, actor().person_id)
    file, held = files["file"], instance()
    quota, scanner = held.settings.evidence_megabytes * 1024 * 1024, scanner_of(held.settings)
    name = plain_name(file.filename or "file")
    evidence.attach_file(session(), held.store, scanner, actor(), line_id, name, file.read(), quota)
    return encoded(_shown(_mine(line_id)), 201)


@endpoints.route("/log/<uuid:line_id>/evidence-links", methods=["POST"])
@needs(Permission.PLAN_OWN)
@endpoints.arguments(schema_of(shapes.EvidenceLink))
@endpoints.response(201, schema_of(shapes.LogLine))
def post_evidence_link(body: dict[str, Any], line_id: UUID) -> Response:
    """Attach an address to a line of one's own; nothing is fetched from there."""
    refuse_settled_day(session(), _mine(line_id).on_day, actor().person_id)
    evidence.attach_link(session(), actor(), line_id, body["url"])
    return encoded(_shown(_mine(line_id)), 201)


@endpoints.route("/evidence/<uuid:evidence_id>")
@needs(*SEEN)
@endpoints.response(200)
def get_evidence(evidence_id: UUID) -> Response:
    """The file, for whoever may see the person's record."""
    return kept_file(evidence.evidence_for(session(), actor(), evidence_id))


@endpoints.route("/evidence/<uuid:evidence_id>", methods=["DELETE"])
@needs(Permission.PLAN_OWN)
@endpoints.response(204)
def delete_evidence(evidence_id: UUID) -> Response:
    """Take a piece of evidence of one's own away."""
    of = evidence.day_of(session(), evidence_id)
    if of is None or of.person_id != actor().person_id:
        raise NotFound("evidence_unknown", "There is no such evidence here.")
    refuse_settled_day(session(), of.on_day, actor().person_id)
    evidence.remove_evidence(session(), actor(), evidence_id)
    return Response(status=204)


def _mine(line_id: UUID) -> log_queries.LineView:
    found = log_queries.line(session(), line_id)
    if found is None or found.person_id != actor().person_id:
        raise NotFound("log_unknown", "There is no such line in your log.")
    return found


def _line(body: dict[str, Any]) -> log.Line:
    starts, ends = (time_of_field(body[name], name) if body[name] else None for name in ("starts", "ends"))
    return log.Line(
        body["content"].replace("\0", ""),
        body["on_day"] or day(),
        body["item_id"],
        body["amount"],
        (body["measure"] or "").replace("\0", ""),
        starts,
        ends,
    )


def _shown(one: log_queries.LineView) -> shapes.LogLine:
    said = {name: value for name, value in vars(one).items() if name != "evidence"}
    said |= {name: said[name].isoformat("minutes") if said[name] else None for name in ("starts", "ends")}
    pieces = [shapes.EvidenceShown(**{k: v for k, v in vars(p).items() if k != "activity_id"}) for p in one.evidence]
    return shapes.LogLine(**said, evidence=pieces)
