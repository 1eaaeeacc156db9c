"""Audits: an auditor says why before anything about people is shown; who looked at whom and why, for the agency."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge.access import needs
from selaras.edge.context import actor, instance, session
from selaras.errors import Invalid
from selaras.identity.permissions import Permission
from selaras.organisation import inspecting
from selaras.web.blueprint import pages
from selaras.web.pages import render, see


@pages.get("/audits")
@needs(Permission.AUDIT, Permission.GRANT_ROLES)
def audits() -> Response:
    """Audits with their reasons, and beginning one."""
    return _audits()


def _audits(error: Invalid | None = None) -> Response:
    return render(
        "audits.html",
        error.status if error else 200,
        active="web.audits",
        audits=inspecting.audits(session(), actor()),
        hours=instance().settings.audit_hours,
        reason=request.form.get("reason", ""),
        error=error,
    )


@pages.post("/audits")
@needs(Permission.AUDIT)
def begin_audit() -> BaseResponse:
    """Say why; a reason that is too short comes back as written."""
    try:
        inspecting.begin(session(), actor(), request.form.get("reason", ""), instance().settings.audit_hours)
    except Invalid as error:
        return _audits(error)
    return see("web.audits", "audit-begun")


@pages.get("/audits/<uuid:audit_id>")
@needs(Permission.AUDIT, Permission.GRANT_ROLES)
def audit(audit_id: UUID) -> Response:
    """One audit: why, and everybody who was looked at."""
    found, seen = inspecting.audit(session(), actor(), audit_id)
    return render("audit.html", active="web.audits", audit=found, seen=seen)


@pages.post("/audits/<uuid:audit_id>/end")
@needs(Permission.AUDIT)
def end_audit(audit_id: UUID) -> BaseResponse:
    """End one's own audit."""
    inspecting.end(session(), actor(), audit_id)
    return see("web.audits", "audit-ended")
