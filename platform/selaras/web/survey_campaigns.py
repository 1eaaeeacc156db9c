"""Survey campaigns for whoever runs them: plan, exclude, open, remind, close, withdraw, moderate. Counts only."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge.access import needs
from selaras.edge.context import actor, day, instance, rules, session
from selaras.edge.fields import day_of_field
from selaras.errors import Conflict, DomainError, Invalid, NotFound
from selaras.evaluation.queries import period_by_code, periods
from selaras.followup.desk.parties import running_parties
from selaras.identity.permissions import Permission
from selaras.monitoring.survey import access, campaigns
from selaras.organisation.queries import person_by_number, units
from selaras.web.blueprint import pages
from selaras.web.pages import render, see

_ONE = "/survey-campaigns/<uuid:campaign_id>"


@pages.get("/survey-campaigns")
@needs(Permission.MANAGE_SURVEY)
def survey_campaigns() -> Response:
    """Every campaign in counts, and planning one."""
    return _list()


@pages.post("/survey-campaigns")
@needs(Permission.MANAGE_SURVEY)
def plan_survey() -> BaseResponse:
    """Prepare a campaign; nobody is asked yet."""
    form = request.form
    try:
        with session().begin_nested():
            period = period_by_code(session(), form.get("period", ""))
            opens, closes = (day_of_field(form.get(name, ""), name) for name in ("opens", "closes"))
            if opens is None or closes is None:
                raise Invalid("survey_days_missing", "Say on which days the survey begins and ends.", field="closes")
            wanted = campaigns.Planned(period.id, _unit(form.get("unit", "")), opens, closes, "moderated" in form)
            made = campaigns.plan(session(), actor(), rules(period.ends), wanted, day())
    except (Invalid, Conflict, NotFound) as error:
        return _list(error)
    return see("web.survey_campaign", "survey-planned", campaign_id=made)


@pages.get(_ONE)
@needs(Permission.MANAGE_SURVEY)
def survey_campaign(campaign_id: UUID) -> Response:
    """One campaign in counts, with what may be done next."""
    return _campaign(campaign_id)


@pages.post(f"{_ONE}/conflicts")
@needs(Permission.MANAGE_SURVEY)
def exclude_from_survey(campaign_id: UUID) -> BaseResponse:
    """Two people who are not asked about each other."""
    try:
        with session().begin_nested():
            one, other = _person("one"), _person("other")
            campaigns.exclude(session(), actor(), campaign_id, one, other, request.form.get("reason", ""))
    except (Invalid, Conflict) as error:
        return _campaign(campaign_id, error)
    return see("web.survey_campaign", "survey-excluded", campaign_id=campaign_id)


@pages.post(f"{_ONE}/opening")
@needs(Permission.MANAGE_SURVEY)
def open_survey(campaign_id: UUID) -> BaseResponse:
    """Draw the raters and ask them; the phrase that opens the answers is shown this once."""
    try:
        with session().begin_nested():
            ends = access.campaign_seen(session(), actor(), campaign_id).period_ends
            opened = campaigns.open_campaign(
                session(), actor(), instance().vault, campaign_id, rules(ends), day(), running_parties(session())
            )
    except Conflict as error:
        return _campaign(campaign_id, error)
    found = access.campaign_seen(session(), actor(), campaign_id)
    answer = render("survey_phrase.html", active="web.periods_page", campaign=found, opened=opened)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@pages.post(f"{_ONE}/reminder")
@needs(Permission.MANAGE_SURVEY)
def remind_of_survey(campaign_id: UUID) -> BaseResponse:
    """Remind everybody who was asked, whether they have answered or not."""
    campaigns.remind(session(), actor(), campaign_id)
    return see("web.survey_campaign", "survey-reminded", campaign_id=campaign_id)


@pages.post(f"{_ONE}/closing")
@needs(Permission.MANAGE_SURVEY)
def close_survey(campaign_id: UUID) -> BaseResponse:
    """Unlock the answers with the phrase and have them counted."""
    try:
        with session().begin_nested():
            phrase = request.form.get("phrase", "")
            campaigns.order_close(session(), actor(), instance().vault, campaign_id, phrase, day())
    except (Invalid, Conflict) as error:
        return _campaign(campaign_id, error)
    return see("web.survey_campaign", "survey-closing", campaign_id=campaign_id)


@pages.post(f"{_ONE}/withdrawal")
@needs(Permission.MANAGE_SURVEY)
def withdraw_survey(campaign_id: UUID) -> BaseResponse:
    """End it without a result; what was answered is destroyed unread."""
    try:
        with session().begin_nested():
            campaigns.withdraw(session(), actor(), campaign_id, request.form.get("reason", ""))
    except (Invalid, Conflict) as error:
        return _campaign(campaign_id, error)
    return see("web.survey_campaign", "survey-withdrawn", campaign_id=campaign_id)


@pages.post(f"{_ONE}/comments")
@needs(Permission.MANAGE_SURVEY)
def moderate_comment(campaign_id: UUID) -> BaseResponse:
    """Let a comment be shown, or withhold it."""
    written = request.form.get("comment", "")
    try:
        comment = UUID(written)
    except ValueError as error:
        raise NotFound("survey_comment_gone", "This comment does not wait any more.") from error
    access.moderate(session(), actor(), campaign_id, comment, shown=request.form.get("do") == "show")
    return see("web.survey_campaign", "saved", campaign_id=campaign_id)


def _list(error: DomainError | None = None) -> Response:
    return render(
        "survey_campaigns.html",
        error.status if error else 200,
        active="web.periods_page",
        campaigns=access.campaigns_seen(session(), actor()),
        periods=[one for one in periods(session()) if one.state == "open"],
        units=units(session(), day()),
        today=day(),
        form=request.form,
        error=error,
    )


def _campaign(campaign_id: UUID, error: DomainError | None = None) -> Response:
    found = access.campaign_seen(session(), actor(), campaign_id)
    waiting = access.waiting_comments(session(), actor(), campaign_id) if found.waiting else ()
    return render(
        "survey_campaign.html",
        error.status if error else 200,
        active="web.periods_page",
        campaign=found,
        waiting=waiting,
        ready=day() > found.closes or found.complete,
        form=request.form,
        error=error,
    )


def _unit(written: str) -> UUID | None:
    named = written.strip()
    if not named:
        return None
    for one in units(session(), day()):
        if named in (one.source_id, one.name, str(one.unit_id)):
            return one.unit_id
    raise Invalid("role_unit", "There is no unit “{unit}”; choose one of the list.", unit=named[:80], field="unit")


def _person(field: str) -> UUID:
    number = request.form.get(field, "").strip()
    found = person_by_number(session(), number, day())
    if found is None:
        raise Invalid("number_unknown", "Nobody here has the number {number} today.", number=number[:40], field=field)
    return found
