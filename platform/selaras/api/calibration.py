"""Endpoints: calibration meetings, the room, what happens in it, results for appraisers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from selaras.api import shapes_calibration as shapes
from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.calibration import answering, ending, looking, queries, service
from selaras.calibration.agenda import groups_now
from selaras.calibration.minutes import draft_minutes
from selaras.calibration.replaying import scene
from selaras.calibration.rules import Quorum, SeatRole
from selaras.calibration.saying import Said, say
from selaras.edge.access import needs
from selaras.edge.context import actor, instance, rules, session
from selaras.edge.downloads import kept_file
from selaras.evaluation.queries import period_by_code
from selaras.identity.permissions import Permission
from selaras.regulation import Rules

endpoints = endpoints_of("calibration", "Calibration meetings: seats, the room, decisions, minutes, results")


@endpoints.route("/calibrations")
@needs(Permission.MANAGE_CALIBRATION, Permission.SEE_OWN)
@endpoints.response(200, schema_of(shapes.Meetings))
def list_calibrations() -> Response:
    """The meetings in which one has a seat; the performance manager sees all."""
    return encoded(shapes.Meetings([_meeting(one) for one in queries.meetings(session(), actor())]))


@endpoints.route("/calibrations", methods=["POST"])
@needs(Permission.MANAGE_CALIBRATION)
@endpoints.arguments(schema_of(shapes.MeetingRequest))
@endpoints.response(201, schema_of(shapes.Meeting))
def post_calibration(body: dict[str, Any]) -> Response:
    """Prepare a meeting about an open period."""
    wanted = service.Wanted(
        body["name"],
        tuple(body["group_keys"] or ()),
        body["unit_id"],
        body["blind"],
        body["pay_shown"],
        body["starts_at"],
    )
    made = service.prepare(session(), actor(), body["period"], wanted)
    return _shown(made, 201)


@endpoints.route("/periods/<period>/ranking-groups")
@needs(Permission.MANAGE_CALIBRATION)
@endpoints.response(200, schema_of(shapes.GroupSizes))
def list_ranking_groups(period: str) -> Response:
    """The ranking groups as they would be formed now, of the people who are rated."""
    found = period_by_code(session(), period)
    sizes = groups_now(session(), found, rules(found.ends))
    return encoded(shapes.GroupSizes([shapes.GroupSize(one.key, one.people) for one in sizes]))


@endpoints.route("/calibrations/<uuid:meeting_id>")
@needs(Permission.MANAGE_CALIBRATION, Permission.SEE_OWN)
@endpoints.response(200, schema_of(shapes.Meeting))
def show_calibration(meeting_id: UUID) -> Response:
    """One meeting."""
    return _shown(meeting_id)


@endpoints.route("/calibrations/<uuid:meeting_id>/seats", methods=["PUT"])
@needs(Permission.MANAGE_CALIBRATION)
@endpoints.arguments(schema_of(shapes.SeatsRequest))
@endpoints.response(204)
def put_seats(body: dict[str, Any], meeting_id: UUID) -> Response:
    """Say who sits in a meeting that is not open yet."""
    seats = {one["person_id"]: SeatRole(one["role"]) for one in body["seats"]}
    service.seat(session(), actor(), meeting_id, seats)
    return Response(status=204)


@endpoints.route("/calibrations/<uuid:meeting_id>/opening", methods=["POST"])
@needs(Permission.MANAGE_CALIBRATION, Permission.SEE_OWN)
@endpoints.response(200, schema_of(shapes.Opened))
def open_calibration(meeting_id: UUID) -> Response:
    """Open the room: who is spoken of is frozen as they are rated now."""
    period = _period(meeting_id)
    return encoded(shapes.Opened(service.open_meeting(session(), actor(), meeting_id, period, rules(period.ends))))


@endpoints.route("/calibrations/<uuid:meeting_id>/cancellation", methods=["POST"])
@needs(Permission.MANAGE_CALIBRATION)
@endpoints.response(204)
def cancel_calibration(meeting_id: UUID) -> Response:
    """Call off a meeting that was never opened."""
    service.cancel(session(), actor(), meeting_id)
    return Response(status=204)


@endpoints.route("/calibrations/<uuid:meeting_id>/room")
@needs(Permission.SEE_OWN)
@endpoints.response(200, schema_of(shapes.Room))
def show_room(meeting_id: UUID) -> Response:
    """Everything in the room, from one's own seat."""
    found = looking.look(session(), actor(), meeting_id)
    return encoded(
        shapes.Room(
            meeting=_meeting(found.meeting),
            mine=found.mine.value,
            seats=[
                shapes.Seat(one.person_id, one.name, one.role.value, one.present, one.joined) for one in found.seats
            ],
            cases=[_case(one) for one in found.cases],
            lamps=list(found.lamps),
            quorum=_quorum(found.quorum),
        )
    )


@endpoints.route("/calibrations/<uuid:meeting_id>/changes")
@needs(Permission.SEE_OWN)
@endpoints.arguments(schema_of(shapes.ChangesQuery), location="query")
@endpoints.response(200, schema_of(shapes.Changes))
def list_changes(query: dict[str, Any], meeting_id: UUID) -> Response:
    """What happened since an event. Ask every second: asking also says that one is still there."""
    found = looking.changes(session(), actor(), meeting_id, query["after"])
    told = [shapes.Event(**{**vars(one), "kind": one.kind.value}) for one in found.events]
    return encoded(shapes.Changes(found.last, found.state, told, found.more, list(found.lamps), _quorum(found.quorum)))


@endpoints.route("/calibrations/<uuid:meeting_id>/events", methods=["POST"])
@needs(Permission.SEE_OWN)
@endpoints.arguments(schema_of(shapes.EventRequest))
@endpoints.response(200, schema_of(shapes.EventNumber))
def post_event(body: dict[str, Any], meeting_id: UUID) -> Response:
    """Say or decide something in the room."""
    number = say(session(), actor(), meeting_id, Said(**body), _rules(meeting_id))
    return encoded(shapes.EventNumber(number))


@endpoints.route("/calibrations/<uuid:meeting_id>/lock", methods=["POST"])
@needs(Permission.CHAIR_CALIBRATION)
@endpoints.arguments(schema_of(shapes.KeyRequest))
@endpoints.response(200, schema_of(shapes.Locked))
def lock_calibration(body: dict[str, Any], meeting_id: UUID) -> Response:
    """The chair ends the talk; what moved goes to the appraisers."""
    return encoded(shapes.Locked(ending.lock(session(), actor(), meeting_id, body["key"])))


@endpoints.route("/calibrations/<uuid:meeting_id>/minutes", methods=["POST"])
@needs(Permission.SEE_OWN)
@endpoints.response(204)
def draft_calibration_minutes(meeting_id: UUID) -> Response:
    """Draft the minutes as a PDF; again until the first has signed."""
    draft_minutes(session(), actor(), instance().store, meeting_id, _rules(meeting_id))
    return Response(status=204)


@endpoints.route("/calibrations/<uuid:meeting_id>/minutes")
@needs(Permission.MANAGE_CALIBRATION, Permission.SEE_OWN)
@endpoints.response(200, {"type": "string", "format": "binary"}, content_type="application/pdf")
def get_calibration_minutes(meeting_id: UUID) -> Response:
    """The minutes as they were drafted."""
    return kept_file(queries.minutes_of(session(), actor(), meeting_id))


@endpoints.route("/calibrations/<uuid:meeting_id>/replay")
@needs(Permission.MANAGE_CALIBRATION, Permission.SEE_OWN)
@endpoints.arguments(schema_of(shapes.ReplayQuery), location="query")
@endpoints.response(200, schema_of(shapes.Scene))
def replay_calibration(query: dict[str, Any], meeting_id: UUID) -> Response:
    """A meeting that is over as it stood after one of its events, out of the ledger, and whether both say the same."""
    found = scene(session(), actor(), meeting_id, query["at"])
    moved = [shapes.Moved(one.person_id, one.opened_with, one.stands) for one in found.moved]
    return encoded(shapes.Scene(found.at, found.last, dict(found.counts), moved, found.whole.sound))


@endpoints.route("/calibrations/<uuid:meeting_id>/signature", methods=["POST"])
@needs(Permission.SEE_OWN)
@endpoints.arguments(schema_of(shapes.SignatureRequest))
@endpoints.response(200, schema_of(shapes.EventNumber))
def sign_minutes(body: dict[str, Any], meeting_id: UUID) -> Response:
    """Sign the minutes, or decline with a reason."""
    return encoded(shapes.EventNumber(ending.sign(session(), actor(), meeting_id, body["key"], words=body["text"])))


@endpoints.route("/calibrations/<uuid:meeting_id>/closing", methods=["POST"])
@needs(Permission.CHAIR_CALIBRATION)
@endpoints.arguments(schema_of(shapes.KeyRequest))
@endpoints.response(204)
def close_calibration(body: dict[str, Any], meeting_id: UUID) -> Response:
    """The chair closes a meeting in which everybody answered."""
    ending.close(session(), actor(), meeting_id, body["key"])
    return Response(status=204)


@endpoints.route("/calibrations/<uuid:meeting_id>/results")
@needs(Permission.MANAGE_CALIBRATION, Permission.SEE_OWN)
@endpoints.response(200, schema_of(shapes.Results))
def list_calibration_results(meeting_id: UUID) -> Response:
    """What a meeting wants changed, and what the appraisers answered."""
    queries.meeting(session(), actor(), meeting_id)
    return _results(queries.results(session(), meeting_id=meeting_id))


@endpoints.route("/calibration-results")
@needs(Permission.RATE_TEAM)
@endpoints.response(200, schema_of(shapes.Results))
def list_own_calibration_results() -> Response:
    """What meetings want changed of one's own ratings."""
    person = actor().person_id
    return _results(queries.results(session(), appraiser_id=person) if person else [])


@endpoints.route("/calibrations/<uuid:meeting_id>/results/<uuid:person_id>", methods=["PUT"])
@needs(Permission.RATE_TEAM)
@endpoints.arguments(schema_of(shapes.AnswerRequest))
@endpoints.response(204)
def answer_calibration_result(body: dict[str, Any], meeting_id: UUID, person_id: UUID) -> Response:
    """Accept by rating anew, or refuse with a reason: one of the two."""
    answering.answer(session(), actor(), meeting_id, person_id, answering.Answer(**body), rules)
    return Response(status=204)


def _rules(meeting_id: UUID) -> Rules:
    return rules(_period(meeting_id).ends)


def _period(meeting_id: UUID) -> Any:
    return period_by_code(session(), queries.meeting(session(), actor(), meeting_id).period_code)


def _shown(meeting_id: UUID, status: int = 200) -> Response:
    return encoded(_meeting(queries.meeting(session(), actor(), meeting_id)), status)


def _meeting(one: queries.MeetingView) -> shapes.Meeting:
    told = {name: value for name, value in vars(one).items() if name not in ("period_id", "minutes_id")}
    return shapes.Meeting(**{**told, "group_keys": list(one.group_keys)})


def _case(one: looking.CaseView) -> shapes.Case:
    told = {name: value for name, value in vars(one).items() if name not in ("place", "recused", "stale")}
    return shapes.Case(
        **told,
        **vars(one.place),
        recused=one.recused.value if one.recused else None,
        stale=sorted(why.value for why in one.stale),
    )


def _quorum(one: Quorum) -> shapes.Quorum:
    return shapes.Quorum(one.present, one.needed, one.seats, one.met)


def _results(found: list[queries.ResultView]) -> Response:
    return encoded(shapes.Results([shapes.Result(**vars(one)) for one in found]))
