"""Pages: calibration meetings: all of them, preparing one, its seats, its opening, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.calibration import ending, queries, service
from selaras.calibration.agenda import groups_now
from selaras.calibration.rules import SeatRole
from selaras.edge.access import needs
from selaras.edge.context import actor, agency, day, rules, session
from selaras.edge.fields import uuid_of_field
from selaras.errors import Conflict, DomainError, Invalid, NotFound, Refused
from selaras.evaluation.queries import PeriodView, period_by_code, periods
from selaras.evaluation.wording import outcome_word
from selaras.followup.pay_effect import PayEffect, pay_effect
from selaras.identity.permissions import Permission
from selaras.organisation.queries import lines_of, names_of, person_by_number, units
from selaras.web import calibration_words
from selaras.web.blueprint import pages
from selaras.web.pages import render, see

ONE = "/calibrations/<uuid:meeting_id>"
BLANK, MOST_SEATS = 6, 60


@pages.get("/calibrations")
@needs(Permission.MANAGE_CALIBRATION, Permission.SEE_OWN)
def calibrations() -> Response:
    """The meetings in which one has a seat; the performance manager sees all, and prepares them here."""
    return _list()


@pages.post("/calibrations")
@needs(Permission.MANAGE_CALIBRATION)
def prepare_calibration() -> BaseResponse:
    """Prepare a meeting about an open period; nobody is told before seats are given."""
    form = request.form
    try:
        with session().begin_nested():
            wanted = service.Wanted(
                form.get("name", ""),
                tuple(form.getlist("group")),
                uuid_of_field(form.get("unit", ""), "unit"),
                "blind" in form,
                "pay_shown" in form,
                _moment(form.get("starts_at", "")),
            )
            made = service.prepare(session(), actor(), form.get("period", ""), wanted)
    except (Invalid, Conflict, NotFound) as error:
        return _list(error)
    return see("web.calibration", "meeting-prepared", meeting_id=made)


@pages.get(ONE)
@needs(Permission.MANAGE_CALIBRATION, Permission.SEE_OWN)
def calibration(meeting_id: UUID) -> Response:
    """One meeting: its agenda, its seats, and what may be done next."""
    return meeting_page(meeting_id)


@pages.post(f"{ONE}/seats")
@needs(Permission.MANAGE_CALIBRATION)
def seat_calibration(meeting_id: UUID) -> BaseResponse:
    """Say who sits in a meeting that is not open yet."""
    return _done(meeting_id, "meeting-seated", lambda: service.seat(session(), actor(), meeting_id, _seats()))


@pages.post(f"{ONE}/opening")
@needs(Permission.MANAGE_CALIBRATION, Permission.SEE_OWN)
def open_calibration(meeting_id: UUID) -> BaseResponse:
    """Open the room: whoever is rated now is spoken of as they are rated."""
    period = period_of(meeting_id)
    return _done(
        meeting_id,
        "meeting-opened",
        lambda: service.open_meeting(session(), actor(), meeting_id, period, rules(period.ends)),
    )


@pages.post(f"{ONE}/cancellation")
@needs(Permission.MANAGE_CALIBRATION)
def cancel_calibration(meeting_id: UUID) -> BaseResponse:
    """Call off a meeting that was never opened; it stays on record."""
    return _done(meeting_id, "meeting-cancelled", lambda: service.cancel(session(), actor(), meeting_id))


def period_of(meeting_id: UUID) -> PeriodView:
    """The period of a meeting that the actor may know of."""
    return period_by_code(session(), queries.meeting(session(), actor(), meeting_id).period_code)


def _done(meeting_id: UUID, note: str, act: Any) -> BaseResponse:
    try:
        with session().begin_nested():
            act()
    except (Invalid, Conflict, Refused, NotFound) as error:
        if error.code == "calibration_unknown":
            raise
        return meeting_page(meeting_id, error)
    return see("web.calibration", note, meeting_id=meeting_id)


def _list(error: DomainError | None = None) -> Response:
    manages = actor().holds_whole(Permission.MANAGE_CALIBRATION)
    open_ = [one for one in periods(session()) if one.state == "open"] if manages else []
    wanted = request.values.get("period", "")
    chosen = next((one for one in open_ if one.code == wanted), open_[0] if open_ else None)
    return render(
        "calibrations.html",
        error.status if error else 200,
        active="web.periods_page" if manages else "",
        meetings=queries.meetings(session(), actor()),
        words_of=calibration_words,
        manages=manages,
        periods=open_,
        period=chosen,
        groups=_groups(chosen) if chosen else (),
        units=units(session(), day()) if manages else (),
        form=request.form,
        error=error,
    )


def _groups(period: PeriodView) -> Any:
    return groups_now(session(), period, rules(period.ends))


def meeting_page(meeting_id: UUID, error: DomainError | None = None) -> Response:
    """One meeting as it stands, with what was refused."""
    found = queries.meeting(session(), actor(), meeting_id)
    seats = queries.seats(session(), meeting_id)
    manages = actor().holds_whole(Permission.MANAGE_CALIBRATION)
    me = actor().person_id
    mine = seats.get(me) if me else None
    lines = {one.person_id: one for one in lines_of(session(), list(seats), day())} if seats else {}
    after = found.state in ("locked", "closed")
    results = queries.results(session(), meeting_id=meeting_id) if after and (manages or mine) else []
    described = rules(period_by_code(session(), found.period_code).ends).describe() if results else {}
    raters = names_of(session(), [one.appraiser_id for one in results if one.appraiser_id])
    signed = ending.signed_by(session(), meeting_id)
    return render(
        "calibration.html",
        error.status if error else 200,
        active="web.periods_page" if manages else "",
        meeting=found,
        words_of=calibration_words,
        seats=[(lines[person], role) for person, role in _ordered(seats) if person in lines],
        rows=_rows(seats, lines) if manages and found.state == "preparing" else (),
        unit=next((one.name for one in units(session(), day()) if one.unit_id == found.unit_id), None),
        manages=manages,
        mine=mine,
        results=results,
        raters=raters,
        pay=_pay(found.period_code, meeting_id) if manages and results else {},
        signed=signed,
        outcome=lambda code: outcome_word(described, code),
        roles=list(SeatRole),
        new_key=uuid4,
        error=error,
    )


def _pay(period: str, meeting_id: UUID) -> dict[UUID, PayEffect]:
    """Person → what the move would mean in pay; empty where that is not shown, or for whoever may not see pay."""
    if not actor().holds_whole(Permission.SEE_REMUNERATION):
        return {}
    ends = period_by_code(session(), period).ends
    return {one.person_id: one for one in pay_effect(session(), actor(), meeting_id, ends)}


def _ordered(seats: Mapping[UUID, SeatRole]) -> list[tuple[UUID, SeatRole]]:
    order = list(SeatRole)
    return sorted(seats.items(), key=lambda one: order.index(one[1]))


def _rows(seats: Mapping[UUID, SeatRole], lines: Mapping[UUID, Any]) -> list[tuple[str, str, str]]:
    """The seats' form: number, role and name as they stand or as they were typed, and some empty ones."""
    numbers, chosen = request.form.getlist("number"), request.form.getlist("role")
    if numbers:
        return [(number, role, "") for number, role in zip(numbers, chosen, strict=False)]
    held = [(lines[person].number or "", role.value, lines[person].name) for person, role in _ordered(seats)]
    blank = [("", SeatRole.CHAIR.value, "")] if not held else []
    return [*held, *blank, *[("", SeatRole.MEMBER.value, "")] * BLANK][:MOST_SEATS]


def _seats() -> dict[UUID, SeatRole]:
    found: dict[UUID, SeatRole] = {}
    for written, role in zip(request.form.getlist("number"), request.form.getlist("role"), strict=False):
        number = "".join(written.split())
        if not number:
            continue
        person = person_by_number(session(), number, day())
        if person is None:
            raise Invalid("number_unknown", "Nobody here has the number {number} today.", number=number[:40])
        if person in found:
            raise Invalid(
                "calibration_seat_twice", "The number {number} has two seats; give it one.", number=number[:40]
            )
        found[person] = _role(role)
    return found


def _role(code: str) -> SeatRole:
    try:
        return SeatRole(code)
    except ValueError as error:
        raise Invalid("calibration_seat_role", "Choose from the list as what somebody sits there.") from error


def _moment(written: str) -> datetime | None:
    """A local moment of the form (2026-12-31T09:30) in the agency's zone."""
    if not written.strip():
        return None
    try:
        local = datetime.fromisoformat(written.strip()).replace(tzinfo=ZoneInfo(agency().time_zone))
    except ValueError as error:
        raise Invalid(
            "not_a_moment", "“{value}” is no day and time; write 2026-12-31T09:30.", value=written[:30]
        ) from error
    return local.astimezone(UTC)
