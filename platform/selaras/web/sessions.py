"""Where somebody is signed in: their own sessions, those of an account for its manager, and the agency's limits."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge import own_sessions, signing_in
from selaras.edge.access import needs
from selaras.edge.browsers import browser_in_words
from selaras.edge.context import access_limits, actor, agency, day, instance, session
from selaras.edge.fields import whole_of_field
from selaras.errors import Invalid, NotFound
from selaras.identity.access_limits import BOUNDS, set_limits
from selaras.identity.permissions import Permission
from selaras.identity.queries import account
from selaras.web.blueprint import pages
from selaras.web.pages import render, see


@pages.get("/sessions")
@needs(*Permission)
def sessions() -> Response:
    """My devices: since when, last seen, from where, with which browser, how signed in."""
    found = own_sessions.mine()
    return render("sessions.html", sessions=found, mine=True, this=own_sessions.this_key(), browser=browser_in_words)


@pages.post("/sessions/<key>/end")
@needs(*Permission)
def end_session(key: str) -> BaseResponse:
    """End one of my sessions; ending this very one signs out."""
    if key == own_sessions.this_key():
        response = see("web.sign_in", "signed-out")
        assert isinstance(response, Response)
        signing_in.end(response)
        return response
    own_sessions.end_one(key)
    return see("web.sessions", "session-ended")


@pages.post("/sessions/end-others")
@needs(*Permission)
def end_other_sessions() -> BaseResponse:
    """End every session of mine but this one."""
    own_sessions.end_others()
    return see("web.sessions", "sessions-ended")


@pages.get("/accounts/<uuid:account_id>/sessions")
@needs(Permission.MANAGE_ACCOUNTS)
def account_sessions(account_id: UUID) -> Response:
    """Where an account is signed in, for whoever manages accounts."""
    found = account(session(), account_id, day())
    if found is None:
        raise NotFound("account_unknown", "There is no such account here.")
    held = own_sessions.of_account(account_id)
    return render("sessions.html", sessions=held, mine=False, account=found, this="", browser=browser_in_words)


@pages.post("/accounts/<uuid:account_id>/sessions/end")
@needs(Permission.MANAGE_ACCOUNTS)
def end_account_sessions(account_id: UUID) -> BaseResponse:
    """End every session of an account."""
    own_sessions.end_all(account_id)
    return see("web.account_sessions", "sessions-ended", account_id=account_id)


@pages.get("/access-limits")
@needs(Permission.MANAGE_SIGN_IN)
def access_limits_page() -> Response:
    """How long sessions last here, and how much callers may ask in a minute."""
    return _limits()


@pages.post("/access-limits")
@needs(Permission.MANAGE_SIGN_IN)
def set_access_limits() -> BaseResponse:
    """Change them; they count for sessions that are under way, too."""
    try:
        set_limits(session(), actor(), {name: whole_of_field(request.form.get(name, ""), name) for name in BOUNDS})
    except Invalid as error:
        return _limits(error)
    own_sessions.limits_changed()
    return see("web.access_limits_page", "limits-set")


def _limits(error: Invalid | None = None) -> Response:
    here = instance().limits.of(agency().tenant_id) if error is None else access_limits()
    values = {name: request.form.get(name, getattr(here, name)) for name in BOUNDS}
    wrong = {fault.field: fault for fault in error.faults} if error else {}
    return render("access_limits.html", 422 if error else 200, bounds=BOUNDS, values=values, error=error, wrong=wrong)
