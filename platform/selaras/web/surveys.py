"""Surveys for those who are asked and those they are about: the list, the form, what is known to whom, the figures."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge.access import needs
from selaras.edge.context import actor, day, instance, session
from selaras.errors import Invalid
from selaras.identity.permissions import Permission
from selaras.monitoring.survey import access, ballots
from selaras.monitoring.survey.queries import about
from selaras.organisation.queries import names_of
from selaras.web.blueprint import pages
from selaras.web.pages import render, see

SKIPPED = "skip"


@pages.get("/surveys")
@needs(Permission.SEE_OWN)
def surveys() -> Response:
    """About whom one is asked, and the surveys about oneself."""
    person = actor().person_id
    return render(
        "surveys.html",
        active="web.home",
        questions=ballots.questions(session(), actor(), instance().vault, day()),
        about=about(session(), person) if person else (),
    )


@pages.get("/surveys/<uuid:campaign_id>/people/<uuid:subject_id>")
@needs(Permission.SEE_OWN)
def survey_form(campaign_id: UUID, subject_id: UUID) -> Response:
    """The form about one person, for whoever is asked; earlier answers cannot be shown, they are sealed."""
    return _form(campaign_id, subject_id, {})


@pages.post("/surveys/<uuid:campaign_id>/people/<uuid:subject_id>")
@needs(Permission.SEE_OWN)
def cast_ballot(campaign_id: UUID, subject_id: UUID) -> BaseResponse:
    """Seal the answers; what is refused comes back as written, and is kept nowhere."""
    written = ballots.Written(_answers(request.form), request.form.get("comment", ""), "confirmed" in request.form)
    try:
        ballots.cast(session(), actor(), instance().vault, campaign_id, subject_id, written, day())
    except Invalid as error:
        return _form(campaign_id, subject_id, request.form, error)
    return see("web.surveys", "survey-answered")


@pages.get("/surveys/<uuid:campaign_id>/known")
@needs(Permission.SEE_OWN, Permission.MANAGE_SURVEY)
def survey_known(campaign_id: UUID) -> Response:
    """What is known to whom: for raters before they answer, for subjects, and for whoever runs the survey."""
    found = access.explained(session(), actor(), campaign_id)
    return render("survey_known.html", active="web.home", campaign=found, terms=found.terms)


@pages.get("/surveys/<uuid:campaign_id>/results/<uuid:person_id>")
@needs(Permission.SEE_OWN, Permission.SEE_TEAM)
def survey_results(campaign_id: UUID, person_id: UUID) -> Response:
    """What a survey came to, for its subject and whoever appraises them."""
    view = access.results_seen(session(), actor(), campaign_id, person_id)
    own = actor().person_id == person_id
    return render(
        "survey_results.html",
        active="web.own_results" if own else "web.team",
        view=view,
        own=own,
        name=names_of(session(), [person_id])[person_id],
    )


def _form(campaign_id: UUID, subject_id: UUID, form: Mapping[str, str], error: Invalid | None = None) -> Response:
    paper = ballots.paper(session(), actor(), instance().vault, campaign_id, subject_id, day())
    return render(
        "survey_form.html",
        422 if error else 200,
        active="web.home",
        paper=paper,
        form=form,
        error=error,
        faults={one.field: one for one in error.faults} if error else {},
        telling=isinstance(error, ballots.Telling),
        most=ballots.LONGEST_COMMENT,
        skipped=SKIPPED,
    )


def _answers(form: Mapping[str, str]) -> dict[str, int]:
    """Behaviour → level; what is left out, or skipped, is no answer; what is no number becomes one that is refused."""
    given = {name.removeprefix("v-"): text for name, text in form.items() if name.startswith("v-") and text != SKIPPED}
    return {code: int(text) if text.isdecimal() and len(text) < len("100") else -1 for code, text in given.items()}
