"""The console's pages: the frame of the core around them, their navigation, their words."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, Flask
from flask_babel import lazy_gettext

from selaras.edge import words
from selaras.edge.context import process
from selaras.edge.errors import sentence
from selaras.edge.forms import FIELD, form_token
from selaras.web.assets import ENDPOINT as ASSETS
from selaras.web.assets import asset, asset_url
from selaras.web.pages import FILTERS, NOTES, Place
from selaras_admin import vocabulary as terms
from selaras_admin.operators import ZONE, OperatorPermission, day, present

# The name is the one that the frame, the macros and the error pages of the core build their addresses with.
console = Blueprint("web", __name__)
# No transaction is opened for these: a file, and what waits for the operators' provider.
WITHOUT_TRANSACTION = frozenset({ASSETS, "web.leave_for_provider", "web.sign_in_callback", "web.sign_out_back_channel"})

_PLACES = (
    Place("web.home", lazy_gettext("Agencies"), "home", frozenset({OperatorPermission.SEE_AGENCIES})),
    Place("web.regions", lazy_gettext("Regions"), "region", frozenset({OperatorPermission.SEE_AGENCIES})),
    Place("web.rollouts", lazy_gettext("Rollouts"), "rollout", frozenset({OperatorPermission.SEE_ROLLOUTS})),
    Place("web.isolation", lazy_gettext("Isolation"), "wall", frozenset({OperatorPermission.SEE_AGENCIES})),
    Place("web.outages", lazy_gettext("Outages"), "result", frozenset({OperatorPermission.SEE_AGENCIES})),
    Place("web.tickets", lazy_gettext("Tickets"), "result", frozenset({OperatorPermission.GIVE_SUPPORT})),
    Place("web.support", lazy_gettext("Support"), "support", frozenset({OperatorPermission.GIVE_SUPPORT})),
    Place("web.operators_page", lazy_gettext("Operators"), "people", frozenset({OperatorPermission.MANAGE_OPERATORS})),
)

# What a page says after something was done; beside those of the core.
NOTES.update(
    {
        "operator-added": lazy_gettext("The operator can sign in at the operators' provider now."),
        "operator-changed": lazy_gettext("The roles have been changed; it counts at once."),
        "operator-removed": lazy_gettext("The operator is removed and signed out everywhere."),
        "ticket-answered": lazy_gettext("The answer has been recorded; the agency reads it now."),
        "outage-recorded": lazy_gettext("The outage is recorded; deadlines at the agencies have moved."),
        "rollout-moved": lazy_gettext("The agencies have been moved."),
        "session-ended": lazy_gettext("The session is over."),
        "support-asked": lazy_gettext("The agency has been asked; its administrators see it now."),
        "support-confirmed": lazy_gettext("The access is open; the agency's administrators see it now."),
        "support-ended": lazy_gettext("The access is over."),
    }
)


def install(app: Flask) -> None:
    """Add every page."""
    from selaras_admin import (  # noqa: PLC0415  # they import this module
        accounts,
        agencies,
        identity,
        isolation,
        journal,
        outages,
        regions,
        rollouts,
        support,
        tickets,
    )

    for module in (agencies, regions, rollouts, isolation, accounts, support, journal, outages, tickets, identity):
        assert module.__name__
    app.register_blueprint(console)


def regulation_title(code: str | None) -> str:
    """A regulation (or a feature) as people call it; one that is no longer installed stands for itself."""
    registry = process().registry
    if code is None or code not in registry.codes():
        return str(terms.FEATURES.get(code or "", code or ""))
    return registry.identity(code).title["en" if words.language() == "en" else "id"]


def decree(code: str | None) -> str:
    """A regulation by the act that it stands on, for narrow places."""
    registry = process().registry
    return registry.identity(code).legal_basis[0] if code is not None and code in registry.codes() else code or ""


@console.app_context_processor
def _frame() -> dict[str, object]:
    """What every template may use; `agency` is what the frame names itself after."""
    here = present()
    held = here.permissions if here else frozenset()
    return {
        "agency": {"name": words_of_console(), "short_name": words_of_console()},
        "visitor": here,
        "places": [place for place in _PLACES if place.needs & held],
        "account_page": "web.own_sessions",
        "language": words.language(),
        "asset": asset_url,
        "form_token": form_token,
        "form_field": FIELD,
        "vocabulary": terms,
        "terms": terms,
        "sentence": sentence,
        "moment": _moment,
        "may": lambda name: OperatorPermission(name) in held,
    }


def words_of_console() -> str:
    """The name of this place."""
    return str(lazy_gettext("Central console"))


def _moment(value: datetime, zone: str = ZONE) -> str:
    return words.moment_in_words(value, zone)


console.add_url_rule("/assets/<digest>/<name>", "asset", asset)
for _name, _filter in {**FILTERS, "regulation": regulation_title, "decree": decree}.items():
    console.add_app_template_filter(_filter, _name)

__all__ = ["ASSETS", "WITHOUT_TRANSACTION", "console", "day", "install"]
