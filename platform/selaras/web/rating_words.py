"""Words for how far ratings are, and for their changes: a code of the core and its word."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _

RATINGS = {
    "none": _("not rated"),
    "draft": _("draft"),
    "submitted": _("waits for review"),
    "returned": _("given back"),
    "given": _("submitted"),
}
DOCUMENTS = {
    "receipt": _("Result of performance evaluation, with how it came about"),
    "evaluation": _("Performance evaluation document"),
    "plan": _("Plan of performance (SKP)"),
    "determination": _("Determination of performance predikat"),
    "not_filed": _("List of those who have not filed a plan"),
}
TALKS = {
    "agrees": _("agrees with the record"),
    "disagrees": _("disagrees with the record"),
    "open": _("has not answered yet"),
}
EXCEPTIONS = {
    "no_plan": _("no agreed plan"),
    "no_evidence": _("no evidence"),
    "no_progress": _("no progress"),
    "high_contradicted": _("higher than feedback and evidence say"),
    "low_contradicted": _("lower than feedback and evidence say"),
    "low_unfounded": _("low, with nothing to show for it"),
    "concern_unproven": _("a concern, without evidence to judge it by"),
    "feedback": _("feedback to read"),
    "other_than_last": _("other than last time"),
    "weak_last": _("last result asks for follow-up"),
}
TONES = {
    "praise": _("praise"),
    "concern": _("something to improve"),
}
RELATIONS = {
    "superior": _("superior"),
    "peer": _("colleague"),
    "subordinate": _("staff"),
    "service_user": _("somebody served"),
}
RATING_CHANGES = {
    "appraiser": _("your appraiser changed the rating"),
    "other_appraiser": _("another appraiser rated anew"),
    "review": _("changed by the review of the appraiser's superior"),
    "import": _("replaced by an imported file"),
    "unit_rating": _("the rating of the unit that you head counts in its place"),
    "objection": _("corrected after an objection"),
    "parts": _("the parts of the period were formed anew"),
    "withdrawn": _("a result handed over was withdrawn"),
    "calibration": _("changed by a calibration"),
}
# Where nobody wrote a reason, the way by which it happened is the reason.
CHANGE_REASONS = {
    "appraiser": _("no reason was written"),
    "other_appraiser": _("no reason was written"),
    "review": _("no reason was written"),
    "import": _("a file with ratings was imported; it holds another rating"),
    "unit_rating": _("the rating of the unit was given or changed; it counts as the head's own (SE MenPANRB 3/2023)"),
    "objection": _("no reason was written"),
    "parts": _("posts, superiors or standing changed, so that another part of the period counts"),
    "withdrawn": _("no reason was written"),
    "calibration": _("no reason was written"),
}
COLUMNS = {
    "outcome": _("Predikat"),
    "score": _("Score"),
    "led_unit_rating": _("Rating of the unit that you head"),
}


def say(table: str, code: object) -> str:
    """The word for a code of one of the tables above; an unknown code stands for itself."""
    words: Mapping[object, object] = globals()[table]
    return str(words.get(code, code))
