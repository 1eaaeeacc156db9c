"""The words of the interface for the codes that the platform itself knows."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _

from selaras.closing.rules import Stage
from selaras.evaluation.rules import OutcomeState

STAGES = {
    Stage.READINESS: _("Check that nothing is missing"),
    Stage.GROUPS: _("Form ranking groups"),
    Stage.APPRAISE: _("Work out the predikat"),
    Stage.DISTRIBUTION: _("Check the distribution of units"),
    Stage.SET: _("Set the results (penetapan)"),
    Stage.REMUNERATION: _("Work out the effect on pay"),
    Stage.DOCUMENT: _("Write the determination document"),
    Stage.NOTICES: _("Tell everybody their result"),
    Stage.SUMMARY: _("Write the summary"),
}
STATES = {
    OutcomeState.DRAFTED: _("Draft"),
    OutcomeState.SET: _("Set"),
    OutcomeState.DELIVERED: _("Delivered, awaiting an answer"),
    OutcomeState.ACCEPTED: _("Accepted"),
    OutcomeState.OBJECTED: _("Objection under way"),
    OutcomeState.FINAL: _("Final"),
}
CLOSES = {
    "none": _("Not yet closed"),
    "running": _("Being closed"),
    "blocked": _("Waiting for a decision"),
    "set": _("Set and closed"),
}
PERIODS = {"open": _("open"), "closing": _("being closed"), "closed": _("closed")}
POSTS = {
    "jpt": _("High-level leader (JPT)"),
    "administrator": _("Administrator"),
    "pengawas": _("Supervisor (pengawas)"),
    "jf": _("Functional official (JF)"),
    "pelaksana": _("Executor (pelaksana)"),
}
EMPLOYMENTS = {
    "pns": "PNS",
    "cpns": "CPNS",
    "pppk": "PPPK",
    "pppk_paruh_waktu": _("part-time PPPK"),
}
NUMBERS = {"nip": "NIP", "ni_pppk": "NI PPPK"}
APPOINTMENTS = {"definitive": _("definitive"), "plt": _("acting (Plt.)"), "plh": _("daily acting (Plh.)")}
ROLES = {
    "employee": _("Employee"),
    "appraiser": _("Appraiser"),
    "performance_manager": _("Performance manager"),
    "authorised_official": _("Authorised official"),
    "auditor": _("Auditor"),
}
CERTAINTIES = {
    "regulation": _("read in the regulation"),
    "circular": _("read in a circular"),
    "application": _("as agencies' applications do it; the text itself was not read"),
    "assumed": _("assumed; to be confirmed"),
    "sample": _("an example of this demonstration"),
}
IMPORTS = {
    "units": _("Units"),
    "people": _("People and posts"),
    "superiors": _("Superiors"),
    "goals": _("Goals"),
    "plans": _("Plans (SKP)"),
    "progress": _("Progress"),
    "feedback": _("Feedback"),
    "organisation_ratings": _("Ratings of units"),
    "ratings": _("Ratings"),
    "history": _("Earlier results"),
}
IMPORT_STATES = {"taken": _("taken"), "refused": _("refused"), "previewed": _("looked at only")}
PAY = {"tukin": _("Performance allowance (tukin)"), "tpp": _("Additional income (TPP)")}
SHAPES = {"sb": "▲▲", "b": "▲", "bp": "◆", "k": "▼", "sk": "▼▼", "": ""}


def say(table: str, code: object) -> str:
    """The word for a code of one of the tables above; an unknown code stands for itself."""
    words: Mapping[object, object] = globals()[table]
    return str(words.get(code, code))
