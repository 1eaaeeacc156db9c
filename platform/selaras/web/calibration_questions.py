"""Pages: what a meeting's outcomes are asked about (fairness), and the chair's answers in writing."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.calibration import gate, queries
from selaras.calibration.ending import signed_by
from selaras.calibration.rules import SeatRole
from selaras.edge.access import needs
from selaras.edge.context import actor, session
from selaras.edge.fields import uuid_of_field
from selaras.errors import Conflict, DomainError, Invalid, NotFound, Refused
from selaras.identity.permissions import Permission
from selaras.organisation.queries import names_of
from selaras.web.blueprint import pages
from selaras.web.calibration import ONE
from selaras.web.pages import render, see


@pages.get(f"{ONE}/questions")
@needs(Permission.MANAGE_CALIBRATION, Permission.SEE_OWN)
def calibration_questions(meeting_id: UUID) -> Response:
    """The questions of fairness about a locked meeting, with what the chair answered."""
    return _page(meeting_id)


@pages.post(f"{ONE}/questions")
@needs(Permission.SEE_OWN)
def answer_calibration_question(meeting_id: UUID) -> BaseResponse:
    """The chair answers one in writing; it stands in the minutes."""
    form = request.form
    try:
        with session().begin_nested():
            number, key = form.get("number", ""), uuid_of_field(form.get("key", ""), "key")
            gate.answer_warning(
                session(),
                actor(),
                meeting_id,
                int(number) if number.isdecimal() and len(number) < 6 else 0,
                form.get("answer", ""),
                key or uuid4(),
            )
    except (Conflict, Invalid, NotFound, Refused) as error:
        return _page(meeting_id, error)
    return see("web.calibration_questions", "question-answered", meeting_id=meeting_id)


def _page(meeting_id: UUID, error: DomainError | None = None) -> Response:
    meeting = queries.meeting(session(), actor(), meeting_id)
    found = gate.warnings(session(), meeting_id)
    twice = [one for warning in found if warning.kind == "lowered_twice" for one in warning.figures["people"]]
    person = actor().person_id
    role = queries.seats(session(), meeting_id).get(person) if person else None
    return render(
        "calibration_questions.html",
        error.status if error else 200,
        meeting=meeting,
        warnings=found,
        names={str(one): name for one, name in names_of(session(), [UUID(one) for one in twice]).items()},
        answers=role is SeatRole.CHAIR and meeting.state == "locked" and not signed_by(session(), meeting_id),
        new_key=uuid4,
        form=request.form,
        error=error,
    )
