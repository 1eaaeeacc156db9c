"""Closing a period: what it will change and for whom, its progress, its distribution, overrides, its document."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.closing import corrections, service
from selaras.closing.queries import Overview
from selaras.closing.service import readiness
from selaras.edge.access import needs
from selaras.edge.context import actor, instance, rules, session
from selaras.edge.downloads import kept_file
from selaras.errors import Conflict, Invalid, NotFound
from selaras.evaluation import service as evaluation
from selaras.evaluation.queries import period_by_code, periods
from selaras.evaluation.rules import period_span, quarter_of
from selaras.identity.permissions import Permission
from selaras.organisation.access import agency_day, person_for
from selaras.web.blueprint import pages
from selaras.web.home import figures, rates_units, reached_units, seen, units
from selaras.web.pages import fragment, render, see


@pages.get("/periods")
@needs(Permission.SEE_AGENCY)
def periods_page() -> Response:
    """Every period of the agency, and opening another."""
    return _periods_page()


@pages.post("/periods")
@needs(Permission.CLOSE_PERIOD)
def open_period() -> BaseResponse:
    """Open a period for ratings; a code that is no period, or none of the regulation's, comes back as written."""
    code = request.form.get("period", "").strip()
    try:
        evaluation.open_period(session(), actor(), code, rules(period_span(code).ends))
    except (Invalid, NotFound) as error:
        return _periods_page(error=error, code=code)
    return see("web.period_page", "opened", period=code)


def _periods_page(*, error: Invalid | NotFound | None = None, code: str = "") -> Response:
    return render(
        "periods.html",
        422 if error else 200,
        active="web.periods_page",
        periods=periods(session()),
        code=code or quarter_of(agency_day(session(), actor())),
        error=error,
    )


@pages.get("/periods/<period>")
@needs(Permission.SEE_AGENCY)
def period_page(period: str) -> Response:
    """A period: its close, its outcomes, every unit's distribution, the effect on pay."""
    return _period_page(period)


@pages.post("/periods/<period>/removal")
@needs(Permission.CLOSE_PERIOD)
def remove_period(period: str) -> BaseResponse:
    """Remove a period that was opened by mistake."""
    evaluation.remove_period(session(), actor(), period)
    return see("web.periods_page", "removed")


@pages.get("/periods/<period>/progress")
@needs(Permission.SEE_AGENCY)
def progress(period: str) -> Response:
    """How far the close is, for a page that is open; when it no longer runs, the page is to reload."""
    view = seen(period)
    response = fragment("_progress.html", overview=view)
    if view.state != "running":
        response.headers["HX-Refresh"] = "true"
    return response


@pages.get("/periods/<period>/close")
@needs(Permission.CLOSE_PERIOD)
def confirm(period: str) -> Response:
    """What closing will change and for whom, before it does."""
    found = period_by_code(session(), period)
    if found.state != "open":
        raise service.under_way(period)
    chosen = rules(found.ends)
    ready = readiness(session(), found, chosen)
    return render("close.html", active="web.periods_page", period=found, ready=ready, rules=chosen)


@pages.post("/periods/<period>/close")
@needs(Permission.CLOSE_PERIOD)
def close(period: str) -> BaseResponse:
    """Start the close."""
    found = period_by_code(session(), period)
    without = request.form.get("without_unrated") == "true"
    without_surveys = request.form.get("without_surveys") == "true"
    service.start(
        session(),
        actor(),
        period,
        rules(found.ends),
        without_unrated=without,
        without_surveys=without_surveys,
    )
    return see("web.period_page", "started", period=period)


@pages.post("/periods/<period>/resumption")
@needs(Permission.CLOSE_PERIOD)
def resume(period: str) -> BaseResponse:
    """Let a close that waits try again."""
    service.resume(session(), actor(), period)
    return see("web.period_page", "resumed", period=period)


@pages.post("/periods/<period>/withdrawal")
@needs(Permission.CLOSE_PERIOD)
def withdraw(period: str) -> BaseResponse:
    """Remove the drafts of a close that waits."""
    service.withdraw(session(), actor(), period)
    return see("web.period_page", "withdrawn", period=period)


@pages.post("/periods/<period>/units/<uuid:unit_id>/override")
@needs(Permission.OVERRIDE_DISTRIBUTION)
def override(period: str, unit_id: UUID) -> BaseResponse:
    """The authorised official's written reason for one unit; a reason that is too short comes back as written."""
    reason = request.form.get("reason", "")
    try:
        service.override(session(), actor(), period, unit_id, reason)
    except Invalid as error:
        return _period_page(period, error=error, unit_id=unit_id, reason=reason)
    return see("web.period_page", "overridden", period=period)


@pages.post("/periods/<period>/people/<uuid:person_id>/following")
@needs(Permission.CLOSE_PERIOD)
def follow_correction(period: str, person_id: UUID) -> BaseResponse:
    """A combined result follows what was corrected in a period behind it."""
    person_for(session(), actor(), person_id)
    corrections.follow(session(), actor(), instance().registry, person_id, period)
    return see("web.period_page", "followed", period=period)


@pages.get("/periods/<period>/document")
@needs(Permission.SEE_AGENCY)
def document(period: str) -> Response:
    """The determination (penetapan) as a PDF."""
    return _sent(seen(period).document_id, period)


@pages.get("/periods/<period>/annex")
@needs(Permission.SEE_AGENCY)
def annex(period: str) -> Response:
    """The annex of the determination: a table of all units (XLSX)."""
    return _sent(seen(period).annex_id, period)


def _sent(file_id: UUID | None, period: str) -> Response:
    if file_id is None:
        raise NotFound("document_unknown", "Period {code} has no such document yet.", code=period)
    return kept_file(file_id)


def _period_page(
    code: str, *, error: Invalid | Conflict | None = None, unit_id: UUID | None = None, reason: str = ""
) -> Response:
    view = seen(code)
    ready = None
    if view.state == "none" and view.period.state == "open":
        ready = readiness(session(), view.period, rules(view.period.ends), reached_units(view.period))
    return render(
        "period.html",
        422 if error else 200,
        active="web.periods_page",
        overview=view,
        period=view.period,
        ready=ready,
        bars=figures(view),
        units=units(view),
        rates_units=rates_units(view),
        behind=_behind(view),
        error=error,
        error_unit=unit_id,
        reason=reason,
    )


def _behind(view: Overview) -> tuple[corrections.Behind, ...]:
    """Whose results are to follow a correction, for whoever lets them."""
    wanted = view.state == "set" and actor().holds_whole(Permission.CLOSE_PERIOD)
    return corrections.behind(session(), view.period.id) if wanted else ()
