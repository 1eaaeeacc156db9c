"""Imports: upload a file of one kind, and see what was taken or what is wrong with it, row by row."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge.access import needs
from selaras.edge.context import actor, instance, session
from selaras.errors import Invalid
from selaras.exchange import imports as exchange
from selaras.exchange.layouts import Kind
from selaras.exchange.queries import batch, recent
from selaras.identity.permissions import Permission
from selaras.web.blueprint import pages
from selaras.web.pages import render, see


@pages.get("/imports")
@needs(Permission.IMPORT)
def imports() -> Response:
    """The last uploads and the form for the next one."""
    return _imports_page()


@pages.post("/imports")
@needs(Permission.IMPORT)
def upload() -> BaseResponse:
    """Take a file over, or look at it only; a refused file is shown with its problems and changes nothing."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return _imports_page(
            Invalid("import_file_missing", "Choose a file (CSV or XLSX) first."), request.form.get("kind", "")
        )
    report = exchange.run(
        session(),
        actor(),
        request.form.get("kind", ""),
        file.filename,
        file.read(),
        registry=instance().registry,
        store=instance().store,
        preview=request.form.get("preview") == "true",
    )
    return see("web.import_page", batch_id=report.batch_id)


@pages.get("/imports/<uuid:batch_id>")
@needs(Permission.IMPORT)
def import_page(batch_id: UUID) -> Response:
    """One upload: what it changed, or what to mend in it."""
    return render("import.html", active="web.imports", batch=batch(session(), batch_id))


def _imports_page(error: Invalid | None = None, kind: str = "") -> Response:
    return render(
        "imports.html",
        422 if error else 200,
        active="web.imports",
        batches=recent(session(), 20),
        kinds=list(Kind),
        kind=kind,
        error=error,
    )
