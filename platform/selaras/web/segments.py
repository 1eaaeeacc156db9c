"""Parts of a period: who has several, forming them from the facts, and stating one person's by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from uuid import UUID

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge.access import needs
from selaras.edge.context import actor, law, session
from selaras.errors import Conflict, Invalid, NotFound
from selaras.evaluation import forming
from selaras.evaluation.queries import period_by_code
from selaras.evaluation.segment_queries import segmented_people, segments_of
from selaras.evaluation.segments import ENDED
from selaras.identity.permissions import Permission
from selaras.organisation.access import person_for
from selaras.organisation.queries import names_of, person_by_number
from selaras.regulation.segmentation import CAUSES
from selaras.tenancy.queries import Followed
from selaras.web.blueprint import pages
from selaras.web.pages import render, see

SIZE = 50


@pages.get("/periods/<period>/segments")
@needs(Permission.CLOSE_PERIOD)
def segmented(period: str) -> Response:
    """Everybody whose period is not one plain whole, and forming the parts anew."""
    found = period_by_code(session(), period)
    page = segmented_people(session(), found.id, after=request.args.get("after"), limit=SIZE)
    return render("segmented.html", active="web.periods_page", period=found, page=page)


@pages.post("/periods/<period>/segments")
@needs(Permission.CLOSE_PERIOD)
def form_segments(period: str) -> BaseResponse:
    """Cut the period from posts, superiors, standing and regulations; what was stated by hand stays."""
    found = period_by_code(session(), period)
    forming.form_segments(session(), actor(), period, law(found.starts, found.ends))
    return see("web.segmented", "segmented", period=period)


@pages.get("/people/<uuid:person_id>/segments/<period>")
@needs(Permission.CLOSE_PERIOD)
def segments_page(person_id: UUID, period: str) -> Response:
    """One person's parts, and what the performance manager may state of them."""
    return _page(person_id, period)


@pages.post("/people/<uuid:person_id>/segments/<period>/split")
@needs(Permission.CLOSE_PERIOD)
def split_segment(person_id: UUID, period: str) -> BaseResponse:
    """Some days of a part become a part of their own."""

    def split(reason: str, followed: Sequence[Followed]) -> None:
        form = request.form
        starts, ends = _day(form.get("starts", "")), _day(form.get("ends", ""))
        later = forming.StatedSegment(
            starts, ends, form.get("cause", ""), "evaluated" in form, _appraiser(form.get("appraiser", ""), ends)
        )
        forming.split_segment(session(), actor(), period, person_id, _number(form), later, reason, followed)

    return _stated(person_id, period, "split", split)


@pages.post("/people/<uuid:person_id>/segments/<period>/merge")
@needs(Permission.CLOSE_PERIOD)
def merge_segment(person_id: UUID, period: str) -> BaseResponse:
    """A part becomes one with the part before it."""

    def merge(reason: str, followed: Sequence[Followed]) -> None:
        forming.merge_segment(session(), actor(), period, person_id, _number(request.form), reason, followed)

    return _stated(person_id, period, "merge", merge)


@pages.post("/people/<uuid:person_id>/segments/<period>/end")
@needs(Permission.CLOSE_PERIOD)
def end_segments(person_id: UUID, period: str) -> BaseResponse:
    """Why the last part ended."""

    def end(reason: str, followed: Sequence[Followed]) -> None:
        forming.end_segments(session(), actor(), period, person_id, request.form.get("ended", ""), reason, followed)

    return _stated(person_id, period, "end", end)


@pages.post("/people/<uuid:person_id>/segments/<period>/release")
@needs(Permission.CLOSE_PERIOD)
def release_segments(person_id: UUID, period: str) -> BaseResponse:
    """What was stated by hand goes back to the facts."""

    def release(_: str, followed: Sequence[Followed]) -> None:
        forming.release_segments(session(), actor(), period, person_id, followed)

    return _stated(person_id, period, "release", release)


def _stated(person_id: UUID, code: str, what: str, state: Callable[[str, Sequence[Followed]], None]) -> BaseResponse:
    """Do it with the reason that was written; what is refused comes back as written."""
    person_for(session(), actor(), person_id)
    found = period_by_code(session(), code)
    try:
        state(request.form.get("reason", ""), law(found.starts, found.ends))
    except (Conflict, Invalid, NotFound) as error:
        return _page(person_id, code, error=error, wrong=what)
    return see("web.segments_page", "stated", person_id=person_id, period=code)


def _page(
    person_id: UUID, code: str, *, error: Conflict | Invalid | NotFound | None = None, wrong: str = ""
) -> Response:
    person = person_for(session(), actor(), person_id)
    period = period_by_code(session(), code)
    known = segments_of(session(), period.id, person_id)
    titles = {one.rules.code: one.rules.title for one in law(period.starts, period.ends)}
    return render(
        "segments.html",
        error.status if error else 200,
        active="web.periods_page",
        person=person,
        period=period,
        parts=known,
        names=names_of(session(), [one.appraiser_id for one in known if one.appraiser_id]),
        titles=titles,
        causes=CAUSES,
        ends=ENDED,
        form=request.form,
        error=error,
        wrong=wrong,
    )


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise Invalid("rule_choice.day", "{day} is no day. Write it as 2026-01-31.", day=written or "–") from error


def _number(form: Mapping[str, str]) -> int:
    written = form.get("number", "")
    return int(written) if written.isdecimal() and len(written) < 5 else 0


def _appraiser(number: str, on: date) -> UUID | None:
    """Who has the number on a day; nobody named: the superior of that day."""
    wanted = "".join(number.split())
    found = person_by_number(session(), wanted, on) if wanted else None
    if wanted and found is None:
        raise NotFound("segment_nobody", "Nobody here holds the number {number} in that period.", number=wanted[:30])
    return found
