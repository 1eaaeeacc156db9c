"""The words of the interface for the codes of calibration meetings."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _

MEETINGS = {
    "preparing": _("being prepared"),
    "open": _("open"),
    "locked": _("locked"),
    "closed": _("closed"),
    "cancelled": _("called off"),
}
SEATS = {
    "chair": _("Chair"),
    "member": _("Member"),
    "facilitator": _("Facilitator"),
    "note_taker": _("Note-taker"),
}
EFFECTS = {
    "recommends": _("The meeting recommends; the appraiser accepts and signs, or refuses with a reason."),
    "decides": _("The meeting decides; its decision is the outcome of the ranking."),
}
REASONS = {
    "evidence_new": _("new evidence"),
    "evidence_missing": _("evidence is missing"),
    "measured_wrongly": _("measured wrongly"),
    "comparable_higher": _("comparable colleagues stand higher"),
    "comparable_lower": _("comparable colleagues stand lower"),
    "scope_of_work": _("scope of the work"),
    "behaviour": _("behaviour at work"),
    "distribution": _("distribution"),
    "other": _("another reason"),
}
EVENTS = {
    "opened": _("The room was opened."),
    "joined": _("entered the room"),
    "left": _("left the room"),
    "interest": _("declared an interest"),
    "proposed": _("proposes"),
    "withdrawn": _("took the proposal back"),
    "supported": _("supports the proposal"),
    "opposed": _("opposes the proposal"),
    "agreed": _("recorded agreement (musyawarah)"),
    "decided": _("decided as chair"),
    "rejected": _("did not take the proposal, as chair"),
    "held": _("put into the holding area"),
    "released": _("took out of the holding area"),
    "discussed": _("noted: spoken of, stays"),
    "noted": _("wrote a note"),
    "explained": _("answered a question of fairness"),
    "answered": _("answered"),
    "locked": _("locked the meeting"),
    "signed": _("signed the minutes"),
    "declined": _("did not sign the minutes"),
    "closed": _("closed the meeting"),
}
RECUSALS = {
    "self": _("this is you"),
    "superior": _("leads you: you have no say"),
    "subordinate": _("you lead or rate this person: you have no say"),
    "interest": _("you declared an interest: you have no say"),
}
STALE = {
    "rated_since": _("rated anew since the opening"),
    "evidence_since": _("evidence came in after the rating"),
    "no_evidence": _("no evidence in this period"),
}
RESULTS = {
    "waiting": _("waits for the appraiser"),
    "accepted": _("accepted by the appraiser"),
    "refused": _("refused by the appraiser"),
    "decided": _("decided by the meeting"),
}


def say(table: str, code: object) -> str:
    """The word for a code of one of the tables above; an unknown code stands for itself."""
    found: Mapping[object, object] = globals()[table]
    return str(found.get(code, code))
