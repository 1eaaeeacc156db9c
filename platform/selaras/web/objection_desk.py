"""Around an objection: explaining oneself, standing back, withdrawing, the frozen evidence; figures and outages."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge.access import needs
from selaras.edge.context import actor, agency, day, instance, session
from selaras.edge.downloads import kept_file, streamed
from selaras.errors import Conflict, DomainError, Invalid, NotFound, Refused, Unavailable
from selaras.files.scanning import scanner_of
from selaras.followup import objecting
from selaras.followup.access import objection_for
from selaras.followup.desk import figures as figures_
from selaras.followup.desk.bundle import bundle_of, zipped
from selaras.followup.desk.hearing import Attached, hearing, state
from selaras.followup.desk.outages import days_lost, outages, record_outage
from selaras.followup.desk.standing_back import stand_back
from selaras.identity.permissions import Permission
from selaras.web.blueprint import pages
from selaras.web.objections import DECIDERS, shown
from selaras.web.pages import render, see

ZIP = "application/zip"


@pages.post("/people/<uuid:person_id>/objections/<period>/statement")
@needs(Permission.SEE_OWN, *DECIDERS)
def state_objection(person_id: UUID, period: str) -> BaseResponse:
    """One side explains itself, with files, or says that it has nothing to add."""
    found = objection_for(session(), actor(), instance().registry, person_id, period)
    files = [Attached(one.filename or "", one.read()) for one in request.files.getlist("files") if one.filename]
    nothing, content = "nothing" in request.form, request.form.get("content", "")
    try:
        scanner = scanner_of(instance().settings)
        state(session(), actor(), instance().store, found, content, files, nothing_to_add=nothing, scanner=scanner)
    except (Conflict, Invalid, Refused, Unavailable) as error:
        return shown(person_id, period, error)
    return see("web.objection_page", "stated-objection", person_id=person_id, period=period)


@pages.get("/people/<uuid:person_id>/objections/<period>/statement/<uuid:file_id>")
@needs(Permission.SEE_OWN, *DECIDERS)
def objection_file(person_id: UUID, period: str, file_id: UUID) -> Response:
    """A file that came with an explanation, for those who may read the objection."""
    found = objection_for(session(), actor(), instance().registry, person_id, period)
    if file_id not in {file.id for one in hearing(session(), found).statements for file in one.files}:
        raise NotFound("file_unknown", "There is no such file. Go back and open it from its page.")
    return kept_file(file_id)


@pages.post("/people/<uuid:person_id>/objections/<period>/interest")
@needs(*DECIDERS)
def declare_interest(person_id: UUID, period: str) -> BaseResponse:
    """Whoever must decide declares an interest; the next superior decides instead."""
    found = objection_for(session(), actor(), instance().registry, person_id, period)
    try:
        stand_back(session(), actor(), instance().registry, found, request.form.get("reason", ""))
    except (Conflict, Invalid, Refused) as error:
        return shown(person_id, period, error)
    return see("web.objections", "stood-back")


@pages.post("/people/<uuid:person_id>/objections/<period>/withdrawal")
@needs(Permission.SEE_OWN)
def withdraw_objection(person_id: UUID, period: str) -> BaseResponse:
    """The person takes the objection back; the result is final with that."""
    if actor().person_id != person_id:
        raise NotFound("objection.unknown", "There is no such objection here.")
    try:
        objecting.take_back(session(), actor(), instance().registry, period)
    except Conflict as error:
        return shown(person_id, period, error)
    return see("web.objection_page", "objection-withdrawn", person_id=person_id, period=period)


@pages.get("/people/<uuid:person_id>/objections/<period>/bundle.zip")
@needs(Permission.SEE_OWN, *DECIDERS)
def objection_bundle(person_id: UUID, period: str) -> Response:
    """The frozen evidence as a ZIP, for the two sides and whoever decides."""
    found = objection_for(session(), actor(), instance().registry, person_id, period)
    bundle = bundle_of(session(), found.case_id)
    return streamed(zipped(session(), instance().store, bundle), f"keberatan-{period}-{bundle.sha256[:8]}.zip", ZIP)


@pages.get("/objections/figures")
@needs(Permission.SEE_FOLLOWUP)
def objection_figures() -> Response:
    """How many objections were filed in a year, how they ended and how long it took, unit by unit."""
    year = request.args.get("year", type=int) or day().year
    if not 2000 <= year <= day().year:
        year = day().year
    found = figures_.figures(session(), actor(), year)
    return render(
        "objection_figures.html", active="web.objections", found=found, few=figures_.FEW, this_year=day().year
    )


@pages.get("/outages")
@needs(Permission.SEE_AGENCY)
def outages_page() -> Response:
    """When the system was out of reach, and which days do not count for that."""
    return _outages_page()


@pages.post("/outages")
@needs(Permission.CLOSE_PERIOD)
def record_outage_here() -> BaseResponse:
    """Record an outage; deadlines that run over its days move."""
    form = request.form
    try:
        starts, ends = _moment(form.get("starts", ""), "starts"), _moment(form.get("ends", ""), "ends")
        record_outage(session(), actor(), instance().registry, starts, ends, form.get("reason", ""))
    except Invalid as error:
        return _outages_page(error)
    return see("web.outages_page", "outage-recorded")


def _outages_page(error: DomainError | None = None) -> Response:
    return render(
        "outages.html",
        error.status if error else 200,
        active="web.periods_page",
        found=outages(session(), actor()),
        lost=days_lost(session()),
        may_record=actor().holds_whole(Permission.CLOSE_PERIOD),
        form=request.form,
        error=error,
    )


def _moment(text: str, field: str) -> datetime:
    """A moment as it was typed, in the agency's zone."""
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=ZoneInfo(agency().time_zone))
    except ValueError:
        raise Invalid(
            "outage.moment", "“{text}” is no time; write it as 2026-03-31T08:00.", text=text[:40], field=field
        ) from None
