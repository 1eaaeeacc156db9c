"""Results on paper, and results from elsewhere: the receipt to print, and what a predecessor handed over."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request

from selaras.edge import words
from selaras.edge.access import needs
from selaras.edge.context import actor, agency, instance, refuse_without, rules, session
from selaras.edge.downloads import attachment, own_origin
from selaras.evaluation.evaluation_document import Subject, print_evaluation
from selaras.evaluation.handovers import handed_over_result
from selaras.evaluation.printing import print_receipt
from selaras.evaluation.queries import receipt
from selaras.followup.access import receipt_person
from selaras.identity.permissions import Permission
from selaras.organisation.access import person_for
from selaras.organisation.queries import person as person_on
from selaras.tenancy.features import Feature
from selaras.web.blueprint import pages
from selaras.web.pages import render


@pages.get("/people/<uuid:person_id>/receipts/<period>/document")
@needs(Permission.SEE_RESULTS, Permission.SEE_TEAM, Permission.SEE_OWN)
def receipt_document(person_id: UUID, period: str) -> Response:
    """The receipt as a PDF in the language that was asked for, where the agency has this feature."""
    refuse_without(Feature.PRINTED_RECEIPT)
    receipt_person(session(), actor(), instance().registry, person_id, period)
    view = receipt(session(), person_id, period)
    then = person_on(session(), person_id, view.outcome.ends)
    language = words.language_or_own(request.args.get("language", ""))
    made = print_receipt(session(), agency(), then, view, language, own_origin())
    return attachment(made.data, made.name, "application/pdf")


@pages.get("/people/<uuid:person_id>/receipts/<period>/evaluation")
@needs(Permission.SEE_RESULTS, Permission.SEE_TEAM, Permission.SEE_OWN)
def evaluation_document(person_id: UUID, period: str) -> Response:
    """The evaluation document as a PDF: plan, what was reached, feedback, ratings and predikat."""
    receipt_person(session(), actor(), instance().registry, person_id, period)
    view = receipt(session(), person_id, period)
    day = view.outcome.ends
    subject = Subject(person_on(session(), person_id, day), view, rules(day))
    language = words.language_or_own(request.args.get("language", ""))
    made = print_evaluation(session(), agency(), subject, language, own_origin())
    return attachment(made.data, made.name, "application/pdf")


@pages.get("/people/<uuid:person_id>/handed-over/<uuid:result_id>")
@needs(Permission.SEE_RESULTS, Permission.SEE_TEAM, Permission.SEE_OWN)
def handed_over_page(person_id: UUID, result_id: UUID) -> Response:
    """A result that was set elsewhere: where it comes from, and its steps if they came along."""
    person = person_for(session(), actor(), person_id)
    result = handed_over_result(session(), person_id, result_id)
    own = actor().person_id == person_id
    return render("handed_over.html", active="web.own_results" if own else "web.people", person=person, result=result)
