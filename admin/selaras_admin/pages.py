"""The console's pages: the frame of the core around them, their navigation, their words."""

from __future__ import annotations

from datetime import date, datetime

from flask import Blueprint, Flask
from flask_babel import lazy_gettext

from selaras.clock import today
from selaras.edge import words
from selaras.edge.context import process
from selaras.edge.errors import sentence
from selaras.edge.forms import FIELD, form_token
from selaras.web import vocabulary
from selaras.web.assets import ENDPOINT as ASSETS
from selaras.web.assets import asset, asset_url
from selaras.web.pages import FILTERS, Place
from selaras_admin import vocabulary as terms
from selaras_admin.operators import OperatorPermission, present

ZONE = "Asia/Jakarta"
# The name is the one that the frame, the macros and the error pages of the core build their addresses with.
console = Blueprint("web", __name__)
development = Blueprint("development", __name__)

_PLACES = (
    Place("web.home", lazy_gettext("Agencies"), "home", frozenset({OperatorPermission.SEE_AGENCIES})),
    Place("web.regions", lazy_gettext("Regions"), "region", frozenset({OperatorPermission.SEE_AGENCIES})),
    Place("web.rollouts", lazy_gettext("Rollouts"), "rollout", frozenset({OperatorPermission.SEE_ROLLOUTS})),
    Place("web.isolation", lazy_gettext("Isolation"), "wall", frozenset({OperatorPermission.SEE_AGENCIES})),
)


def install(app: Flask, *, with_development: bool) -> None:
    """Add every page; the development sign-in only where it is allowed, elsewhere its route does not exist."""
    from selaras_admin import agencies, isolation, regions, rollouts  # noqa: PLC0415  # they import this module
    from selaras_admin.identity import develop  # noqa: PLC0415  # likewise

    for module in (agencies, regions, rollouts, isolation, develop):
        assert module.__name__
    app.register_blueprint(console)
    if with_development:
        app.register_blueprint(development)


def day() -> date:
    """Today at the operator's; an agency's own day follows its zone."""
    return today(ZONE)


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
        "language": words.language(),
        "asset": asset_url,
        "form_token": form_token,
        "form_field": FIELD,
        "vocabulary": vocabulary,
        "terms": terms,
        "sentence": sentence,
        "moment": _moment,
    }


def words_of_console() -> str:
    """The name of this place."""
    return str(lazy_gettext("Central console"))


def _moment(value: datetime, zone: str = ZONE) -> str:
    return words.moment_in_words(value, zone)


console.add_url_rule("/assets/<digest>/<name>", "asset", asset)
for _name, _filter in {**FILTERS, "regulation": regulation_title, "decree": decree}.items():
    console.add_app_template_filter(_filter, _name)

__all__ = ["ASSETS", "console", "day", "install"]
