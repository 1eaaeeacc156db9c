"""Operators: their roles by date, their sessions; adding, granting, ending, removing. And one's own sessions."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from flask import Response, request
from sqlalchemy.dialects.postgresql import Range
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge.access import needs
from selaras.edge.context import after_commit, process, session
from selaras.edge.fields import day_of_field
from selaras.edge.signing_in import token
from selaras.errors import Conflict, DomainError, Invalid, NotFound
from selaras.identity.operators import service
from selaras.identity.operators.queries import known_operator, operators
from selaras.identity.operators.roles import OperatorRole
from selaras.identity.sessions import Held, key_of
from selaras.identity.support import asking
from selaras.web.pages import render, see
from selaras_admin.operators import REALM, OperatorPermission, asker, day, doer, me
from selaras_admin.pages import console

MANAGE = OperatorPermission.MANAGE_OPERATORS


@console.get("/operators")
@needs(MANAGE)
def operators_page() -> Response:
    """Every operator with the roles of today, and the form for another."""
    return _operators_page()


@console.post("/operators")
@needs(MANAGE)
def add_operator() -> BaseResponse:
    """An account for somebody who signs in at the operators' provider."""
    form = request.form
    try:
        with session().begin_nested():
            made = service.add_operator(
                session(), doer(), form.get("login", ""), form.get("name", ""), form.getlist("role"), _days()
            )
    except (Invalid, Conflict) as error:
        return _operators_page(error)
    return see("web.operator_page", "operator-added", operator_id=made)


@console.get("/operators/<uuid:operator_id>")
@needs(MANAGE)
def operator_page(operator_id: UUID) -> Response:
    """One operator: roles so far and to come, and where they are signed in."""
    return _operator_page(operator_id)


@console.post("/operators/<uuid:operator_id>/roles")
@needs(MANAGE)
def grant_role(operator_id: UUID) -> BaseResponse:
    """Grant a role from a day on; to oneself it is refused."""
    try:
        service.grant_role(session(), doer(), operator_id, request.form.get("role", ""), _days())
    except (Invalid, Conflict) as error:
        return _operator_page(operator_id, error)
    return see("web.operator_page", "operator-changed", operator_id=operator_id)


@console.post("/operators/<uuid:operator_id>/roles/<role>/end")
@needs(MANAGE)
def end_role(operator_id: UUID, role: str) -> BaseResponse:
    """End a role today; whoever gives no support any more has no access to an agency under way."""
    try:
        service.end_role(session(), doer(), operator_id, role, day())
    except Conflict as error:
        return _operator_page(operator_id, error)
    if role == OperatorRole.SUPPORT:
        asking.end_all_of(session(), asker(), operator_id)
    return see("web.operator_page", "operator-changed", operator_id=operator_id)


@console.post("/operators/<uuid:operator_id>/removal")
@needs(MANAGE)
def remove_operator(operator_id: UUID) -> BaseResponse:
    """Take everything away at once: roles, sessions here, accesses to agencies."""
    try:
        service.remove_operator(session(), doer(), operator_id, day())
    except Conflict as error:
        return _operator_page(operator_id, error)
    asking.end_all_of(session(), asker(), operator_id)
    sessions = process().sessions

    def sign_out_everywhere() -> None:
        sessions.end_all(REALM, operator_id)

    after_commit(sign_out_everywhere)
    return see("web.operator_page", "operator-removed", operator_id=operator_id)


@console.post("/operators/<uuid:operator_id>/sessions/<key>/end")
@needs(MANAGE)
def end_operator_session(operator_id: UUID, key: str) -> BaseResponse:
    """End one of somebody's sessions."""
    known_operator(session(), operator_id, day())
    _end_session(operator_id, key)
    return see("web.operator_page", "session-ended", operator_id=operator_id)


@console.get("/sessions")
@needs(*OperatorPermission)
def own_sessions() -> Response:
    """Where one is signed in oneself."""
    return render("console/sessions.html", active="", sessions=_sessions(me().id), current=key_of(token() or ""))


@console.post("/sessions/<key>/end")
@needs(*OperatorPermission)
def end_own_session(key: str) -> BaseResponse:
    """End one of one's own sessions; ending the present one signs out."""
    _end_session(me().id, key)
    return see("web.own_sessions", "session-ended")


def _operators_page(error: DomainError | None = None) -> Response:
    return render(
        "console/operators.html",
        error.status if error else 200,
        active="web.operators_page",
        operators=operators(session(), day()),
        roles=list(OperatorRole),
        today=day(),
        form=request.form,
        error=error,
    )


def _operator_page(operator_id: UUID, error: DomainError | None = None) -> Response:
    return render(
        "console/operator.html",
        error.status if error else 200,
        active="web.operators_page",
        one=known_operator(session(), operator_id, day()),
        own=me().id == operator_id,
        sessions=_sessions(operator_id),
        roles=list(OperatorRole),
        today=day(),
        form=request.form,
        error=error,
    )


def _sessions(operator_id: UUID) -> list[Held]:
    return process().sessions.of_account(REALM, operator_id)


def _end_session(operator_id: UUID, key: str) -> None:
    if not process().sessions.end_one(REALM, operator_id, key):
        raise NotFound("session_unknown", "There is no such session (any more).")


def _days() -> Range[date]:
    first = day_of_field(request.form.get("from", ""), "from") or day()
    last = day_of_field(request.form.get("until", ""), "until")
    if last is not None and last < first:
        raise Invalid("operator_days", "The last day lies before the first.", field="until")
    return Range(first, last + timedelta(days=1) if last else None)
