"""The words of the interface for messages and their channels, for logs, feedback and talks."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _

CHANNELS = {"email": _("E-mail"), "messenger": _("Messenger")}
CHANNEL_MODES = {
    "each": _("Each message at once"),
    "daily": _("Once a day, all together"),
    "off": _("Nothing"),
}
DELIVERIES = {
    "waiting": _("waiting"),
    "sending": _("being sent"),
    "sent": _("sent"),
    "read": _("read on the page before"),
    "off": _("not wanted any more"),
    "refused": _("refused by the mail server or gateway"),
    "failed": _("given up after several tries"),
    "unsure": _("broken off while it was sent"),
}
REQUESTS = {"waiting": _("waiting"), "answered": _("answered"), "declined": _("declined")}
LINKS = {"open": _("open"), "used": _("used up"), "expired": _("expired"), "revoked": _("taken back")}
TALKS = {"guidance": _("Guidance (bimbingan kinerja)"), "counselling": _("Counselling (konseling kinerja)")}
CAUSES = {
    "progress_lags": _("progress lags"),
    "asked": _("the employee asked for it"),
    "behaviour": _("work behaviour"),
    "personal": _("something personal that weighs on work"),
    "other": _("something else"),
}


def say(table: str, code: object) -> str:
    """The word for a code of one of the tables above; an unknown code stands for itself."""
    words: Mapping[object, object] = globals()[table]
    return str(words.get(code, code))
