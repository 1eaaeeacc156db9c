"""The words of the console for the codes that the platform knows of agencies and rollouts."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _

from selaras.web.vocabulary import SHAPES, SUPPORT_STAGES, SUPPORT_STEPS

__all__ = ["SHAPES", "SUPPORT_STAGES", "SUPPORT_STEPS", "kind_and_region", "say"]

KINDS = {
    "ministry": _("Ministry"),
    "agency": _("National agency"),
    "province": _("Province"),
    "regency": _("Regency (kabupaten)"),
    "city": _("City (kota)"),
}
STATUSES = {
    "preparing": _("being prepared"),
    "active": _("active"),
    "suspended": _("suspended"),
    "ended": _("ended"),
}
GOALS = {"regulation": _("Regulation"), "feature": _("Feature")}
FEATURES = {"printed_receipt": _("The receipt to print")}
STAGES = {
    "prepare": _("prepared"),
    "pilot": _("pilot"),
    "live": _("live"),
    "rolled_back": _("rolled back"),
}
CERTAINTIES = {
    "regulation": _("read in the regulation"),
    "circular": _("read in a circular"),
    "application": _("as agencies do it; the text itself was not read"),
    "assumed": _("assumed; to be confirmed"),
}
ROLES = {
    "observer": _("Observer"),
    "rollout": _("Rollouts"),
    "support": _("Support"),
    "administrator": _("Administrator of operators"),
}
# What a role lets somebody do.
OFFICES = {
    "observer": _("sees agencies, regions, rollouts and figures"),
    "rollout": _("moves rollouts on and back"),
    "support": _("asks agencies for support access, records outages"),
    "administrator": _("adds and removes operators, grants roles, reads the journal"),
}
CLUSTERS = {
    "planning": _("planning"),
    "coaching": _("carrying out, monitoring and coaching"),
    "appraisal": _("appraisal"),
    "follow_up": _("follow-up"),
    "information_system": _("the information system"),
    "governance": _("governance and regulation"),
}
PERMISSIONS = {
    "see_agencies": _("see agencies and their figures"),
    "see_rollouts": _("see rollouts"),
    "move_rollouts": _("move rollouts"),
    "give_support": _("give support to agencies"),
    "record_outages": _("record outages"),
    "manage_operators": _("manage operators"),
    "see_journal": _("read the operators' journal"),
}
ACTIONS = {
    "operator.added": _("operator added"),
    "operator.role_granted": _("role granted"),
    "operator.role_ended": _("role ended"),
    "operator.removed": _("operator removed"),
    "operator.signed_in": _("signed in"),
    "operator.sign_in_refused": _("sign-in refused"),
    "agency.created": _("agency created"),
    "agency.completed": _("agency completed"),
    "agency.host_added": _("host name added"),
    "agency.status": _("state of the agency changed"),
    "regulation.assigned": _("regulation assigned"),
    "regulation.ended": _("regulation ended"),
    "regulation.switched": _("regulation switched"),
    "rollout.started": _("rollout begun"),
    "rollout.advanced": _("rollout moved on"),
    "rollout.rolled_back": _("rollout taken back"),
    "outage.recorded": _("outage recorded"),
    "ticket.answered": _("ticket answered"),
    "support.asked": _("support access asked for"),
    "support.confirmed": _("support access confirmed by a second operator"),
    "support.handed_over": _("way into an agency made"),
    "support.ended": _("support access ended"),
    "support.approved": _("support access approved by the agency"),
    "support.refused": _("support access refused by the agency"),
    "support.entered": _("entered an agency"),
    "support.view": _("page opened at an agency"),
    "support.ended_by_agency": _("support access ended by the agency"),
    "support.left": _("left the agency"),
    "support.noted": _("end of the support access noted by the agency"),
}


def kind_and_region(kind: str, region: str | None) -> str:
    """What an agency is and where: the name of a regency or a city says both by itself."""
    if region and kind in {"regency", "city"}:
        return region
    word = say("KINDS", kind)
    return f"{word} · {region}" if region else word


def say(table: str, code: object) -> str:
    """The word for a code of one of the tables above; an unknown code stands for itself."""
    words: Mapping[object, object] = globals()[table]
    return str(words.get(code, code))
