"""Lists as files: which there are, a small one at once, a large one by a job; and which page shows which list."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge.access import needs
from selaras.edge.context import actor, day, session, visitor
from selaras.edge.downloads import attachment, kept_file
from selaras.errors import Invalid, NotFound
from selaras.exchange.export_jobs import export_job, order
from selaras.exchange.exporting import FORMATS, Asked, allowed, may_export
from selaras.exchange.lists import LISTS
from selaras.identity.permissions import Permission
from selaras.web.blueprint import pages
from selaras.web.list_words import list_word
from selaras.web.pages import fragment, render, see

SOME: tuple[Permission, ...] = tuple(sorted({one.permission for one in LISTS.values()}))
"""Whoever holds one of these has some list."""

LIST_PAGES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "web.people": ("people", "posts", "reporting_lines"),
        "web.goals": ("goals",),
        "web.accounts": ("accounts",),
        "web.access": ("roles",),
        "web.delegations": ("delegations",),
        "web.imports": ("imports",),
        "web.follow_up": ("proposals", "improvements"),
        "web.talent_board": ("talent",),
        "web.objections": ("objections",),
        "web.segmented": ("segments",),
        "web.unit_ratings": ("organisation_ratings",),
        "web.period_page": ("outcomes", "ratings"),
        "web.calendar": ("closed_days",),
        "web.funnel_page": ("funnel", "waited_for"),
        "web.tickets": ("tickets",),
        "web.national_exchange": ("national",),
        "web.unlocks_page": ("unlocks",),
        "web.survey_campaigns": ("surveys",),
        "web.merit_page": ("merit",),
    }
)
"""The pages with a list, and the lists that they offer as files."""


@pages.get("/exports")
@needs(*SOME)
def exports() -> Response:
    """Every list that one may have as a file."""
    return _page()


@pages.post("/exports")
@needs(*SOME)
def make_export() -> BaseResponse:
    """The file, or, where the list is long, the page of the job that makes it."""
    form = request.form
    year = form.get("year", "").strip()
    asked = Asked(
        form.get("list", ""),
        form.get("format", ""),
        day(),
        int(year) if year.isdecimal() and len(year) == 4 else None,
        form.get("period", "").strip() or None,
    )
    try:
        made = order(session(), actor(), asked)
    except (Invalid, NotFound) as error:
        return _page(error)
    if made.file is None:
        return see("web.export_job_page", job_id=made.job_id)
    return attachment(made.file.data, made.file.name, made.file.media_type)


@pages.get("/exports/jobs/<uuid:job_id>")
@needs(*SOME)
def export_job_page(job_id: UUID) -> Response:
    """How far a large file is; when it is made, the way to it."""
    return render("export_job.html", active="web.exports", job=export_job(session(), actor(), job_id))


@pages.get("/exports/jobs/<uuid:job_id>/progress")
@needs(*SOME)
def export_progress(job_id: UUID) -> Response:
    """The same for a page that is open."""
    return fragment("_export_job.html", job=export_job(session(), actor(), job_id))


@pages.get("/exports/jobs/<uuid:job_id>/file")
@needs(*SOME)
def export_file(job_id: UUID) -> Response:
    """The file, for whoever ordered it."""
    return kept_file(_file_of(job_id))


def _file_of(job_id: UUID) -> UUID:
    found = export_job(session(), actor(), job_id)
    if found.state != "done" or not found.result:
        raise NotFound("export_unfinished", "The file is not made yet; look again in a moment.")
    return UUID(found.result["file_id"])


@pages.app_context_processor
def _exportable() -> dict[str, object]:
    here = visitor()
    return {
        "exportable": lambda code: here is not None and may_export(here, LISTS[code]),
        "list_word": list_word,
        "offered": LIST_PAGES.get(request.endpoint or "", ()),
    }


def _page(error: Invalid | NotFound | None = None) -> Response:
    return render(
        "exports.html",
        error.status if error else 200,
        active="web.exports",
        lists=allowed(actor()),
        formats=list(FORMATS),
        form=request.form,
        year=day().year,
        error=error,
    )
