"""The agency's letterhead: the versions, a preview as PDF, and a new version from a day on."""

from __future__ import annotations

from datetime import date

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge.access import needs
from selaras.edge.context import actor, agency, day, session
from selaras.edge.downloads import attachment
from selaras.edge.letterhead_preview import letterhead_preview
from selaras.errors import DomainError, Invalid
from selaras.identity.permissions import Permission
from selaras.organisation import letterheads as service
from selaras.tenancy.letterheads import LONGEST_LINE, MOST_LINES
from selaras.web.blueprint import pages
from selaras.web.pages import render, see


@pages.get("/letterhead")
@needs(Permission.MANAGE_LETTERHEAD)
def letterhead_page() -> Response:
    """The letterhead of today in the form, and every version."""
    found = service.letterhead_on(session(), agency(), day())
    return _page("\n".join(found.lines), found.place)


@pages.post("/letterhead")
@needs(Permission.MANAGE_LETTERHEAD)
def set_letterhead() -> BaseResponse:
    """Show a document with the written head, or record it from a day on; what is refused comes back as written."""
    form = request.form
    lines, place = form.get("lines", ""), form.get("place", "")
    try:
        start = _day(form.get("from", ""))
        wanted = service.written(lines.splitlines(), place)
        if form.get("do") == "preview":
            return attachment(letterhead_preview(wanted, start), "letterhead.pdf", "application/pdf")
        service.set_letterhead(session(), actor(), wanted, start=start, reason=form.get("reason", ""))
    except DomainError as error:
        return _page(lines, place, error)
    return see("web.letterhead_page", "letterhead-set")


def _page(lines: str, place: str, error: DomainError | None = None) -> Response:
    return render(
        "letterhead.html",
        error.status if error else 200,
        active="web.letterhead_page",
        lines=lines,
        place=place,
        start=request.form.get("from") or day().isoformat(),
        reason=request.form.get("reason", ""),
        most=MOST_LINES,
        longest=LONGEST_LINE,
        versions=service.letterheads(session()),
        error=error,
    )


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise Invalid("rule_choice.day", "{day} is no day. Write it as 2026-01-31.", day=written or "–") from error
