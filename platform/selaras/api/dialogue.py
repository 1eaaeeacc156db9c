"""Endpoints: the dialogue on a plan, for those who take part in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response
from marshmallow.validate import Length

from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.edge.access import needs
from selaras.edge.context import actor, session
from selaras.errors import Refused
from selaras.identity.permissions import Permission
from selaras.planning import dialogue
from selaras.planning.access import planner_for

endpoints = endpoints_of("dialogue", "The dialogue on a plan, between its owner and who appraises them")

_REMARKS = "/people/<uuid:person_id>/plans/<int(min=2000,max=2100):year>/remarks"


@dataclass(frozen=True)
class PlanRemark:
    """One remark. `item_code` null: on the whole plan; `item_id` null besides a code: on a result that is gone.

    `role`: owner, appraiser, delegate or reviewer. `new`: by somebody else, and not read yet.
    """

    id: UUID
    item_id: UUID | None
    item_code: str | None
    item_title: str | None
    author_id: UUID
    author_name: str
    role: str
    content: str
    written_at: datetime
    new: bool


@dataclass(frozen=True)
class PlanDialogue:
    """Everything said, the oldest first; `party` is as what the caller takes part."""

    party: str
    unread: int
    items: list[PlanRemark]


@dataclass(frozen=True)
class RemarkRequest:
    """What is said; without an `item_id` about the whole plan. `ask_reviewer`: tell the appraiser's superior too."""

    content: str = field(metadata={"validate": Length(min=1, max=dialogue.LONGEST)})
    item_id: UUID | None = None
    ask_reviewer: bool = False


@dataclass(frozen=True)
class ReadRequest:
    """The last remark that was read; what came after it stays unread."""

    last: UUID


@endpoints.route(_REMARKS)
@needs(Permission.SEE_TEAM, Permission.SEE_OWN)
@endpoints.response(200, schema_of(PlanDialogue))
def list_remarks(person_id: UUID, year: int) -> Response:
    """What was said about the plan, for those who take part."""
    return encoded(_shown(person_id, year))


@endpoints.route(_REMARKS, methods=["POST"])
@needs(Permission.PLAN_OWN, Permission.SEE_TEAM)
@endpoints.arguments(schema_of(RemarkRequest))
@endpoints.response(201, schema_of(PlanDialogue))
def post_remark(body: dict[str, Any], person_id: UUID, year: int) -> Response:
    """Say something; it stays. The same words sent twice in a row are one remark."""
    planner_for(session(), actor(), person_id)
    asked = body["ask_reviewer"]
    dialogue.say(session(), actor(), person_id, year, body["content"], body["item_id"], ask_reviewer=asked)
    return encoded(_shown(person_id, year), 201)


@endpoints.route(f"{_REMARKS}/read", methods=["POST"])
@needs(Permission.PLAN_OWN, Permission.SEE_TEAM)
@endpoints.arguments(schema_of(ReadRequest))
@endpoints.response(200, schema_of(PlanDialogue))
def post_reading(body: dict[str, Any], person_id: UUID, year: int) -> Response:
    """Everything up to a remark has been read."""
    planner_for(session(), actor(), person_id)
    dialogue.read_until(session(), actor(), person_id, year, body["last"])
    return encoded(_shown(person_id, year))


def _shown(person_id: UUID, year: int) -> PlanDialogue:
    planner_for(session(), actor(), person_id)
    found = dialogue.dialogue(session(), actor(), person_id, year)
    if found.party is None:
        raise Refused("dialogue_not_party", "The dialogue on a plan is between its owner and who appraises them.")
    return PlanDialogue(found.party, found.unread, [PlanRemark(**vars(one)) for one in found.remarks])
