"""Words of the national exchange, for pages and the API's errors."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext

MODES: Mapping[str, str] = {
    "primary": lazy_gettext("Selaras is the source; results are sent from here"),
    "companion": lazy_gettext("The national system is the source; its recap is imported here"),
    "files": lazy_gettext("Files are carried; nothing is sent from here"),
}
WHENS: Mapping[str, str] = {
    "final": lazy_gettext("once a result is final"),
    "set": lazy_gettext("as soon as a result is set (ditetapkan)"),
}
STATES: Mapping[str, str] = {
    "new": lazy_gettext("not looked at yet"),
    "faulty": lazy_gettext("something is in the way"),
    "ready": lazy_gettext("ready, goes next"),
    "sending": lazy_gettext("on its way"),
    "sent": lazy_gettext("sent"),
    "rejected": lazy_gettext("refused there"),
    "unwanted": lazy_gettext("not taken there"),
}
OWNERS: Mapping[str, str] = {
    "employee": lazy_gettext("the employee"),
    "appraiser": lazy_gettext("the appraiser"),
    "agency_admin": lazy_gettext("the agency's administrator"),
    "national_operator": lazy_gettext("the operator of the national system"),
}
STOPS: Mapping[str, str] = {
    "token_expired": lazy_gettext("The operator's token has ended. Sending waits; enter a new one and it goes on."),
    "keys_refused": lazy_gettext(
        "The agency's keys are refused. Sending waits; compare them with those that you were given."
    ),
    "busy": lazy_gettext("The national system asks for a pause. Sending goes on by itself."),
    "away": lazy_gettext("The national system cannot be reached. Sending goes on by itself."),
}
