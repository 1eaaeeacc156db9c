"""Endpoint: one plan handed out as the beginning of many, tried or done, with a row for each person."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Response
from marshmallow.validate import Length, Range

from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.edge.access import needs
from selaras.edge.context import actor, day, rules, session
from selaras.errors import Invalid
from selaras.evaluation.locking import Matter, refuse_locked
from selaras.evaluation.service import refuse_settled
from selaras.planning.access import plan_seen
from selaras.planning.handing_out import MAY, Whom, hand_out, template_from, tried
from selaras.planning.queries import last_day, writable_years

endpoints = endpoints_of("handing out", "One plan as the beginning of many")

_PLAN = "/people/<uuid:person_id>/plans/<int(min=2000,max=2100):year>"


@dataclass(frozen=True)
class HandOutRequest:
    """For whom: a unit with those below it, a kind or title of post, numbers, one's own team; together they narrow.

    `for_year` is the year that the drafts are for; `dry_run` writes nothing; `only` leaves out everybody else.
    """

    for_year: int = field(metadata={"validate": Range(2000, 2100)})
    dry_run: bool = True
    unit_id: UUID | None = None
    post_kind: str | None = field(default=None, metadata={"validate": Length(max=40)})
    post_title: str | None = field(default=None, metadata={"validate": Length(max=200)})
    numbers: list[str] | None = field(default=None, metadata={"validate": Length(max=1000)})
    own_team: bool = False
    only: list[UUID] | None = None


@dataclass(frozen=True)
class HandOutRow:
    """One person; `left_out`: `has_plan`, `other_form`, `no_appraiser`, `number_unknown`, or null: gets a draft."""

    person_id: UUID | None
    left_out: str | None
    number: str | None
    name: str | None
    unit_name: str | None


@dataclass(frozen=True)
class HandOut:
    """What was done, or (`dry_run`) what would be."""

    dry_run: bool
    items: list[HandOutRow]


@endpoints.route(f"{_PLAN}/hand-outs", methods=["POST"])
@needs(*MAY)
@endpoints.arguments(schema_of(HandOutRequest))
@endpoints.response(200, schema_of(HandOut))
def post_hand_out(body: dict[str, Any], person_id: UUID, year: int) -> Response:
    """Give many people a draft that begins with this plan; who has a plan keeps it, and doing it again does nothing."""
    plan_seen(session(), actor(), person_id, year)
    wanted = body["for_year"]
    if wanted not in writable_years(day()):
        raise Invalid("year_unwritable", "Plans of {year} are not written now.", year=wanted, field="for")
    refuse_settled(session(), str(wanted))
    refuse_locked(session(), Matter.PLAN, str(wanted), None)
    chosen = rules(last_day(wanted))
    template = template_from(session(), actor(), person_id, year, wanted, chosen, segment=None)
    numbers = tuple(dict.fromkeys(one.replace("\0", "") for one in body["numbers"] or ()))
    whom = Whom(body["unit_id"], _clean(body["post_title"]), _clean(body["post_kind"]), numbers, body["own_team"])
    if body["dry_run"]:
        rows = tried(session(), actor(), template, whom)
    else:
        rows = hand_out(session(), actor(), template, whom, body["only"])
    return encoded(HandOut(body["dry_run"], [HandOutRow(**vars(one)) for one in rows]))


def _clean(text: str | None) -> str | None:
    return text.replace("\0", "") or None if text else None
