"""What each code of a message says, as msgids: worded on pages, in mails and by the API from here alone."""

from __future__ import annotations

from collections.abc import Mapping


def _(text: str) -> str:
    """Marks a msgid for the catalogue; it is translated where it is read."""
    return text


TITLES: Mapping[str, str] = {
    "acknowledged": _("What you handed in was received"),
    "plan_remark": _("Something was said in the dialogue on a plan"),
    "plan_agreed": _("Your plan was agreed to"),
    "plan_returned": _("Your plan came back to be changed"),
    "plan_handed_out": _("A draft of your plan was prepared for you"),
    "amendment_submitted": _("An amendment of a plan waits for your decision"),
    "amendment_returned": _("Your amendment came back to be changed"),
    "amendment_agreed": _("Your plan is amended as you proposed"),
    "superior_asked": _("An employee names another superior; your answer is wanted"),
    "superior_answered": _("One of two has answered your proposal of another superior"),
    "superior_refused": _("Your proposal of another superior was refused"),
    "superior_withdrawn": _("A proposal of another superior was taken back"),
    "superior_changed": _("A superior was changed as proposed"),
    "survey_asked": _("You are asked in a 360° survey"),
    "survey_reminder": _("A 360° survey in which you were asked ends soon; whoever has answered need do nothing"),
    "survey_withdrawn": _("A 360° survey was withdrawn; what was answered is destroyed unread"),
    "survey_closed": _("The 360° survey about you is closed"),
    "result_follows": _("A result follows a correction in a period behind it"),
    "outcome_delivered": _("Your result has been set"),
    "calibration_invited": _("You have a seat in a calibration meeting"),
    "calibration_result": _("A calibration meeting recommends other ratings in your team"),
    "calibration_decided": _("A calibration meeting decided on your outcome"),
    "calibration_answered": _("An appraiser answered what your calibration meeting recommends"),
    "objection_filed": _("An objection waits for your decision"),
    "objection_decided": _("Your objection has been decided"),
    "ticket_answered": _("A problem that you reported was answered"),
    "ticket_forwarded": _("A problem that you reported went to the operator"),
    "unlocked": _("Something locked was opened once more"),
    "unlock_refused": _("A request to open something locked was refused"),
    "unlock_ended": _("Something opened was closed again"),
    "pay_table_approved": _("Your draft of the table of pay was approved"),
    "pay_table_returned": _("Your draft of the table of pay came back"),
    "unlock_over": _("The time for which something was opened is over; it is locked again"),
    "objection_hearing": _("Explain yourself about an objection"),
    "objection_stated": _("A side of an objection has explained itself"),
    "objection_decider": _("Somebody else decides an objection now"),
    "objection_withdrawn": _("An objection was withdrawn"),
    "objection_answered": _("An objection to a result that you gave has been decided"),
    "input_grant_offered": _("A team leader of another agency may be asked for input on your assignment there"),
    "input_grant_accepted": _("Another agency asks for your input on somebody in your team"),
    "input_grant_input": _("A team leader of another agency gave input on somebody whom you appraise"),
    "role_granted": _("A role was granted to you"),
    "role_asked": _("Another administrator asks you to agree to a new one"),
    "role_answered": _("Your request for a new administrator was answered"),
    "plan_due": _("Your plan (SKP) is to be handed in"),
    "plans_to_decide_due": _("Plans of your team wait for your decision"),
    "progress_due": _("Some of your results have no progress in this period"),
    "ratings_due": _("People of your team are not rated yet"),
    "answer_due": _("Your time to object to your result is about to end"),
    "rating_changed": _("Somebody changed a rating of yours"),
    "ratings_to_review": _("Ratings wait for your review"),
    "rating_returned": _("A rating came back to you"),
    "talk_recorded": _("The talk about a result was recorded; read it and say whether it is right"),
    "talk_answered": _("The record of a talk about a result was answered"),
    "evidence_infected": _("The virus scanner found something in a file of your evidence; it was removed"),
    "feedback_received": _("You received feedback"),
    "feedback_asked": _("You are asked for feedback about a colleague"),
    "feedback_removed": _("A feedback about you that was reported was removed"),
    "feedback_stays": _("A feedback about you that was reported stays"),
    "guidance_recorded": _("A guidance or counselling talk with you was recorded; please read and acknowledge it"),
    "guidance_followed": _("What became of a guidance or counselling talk with you was recorded"),
    "guidance_acknowledged": _("A guidance or counselling talk that you held was acknowledged"),
    "superior_expired": _("Nobody answered your proposal of another superior in time; you can propose anew"),
    "improvement_plan": _("An improvement plan about a result of yours, or with a step of yours, was written"),
    "improvement_done": _("A step of an improvement plan is done"),
    "improvement_closed": _("What came of your improvement plan was recorded"),
    "improvement_due": _("A step of an improvement plan is due"),
    "follow_up_due": _("A follow-up of a guidance or counselling talk is due"),
}
SOMETHING_NEW = _("There is a new message in Selaras")
"""What a channel says that must not say more, and what is said of a code that is not known here."""
