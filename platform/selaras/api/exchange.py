"""Endpoints: import a file, and see what earlier ones changed or what is wrong with them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest.fields import Upload
from marshmallow import Schema

from selaras.api import shapes
from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.edge.access import needs
from selaras.edge.context import actor, instance, session
from selaras.edge.errors import filled
from selaras.exchange import imports as exchange
from selaras.exchange.queries import BatchView, batch, recent
from selaras.identity.permissions import Permission

endpoints = endpoints_of("exchange", "Imports")


class ImportFile(Schema):
    """The file itself: CSV (UTF-8) or XLSX."""

    file = Upload(required=True)


@endpoints.route("/imports", methods=["POST"])
@needs(Permission.IMPORT)
@endpoints.arguments(schema_of(shapes.ImportForm), location="form")
@endpoints.arguments(ImportFile, location="files")
@endpoints.response(200, schema_of(shapes.Import))
def post_import(form: dict[str, Any], files: dict[str, Any]) -> Response:
    """Take a file over whole, or refuse it whole; `state` tells which, `problems` name what to correct."""
    file = files["file"]
    report = exchange.run(
        session(),
        actor(),
        form["kind"],
        file.filename or "file",
        file.read(),
        registry=instance().registry,
        store=instance().store,
        preview=form["preview"],
    )
    return encoded(_import(batch(session(), report.batch_id)))


@endpoints.route("/imports")
@needs(Permission.IMPORT)
@endpoints.response(200, schema_of(shapes.Imports))
def list_imports() -> Response:
    """The newest uploads."""
    return encoded(shapes.Imports([_import(one, problems=False) for one in recent(session(), 50)]))


@endpoints.route("/imports/<uuid:batch_id>")
@needs(Permission.IMPORT)
@endpoints.response(200, schema_of(shapes.Import))
def show_import(batch_id: UUID) -> Response:
    """One upload with what is wrong with it."""
    return encoded(_import(batch(session(), batch_id)))


def _import(view: BatchView, *, problems: bool = True) -> shapes.Import:
    listed = [
        shapes.FileProblem(
            one.row,
            one.column,
            one.value,
            one.code,
            filled(one.message_id, one.params),
            filled(one.remedy_id, one.params),
            one.severity.value,
        )
        for one in (view.problems if problems else ())
    ]
    return shapes.Import(
        view.id, view.kind, view.file_name, view.state, view.rows, view.changed, listed, view.created_at
    )
