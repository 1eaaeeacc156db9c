"""The talk about a result on the result's page: recorded by one of the two, answered by the other."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import request
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge.access import needs
from selaras.edge.context import actor, instance, session
from selaras.errors import Invalid
from selaras.evaluation import talks
from selaras.followup.access import receipt_person
from selaras.identity.permissions import Permission
from selaras.web.blueprint import pages
from selaras.web.pages import see


@pages.post("/people/<uuid:person_id>/receipts/<period>/talk")
@needs(Permission.SEE_OWN, Permission.RATE_TEAM)
def record_talk(person_id: UUID, period: str) -> BaseResponse:
    """Keep the day of the talk and what was agreed."""
    receipt_person(session(), actor(), instance().registry, person_id, period)
    form = request.form
    said = (_day(form.get("held_on", "")), form.get("agreed", ""))
    talks.record_talk(session(), actor(), person_id, period, said, form.get("seen"))
    return see("web.receipt_page", "talk-kept", person_id=person_id, period=period)


@pages.post("/people/<uuid:person_id>/receipts/<period>/talk/answer")
@needs(Permission.SEE_OWN, Permission.RATE_TEAM)
def answer_talk(person_id: UUID, period: str) -> BaseResponse:
    """Say whether the record is right."""
    receipt_person(session(), actor(), instance().registry, person_id, period)
    form = request.form
    answer = (form.get("says") == talks.AGREES, form.get("words", ""))
    talks.answer_talk(session(), actor(), person_id, period, answer, form.get("seen"))
    return see("web.receipt_page", "talk-answered", person_id=person_id, period=period)


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise Invalid("talk_date", "{day} is no day. Write it as 2026-01-31.", day=written or "–") from error
