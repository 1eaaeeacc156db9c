"""The names of the lists that can be had as files."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from selaras.web.vocabulary import IMPORTS

LISTS = {
    **IMPORTS,
    "posts": _("Posts and who holds them"),
    "reporting_lines": _("Reporting lines"),
    "outcomes": _("Results"),
    "segments": _("Parts of the period"),
    "objections": _("Objections"),
    "proposals": _("Proposals"),
    "improvements": _("Improvement"),
    "talent": _("Talent boxes"),
    "remuneration": _("Performance pay"),
    "roles": _("Roles"),
    "delegations": _("Who acts for whom"),
    "imports": _("Imports"),
    "ledger": _("Ledger"),
    "funnel": _("How far the units are"),
    "waited_for": _("Appraisers who are waited for"),
    "tickets": _("Tickets"),
    "unlocks": _("What was opened once more"),
    "surveys": _("Surveys of the agency"),
    "merit": _("Merit self-assessment"),
    "national": _("Results on their way to the national system"),
}


def list_word(code: str) -> str:
    """The name of a list."""
    return str(LISTS.get(code, code))
