"""Talent: the nine-box board with its pools of candidates, and one person's own box."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, request

from selaras.edge.access import needs
from selaras.edge.context import actor, day, instance, rules, session
from selaras.edge.downloads import attachment
from selaras.edge.fields import uuid_of_field, whole_of_field
from selaras.errors import DomainError, Invalid, NotFound
from selaras.evaluation.queries import period_by_code
from selaras.evaluation.wording import Word, outcome_word
from selaras.exchange.talent_pool import pool_file
from selaras.followup import talent
from selaras.identity.permissions import Permission
from selaras.organisation.queries import units
from selaras.web.blueprint import pages
from selaras.web.pages import render

MOST_YEARS = 30


@pages.get("/talent")
@needs(Permission.SEE_TALENT)
def talent_board() -> Response:
    """People by box, what each box recommends, how they moved over the years, and pools of candidates."""
    try:
        return _board()
    except (Invalid, NotFound) as error:
        empty = error.code == "talent.none" and not request.args.get("period")
        return render(
            "talent_none.html",
            200 if empty else error.status,
            active="web.talent_board",
            error=None if empty else error,
            year=str(day().year),
        )


def _board() -> Response:
    given = request.args
    pool = _pool()
    box = whole_of_field(given["box"], "box") if given.get("box") else None
    page = max(1, min(given.get("page", 1, type=int), 100_000))
    period = given.get("period", "").strip() or None
    found = talent.board(session(), actor(), instance().registry, period, pool, box=box, page=page)
    kept = {name: value for name, value in given.items() if value and name not in ("page", "box", "note")}
    return render(
        "talent.html",
        active="web.talent_board",
        board=found,
        pool=pool,
        box=box,
        kept=kept,
        units=units(session(), day()),
        say=_words(period_by_code(session(), found.period).ends),
    )


def _pool() -> talent.Pool:
    given = request.args
    return talent.Pool(
        unit_id=uuid_of_field(given.get("unit", ""), "unit"),
        level=given.get("level") or None,
        kind=given.get("kind") or None,
        post=given.get("post", "")[:80],
        years=_times("years"),
        outcome=given.get("outcome") or None,
        times=_times("times"),
    )


def _times(name: str) -> int:
    written = request.args.get(name, "")
    return min(max(1, whole_of_field(written, name)), MOST_YEARS) if written else 1


class _Words:
    """Outcomes by the regulation that the agency followed on a day; codes as they are where it followed none."""

    def __init__(self, ends: date) -> None:
        try:
            self._description: dict[str, Any] | None = rules(ends).describe()
        except DomainError:
            self._description = None

    def __call__(self, code: str) -> Word:
        return outcome_word(self._description, code)


def _words(ends: date) -> _Words:
    return _Words(ends)


@pages.get("/talent/file")
@needs(Permission.SEE_TALENT)
def talent_pool_file() -> Response:
    """The people of the pool that the page shows, as a file."""
    given = request.args
    box = whole_of_field(given["box"], "box") if given.get("box") else None
    period = given.get("period", "").strip() or None
    form = given.get("format", "csv")
    try:
        made = pool_file(session(), actor(), instance().registry, form, period, _pool(), box=box)
    except (Invalid, NotFound) as error:
        return render("talent_none.html", error.status, active="web.talent_board", error=error, year=str(day().year))
    return attachment(made.data, made.name, made.media_type)


@pages.get("/people/<uuid:person_id>/talent")
@needs(Permission.SEE_TALENT, Permission.SEE_OWN)
def talent_place(person_id: UUID) -> Response:
    """One person's box with what it recommends: one's own only where the agency says so."""
    place, grid = talent.own_place(session(), actor(), instance().registry, person_id)
    own = actor().person_id == person_id
    return render("talent_place.html", active="web.own_results" if own else "web.talent_board", place=place, grid=grid)
