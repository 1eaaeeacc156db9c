"""Who can do what, and why: granted roles, one account's permissions with their reasons, and who holds a permission."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import Response, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge.access import needs
from selaras.edge.context import actor, day, session
from selaras.edge.fields import day_of_field
from selaras.edge.signing_in import authority
from selaras.errors import Conflict, DomainError, Invalid, NotFound, Refused
from selaras.identity import approving
from selaras.identity.permissions import Permission, Role, ScopeKind
from selaras.identity.refusals import reason_of
from selaras.identity.roles import Granting, Scope, role_of
from selaras.organisation import granting
from selaras.organisation.accounts import account_named
from selaras.organisation.queries import UnitLine, units
from selaras.organisation.reach import reach
from selaras.organisation.why import explain, holders
from selaras.web.blueprint import pages
from selaras.web.pages import render, see

GRANTABLE = tuple(role for role in Role if role not in (Role.EMPLOYEE, Role.APPRAISER, Role.CALIBRATION_CHAIR))


@pages.get("/access")
@needs(Permission.SEE_ACCESS)
def access() -> Response:
    """Every granted role, who holds a permission if one is asked for, and granting another."""
    return _access()


def _access(error: DomainError | None = None, form: MultiDict[str, str] | None = None) -> Response:
    asked = request.args.get("permission", "")
    wanted = Permission(asked) if asked in list(Permission) else None
    grants_too = Permission.GRANT_ROLES in actor().permissions
    return render(
        "access.html",
        error.status if error else 200,
        active="web.access",
        grants=granting.grants(session(), actor(), day(), past="past" in request.args),
        past="past" in request.args,
        holders=holders(session(), actor(), wanted, day()) if wanted else None,
        permissions=list(Permission),
        roles=GRANTABLE if grants_too else (),
        units=_units() if grants_too else (),
        today=day(),
        requests=approving.requests(session()) if _may_answer() else (),
        error=error,
        form=form or {},
    )


def _may_answer() -> bool:
    """Whether whoever looks is one of those who agree to another administrator."""
    return actor().holds_whole(Permission.GRANT_ROLES)


def _units() -> list[UnitLine]:
    """The units for which the actor may grant."""
    reached = reach(session(), actor(), Permission.GRANT_ROLES, day())
    return [one for one in units(session(), day()) if reached is None or one.unit_id in reached]


@pages.post("/access")
@needs(Permission.GRANT_ROLES)
def grant_role() -> BaseResponse:
    """Grant a role; what is refused comes back as written."""
    try:
        with session().begin_nested():
            made = granting.grant_or_ask(session(), actor(), _wanted(request.form), day())
    except (Conflict, Invalid, NotFound, Refused) as error:
        if reason_of(error) is not None:
            raise  # an attempt on rights is a refusal of its own, and goes into the ledger
        return _access(error, request.form)
    return see("web.access", "granted" if made.grant_id else "role-asked")


def _wanted(form: MultiDict[str, str]) -> Granting:
    role = role_of(form.get("role", ""))
    return Granting(
        account_id=account_named(session(), form.get("account", ""), day()),
        role=role,
        reason=form.get("reason", ""),
        since=day_of_field(form.get("since", ""), "since") or day(),
        until=_after(day_of_field(form.get("last", ""), "last")),
        scope=_scope(form.get("unit", "").strip()),
    )


def _after(last: date | None) -> date | None:
    return date.fromordinal(last.toordinal() + 1) if last else None


def _scope(named: str) -> Scope:
    if not named:
        return Scope()
    for one in _units():
        if named in (one.source_id, one.name):
            return Scope(ScopeKind.UNIT, one.unit_id)
    raise Invalid("role_unit", "There is no unit “{unit}”; choose one of the list.", unit=named[:80], field="unit")


@pages.post("/access/grants/<uuid:grant_id>/revocation")
@needs(Permission.GRANT_ROLES)
def revoke_role(grant_id: UUID) -> BaseResponse:
    """Take a role back from today on."""
    try:
        with session().begin_nested():
            granting.revoke(session(), actor(), grant_id, request.form.get("reason", ""), day())
    except (Conflict, Invalid, Refused) as error:
        return _access(error)
    return see("web.access", "revoked")


@pages.post("/access/requests/<uuid:request_id>/approval")
@needs(Permission.GRANT_ROLES)
def approve_role(request_id: UUID) -> BaseResponse:
    """Agree, as a second administrator, that somebody becomes one."""
    try:
        with session().begin_nested():
            granting.approve(session(), actor(), request_id, day())
    except (Conflict, Invalid, Refused) as error:
        if reason_of(error) is not None:
            raise
        return _access(error)
    return see("web.access", "granted")


@pages.post("/access/requests/<uuid:request_id>/refusal")
@needs(Permission.GRANT_ROLES)
def refuse_role(request_id: UUID) -> BaseResponse:
    """Say no to it, or take one's own request back."""
    try:
        with session().begin_nested():
            granting.refuse(session(), actor(), request_id, request.form.get("reason", ""))
    except (Conflict, Invalid, Refused) as error:
        return _access(error)
    return see("web.access", "role-refused")


@pages.get("/access/accounts/<uuid:account_id>")
@needs(Permission.SEE_ACCESS)
def account_access(account_id: UUID) -> Response:
    """What one account may do today, and why."""
    return _explained(account_id, "web.access")


@pages.get("/my-access")
@needs(*Permission)
def own_access() -> Response:
    """What one may do oneself today, and why."""
    own = actor().account_id
    if own is None:
        raise NotFound("account_unknown", "There is no such account here.")
    return _explained(own, "")


def _explained(account_id: UUID, place: str) -> Response:
    found = explain(session(), actor(), account_id, day(), authority(session()))
    return render("access_of.html", active=place, found=found, own=account_id == actor().account_id, today=day())
