"""Endpoints: import a file, and see what earlier ones changed or what is wrong with them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest.fields import Upload
from marshmallow import Schema

from selaras.api import import_shapes
from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.edge.access import needs
from selaras.edge.context import actor, instance, session
from selaras.edge.errors import filled
from selaras.evaluation import handovers
from selaras.exchange import jobs
from selaras.exchange.queries import BatchView, batch, recent
from selaras.identity.permissions import Permission
from selaras.jobs.queries import JobView

endpoints = endpoints_of("exchange", "Imports")


class ImportFile(Schema):
    """The file itself: CSV (UTF-8) or XLSX."""

    file = Upload(required=True)


@endpoints.route("/imports", methods=["POST"])
@needs(Permission.IMPORT, Permission.MANAGE_ACCOUNTS)
@endpoints.arguments(schema_of(import_shapes.ImportForm), location="form")
@endpoints.arguments(ImportFile, location="files")
@endpoints.response(200, schema_of(import_shapes.Import))
@endpoints.alt_response(202, schema=schema_of(import_shapes.ImportJob))
def post_import(form: dict[str, Any], files: dict[str, Any]) -> Response:
    """Take a file over whole, or refuse it whole; `state` tells which, `problems` name what to correct.

    A large file (1 MB and more) is answered with 202 and a job: ask /imports/jobs/{id} until it is done.
    """
    file = files["file"]
    sent = jobs.Upload(
        form["kind"],
        file.filename or "file",
        file.read(),
        as_of=form["as_of"],
        accept_vanished=form["accept_vanished"],
        preview=form["preview"],
    )
    made = jobs.receive(session(), actor(), instance().store, instance().registry, sent)
    if made.job_id:
        return encoded(_job(jobs.import_job(session(), actor(), made.job_id)), 202)
    assert made.batch_id is not None
    return encoded(_import(batch(session(), actor(), made.batch_id)))


@endpoints.route("/imports/jobs/<uuid:job_id>")
@needs(Permission.IMPORT, Permission.MANAGE_ACCOUNTS)
@endpoints.response(200, schema_of(import_shapes.ImportJob))
def show_import_job(job_id: UUID) -> Response:
    """How far the import of a large file is; `batch_id` names the import when it is done."""
    return encoded(_job(jobs.import_job(session(), actor(), job_id)))


@endpoints.route("/imports/<uuid:batch_id>/withdrawal", methods=["POST"])
@needs(Permission.IMPORT)
@endpoints.arguments(schema_of(import_shapes.WithdrawalRequest))
@endpoints.response(200, schema_of(import_shapes.Withdrawn))
def withdraw_handover(body: dict[str, Any], batch_id: UUID) -> Response:
    """Take back every result that an import of earlier results (kind `history`) handed over."""
    gone = handovers.withdraw_handover(session(), actor(), batch_id, body["reason"])
    return encoded(import_shapes.Withdrawn(batch_id, gone))


@endpoints.route("/imports")
@needs(Permission.IMPORT, Permission.MANAGE_ACCOUNTS)
@endpoints.response(200, schema_of(import_shapes.Imports))
def list_imports() -> Response:
    """The newest uploads."""
    return encoded(import_shapes.Imports([_import(one, problems=False) for one in recent(session(), actor(), 50)]))


@endpoints.route("/imports/<uuid:batch_id>")
@needs(Permission.IMPORT, Permission.MANAGE_ACCOUNTS)
@endpoints.response(200, schema_of(import_shapes.Import))
def show_import(batch_id: UUID) -> Response:
    """One upload with what is wrong with it."""
    return encoded(_import(batch(session(), actor(), batch_id)))


def _job(job: JobView) -> import_shapes.ImportJob:
    error, result = job.error, job.result or {}
    said = filled(error["message"], error["params"]) if error else None
    batch_id = UUID(result["batch_id"]) if "batch_id" in result else None
    return import_shapes.ImportJob(job.id, job.state, job.done, job.total, batch_id, said, job.created_at)


def _import(view: BatchView, *, problems: bool = True) -> import_shapes.Import:
    listed = [
        import_shapes.FileProblem(
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
    return import_shapes.Import(
        view.id, view.kind, view.file_name, view.state, view.rows, view.changed, listed, view.created_at
    )
