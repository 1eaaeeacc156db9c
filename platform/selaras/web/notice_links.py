"""Where a message leads: its words and the address, for each kind of message."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import url_for
from flask_babel import gettext

from selaras.edge.context import actor
from selaras.edge.words import period_in_words
from selaras.notices.queries import NoticeView
from selaras.web import rating_words

Link = tuple[str, str]
"""Words, and the address behind them."""


def link_of(one: NoticeView) -> Link | None:
    """The words and the address of a message; None where it leads nowhere."""
    made = LINKS.get(one.code, _receipt if one.params.get("period") else None)
    return made(one) if made else None


def _receipt(one: NoticeView) -> Link:
    period = one.params["period"]
    return period_in_words(period), url_for("web.receipt_page", person_id=actor().person_id, period=period)


def _objection_to_judge(one: NoticeView) -> Link:
    period = one.params["period"]
    return period_in_words(period), url_for("web.objection_page", person_id=one.subject_id, period=period)


def _own_objection(one: NoticeView) -> Link:
    period = one.params["period"]
    return period_in_words(period), url_for("web.objection_page", person_id=actor().person_id, period=period)


def _dialogue(one: NoticeView) -> Link:
    person, year = one.params["person"], one.params["year"]
    words = gettext("Plan of %(year)s", year=year)
    return words, url_for("web.plan_page", person_id=person, year=year, _anchor="talk")


def _plan(one: NoticeView) -> Link:
    person, year = one.params["person"], one.params["year"]
    return gettext("Plan of %(year)s", year=year), url_for("web.plan_page", person_id=person, year=year)


def _superiors(one: NoticeView) -> Link:
    return gettext("Proposals of another superior"), url_for("web.superiors", _anchor=f"p-{one.params['proposal']}")


def _own_plan(one: NoticeView) -> Link:
    year = one.params["year"]
    words = gettext("Plan of %(year)s", year=year)
    return words, url_for("web.plan_page", person_id=actor().person_id, year=year)


def _team(one: NoticeView) -> Link:
    period = one.params.get("period")
    words = period_in_words(period) if period else gettext("Your team")
    return words, url_for("web.team", period=period)


def _progress(one: NoticeView) -> Link:
    period = one.params["period"]
    return period_in_words(period), url_for("web.log_page")


def _rating_change(one: NoticeView) -> Link:
    words = f"{period_in_words(one.params['period'])}: {rating_words.say('RATING_CHANGES', one.params['cause'])}"
    return words, url_for("web.rating_changes", person_id=actor().person_id, _anchor=f"c-{one.subject_id}")


def _reviews(one: NoticeView) -> Link:
    period = one.params["period"]
    return period_in_words(period), url_for("web.reviews", period=period)


def _returned_rating(one: NoticeView) -> Link:
    period = one.params["period"]
    return period_in_words(period), url_for("web.rating", person_id=one.subject_id, period=period)


def _surveys(_one: NoticeView) -> Link:
    return gettext("360° surveys"), url_for("web.surveys")


def _talks(_one: NoticeView) -> Link:
    return gettext("Guidance and counselling"), url_for("web.talks")


def _unlock(one: NoticeView) -> Link:
    return period_in_words(str(one.params["of"])), url_for("web.unlocks_page")


def _ticket(one: NoticeView) -> Link:
    return gettext("Ticket"), url_for("web.ticket_page", ticket_id=one.params["ticket"])


def _acknowledgement(one: NoticeView) -> Link:
    reference = one.params["reference"]
    return reference, url_for("web.acknowledgement_page", reference=reference)


def _asked_elsewhere(_one: NoticeView) -> Link:
    return gettext("Input for other agencies"), url_for("web.granted_inputs")


def _talk(one: NoticeView) -> Link:
    period, person = one.params["period"], one.params["person"]
    return period_in_words(period), url_for("web.receipt_page", person_id=person, period=period, _anchor="talk")


def _meeting(one: NoticeView) -> Link:
    return str(one.params["meeting"]), url_for("web.calibration", meeting_id=one.subject_id)


def _recommendations(one: NoticeView) -> Link:
    return str(one.params["meeting"]), url_for("web.calibration_results")


def _follow_up(one: NoticeView) -> Link:
    period, person = one.params["period"], one.params["person"]
    return period_in_words(period), url_for("web.what_follows_page", person_id=person, period=period)


def _pay_draft(one: NoticeView) -> Link:
    return gettext("Draft of the table of pay"), url_for("web.pay_draft", draft_id=one.subject_id)


LINKS: Mapping[str, Callable[[NoticeView], Link]] = {
    "acknowledged": _acknowledgement,
    "objection_filed": _objection_to_judge,
    "objection_answered": _objection_to_judge,
    "ticket_answered": _ticket,
    "ticket_forwarded": _ticket,
    "unlocked": _unlock,
    "unlock_refused": _unlock,
    "unlock_ended": _unlock,
    "pay_table_approved": _pay_draft,
    "pay_table_returned": _pay_draft,
    "unlock_lapsed": _unlock,
    "unlock_over": _unlock,
    "objection_hearing": _objection_to_judge,
    "objection_stated": _objection_to_judge,
    "objection_decider": _objection_to_judge,
    "objection_withdrawn": _objection_to_judge,
    "objection_decided": _own_objection,
    "plan_remark": _dialogue,
    "plan_agreed": _plan,
    "plan_returned": _plan,
    "plan_handed_out": _plan,
    "amendment_submitted": _plan,
    "amendment_returned": _plan,
    "amendment_agreed": _plan,
    "survey_asked": _surveys,
    "survey_reminder": _surveys,
    "survey_closed": _surveys,
    "superior_asked": _superiors,
    "superior_answered": _superiors,
    "superior_refused": _superiors,
    "superior_withdrawn": _superiors,
    "superior_changed": _superiors,
    "calibration_invited": _meeting,
    "calibration_answered": _meeting,
    "calibration_result": _recommendations,
    "superior_expired": _superiors,
    "role_granted": lambda _one: (gettext("What I may do"), url_for("web.own_access")),
    "role_asked": lambda _one: (gettext("Who can do what, and why"), url_for("web.access", _anchor="requests")),
    "role_answered": lambda _one: (gettext("Who can do what, and why"), url_for("web.access", _anchor="requests")),
    "plan_due": _own_plan,
    "plans_to_decide_due": _team,
    "progress_due": _progress,
    "feedback_received": lambda _one: (gettext("Feedback"), url_for("web.feedback")),
    "feedback_asked": lambda _one: (gettext("Feedback"), url_for("web.feedback")),
    "guidance_recorded": _talks,
    "guidance_followed": _talks,
    "guidance_acknowledged": _talks,
    "follow_up_due": _talks,
    **dict.fromkeys(("improvement_plan", "improvement_done", "improvement_closed"), _follow_up),
    "improvement_due": lambda _one: (gettext("What is next"), url_for("web.home")),
    "evidence_infected": lambda _one: (gettext("My log"), url_for("web.log_page")),
    "ratings_due": _team,
    "rating_changed": _rating_change,
    "ratings_to_review": _reviews,
    "rating_returned": _returned_rating,
    "input_grant_accepted": _asked_elsewhere,
    "input_grant_input": _plan,
    "talk_recorded": _talk,
    "talk_answered": _talk,
}
