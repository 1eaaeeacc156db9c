"""How a page is made: the frame around it, its navigation, its words and figures, and the pages that tell an error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, redirect, render_template, request, url_for
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge import words
from selaras.edge.context import agency, visitor
from selaras.edge.errors import Problem, filled, sentence
from selaras.edge.forms import FIELD, form_token
from selaras.edge.reference import place, reference
from selaras.evaluation.wording import outcome_word
from selaras.identity.permissions import Permission
from selaras.web import doing_words, rating_words, vocabulary
from selaras.web.assets import asset_url
from selaras.web.blueprint import pages


@dataclass(frozen=True)
class Place:
    """One entry of the navigation."""

    endpoint: str
    label: str
    icon: str
    needs: frozenset[StrEnum]


_PLACES = (
    Place("web.home", lazy_gettext("Home"), "home", frozenset({Permission.SEE_AGENCY, Permission.SEE_OWN})),
    Place("web.periods_page", lazy_gettext("Periods"), "result", frozenset({Permission.SEE_AGENCY})),
    Place("web.goals_now", lazy_gettext("Goals"), "goal", frozenset({Permission.SEE_AGENCY})),
    Place("web.people", lazy_gettext("People"), "people", frozenset({Permission.SEE_PEOPLE})),
    Place("web.own_results", lazy_gettext("My results"), "result", frozenset({Permission.SEE_OWN})),
    Place("web.log_page", lazy_gettext("My log"), "log", frozenset({Permission.PLAN_OWN})),
    Place("web.feedback", lazy_gettext("Feedback"), "support", frozenset({Permission.PLAN_OWN})),
    Place("web.team", lazy_gettext("My team"), "team", frozenset({Permission.SEE_TEAM})),
    Place("web.follow_up", lazy_gettext("Follow-up"), "rollout", frozenset({Permission.SEE_FOLLOWUP})),
    Place("web.talent_board", lazy_gettext("Talent"), "people", frozenset({Permission.SEE_TALENT})),
    Place(
        "web.objections",
        lazy_gettext("Objections"),
        "wall",
        frozenset({Permission.SEE_TEAM, Permission.DECIDE_FOLLOWUP, Permission.ENDORSE_FOLLOWUP}),
    ),
    Place("web.input_grants", lazy_gettext("Input across agencies"), "team", frozenset({Permission.SHARE_INPUT})),
    Place("web.accounts", lazy_gettext("Accounts"), "people", frozenset({Permission.MANAGE_ACCOUNTS})),
    Place("web.clients", lazy_gettext("Clients"), "key", frozenset({Permission.MANAGE_CLIENTS})),
    Place("web.audits", lazy_gettext("Audits"), "result", frozenset({Permission.AUDIT, Permission.GRANT_ROLES})),
    Place("web.letterhead_page", lazy_gettext("Letterhead"), "rollout", frozenset({Permission.MANAGE_LETTERHEAD})),
    Place("web.channels", lazy_gettext("Channels"), "rollout", frozenset({Permission.MANAGE_CHANNELS})),
    Place(
        "web.national_exchange", lazy_gettext("National exchange"), "rollout", frozenset({Permission.MANAGE_NATIONAL})
    ),
    Place("web.access", lazy_gettext("Access"), "wall", frozenset({Permission.SEE_ACCESS})),
    Place("web.identity_providers", lazy_gettext("Sign-in"), "wall", frozenset({Permission.MANAGE_SIGN_IN})),
    Place(
        "web.support",
        lazy_gettext("Support access"),
        "support",
        frozenset({Permission.APPROVE_SUPPORT, Permission.SEE_LEDGER}),
    ),
    Place("web.tickets", lazy_gettext("Problems"), "support", frozenset({Permission.HANDLE_TICKETS})),
    Place("web.imports", lazy_gettext("Imports"), "import", frozenset({Permission.IMPORT, Permission.MANAGE_ACCOUNTS})),
)

# What a page says after something was done; named in the address, so that nothing needs to be kept for it.
NOTES = {
    "followed": lazy_gettext("The result follows the correction; the person has been told."),
    "accepted": lazy_gettext("You have accepted this result."),
    "objected": lazy_gettext("Your objection has been recorded. Your appraiser's superior decides on it."),
    "national-asked": lazy_gettext("It has been put into the post; look again in a minute."),
    "goal-saved": lazy_gettext("The goal has been saved."),
    "goal-removed": lazy_gettext("The goal was removed."),
    "goals-copied": lazy_gettext("The goals of the year before were taken over."),
    "matrix-saved": lazy_gettext("The row of the matrix has been saved."),
    "plan-saved": lazy_gettext("Your draft has been saved."),
    "plan-copied": lazy_gettext("Last year's plan was taken over as a draft. Go through it, then submit it."),
    "plan-submitted": lazy_gettext("Your plan was submitted; your appraiser agrees to it or gives it back."),
    "remarked": lazy_gettext("It has been said; everybody who takes part is told."),
    "superior-proposed": lazy_gettext("Your proposal was sent; both superiors have been told."),
    "superior-answered": lazy_gettext("Your answer has been recorded."),
    "superior-withdrawn": lazy_gettext("Your proposal was taken back."),
    "amendment-begun": lazy_gettext("The amendment has begun; the agreed plan stays in force."),
    "amendment-withdrawn": lazy_gettext("The amendment was withdrawn; the plan stays as it was agreed."),
    "amendment-agreed": lazy_gettext("You have agreed to the amendment; the plan is as amended from today on."),
    "part-begun": lazy_gettext("The plan for your new post has begun as a draft; the earlier one ends the day before."),
    "actions-saved": lazy_gettext("The action plan has been saved."),
    "plan-agreed": lazy_gettext("You have agreed to this plan."),
    "plan-returned": lazy_gettext("The plan went back with your reason."),
    "rating-drafted": lazy_gettext("The draft is kept; it counts nowhere until you submit it."),
    "ratings-drafted": lazy_gettext("The drafts are kept; they count nowhere until you submit them."),
    "ratings-submitted": lazy_gettext("The ratings were submitted."),
    "improvement-saved": lazy_gettext("The improvement plan has been saved; whoever has a part in it was told."),
    "improvement-done": lazy_gettext("The step is recorded as done."),
    "improvement-closed": lazy_gettext("The improvement plan is closed; the employee was told."),
    "ratings-left-out": lazy_gettext(
        "Submitted, without those whom feedback or evidence contradict; they stand first below, to be rated one by one."
    ),
    "talk-kept": lazy_gettext("The talk is recorded; the other one is asked whether the record is right."),
    "talk-answered": lazy_gettext("Your answer to the record is kept."),
    "briefing-read": lazy_gettext("Your reading of the briefing is recorded; you can submit ratings now."),
    "rating-sent": lazy_gettext("The rating was submitted; your superior confirms it or gives it back."),
    "rating-confirmed": lazy_gettext("The rating is confirmed; it counts now."),
    "rating-returned": lazy_gettext("The rating went back to its appraiser with your reason."),
    "feedback-given": lazy_gettext("Your feedback was given; the person was told."),
    "feedback-asked": lazy_gettext("The colleague was asked."),
    "feedback-reported": lazy_gettext("It was reported; the performance manager decides."),
    "talk-recorded": lazy_gettext("The talk was recorded; the person was told."),
    "line-added": lazy_gettext("It is noted."),
    "meeting-prepared": lazy_gettext("The meeting is prepared. Say now who sits in it."),
    "meeting-seated": lazy_gettext("The seats are given; whoever is new has been told."),
    "meeting-opened": lazy_gettext("The room is open. Who is spoken of, and how they are rated, is frozen."),
    "meeting-cancelled": lazy_gettext("The meeting was called off."),
    "meeting-locked": lazy_gettext("The meeting is locked. What it came to has gone to the appraisers."),
    "meeting-closed": lazy_gettext("The meeting is closed."),
    "minutes-drafted": lazy_gettext("The minutes are drafted; the chair and the members sign them."),
    "minutes-signed": lazy_gettext("Your answer for the minutes is recorded."),
    "calibration-accepted": lazy_gettext("The recommendation is accepted; the rating counts, and the person was told."),
    "calibration-refused": lazy_gettext("Your reason is recorded; the rating stays, and the chair was told."),
    "said": lazy_gettext("It is recorded; everybody in the room sees it."),
    "line-removed": lazy_gettext("The line was taken out of your log."),
    "rated": lazy_gettext("The rating has been saved."),
    "recommended": lazy_gettext("The recommendation has been attached."),
    "opened": lazy_gettext("The period is open: appraisers can rate, and ratings can be imported."),
    "started": lazy_gettext("The close has started. This page shows how far it is."),
    "resumed": lazy_gettext("The close goes on."),
    "withdrawn": lazy_gettext("The close was withdrawn and its drafts removed; ratings can be changed again."),
    "overridden": lazy_gettext("The override and its reason have been recorded."),
    "proposed": lazy_gettext("What follows these results has been proposed. Nothing is decided yet."),
    "moved": lazy_gettext("It has been recorded."),
    "decided": lazy_gettext("The decision has been recorded; it is final. The person has been told."),
    "stated-objection": lazy_gettext("Your explanation has been recorded; whoever decides reads it."),
    "letterhead-set": lazy_gettext("The letterhead has been recorded."),
    "ranking-rule-set": lazy_gettext("The ranking rule has been recorded."),
    "question-answered": lazy_gettext("Your answer is kept; the minutes have to be drafted with it."),
    "stood-back": lazy_gettext("Your interest has been recorded; somebody else decides now. Everybody has been told."),
    "objection-withdrawn": lazy_gettext("The objection was withdrawn; the result is final."),
    "outage-recorded": lazy_gettext("The outage is recorded; deadlines that run over its days have moved."),
    "ticket-reported": lazy_gettext("The problem has been reported. Here you see what is answered."),
    "ticket-answered": lazy_gettext("Your answer has been recorded."),
    "ticket-handed-on": lazy_gettext("The agency's administrator has it now."),
    "ticket-forwarded": lazy_gettext("The operator has the text now; the answer appears here."),
    "unlock-asked": lazy_gettext("It has been asked; a second person approves or refuses."),
    "unlock-answered": lazy_gettext("The answer has been recorded; those whom it concerns have been told."),
    "unlock-ended": lazy_gettext("It is closed again; those whom it concerns have been told."),
    "lock-set": lazy_gettext("The lock has been recorded."),
    "segmented": lazy_gettext("The parts of the period were formed from posts, superiors, standing and regulations."),
    "stated": lazy_gettext("The parts were stated as written; the reason is kept."),
    "pack-loaded": lazy_gettext("The rules of the pack are the agency's own now, each from its day on."),
    "chosen": lazy_gettext("The choice has been recorded; it counts from its day on."),
    "pay-submitted": lazy_gettext("The table was handed in; a second person approves it or gives it back."),
    "pay-approved": lazy_gettext("The table is approved; it pays from its first day on."),
    "pay-returned": lazy_gettext("The table went back with your reason."),
    "pay-withdrawn": lazy_gettext("The draft was given up."),
    "assessed": lazy_gettext("The answers have been saved and scored."),
    "imported": lazy_gettext("The file was taken."),
    "results-withdrawn": lazy_gettext("The results were withdrawn."),
    "granted": lazy_gettext("The role has been granted; it counts from its first day on."),
    "audit-begun": lazy_gettext("The reason is recorded. What concerns people is shown to you now, and recorded."),
    "audit-ended": lazy_gettext("The audit has ended; nothing about people is shown any more."),
    "delegated": lazy_gettext("The delegation has been entered; it ends by itself."),
    "input-offered": lazy_gettext("The other agency is asked now; its official answers."),
    "input-accepted": lazy_gettext("Accepted. The team leader has been told and finds the form on the first page."),
    "input-declined": lazy_gettext("Declined; the other agency learns of it."),
    "input-ended": lazy_gettext("Ended. Nothing more is taken; the other agency learns of it."),
    "input-written": lazy_gettext("Saved. It travels to the appraiser at the other agency now."),
    "delegation-ended": lazy_gettext("The delegation has ended."),
    "revoked": lazy_gettext("The role has been taken back; it holds no longer."),
    "removed": lazy_gettext("The period was removed."),
    "client-revoked": lazy_gettext("The client was revoked; its secrets are worth nothing from now on."),
    "support-approved": lazy_gettext("The operator may enter now. You can end it at any moment."),
    "support-refused": lazy_gettext("The request was refused; nobody enters."),
    "support-ended": lazy_gettext("The access is over; nothing more can be seen."),
    "support-left": lazy_gettext("You have left; your support access is over."),
    "account-closed": lazy_gettext("The account is closed. Whoever was signed in with it is out."),
    "account-opened": lazy_gettext("The account is open again."),
    "invitation-revoked": lazy_gettext("The invitation was taken back; its link is worth nothing."),
    "group-roles": lazy_gettext("What the group stands for has been recorded; its members' roles have followed."),
    "session-ended": lazy_gettext("The session has ended; that browser has to sign in again."),
    "sessions-ended": lazy_gettext("The sessions have ended; those browsers have to sign in again."),
    "limits-set": lazy_gettext("The limits are set; they count within seconds."),
    "signed-out": lazy_gettext("You are signed out."),
    "signed-out-everywhere": lazy_gettext("You are signed out here and at your identity provider."),
    "counting": lazy_gettext("The period is being counted; look again in a minute."),
    "survey-answered": lazy_gettext("Your answer is sealed. Nothing records that you have answered."),
    "survey-planned": lazy_gettext("The survey is planned; nobody is asked yet."),
    "survey-excluded": lazy_gettext("They are not asked about each other."),
    "survey-reminded": lazy_gettext("Everybody who was asked has been reminded."),
    "survey-closing": lazy_gettext("The answers are being counted."),
    "survey-withdrawn": lazy_gettext("The survey was withdrawn; what was answered is destroyed."),
    "saved": lazy_gettext("It has been saved."),
    "provider-on": lazy_gettext("The provider is switched on: it stands on the sign-in page from now on."),
    "provider-retired": lazy_gettext("The provider is retired: nobody signs in by it any more."),
    "invitation-mailed": lazy_gettext("The link goes to that address now; it is shown nowhere else."),
    "role-asked": lazy_gettext("Another administrator has been asked; the role counts once they agree."),
    "role-refused": lazy_gettext("The request is answered; nobody became an administrator."),
    "provider-adopted": lazy_gettext("What the provider publishes now counts from here on; try it once."),
    "unlinked": lazy_gettext("The old mark is forgotten; the next sign-in is linked anew."),
}


MOST_TYPED = 200_000


def render(template: str, status: int = 200, *, active: str = "", **values: object) -> Response:
    """A page in its frame. `active` is the endpoint that the navigation marks."""
    html = render_template(template, active=active, note=NOTES.get(request.args.get("note", "")), **values)
    return Response(html, status, mimetype="text/html")


def fragment(template: str, **values: object) -> Response:
    """A piece of a page, for a page that is open already."""
    return Response(render_template(template, **values), mimetype="text/html")


def wants_fragment() -> bool:
    """Whether a script on an open page asks, rather than a browser for a whole page."""
    return request.headers.get("HX-Request") == "true"


def see(endpoint: str, note: str = "", **values: object) -> BaseResponse:
    """Go and see a page after something was done."""
    found: dict[str, Any] = {name: str(value) for name, value in values.items()}
    return redirect(url_for(endpoint, **({**found, "note": note} if note else found)), 303)


def error_page(problem: Problem) -> Response:
    """What happened, why, and what to do; whoever must sign in first is taken there and back."""
    if problem.status == 401 and problem.code.startswith("sign_in."):
        return render("sign_in_refused.html", 401, problem=problem)
    if problem.status == 401:
        return _to_sign_in()
    response = render("problem.html", problem.status, problem=problem, again=_to_send_again(problem))
    if wants_fragment():
        response.headers["HX-Retarget"] = "body"
    return response


def _to_send_again(problem: Problem) -> list[tuple[str, str]] | None:
    """What was typed into a form that could not be taken just now, so that it is not lost; None where nothing was.

    It goes back to whoever sent it and is judged anew when it comes again, its form token above all.
    """
    if request.method != "POST" or problem.status not in (429, 503) or wants_fragment():
        return None
    typed = list(request.form.items(multi=True))
    return typed if sum(len(value) for _, value in typed) <= MOST_TYPED else []


def _to_sign_in() -> Response:
    address = request.full_path.rstrip("?") if request.method == "GET" and not wants_fragment() else ""
    target = url_for("web.sign_in", next=address or None)
    answer = Response(status=303, headers={"Location": target})
    if wants_fragment():
        answer = Response(status=204, headers={"HX-Redirect": target})
    return answer


@pages.app_context_processor
def _frame() -> dict[str, object]:
    """What every template may use."""
    here = visitor()
    held = here.permissions if here else frozenset()
    return {
        "agency": agency(),
        "visitor": here,
        "account_page": "web.sessions" if here and here.account_id else None,
        "places": [place for place in _PLACES if place.needs & held],
        "can": lambda name: Permission(name) in held,
        "language": words.language(),
        "asset": asset_url,
        "form_token": form_token,
        "form_field": FIELD,
        "vocabulary": vocabulary,
        "rating_words": rating_words,
        "doing_words": doing_words,
        "moment": lambda value: words.moment_in_words(value, agency().time_zone),
        "second": lambda value: words.second_in_words(value, agency().time_zone),
        "local_day": lambda value: value.astimezone(ZoneInfo(agency().time_zone)).date(),
        "iso_day": date.fromisoformat,
        "sentence": sentence,
        "filled": filled,
        "request_reference": reference,
        "report_address": _report_address(here, held),
        "problem_words": lambda stored: filled(stored.get("message", ""), stored.get("params", {})),
        "outcome_word": outcome_word,
        "permission_word": words.permission_word,
    }


def _report_address(here: object, held: frozenset[StrEnum]) -> str | None:
    """Where whoever is signed in reports a problem of this very page; its kind and the request's id go along."""
    if here is None or not held & {Permission.SEE_OWN, Permission.SEE_AGENCY}:
        return None
    return url_for("web.new_ticket", ref=reference(), at=place())


# Figures, days and labels, as filters; the console's pages use the same.
FILTERS: dict[str, Callable[..., object]] = {
    "words": words.words,
    "day": words.day_in_words,
    "weekday": words.weekday_in_words,
    "months": lambda period: words.months_in_words(period.starts, period.ends),
    "month": words.month_in_words,
    "period": words.period_in_words,
    "number": words.number,
    "rupiah": words.rupiah,
    "percent": words.percent,
    "terms": lambda found: [(one.code, words.words(one.label)) for one in found],
    "options": lambda column: [
        (code, words.words(column.labels[code]) if code in column.labels else code) for code in column.allowed
    ],
    "choices": lambda found, key, said="title": [
        (str(getattr(one, key)), f"{one.code} · {getattr(one, said)}") for one in found
    ],
    "fingerprint": lambda value: f"{value[:8]}…{value[-4:]}",
}
for _name, _filter in FILTERS.items():
    pages.add_app_template_filter(_filter, _name)
