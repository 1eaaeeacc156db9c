"""Words of ranking: attributes, rules for equals, patterns of appraisers, and the key of a group."""

from __future__ import annotations

from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.evaluation.groups import POOLED, UNKNOWN
from selaras.organisation.models import Unit

ATTRIBUTES = {
    "post_kind": _("kind of post"),
    "post_level": _("level"),
    "job_class": _("job class"),
    "employment": _("contract (PNS, PPPK, part-time)"),
    "unit": _("unit"),
    "branch": _("unit just below the top"),
    "job_family": _("job family"),
    "location": _("location"),
}
POOLINGS = {
    "first": _("with the other small groups of the same first attribute"),
    "all": _("all small groups together"),
    "none": _("nowhere; they stay small"),
}
BASES = {
    "outcome_then_score": _("outcome, within it the score"),
    "outcome": _("outcome alone"),
    "score": _("score alone"),
}
TIES = {
    "skip": _("equals share a rank, the next ones are skipped (1, 1, 3)"),
    "dense": _("equals share a rank, none is skipped (1, 1, 2)"),
    "middle": _("equals get the middle of their ranks (1.5, 1.5, 3)"),
}
PATTERNS = {
    "severity": _("Severity"),
    "leniency": _("Leniency"),
    "spread": _("Everybody alike"),
    "middle": _("Central tendency"),
    "halo": _("Halo"),
}
_VALUES = {
    "jpt": _("high leaders (JPT)"),
    "administrator": _("administrators"),
    "pengawas": _("supervisors (pengawas)"),
    "jf": _("functional posts (JF)"),
    "pelaksana": _("executing staff (pelaksana)"),
    "pns": "PNS",
    "cpns": "CPNS",
    "pppk": "PPPK",
    "pppk_paruh_waktu": _("part-time PPPK"),
    POOLED: _("small groups together"),
    UNKNOWN: _("not known"),
    "all": _("everybody"),
}


class GroupNames:
    """Says keys of groups; reads the names of units once, when the first is asked for."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._units: dict[str, str] | None = None

    def __call__(self, key: str) -> str:
        """The key in words."""
        return " · ".join(self._said(part) for part in key.split("/"))

    def _said(self, part: str) -> str:
        if part in _VALUES:
            return str(_VALUES[part])
        try:
            UUID(part)
        except ValueError:
            return gettext("class %(number)s", number=part) if part.isdecimal() else part.replace("_", " ")
        if self._units is None:
            self._units = {str(unit): name for unit, name in self._session.execute(select(Unit.id, Unit.name))}
        return self._units.get(part, part)
