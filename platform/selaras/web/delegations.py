"""Delegations: who acts for whom (Plt, Plh, mandate), from when to when and by which letter."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge.access import needs
from selaras.edge.context import actor, day, session
from selaras.edge.fields import day_of_field
from selaras.errors import Conflict, DomainError, Invalid, NotFound, Refused
from selaras.identity.permissions import Permission
from selaras.organisation import delegation
from selaras.organisation.queries import person_by_number, units
from selaras.web.blueprint import pages
from selaras.web.pages import render, see


@pages.get("/delegations")
@needs(Permission.SEE_ACCESS)
def delegations() -> Response:
    """Every delegation, and entering one."""
    return _delegations()


def _delegations(error: DomainError | None = None) -> Response:
    return render(
        "delegations.html",
        error.status if error else 200,
        active="web.access",
        found=delegation.delegations(session(), actor()),
        kinds=delegation.KINDS,
        units=units(session(), day()),
        today=day(),
        form=request.form,
        error=error,
    )


@pages.post("/delegations")
@needs(Permission.GRANT_ROLES)
def enter_delegation() -> BaseResponse:
    """Let somebody act for another; what is refused comes back as written."""
    try:
        with session().begin_nested():
            delegation.delegate(session(), actor(), _wanted(), day())
    except (Conflict, Invalid, NotFound, Refused) as error:
        return _delegations(error)
    return see("web.delegations", "delegated")


@pages.post("/delegations/<uuid:delegation_id>/revocation")
@needs(Permission.GRANT_ROLES)
def end_delegation(delegation_id: UUID) -> BaseResponse:
    """End a delegation today."""
    try:
        with session().begin_nested():
            delegation.revoke(session(), actor(), delegation_id, request.form.get("reason", ""), day())
    except (Conflict, Invalid) as error:
        return _delegations(error)
    return see("web.delegations", "delegation-ended")


def _wanted() -> delegation.Delegating:
    form, kind = request.form, request.form.get("kind", "")
    last = day_of_field(form.get("last", ""), "last")
    if last is None or last >= date.max:
        raise Invalid("delegation_days", "A delegation begins today or later, and has a last day.", field="last")
    return delegation.Delegating(
        kind=kind,
        delegate_id=_person("delegate"),
        basis=form.get("basis", ""),
        since=day_of_field(form.get("since", ""), "since") or day(),
        until=last + timedelta(days=1),
        principal_id=None if kind == "plt" else _person("principal"),
        unit_id=_unit() if kind == "plt" else None,
    )


def _person(field: str) -> UUID:
    number = request.form.get(field, "").strip()
    found = person_by_number(session(), number, day())
    if found is None:
        raise Invalid("number_unknown", "Nobody here has the number {number} today.", number=number[:40], field=field)
    return found


def _unit() -> UUID:
    named = request.form.get("unit", "").strip()
    for one in units(session(), day()):
        if named in (one.source_id, one.name):
            return one.unit_id
    raise Invalid("role_unit", "There is no unit “{unit}”; choose one of the list.", unit=named[:80], field="unit")
