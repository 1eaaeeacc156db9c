"""Pages: the end of a calibration meeting: lock, minutes, signatures, close, the replay; answers of appraisers."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.calibration import answering, ending, queries
from selaras.calibration.minutes import draft_minutes
from selaras.calibration.replaying import LONGEST, scene
from selaras.edge.access import needs
from selaras.edge.context import actor, instance, rules, session
from selaras.edge.downloads import kept_file
from selaras.edge.fields import uuid_of_field
from selaras.errors import Conflict, DomainError, Invalid, Refused
from selaras.evaluation.access import rateable
from selaras.evaluation.giving import given
from selaras.evaluation.queries import period_by_code
from selaras.evaluation.wording import outcome_word, quadrant
from selaras.identity.permissions import Permission
from selaras.organisation.queries import person as person_on
from selaras.web import calibration_words
from selaras.web.blueprint import pages
from selaras.web.calibration import ONE, meeting_page, period_of
from selaras.web.pages import render, see
from selaras.web.rating import evidence
from selaras.web.rating_form import fields, parsed

_RESULT = f"{ONE}/results/<uuid:person_id>"


@pages.post(f"{ONE}/lock")
@needs(Permission.CHAIR_CALIBRATION)
def lock_calibration(meeting_id: UUID) -> BaseResponse:
    """The chair ends the talk; what moved goes to the appraisers."""
    try:
        with session().begin_nested():
            ending.lock(session(), actor(), meeting_id, _key())
    except (Conflict, Invalid, Refused) as error:
        return meeting_page(meeting_id, error)
    return see("web.calibration", "meeting-locked", meeting_id=meeting_id)


@pages.post(f"{ONE}/minutes")
@needs(Permission.SEE_OWN)
def draft_calibration(meeting_id: UUID) -> BaseResponse:
    """Draft the minutes as a PDF; again until the first has signed."""
    try:
        with session().begin_nested():
            draft_minutes(session(), actor(), instance().store, meeting_id, rules(period_of(meeting_id).ends))
    except (Conflict, Refused) as error:
        return meeting_page(meeting_id, error)
    return see("web.calibration", "minutes-drafted", meeting_id=meeting_id)


@pages.get(f"{ONE}/minutes")
@needs(Permission.MANAGE_CALIBRATION, Permission.SEE_OWN)
def calibration_minutes(meeting_id: UUID) -> Response:
    """The minutes as a file, for the seats and the performance manager."""
    return kept_file(queries.minutes_of(session(), actor(), meeting_id))


@pages.post(f"{ONE}/signature")
@needs(Permission.SEE_OWN)
def sign_calibration(meeting_id: UUID) -> BaseResponse:
    """Sign the minutes, or decline with a reason."""
    written = request.form.get("text")
    try:
        with session().begin_nested():
            words = ending.declining(written) if written is not None else None
            ending.sign(session(), actor(), meeting_id, _key(), words=words)
    except (Conflict, Invalid) as error:
        return meeting_page(meeting_id, error)
    return see("web.calibration", "minutes-signed", meeting_id=meeting_id)


@pages.post(f"{ONE}/closing")
@needs(Permission.CHAIR_CALIBRATION)
def close_calibration(meeting_id: UUID) -> BaseResponse:
    """The chair closes a meeting in which everybody answered."""
    try:
        with session().begin_nested():
            ending.close(session(), actor(), meeting_id, _key())
    except (Conflict, Invalid, Refused) as error:
        return meeting_page(meeting_id, error)
    return see("web.calibration", "meeting-closed", meeting_id=meeting_id)


@pages.get(f"{ONE}/replay")
@needs(Permission.MANAGE_CALIBRATION, Permission.SEE_OWN)
def calibration_replay(meeting_id: UUID) -> Response:
    """The meeting as it stood after any of its events, replayed from the ledger alone."""
    written = request.args.get("at", "")
    at = int(written) if written.isdecimal() and len(written) <= LONGEST else None
    found = scene(session(), actor(), meeting_id, at)
    described = rules(period_by_code(session(), found.meeting.period_code).ends).describe()
    return render(
        "calibration_replay.html",
        meeting=found.meeting,
        scene=found,
        words_of=calibration_words,
        outcomes=[outcome_word(described, one["code"]) for one in described["outcomes"]],
        outcome=lambda code: outcome_word(described, code),
    )


@pages.get("/calibration-results")
@needs(Permission.RATE_TEAM)
def calibration_results() -> Response:
    """What meetings recommend about those whom one rated, what waits first."""
    person = actor().person_id
    found = queries.results(session(), appraiser_id=person) if person else []
    described = {
        code: rules(period_by_code(session(), code).ends).describe() for code in {one.period_code for one in found}
    }
    return render(
        "calibration_results.html",
        active="web.team",
        results=found,
        words_of=calibration_words,
        outcome=lambda one, code: outcome_word(described[one.period_code], code),
    )


@pages.get(_RESULT)
@needs(Permission.RATE_TEAM)
def calibration_result(meeting_id: UUID, person_id: UUID) -> Response:
    """What a meeting recommends about somebody whom one rates, to be accepted by rating anew or refused."""
    return _result_page(meeting_id, person_id)


@pages.post(_RESULT)
@needs(Permission.RATE_TEAM)
def answer_calibration(meeting_id: UUID, person_id: UUID) -> BaseResponse:
    """Accept with ratings that come to what is recommended, or refuse with the reason."""
    result = queries.result_for(session(), actor(), meeting_id, person_id)
    chosen = rules(period_by_code(session(), result.period_code).ends)
    refuses = "refuse" in request.form
    said = answering.Answer(
        None if refuses else parsed(chosen, request.form), request.form.get("reason", "") if refuses else None
    )
    try:
        with session().begin_nested():
            answering.answer(session(), actor(), meeting_id, person_id, said, rules)
    except (Conflict, Invalid, Refused) as error:
        return _result_page(meeting_id, person_id, error)
    note = "calibration-refused" if refuses else "calibration-accepted"
    return see("web.calibration_results", note)


def _key() -> UUID:
    key = uuid_of_field(request.form.get("key", ""), "key")
    if key is None:
        raise Invalid("calibration_key", "The form lacks its key; reload the page and send it again.")
    return key


def _result_page(meeting_id: UUID, person_id: UUID, error: DomainError | None = None) -> Response:
    result = queries.result_for(session(), actor(), meeting_id, person_id)
    found = rateable(session(), actor(), person_id, result.period_code)
    chosen = rules(found.ends)
    described = chosen.describe()
    standing = given(session(), found.period.id, [person_id], found.segment)[person_id]
    inputs = parsed(chosen, request.form) if error else standing.held
    return render(
        "calibration_result.html",
        error.status if error else 200,
        active="web.team",
        result=result,
        person=person_on(session(), person_id, found.ends),
        period=found.period,
        fields=fields(chosen, inputs),
        quadrant=quadrant(described),
        words_of=calibration_words,
        outcome=lambda code: outcome_word(described, code),
        form=request.form,
        error=error,
        **evidence(person_id, found),
    )
