"""The words of the console for the codes that the platform knows of agencies and rollouts."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

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
