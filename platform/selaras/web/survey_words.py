"""Words for the codes of surveys, as tables of the vocabulary."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

RATERS = {
    "superior": _("direct superior"),
    "peers": _("peer"),
    "subordinates": _("direct subordinate"),
}
SURVEYS = {
    "draft": _("planned"),
    "open": _("open"),
    "closing": _("being counted"),
    "closed": _("closed"),
    "withdrawn": _("withdrawn"),
}
SPREADS = {
    "close": _("answers close together"),
    "apart": _("answers apart"),
    "far": _("answers far apart"),
}
