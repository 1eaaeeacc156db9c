"""Endpoints: the parts of a period: formed from the facts, shown, stated, split, merged, ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Response

from selaras.api import shapes_segments as shapes
from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.edge.access import needs
from selaras.edge.context import actor, law, session
from selaras.evaluation import forming
from selaras.evaluation.queries import period_by_code
from selaras.evaluation.segment_queries import SegmentView, segmented_people, segments_of
from selaras.identity.permissions import Permission
from selaras.organisation.access import person_for
from selaras.tenancy.queries import Followed

endpoints = endpoints_of("segments", "Parts of a period: moves, new appraisers, leave, two regulations in one year")


@endpoints.route("/periods/<period>/segments")
@needs(Permission.CLOSE_PERIOD)
@endpoints.arguments(schema_of(shapes.SegmentedQuery), location="query")
@endpoints.response(200, schema_of(shapes.SegmentedPeople))
def list_segmented(query: dict[str, Any], period: str) -> Response:
    """Everybody whose period is not one plain whole."""
    found = period_by_code(session(), period)
    page = segmented_people(session(), found.id, after=query["after"], limit=query["limit"])
    items = [shapes.SegmentedPerson(one.person_id, one.name, one.segments, one.stated) for one in page.items]
    return encoded(shapes.SegmentedPeople(items, page.next))


@endpoints.route("/periods/<period>/segments", methods=["POST"])
@needs(Permission.CLOSE_PERIOD)
@endpoints.response(200, schema_of(shapes.SegmentsFormed))
def form_segments(period: str) -> Response:
    """Cut an open period from posts, superiors, standing and regulations; again at any time, what is stated stays."""
    made = forming.form_segments(session(), actor(), period, _law(period))
    return encoded(shapes.SegmentsFormed(made.people, made.segments, made.stated))


@endpoints.route("/people/<uuid:person_id>/segments/<period>")
@needs(Permission.SEE_RESULTS, Permission.SEE_TEAM, Permission.SEE_OWN)
@endpoints.response(200, schema_of(shapes.Segments))
def show_segments(person_id: UUID, period: str) -> Response:
    """The parts of a person's period."""
    person_for(session(), actor(), person_id)
    return _shown(person_id, period)


@endpoints.route("/people/<uuid:person_id>/segments/<period>", methods=["PUT"])
@needs(Permission.CLOSE_PERIOD)
@endpoints.arguments(schema_of(shapes.SegmentsRequest))
@endpoints.response(200, schema_of(shapes.Segments))
def put_segments(body: dict[str, Any], person_id: UUID, period: str) -> Response:
    """State a person's parts whole, with a written reason."""
    person_for(session(), actor(), person_id)
    stated = [forming.StatedSegment(**one) for one in body["segments"]]
    forming.state_segments(session(), actor(), period, person_id, stated, body["reason"], _law(period))
    return _shown(person_id, period)


@endpoints.route("/people/<uuid:person_id>/segments/<period>/<int:number>/split", methods=["POST"])
@needs(Permission.CLOSE_PERIOD)
@endpoints.arguments(schema_of(shapes.SplitRequest))
@endpoints.response(200, schema_of(shapes.Segments))
def split_segment(body: dict[str, Any], person_id: UUID, period: str, number: int) -> Response:
    """Cut a part: some of its days become one of their own."""
    person_for(session(), actor(), person_id)
    later = forming.StatedSegment(body["starts"], body["ends"], body["cause"], body["evaluated"], body["appraiser_id"])
    forming.split_segment(session(), actor(), period, person_id, number, later, body["reason"], _law(period))
    return _shown(person_id, period)


@endpoints.route("/people/<uuid:person_id>/segments/<period>/<int:number>/merge", methods=["POST"])
@needs(Permission.CLOSE_PERIOD)
@endpoints.arguments(schema_of(shapes.MergeRequest))
@endpoints.response(200, schema_of(shapes.Segments))
def merge_segment(body: dict[str, Any], person_id: UUID, period: str, number: int) -> Response:
    """Make a part one with the part before it."""
    person_for(session(), actor(), person_id)
    forming.merge_segment(session(), actor(), period, person_id, number, body["reason"], _law(period))
    return _shown(person_id, period)


@endpoints.route("/people/<uuid:person_id>/segments/<period>/end", methods=["POST"])
@needs(Permission.CLOSE_PERIOD)
@endpoints.arguments(schema_of(shapes.EndRequest))
@endpoints.response(200, schema_of(shapes.Segments))
def end_segments(body: dict[str, Any], person_id: UUID, period: str) -> Response:
    """Say why the last part ended: of a death or a retirement a result is still made, nobody waits for who departed."""
    person_for(session(), actor(), person_id)
    forming.end_segments(session(), actor(), period, person_id, body["ended"], body["reason"], _law(period))
    return _shown(person_id, period)


@endpoints.route("/people/<uuid:person_id>/segments/<period>/stated", methods=["DELETE"])
@needs(Permission.CLOSE_PERIOD)
@endpoints.response(200, schema_of(shapes.Segments))
def release_segments(person_id: UUID, period: str) -> Response:
    """Hand what was stated by hand back to the facts."""
    person_for(session(), actor(), person_id)
    forming.release_segments(session(), actor(), period, person_id, _law(period))
    return _shown(person_id, period)


def _law(period: str) -> Sequence[Followed]:
    found = period_by_code(session(), period)
    return law(found.starts, found.ends)


def _shown(person_id: UUID, period: str) -> Response:
    found = segments_of(session(), period_by_code(session(), period).id, person_id)
    return encoded(shapes.Segments([_segment(one) for one in found]))


def _segment(view: SegmentView) -> shapes.Segment:
    return shapes.Segment(
        number=view.number,
        starts=view.starts,
        ends=view.ends,
        cause=view.cause,
        ended=view.ended,
        evaluated=view.evaluated,
        regulation=view.regulation,
        appraiser_id=view.appraiser_id,
        source_period_id=view.source_period_id,
        outcome=view.stated_outcome,
        score=view.stated_score,
        stated=view.origin == "stated",
        reason=view.reason,
    )
