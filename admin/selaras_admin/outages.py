"""Outages of the instance: an operator records when agencies could not reach it, and their deadlines move."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge.access import needs
from selaras.edge.context import process, session
from selaras.errors import DomainError, Invalid
from selaras.tenancy.outages import STEP, Announced, announce, announced, check_outage, newest_with, outage_rule
from selaras.tenancy.queries import agency_by_uuid, list_agencies
from selaras.web.pages import render, see
from selaras_admin.operators import ZONE, OperatorPermission, asker, day
from selaras_admin.pages import console


@console.get("/outages")
@needs(OperatorPermission.SEE_AGENCIES)
def outages() -> Response:
    """What was recorded, the newest first."""
    return _page()


@console.post("/outages")
@needs(OperatorPermission.RECORD_OUTAGES)
def record_outage() -> BaseResponse:
    """Record an outage of one agency or of all of them; it cannot be taken back."""
    form, here = request.form, session()
    try:
        starts, ends = _moment(form.get("starts", ""), "starts"), _moment(form.get("ends", ""), "ends")
        check_outage(starts, ends, form.get("reason", ""))
        whose = agency_by_uuid(here, _uuid(form["agency"])) if form.get("agency") else None
        least, basis = outage_rule(newest_with(process().registry, STEP, day()))
        told = Announced(starts, ends, form.get("reason", ""), least, basis)
        announce(here, asker().reference, asker().name, whose, told)
    except Invalid as error:
        return _page(error)
    return see("web.outages", "outage-recorded")


def _page(error: DomainError | None = None) -> Response:
    here = session()
    agencies = list_agencies(here)
    return render(
        "console/outages.html",
        error.status if error else 200,
        active="web.outages",
        found=announced(here),
        agencies=agencies,
        names={one.tenant_id: one.name for one in agencies},
        form=request.form,
        error=error,
    )


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Invalid("outage.agency", "Choose an agency of the list, or all of them.", field="agency") from None


def _moment(text: str, field: str) -> datetime:
    """A moment as it was typed, in the operators' zone."""
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=ZoneInfo(ZONE))
    except ValueError:
        raise Invalid(
            "outage.moment", "“{text}” is no time; write it as 2026-03-31T08:00.", text=text[:40], field=field
        ) from None
