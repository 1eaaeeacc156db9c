"""Unlocking (buka kunci): what is locked of periods, asking for it to be opened once more, and the second person."""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge.access import needs
from selaras.edge.context import actor, agency, day, session
from selaras.errors import Conflict, DomainError, Invalid, NotFound, Refused
from selaras.evaluation import locking
from selaras.evaluation.lock_queries import locks, may_approve, unlocks
from selaras.evaluation.locking import APPROVERS, Matter, Wanted
from selaras.identity.permissions import Permission
from selaras.organisation.delegation import team_of
from selaras.organisation.queries import person_by_number, units
from selaras.web.blueprint import pages
from selaras.web.pages import render, see

ASKERS = (Permission.SEE_OWN, Permission.RATE_TEAM, *APPROVERS)


@pages.get("/unlocks")
@needs(*ASKERS)
def unlocks_page() -> Response:
    """What is locked, what is open, what waits for a second person, and the form to ask."""
    return _page()


@pages.post("/unlocks")
@needs(*ASKERS)
def ask_unlock() -> BaseResponse:
    """Ask for something locked to be opened once more."""
    try:
        locking.ask(session(), actor(), _wanted())
    except (Conflict, Invalid, NotFound, Refused) as error:
        return _page(error)
    return see("web.unlocks_page", "unlock-asked")


@pages.post("/unlocks/<uuid:unlock_id>/answer")
@needs(*APPROVERS)
def answer_unlock(unlock_id: UUID) -> BaseResponse:
    """The second person approves, or refuses with a reason."""
    approve = request.form.get("answer") == "approve"
    try:
        locking.answer(session(), actor(), unlock_id, approve=approve, reason=request.form.get("reason", ""))
    except (Conflict, Invalid, Refused) as error:
        return _page(error)
    return see("web.unlocks_page", "unlock-answered")


@pages.post("/unlocks/<uuid:unlock_id>/end")
@needs(*APPROVERS)
def end_unlock(unlock_id: UUID) -> BaseResponse:
    """Close again before its time what was opened."""
    try:
        locking.end(session(), actor(), unlock_id)
    except Conflict as error:
        return _page(error)
    return see("web.unlocks_page", "unlock-ended")


@pages.post("/locks")
@needs(Permission.CLOSE_PERIOD)
def set_lock() -> BaseResponse:
    """Lock something of a period from a day on; without a day it is locked no more."""
    form = request.form
    try:
        from_day = _day(form["from_day"]) if form.get("from_day", "").strip() else None
        locking.set_lock(session(), actor(), form.get("code", ""), _matter(), from_day)
    except Invalid as error:
        return _page(error)
    return see("web.unlocks_page", "lock-set")


def _wanted() -> Wanted:
    form = request.form
    ends = datetime.combine(_day(form.get("until", "")), time(23, 59, 59), ZoneInfo(agency().time_zone))
    person_id, unit_id = _whom(form.get("whom", ""))
    return Wanted(form.get("code", "").strip(), _matter(), ends, form.get("reason", ""), person_id, unit_id)


def _whom(given: str) -> tuple[UUID | None, UUID | None]:
    """`person:<id>`, `unit:<id>`, `number` (with the number beside it), or `all`."""
    kind, _, named = given.partition(":")
    try:
        if kind == "person":
            return UUID(named), None
        if kind == "unit":
            return None, UUID(named)
    except ValueError:
        kind = ""
    if kind == "all":
        return None, None
    found = person_by_number(session(), request.form.get("number", "").strip(), day()) if kind == "number" else None
    if found is None:
        raise Invalid("unlock_whom", "Choose for whom it is opened; there is nobody with this number.", field="whom")
    return found, None


def _matter() -> Matter:
    try:
        return Matter(request.form.get("matter", ""))
    except ValueError:
        raise Invalid("unlock_matter", "Choose what is opened: plan, progress or rating.", field="matter") from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid(
            "date_unreadable", "“{date}” is no date; write it as 2026-03-31.", date=text[:20], field="until"
        ) from None


def _page(error: DomainError | None = None) -> Response:
    here = actor()
    found = unlocks(session(), here)
    official = here.holds_whole(Permission.CLOSE_PERIOD)
    return render(
        "unlocks.html",
        error.status if error else 200,
        active="web.periods_page" if Permission.SEE_AGENCY in here.permissions else "",
        waiting=[one for one in found if one.state == "waiting"],
        open=[one for one in found if one.state == "open"],
        past=[one for one in found if one.state in ("refused", "ended", "over")][:50],
        locks=locks(session()),
        official=official,
        approves=may_approve(here),
        matters=list(Matter),
        team=team_of(session(), here, day()) if Permission.RATE_TEAM in here.permissions else [],
        units=units(session(), day()) if official else [],
        form=request.form,
        error=error,
    )
