"""Endpoints: the nine-box board with its pools, one person's box, and credit points of functional officials."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import Response

from selaras.api import shapes_talent as shapes
from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.api.shapes import Label
from selaras.edge.access import needs
from selaras.edge.context import actor, instance, session
from selaras.edge.downloads import attachment
from selaras.exchange.talent_pool import pool_file
from selaras.followup import talent
from selaras.followup.credits import Conversion, credit_points
from selaras.identity.permissions import Permission

FILE = {"type": "string", "format": "binary"}
endpoints = endpoints_of("talent", "Talent boxes and credit points")


@endpoints.route("/talent")
@needs(Permission.SEE_TALENT)
@endpoints.arguments(schema_of(shapes.TalentQuery), location="query")
@endpoints.response(200, schema_of(shapes.Talent))
def show_talent(query: dict[str, Any]) -> Response:
    """The board of a mapped period, of those whom the permission reaches: counts, movement, one page of a pool."""
    registry = instance().registry
    found = talent.board(
        session(), actor(), registry, query["period"], _pool(query), box=query["box"], page=query["page"]
    )
    return encoded(
        shapes.Talent(
            found.period,
            list(found.periods),
            [_box(found.grid, box, found.counts.get(box, 0)) for box in sorted(found.grid.advice)],
            [shapes.TalentYear(period, {str(box): n for box, n in counts.items()}) for period, counts in found.years],
            [shapes.TalentMove(one.before, one.after, one.people) for one in found.moves],
            [_place(one) for one in found.people],
            found.found,
            found.page,
            found.pages,
        )
    )


@endpoints.route("/talent/file")
@needs(Permission.SEE_TALENT)
@endpoints.arguments(schema_of(shapes.TalentFileQuery), location="query")
@endpoints.response(200, FILE, content_type="text/csv")
def show_talent_file(query: dict[str, Any]) -> Response:
    """The people of a pool as a file, CSV or XLSX, as far as the permission reaches."""
    registry, period = instance().registry, query["period"]
    made = pool_file(session(), actor(), registry, query["format"], period, _pool(query), box=query["box"])
    return attachment(made.data, made.name, made.media_type)


def _pool(query: dict[str, Any]) -> talent.Pool:
    names = ("unit_id", "level", "kind", "post", "years", "outcome", "times")
    return talent.Pool(**{name: query[name] for name in names})


@endpoints.route("/people/<uuid:person_id>/talent")
@needs(Permission.SEE_TALENT, Permission.SEE_OWN)
@endpoints.response(200, schema_of(shapes.TalentPlace))
def show_talent_place(person_id: UUID) -> Response:
    """One person's box and what it recommends; one's own only where the agency has chosen so."""
    place, grid = talent.own_place(session(), actor(), instance().registry, person_id)
    return encoded(shapes.TalentPlace(_place(place), _box(grid, place.box, 1)))


@endpoints.route("/people/<uuid:person_id>/credit-points")
@needs(Permission.SEE_PEOPLE, Permission.SEE_TEAM, Permission.SEE_OWN)
@endpoints.arguments(schema_of(shapes.CreditsQuery), location="query")
@endpoints.response(200, schema_of(shapes.Credits))
def show_credit_points(query: dict[str, Any], person_id: UUID) -> Response:
    """Credit points of a functional official: each conversion by article, what is gathered, missing, and by when."""
    found = credit_points(session(), actor(), instance().registry, person_id, query["supposed"])
    return encoded(
        shapes.Credits(
            person_id,
            found.rules.code,
            found.rules.hash,
            found.level,
            found.accumulated,
            found.counted_until,
            found.supposed,
            [shapes.CreditAim(**asdict(one)) for one in found.aims],
            [_conversion(one) for one in found.conversions],
        )
    )


def _box(grid: talent.Grid, box: int, people: int) -> shapes.TalentBox:
    where = ((row, column) for row, cells in grid.boxes.items() for column, number in cells.items() if number == box)
    performance, potential = next(where)
    advice = grid.advice[box]
    words = [Label(one["id"], one["en"]) for one in advice.words]
    return shapes.TalentBox(box, performance, potential, people, words, advice.article, advice.certainty, advice.note)


def _place(one: talent.Place) -> shapes.TalentPerson:
    path = [shapes.TalentStep(period, box) for period, box in one.path]
    return shapes.TalentPerson(one.person_id, one.name, one.unit, one.title, one.box, one.outcome, one.years, path)


def _conversion(one: Conversion) -> shapes.Conversion:
    lines = [
        shapes.CreditLine(
            line.step, Label(line.label["id"], line.label["en"]), line.value, line.unit, line.article, line.certainty
        )
        for line in one.lines
    ]
    return shapes.Conversion(
        one.period, one.starts, one.ends, one.level, one.months, one.outcome, one.points, one.counted, lines
    )
