"""How what waits for somebody is worded, and on which page it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from selaras.agenda.gathering import gather
from selaras.agenda.rules import Next, Urgency
from selaras.edge import words
from selaras.edge.context import actor, agency, day, instance, rules, session
from selaras.organisation.delegation import team_of
from selaras.organisation.tasks import Asked, Task


@dataclass(frozen=True)
class Worded:
    """A task as it is read: what waits, why (or nothing), the one thing to do, and the page where it is done."""

    title: str
    detail: str
    action: str
    address: str


@dataclass(frozen=True)
class TaskWords:
    """The words of one code; `page` is an endpoint, and `takes` names the parameters that its address takes."""

    title: Callable[[Task], str]
    action: Callable[[], str]
    page: str
    takes: tuple[str, ...] = ()
    detail: Callable[[], str] = str


_PLAN = ("person_id", "year")
WORDS: Mapping[str, TaskWords] = {
    "plan_missing": TaskWords(
        lambda task: _("You have no plan for %(year)s yet", year=task.params["year"]),
        lambda: _("Write the plan"),
        "web.write_plan",
        _PLAN,
        lambda: _("It says what you are appraised by; write it and agree it with your appraiser."),
    ),
    "plan_draft": TaskWords(
        lambda task: _("Your plan of %(year)s is a draft", year=task.params["year"]),
        lambda: _("Go on writing"),
        "web.write_plan",
        _PLAN,
        lambda: _("Nobody reads it until you submit it."),
    ),
    "plan_returned": TaskWords(
        lambda task: _("Your plan of %(year)s came back", year=task.params["year"]),
        lambda: _("Go on writing"),
        "web.write_plan",
        _PLAN,
        lambda: _("Your appraiser wrote what is to be changed."),
    ),
    "plans_to_decide": TaskWords(
        lambda task: ngettext(
            "%(num)s plan waits for your decision", "%(num)s plans wait for your decision", task.count
        ),
        lambda: _("Read and decide"),
        "web.team",
    ),
    "roles_to_answer": TaskWords(
        lambda task: ngettext(
            "%(num)s request for a new administrator waits for your answer",
            "%(num)s requests for new administrators wait for your answer",
            task.count,
        ),
        lambda: _("Read and answer"),
        "web.access",
        (),
        lambda: _("Nobody makes somebody an administrator alone; another administrator asks you to agree."),
    ),
    "providers_to_look_at": TaskWords(
        lambda task: ngettext(
            "%(num)s way to sign in must be looked at", "%(num)s ways to sign in must be looked at", task.count
        ),
        lambda: _("Look at it"),
        "web.identity_providers",
        (),
        lambda: _("What the identity provider publishes has changed, fails a check, or cannot be reached."),
    ),
    "input_elsewhere": TaskWords(
        lambda task: ngettext(
            "Another agency asks for your input on %(num)s person in your team",
            "Other agencies ask for your input on %(num)s people in your team",
            task.count,
        ),
        lambda: _("Give input"),
        "web.granted_inputs",
    ),
    "input_offers": TaskWords(
        lambda task: ngettext(
            "%(num)s offer of another agency asks for your answer",
            "%(num)s offers of other agencies ask for your answer",
            task.count,
        ),
        lambda: _("Read and decide"),
        "web.input_grants",
    ),
    "progress_missing": TaskWords(
        lambda task: ngettext(
            "%(num)s result has no progress in %(period)s",
            "%(num)s results have no progress in %(period)s",
            task.count,
            period=_period(task),
        ),
        lambda: _("Note what was done"),
        "web.log_page",
        (),
        lambda: _("What was done and the evidence for it are what you are rated by."),
    ),
    "people_to_rate": TaskWords(
        lambda task: ngettext(
            "%(num)s person is not rated yet for %(period)s",
            "%(num)s people are not rated yet for %(period)s",
            task.count,
            period=_period(task),
        ),
        lambda: _("Go on rating"),
        "web.team",
        ("period",),
    ),
    "result_to_answer": TaskWords(
        lambda task: _("Your result for %(period)s waits for your answer", period=_period(task)),
        lambda: _("See how it came about"),
        "web.receipt_page",
        ("person_id", "period"),
        lambda: _("Until the last day you may accept it or object to it."),
    ),
    "superiors_to_answer": TaskWords(
        lambda task: ngettext(
            "%(num)s proposal of another superior waits for your answer",
            "%(num)s proposals of another superior wait for your answer",
            task.count,
        ),
        lambda: _("Read and answer"),
        "web.superiors",
    ),
    "surveys_to_answer": TaskWords(
        lambda task: ngettext(
            "You are asked about %(num)s person in a 360° survey",
            "You are asked about %(num)s people in a 360° survey",
            task.count,
        ),
        lambda: _("Answer"),
        "web.surveys",
        (),
        lambda: _("Nobody learns what you answer, and nothing records that you did."),
    ),
    "surveys_to_close": TaskWords(
        lambda task: ngettext(
            "%(num)s 360° survey is over and waits to be counted",
            "%(num)s 360° surveys are over and wait to be counted",
            task.count,
        ),
        lambda: _("Count the answers"),
        "web.survey_campaigns",
        (),
        lambda: _("You need the phrase that was shown when the survey was opened."),
    ),
    "tickets_to_answer": TaskWords(
        lambda task: ngettext(
            "%(num)s reported problem waits for an answer",
            "%(num)s reported problems wait for an answer",
            task.count,
        ),
        lambda: _("Read and answer"),
        "web.tickets",
    ),
    "unlocks_to_answer": TaskWords(
        lambda task: ngettext(
            "%(num)s request to open something locked waits for your answer",
            "%(num)s requests to open something locked wait for your answer",
            task.count,
        ),
        lambda: _("Read and answer"),
        "web.unlocks_page",
    ),
    "calibration_open": TaskWords(
        lambda task: _("The room of “%(meeting)s” is open", meeting=task.params["meeting"]),
        lambda: _("To the room"),
        "web.calibration_room",
        ("meeting_id",),
    ),
    "calibration_to_open": TaskWords(
        lambda task: _("You chair “%(meeting)s”; its room is not open yet", meeting=task.params["meeting"]),
        lambda: _("See the meeting"),
        "web.calibration",
        ("meeting_id",),
    ),
    "calibration_to_sign": TaskWords(
        lambda task: _("The minutes of “%(meeting)s” wait for your signature", meeting=task.params["meeting"]),
        lambda: _("Read and sign"),
        "web.calibration",
        ("meeting_id",),
    ),
    "calibration_to_end": TaskWords(
        lambda task: _("“%(meeting)s” is locked and not closed yet", meeting=task.params["meeting"]),
        lambda: _("See what is missing"),
        "web.calibration",
        ("meeting_id",),
    ),
    "calibration_to_seat": TaskWords(
        lambda task: _("Nobody has a seat in “%(meeting)s” yet", meeting=task.params["meeting"]),
        lambda: _("Give the seats"),
        "web.calibration",
        ("meeting_id",),
    ),
    "calibration_results": TaskWords(
        lambda task: ngettext(
            "A calibration meeting recommends another rating for %(num)s person",
            "Calibration meetings recommend other ratings for %(num)s people",
            task.count,
        ),
        lambda: _("Accept or refuse"),
        "web.calibration_results",
    ),
    "pay_tables_to_answer": TaskWords(
        lambda task: ngettext(
            "%(num)s table of pay waits for your answer", "%(num)s tables of pay wait for your answer", task.count
        ),
        lambda: _("Read and answer"),
        "web.pay_tables",
    ),
    "objections_to_decide": TaskWords(
        lambda task: ngettext(
            "%(num)s objection waits for your decision", "%(num)s objections wait for your decision", task.count
        ),
        lambda: _("Read and decide"),
        "web.objections",
    ),
    "improvement_to_write": TaskWords(
        lambda task: ngettext(
            "%(num)s result of your team is to be improved, and nothing is written about it",
            "%(num)s results of your team are to be improved, and nothing is written about them",
            task.count,
        ),
        lambda: _("Write an improvement plan"),
        "web.team",
        (),
        lambda: _("Say why it was not reached, and what is done until when; nothing ends with a number."),
    ),
    "improvement_steps": TaskWords(
        lambda task: ngettext(
            "%(num)s step of an improvement plan is yours", "%(num)s steps of an improvement plan are yours", task.count
        ),
        lambda: _("See the steps"),
        "web.what_follows_page",
        ("person_id", "period"),
    ),
}


def worded(task: Task) -> Worded:
    """A task in the reader's language, with the address of its page."""
    said = WORDS[task.code]
    taken: dict[str, Any] = {name: str(task.params[name]) for name in said.takes}
    address = url_for(said.page, **taken)
    return Worded(said.title(task), said.detail(), said.action(), address)


def time_left(one: Next) -> str:
    """How long there is, in words: late by days, today, tomorrow, so many days; empty where nothing is counted."""
    left = one.days_left
    if left is None:
        return str(_("somebody waits for it")) if one.urgency is Urgency.AWAITED else ""
    if left < 0:
        return str(ngettext("%(num)s day late", "%(num)s days late", -left))
    if left < 2:
        return str(_("today is the last day") if left == 0 else _("tomorrow is the last day"))
    return str(ngettext("%(num)s day left", "%(num)s days left", left))


def next_for_me() -> tuple[Next, ...]:
    """What waits for whoever asks, the most urgent first; for an office's account what waits for offices."""
    who = actor()
    whose = who.person_id or who.account_id
    if whose is None:
        return ()
    law, appraised = cache(rules), cache(lambda: tuple(team_of(session(), who, day())))
    held = instance()
    asked = Asked(who, whose, day(), agency().time_zone, law, appraised, held.registry, held.vault)
    return gather(session(), asked)


def _period(task: Task) -> str:
    return words.period_in_words(str(task.params["period"]))
