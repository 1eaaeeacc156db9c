"""The log of one's work: one line from a phone, changed while its period is open, with evidence; and a file of many."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge.access import needs
from selaras.edge.context import actor, day, instance, session
from selaras.edge.downloads import kept_file
from selaras.edge.fields import day_of_field, decimal_of_field, time_of_field, uuid_of_field, whole_of_field
from selaras.errors import Conflict, Invalid, NotFound
from selaras.evaluation.service import refuse_settled_day
from selaras.exchange import imports
from selaras.exchange.layouts import Kind
from selaras.exchange.report import ImportReport
from selaras.files.kinds import MOST_MEGABYTES
from selaras.files.scanning import scanner_of
from selaras.identity.permissions import Permission
from selaras.monitoring import evidence, log, log_queries
from selaras.monitoring.access import log_seen, sees_record
from selaras.organisation.queries import names_of
from selaras.web.blueprint import pages
from selaras.web.pages import render, see

SHOWN = timedelta(days=31)
SEEN = (Permission.SEE_RESULTS, Permission.SEE_TEAM, Permission.SEE_OWN)


@pages.get("/log")
@needs(Permission.PLAN_OWN)
def log_page() -> Response:
    """Write one line; the last month's lines stand below."""
    return _log()


@pages.post("/log")
@needs(Permission.PLAN_OWN)
def add_line() -> BaseResponse:
    """Write a line, with its evidence where there is some; the same form sent twice writes one."""
    try:
        line = _line()
        refuse_settled_day(session(), line.on_day, actor().person_id)
        made = log.add(session(), actor(), line, key=request.form.get("key", "")[: log.LONGEST_KEY])
        _attach(made, again=bool(log_queries.line(session(), made).evidence))  # type: ignore[union-attr]  # just made
    except (Invalid, Conflict) as error:
        return _log(error)
    return see("web.log_page", "line-added")


@pages.get("/log/<uuid:line_id>")
@needs(Permission.PLAN_OWN)
def line_page(line_id: UUID) -> Response:
    """One line of one's own, to be changed, with what it said before."""
    return _line_page(line_id)


@pages.post("/log/<uuid:line_id>")
@needs(Permission.PLAN_OWN)
def change_line(line_id: UUID) -> BaseResponse:
    """Say it otherwise, or take it out."""
    held = _mine(line_id)
    try:
        refuse_settled_day(session(), held.on_day, actor().person_id)
        if "remove" in request.form:
            log.remove(session(), actor(), line_id)
            return see("web.log_page", "line-removed")
        line = _line()
        refuse_settled_day(session(), line.on_day, actor().person_id)
        version = whole_of_field(request.form.get("version", "0"), "version")
        log.change(session(), actor(), line_id, line, version)
    except (Invalid, Conflict) as error:
        return _line_page(line_id, error)
    return see("web.line_page", "saved", line_id=line_id)


@pages.post("/log/<uuid:line_id>/evidence")
@needs(Permission.PLAN_OWN)
def add_evidence(line_id: UUID) -> BaseResponse:
    """Attach a file or an address to a line of one's own."""
    held = _mine(line_id)
    try:
        refuse_settled_day(session(), held.on_day, actor().person_id)
        if not _attach(line_id):
            raise Invalid("evidence_missing", "Choose a file, or write an address.", field="file")
    except (Invalid, Conflict) as error:
        return _line_page(line_id, error)
    return see("web.line_page", "saved", line_id=line_id)


@pages.post("/evidence/<uuid:evidence_id>/removal")
@needs(Permission.PLAN_OWN)
def remove_evidence(evidence_id: UUID) -> BaseResponse:
    """Take a piece of evidence of one's own away, while its period is open."""
    of = evidence.day_of(session(), evidence_id)
    if of is None or of.person_id != actor().person_id:
        raise NotFound("evidence_unknown", "There is no such evidence here.")
    refuse_settled_day(session(), of.on_day, actor().person_id)
    evidence.remove_evidence(session(), actor(), evidence_id)
    return see("web.line_page", "saved", line_id=of.id)


@pages.get("/evidence/<uuid:evidence_id>")
@needs(*SEEN)
def evidence_file(evidence_id: UUID) -> Response:
    """The file, to be saved; never shown within a page."""
    return kept_file(evidence.evidence_for(session(), actor(), evidence_id))


@pages.get("/people/<uuid:person_id>/log/<int(min=2000,max=2100):year>")
@needs(*SEEN)
def person_log(person_id: UUID, year: int) -> Response:
    """A person's log of a year, for whoever appraises or reviews them."""
    sees_record(session(), actor(), person_id)
    lines = log_seen(session(), actor(), person_id, date(year, 1, 1), date(year, 12, 31))
    name = names_of(session(), [person_id])[person_id]
    return render("person_log.html", active="web.team", name=name, person_id=person_id, year=year, lines=lines)


@pages.post("/log/file")
@needs(Permission.PLAN_OWN)
def import_log() -> BaseResponse:
    """Take over a file of one's own daily log, or look at it only; what is wrong is said row by row."""
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise Invalid("import_file_missing", "Choose a file (CSV or XLSX) first.")
        preview = request.form.get("preview") == "true"
        report = imports.run(session(), actor(), Kind.DAILY_LOG, file.filename, file.read(), preview=preview)
    except Invalid as error:
        return _log(error)
    return _log(report=report)


def _log(error: Invalid | Conflict | None = None, report: ImportReport | None = None) -> Response:
    person, today = actor().person_id, day()
    return render(
        "log.html",
        error.status if error else 200,
        active="web.log_page",
        lines=log_queries.log_of(session(), person, today - SHOWN, today) if person else (),
        items=log.items_on(session(), person, today) if person else {},
        today=today,
        key=request.form.get("key") or uuid4().hex,
        form=request.form if error else {},
        most=MOST_MEGABYTES,
        error=error,
        report=report,
        wrong=_wrong(error),
    )


def _line_page(line_id: UUID, error: Invalid | Conflict | None = None) -> Response:
    held = _mine(line_id)
    return render(
        "log_line.html",
        error.status if error else 200,
        active="web.log_page",
        line=held,
        items=log.items_on(session(), held.person_id, held.on_day),
        earlier=log_queries.earlier(session(), line_id),
        today=day(),
        form=request.form if error else {},
        most=MOST_MEGABYTES,
        error=error,
        wrong=_wrong(error),
    )


def _mine(line_id: UUID) -> log_queries.LineView:
    found = log_queries.line(session(), line_id)
    if found is None or found.person_id != actor().person_id:
        raise NotFound("log_unknown", "There is no such line in your log.")
    return found


def _line() -> log.Line:
    form = request.form
    starts, ends = (time_of_field(form[name], name) if form.get(name) else None for name in ("starts", "ends"))
    return log.Line(
        form.get("content", "").replace("\0", ""),
        day_of_field(form.get("on_day", ""), "on_day") or day(),
        uuid_of_field(form.get("item_id", ""), "item_id"),
        decimal_of_field(form.get("amount", ""), "amount"),
        form.get("measure", "").replace("\0", ""),
        starts,
        ends,
    )


def _attach(line_id: UUID, *, again: bool = False) -> bool:
    """Whether the form brought evidence; `again`: it was sent before, and its evidence is there."""
    file, url, held = request.files.get("file"), request.form.get("url", "").strip(), instance()
    if file is not None and file.filename and not again:
        quota = held.settings.evidence_megabytes * 1024 * 1024
        scanner = scanner_of(held.settings)
        name = imports.plain_name(file.filename)
        evidence.attach_file(session(), held.store, scanner, actor(), line_id, name, file.read(), quota)
    if url and not again:
        evidence.attach_link(session(), actor(), line_id, url)
    return bool(url or (file is not None and file.filename))


def _wrong(error: Invalid | Conflict | None) -> dict[str, object]:
    return {fault.field: fault for fault in error.faults} if isinstance(error, Invalid) else {}
