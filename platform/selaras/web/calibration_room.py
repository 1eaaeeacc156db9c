"""Pages: the room of a calibration meeting. Every second it asks for news; it works by plain forms as well."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.calibration.looking import CaseView, RoomView, case_of, look, pulse, told
from selaras.calibration.rules import Kind, Reason
from selaras.calibration.saying import Said, say
from selaras.edge.access import needs
from selaras.edge.context import actor, rules, session
from selaras.edge.fields import uuid_of_field
from selaras.errors import Conflict, DomainError, Invalid, NotFound, Refused
from selaras.evaluation.giving import given
from selaras.evaluation.queries import period_by_code
from selaras.evaluation.wording import outcome_word
from selaras.identity.permissions import Permission
from selaras.organisation.queries import names_of
from selaras.web import calibration_words
from selaras.web.blueprint import pages
from selaras.web.calibration import ONE, period_of
from selaras.web.calibration_figures import columns, curve, lamps
from selaras.web.pages import fragment, render, see, wants_fragment
from selaras.web.rating_form import fields

LONGEST_NUMBER = 9


@pages.get(f"{ONE}/room")
@needs(Permission.SEE_OWN)
def calibration_room(meeting_id: UUID) -> BaseResponse:
    """Who is spoken of, by outcome; what is proposed; the distribution; as one's own seat sees it."""
    return _room_page(meeting_id)


@pages.get(f"{ONE}/room/news")
@needs(Permission.SEE_OWN)
def calibration_news(meeting_id: UUID) -> Response:
    """What changed since an event, as pieces of the page; asking says that one is still there."""
    after = _number(request.args.get("after", "0"))
    beat = pulse(session(), actor(), meeting_id)
    if beat.last == after:
        return fragment("_room_quorum.html", quorum=beat.quorum, last=beat.last, state=beat.state)
    found = look(session(), actor(), meeting_id, since=after)
    changed = [one for one in found.cases if one.place.changed > after]
    return fragment("_room_news.html", changed=changed, **_seen(found))


@pages.get(f"{ONE}/room/<int:number>")
@needs(Permission.SEE_OWN)
def calibration_case(meeting_id: UUID, number: int) -> Response:
    """One person in the room: how they are rated, what was said, and what one may say."""
    return _case_page(meeting_id, number)


@pages.post(f"{ONE}/room")
@needs(Permission.SEE_OWN)
def say_in_calibration(meeting_id: UUID) -> BaseResponse:
    """Say something in the room; the key of the form makes it count once, however often it arrives."""
    number = _number(request.form.get("case", ""))
    try:
        with session().begin_nested():
            say(session(), actor(), meeting_id, _said(), rules(period_of(meeting_id).ends))
    except (Conflict, Invalid, Refused, NotFound) as error:
        if error.code == "calibration_unknown":
            raise
        return _case_page(meeting_id, number, error) if number else _room_page(meeting_id, error)
    if wants_fragment():
        return _case_page(meeting_id, number) if number and "stay" in request.form else Response(status=204)
    return see("web.calibration_room", "said", meeting_id=meeting_id, _anchor=f"c-{number}" if number else "here")


def _said() -> Said:
    form = request.form
    key = uuid_of_field(form.get("key", ""), "key")
    if key is None:
        raise Invalid("calibration_key", "The form lacks its key; reload the page and send it again.")
    return Said(
        key=key,
        kind=form.get("kind", ""),
        case=_number(form.get("case", "")) or None,
        from_outcome=form.get("from_outcome") or None,
        to_outcome=form.get("to_outcome") or None,
        reason_code=form.get("reason_code") or None,
        text=form.get("text", ""),
        answers=_number(form.get("answers", "")) or None,
    )


def _number(written: str) -> int:
    text = written.strip()
    return int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else 0


def _room_page(meeting_id: UUID, error: DomainError | None = None) -> BaseResponse:
    found = look(session(), actor(), meeting_id)
    if found.meeting.opened_at is None:
        return see("web.calibration", meeting_id=meeting_id)
    return render("calibration_room.html", error.status if error else 200, error=error, **_seen(found))


def _seen(found: RoomView) -> dict[str, Any]:
    """Everything that the page and its news draw."""
    view = found.meeting
    described = rules(period_by_code(session(), view.period_code).ends).describe()
    shown = _filtered(found.cases)
    drawn = columns(described, shown, found.tally)
    spread = drawn[::-1]
    return {
        "room": found,
        "meeting": view,
        "words_of": calibration_words,
        "columns": drawn,
        "spread": spread,
        "now": curve([one.now for one in spread]),
        "then": curve([one.opened for one in spread]),
        "lamps": lamps(described, found.lamps, found.units),
        "held": [one for one in shown if one.place.held],
        "by_number": {one.number: one for one in found.cases},
        "outcome": lambda code: outcome_word(described, code),
        "events": found.newest,
        "numbers": {one.person_id: one for one in found.cases if one.person_id},
        "groups": sorted({one.group_key for one in found.cases}),
        "shown": len(shown),
        "new_key": uuid4,
        "leading": found.mine.value in ("chair", "facilitator"),
        "called": called,
    }


def called(one: CaseView) -> str:
    """How a person is named in the room: by name, or by number in a blind round."""
    return one.name or f"#{one.number}"


def _filtered(cases: Sequence[CaseView]) -> list[CaseView]:
    group, said = request.args.get("group", ""), " ".join(request.args.get("search", "").casefold().split())
    return [
        one
        for one in cases
        if (not group or one.group_key == group) and (not said or said in f"{called(one)} {one.unit_name}".casefold())
    ]


def _case_page(meeting_id: UUID, number: int, error: DomainError | None = None) -> Response:
    person = case_of(session(), actor(), meeting_id, number)
    found = look(session(), actor(), meeting_id)
    case = next(one for one in found.cases if one.number == number)
    chosen = rules(period_by_code(session(), found.meeting.period_code).ends)
    described, own = chosen.describe(), person == found.me
    standing = given(session(), found.meeting.period_id, [person])[person]
    raters = names_of(session(), [case.appraiser_id] if case.appraiser_id else [])
    values: dict[str, Any] = {
        "room": found,
        "meeting": found.meeting,
        "words_of": calibration_words,
        "case": case,
        "own": own,
        "proposal": next((one for one in found.proposals if one.case == number), None),
        "events": () if own else told(session(), found.meeting, found.me, about=person),
        "outcomes": [one["code"] for one in described["outcomes"]],
        "outcome": lambda code: outcome_word(described, code),
        "fields": () if own else fields(chosen, standing.held),
        "rater": raters.get(case.appraiser_id) if case.appraiser_id else None,
        "reasons": list(Reason),
        "kinds": Kind,
        "to": request.form.get("to_outcome") or request.args.get("to", ""),
        "form": request.form if error else {},
        "new_key": uuid4,
        "leading": found.mine.value in ("chair", "facilitator"),
        "called": called,
        "error": error,
    }
    status = error.status if error else 200
    if wants_fragment():
        answer = fragment("_room_person.html", **values)
        answer.status_code = status
        return answer
    return render("calibration_case.html", status, **values)
