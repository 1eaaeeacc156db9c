"""Imports: upload a file of one kind, and see what was taken or what is wrong with it, row by row."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge.access import needs
from selaras.edge.context import actor, instance, session
from selaras.edge.fields import day_of_field
from selaras.errors import Invalid
from selaras.evaluation import handovers
from selaras.exchange import jobs
from selaras.exchange.access import kinds_for
from selaras.exchange.queries import batch, recent
from selaras.identity.permissions import Permission
from selaras.web.blueprint import pages
from selaras.web.pages import fragment, render, see


@pages.get("/imports")
@needs(Permission.IMPORT, Permission.MANAGE_ACCOUNTS)
def imports() -> Response:
    """The last uploads and the form for the next one."""
    return _imports_page()


@pages.post("/imports")
@needs(Permission.IMPORT, Permission.MANAGE_ACCOUNTS)
def upload() -> BaseResponse:
    """Take a file over, or look at it only; a large one is a job. A refused file is shown and changes nothing."""
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise Invalid("import_file_missing", "Choose a file (CSV or XLSX) first.")
        sent = jobs.Upload(
            request.form.get("kind", ""),
            file.filename,
            file.read(),
            as_of=day_of_field(request.form.get("as_of", ""), "as_of"),
            accept_vanished=request.form.get("accept_vanished") == "true",
            preview=request.form.get("preview") == "true",
        )
        made = jobs.receive(session(), actor(), instance().store, instance().registry, sent)
    except Invalid as error:
        return _imports_page(error)
    if made.job_id:
        return see("web.import_job_page", job_id=made.job_id)
    return see("web.import_page", batch_id=made.batch_id)


@pages.get("/imports/<uuid:batch_id>")
@needs(Permission.IMPORT, Permission.MANAGE_ACCOUNTS)
def import_page(batch_id: UUID) -> Response:
    """One upload: what it changed, or what to mend in it."""
    return _import_page(batch_id)


@pages.post("/imports/<uuid:batch_id>/withdrawal")
@needs(Permission.IMPORT)
def withdraw_handover(batch_id: UUID) -> BaseResponse:
    """Take results back that a wrong file handed over; a reason that is too short comes back as written."""
    reason = request.form.get("reason", "")
    try:
        handovers.withdraw_handover(session(), actor(), batch_id, reason)
    except Invalid as error:
        return _import_page(batch_id, error=error, reason=reason)
    return see("web.import_page", "results-withdrawn", batch_id=batch_id)


@pages.get("/imports/jobs/<uuid:job_id>")
@needs(Permission.IMPORT, Permission.MANAGE_ACCOUNTS)
def import_job_page(job_id: UUID) -> BaseResponse:
    """How far the import of a large file is; when it is done, its page."""
    job = jobs.import_job(session(), actor(), job_id)
    if job.state == "done" and job.result:
        return see("web.import_page", batch_id=job.result["batch_id"])
    return render("import_job.html", active="web.imports", job=job)


@pages.get("/imports/jobs/<uuid:job_id>/progress")
@needs(Permission.IMPORT, Permission.MANAGE_ACCOUNTS)
def import_progress(job_id: UUID) -> Response:
    """The same for a page that is open; when the job has ended, the page is to reload."""
    job = jobs.import_job(session(), actor(), job_id)
    response = fragment("_import_job.html", job=job)
    if job.state in ("done", "failed"):
        response.headers["HX-Refresh"] = "true"
    return response


def _imports_page(error: Invalid | None = None) -> Response:
    return render(
        "imports.html",
        422 if error else 200,
        active="web.imports",
        batches=recent(session(), actor(), 20),
        kinds=kinds_for(actor()),
        form=request.form,
        error=error,
    )


def _import_page(batch_id: UUID, *, error: Invalid | None = None, reason: str = "") -> Response:
    return render(
        "import.html",
        422 if error else 200,
        active="web.imports",
        batch=batch(session(), actor(), batch_id),
        handover=handovers.handover(session(), batch_id),
        error=error,
        reason=reason,
    )
