"""Endpoints: periods, results with their receipts, one's team and ratings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response

from selaras.api import shapes
from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.edge.access import needs
from selaras.edge.context import actor, agency, instance, refuse_without, rules, session
from selaras.edge.downloads import attachment, own_origin
from selaras.edge.words import language_or_own
from selaras.evaluation import service
from selaras.evaluation.handovers import HandedOver, handed_over
from selaras.evaluation.printing import print_receipt
from selaras.evaluation.queries import (
    OutcomeView,
    PartView,
    PeriodView,
    history,
    period_by_code,
    periods,
    receipt,
)
from selaras.evaluation.rules import period_span
from selaras.evaluation.wording import Word, descriptions, outcome_word
from selaras.followup.access import receipt_person
from selaras.identity.permissions import Permission
from selaras.organisation.access import person_for
from selaras.organisation.queries import person as person_on
from selaras.regulation import Label, ReceiptLine
from selaras.tenancy.features import Feature

endpoints = endpoints_of("evaluation", "Periods, results, receipts")


@endpoints.route("/periods")
@needs(Permission.SEE_AGENCY, Permission.SEE_OWN)
@endpoints.response(200, schema_of(shapes.Periods))
def list_periods() -> Response:
    """Every period of the agency."""
    return encoded(shapes.Periods([period_of(one) for one in periods(session())]))


@endpoints.route("/periods", methods=["POST"])
@needs(Permission.CLOSE_PERIOD)
@endpoints.arguments(schema_of(shapes.PeriodRequest))
@endpoints.response(200, schema_of(shapes.Period))
def open_period(body: dict[str, Any]) -> Response:
    """Open a period for ratings; opening it again changes nothing."""
    code = body["period"].strip()
    service.open_period(session(), actor(), code, rules(period_span(code).ends))
    return encoded(period_of(period_by_code(session(), code)))


@endpoints.route("/periods/<period>", methods=["DELETE"])
@needs(Permission.CLOSE_PERIOD)
@endpoints.response(204)
def remove_period(period: str) -> Response:
    """Remove a period that was opened by mistake: one in which nothing was rated."""
    service.remove_period(session(), actor(), period)
    return Response(status=204)


@endpoints.route("/people/<uuid:person_id>/history")
@needs(Permission.SEE_RESULTS, Permission.SEE_TEAM, Permission.SEE_OWN)
@endpoints.response(200, schema_of(shapes.History))
def show_history(person_id: UUID) -> Response:
    """Every result of a person that is set."""
    person_for(session(), actor(), person_id)
    found = history(session(), person_id)
    known = descriptions(session(), (one.rule_hash for one in found))
    items = [outcome_of(one, known.get(one.rule_hash)) for one in found]
    return encoded(shapes.History(items, [_handed_over(one) for one in handed_over(session(), person_id)]))


@endpoints.route("/people/<uuid:person_id>/receipts/<period>")
@needs(Permission.SEE_RESULTS, Permission.SEE_TEAM, Permission.SEE_OWN)
@endpoints.response(200, schema_of(shapes.Receipt))
def show_receipt(person_id: UUID, period: str) -> Response:
    """How one result came about."""
    receipt_person(session(), actor(), instance().registry, person_id, period)
    view = receipt(session(), person_id, period)
    lines = [_line(one) for one in view.receipt.lines]
    parts = [_part(one) for one in view.parts]
    title = _label(view.receipt.title)
    return encoded(shapes.Receipt(outcome_of(view.outcome, view.description), title, lines, parts))


@endpoints.route("/people/<uuid:person_id>/receipts/<period>/document")
@needs(Permission.SEE_RESULTS, Permission.SEE_TEAM, Permission.SEE_OWN)
@endpoints.arguments(schema_of(shapes.DocumentQuery), location="query")
@endpoints.response(200, {"type": "string", "format": "binary"}, content_type="application/pdf")
def receipt_document(query: dict[str, Any], person_id: UUID, period: str) -> Response:
    """The receipt to print (PDF), at agencies that have this feature; elsewhere there is nothing here."""
    refuse_without(Feature.PRINTED_RECEIPT)
    receipt_person(session(), actor(), instance().registry, person_id, period)
    view = receipt(session(), person_id, period)
    then = person_on(session(), person_id, view.outcome.ends)
    made = print_receipt(session(), agency(), then, view, language_or_own(query["language"] or ""), own_origin())
    return attachment(made.data, made.name, "application/pdf")


def period_of(view: PeriodView) -> shapes.Period:
    """A period as the API shows it."""
    return shapes.Period(view.code, view.kind, view.starts, view.ends, view.state)


def word_of(word: Word) -> shapes.Word:
    """A regulation's word as the API shows it."""
    return shapes.Word(word.code, _label(word.label))


def outcome_of(view: OutcomeView, rule: Mapping[str, Any] | None) -> shapes.Outcome:
    """A result as the API shows it, worded by the rule that it was set under."""
    return shapes.Outcome(
        person_id=view.person_id,
        period=view.period_code,
        segment=view.segment,
        revision=view.revision,
        regulation=view.regulation,
        edition=view.edition,
        rule_hash=view.rule_hash,
        outcome=word_of(outcome_word(rule, view.outcome)),
        score=view.score,
        organisation_rating=view.organisation_rating,
        unit_id=view.unit_id,
        unit_name=view.unit_name,
        appraiser_id=view.appraiser_id,
        appraiser_name=view.appraiser_name,
        state=view.state.value,
        set_at=view.set_at,
        delivered_at=view.delivered_at,
        objection_until=view.objection_until,
    )


def _handed_over(view: HandedOver) -> shapes.HandedOver:
    return shapes.HandedOver(
        id=view.id,
        import_id=view.handover_id,
        person_id=view.person_id,
        period=view.period_code,
        segment=view.segment,
        regulation=view.regulation,
        title=_label(view.title),
        outcome=word_of(view.word),
        score=view.score,
        appraiser_name=view.appraiser_name,
        appraiser_number=view.appraiser_number,
        unit_name=view.unit_name,
        set_on=view.set_on,
        source_agency=view.source_agency,
        source_document=view.source_document,
        rule_hash=view.rule_hash,
        lines=list(view.lines),
    )


def _part(view: PartView) -> shapes.Part:
    return shapes.Part(
        segment=view.number,
        starts=view.starts,
        ends=view.ends,
        cause=view.cause,
        regulation=view.description["code"],
        outcome=word_of(outcome_word(view.description, view.outcome)),
        score=view.score,
        unit_name=view.unit_name,
        appraiser_name=view.appraiser_name,
        source_period=view.source_period,
        lines=[_line(one) for one in view.receipt.lines] if view.receipt else [],
    )


def _label(label: Label) -> shapes.Label:
    return shapes.Label(label["id"], label["en"])


def _line(line: ReceiptLine) -> shapes.Line:
    return shapes.Line(
        line.step,
        line.part,
        line.item,
        _label(line.label),
        line.value,
        _label(line.value_label) if line.value_label else None,
        line.unit,
        line.article,
        line.certainty,
    )
