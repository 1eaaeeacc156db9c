"""Endpoints: lists as files."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from selaras.api import shapes_exports as shapes
from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.edge.access import needs
from selaras.edge.context import actor, day, session
from selaras.edge.downloads import attachment, kept_file
from selaras.errors import NotFound
from selaras.exchange.export_jobs import export_job, order
from selaras.exchange.exporting import Asked, allowed
from selaras.exchange.layouts import Kind
from selaras.exchange.lists import LISTS
from selaras.identity.permissions import Permission
from selaras.jobs.queries import JobView

endpoints = endpoints_of("exports", "Lists as files, in the columns of the imports")
SOME: tuple[Permission, ...] = tuple(sorted({one.permission for one in LISTS.values()}))
FILE = {"type": "string", "format": "binary"}


@endpoints.route("/exports")
@needs(*SOME)
@endpoints.response(200, schema_of(shapes.Lists))
def list_exports() -> Response:
    """Every list that one may have as a file."""
    kinds = {kind.value for kind in Kind}
    found = [shapes.List(one.code, one.asks or None, one.code in kinds, list(one.columns)) for one in allowed(actor())]
    return encoded(shapes.Lists(found))


@endpoints.route("/exports", methods=["POST"])
@needs(*SOME)
@endpoints.arguments(schema_of(shapes.ExportRequest))
@endpoints.response(200, FILE, content_type="text/csv")
@endpoints.alt_response(202, schema=schema_of(shapes.ExportJob))
def post_export(body: dict[str, Any]) -> Response:
    """The file, as far as the permission reaches; of a long list 202 and a job."""
    asked = Asked(body["list"], body["format"], day(), body["year"], body["period"])
    made = order(session(), actor(), asked)
    if made.file is None:
        assert made.job_id is not None
        session().flush()
        return encoded(_job(export_job(session(), actor(), made.job_id)), 202)
    return attachment(made.file.data, made.file.name, made.file.media_type)


@endpoints.route("/exports/jobs/<uuid:job_id>")
@needs(*SOME)
@endpoints.response(200, schema_of(shapes.ExportJob))
def show_export_job(job_id: UUID) -> Response:
    """How far a large file is."""
    return encoded(_job(export_job(session(), actor(), job_id)))


@endpoints.route("/exports/jobs/<uuid:job_id>/file")
@needs(*SOME)
@endpoints.response(200, FILE, content_type="text/csv")
def show_export_file(job_id: UUID) -> Response:
    """The file, for whoever ordered it."""
    found = export_job(session(), actor(), job_id)
    if found.state != "done" or not found.result:
        raise NotFound("export_unfinished", "The file is not made yet; look again in a moment.")
    return kept_file(UUID(found.result["file_id"]))


def _job(view: JobView) -> shapes.ExportJob:
    return shapes.ExportJob(view.id, view.state, (view.result or {}).get("rows"), view.created_at)
