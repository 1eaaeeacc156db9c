"""The words of the interface for the codes of the objection desk, of unlocking, and of tickets."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

MATTERS = {"plan": _("Plan (SKP)"), "progress": _("Entries of progress"), "rating": _("Giving ratings")}
UNLOCKS = {
    "waiting": _("waits for a second person"),
    "open": _("open"),
    "refused": _("refused"),
    "ended": _("closed again"),
    "over": _("ended by itself"),
}
ROLE_REQUESTS = {
    "waiting": _("waits for another administrator"),
    "expired": _("expired"),
    "approved": _("agreed to"),
    "refused": _("refused"),
    "withdrawn": _("taken back"),
}
CLUSTERS = {
    "planning": _("planning"),
    "coaching": _("carrying out, monitoring and coaching"),
    "appraisal": _("appraisal"),
    "follow_up": _("follow-up"),
    "information_system": _("the information system"),
    "governance": _("governance and regulation"),
}
TICKET_LEVELS = {
    "unit": _("with the unit's administrator"),
    "agency": _("with the agency's administrator"),
    "operator": _("with the operator"),
}
TICKETS = {"open": _("waits for an answer"), "answered": _("answered"), "closed": _("solved")}
EXTENTS = {
    "whole": _("granted as a whole"),
    "part": _("granted in part"),
    "none": _("rejected"),
}
SIDES = {"employee": _("The person who objects"), "appraiser": _("The appraiser")}
DAY_KINDS = {"calendar": _("calendar days"), "working": _("working days")}
