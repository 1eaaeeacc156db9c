"""Which language an answer is in: what the reader chose, else Indonesian; an API client says it by header."""

from __future__ import annotations

from pathlib import Path

from babel.support import NullTranslations
from flask import Flask, has_request_context, request
from flask_babel import Babel, Domain, get_locale

from selaras.edge.context import has_realm
from selaras.edge.signing_in import cookie_name
from selaras.translations import DEFAULT, LANGUAGES, translations


class Catalogues(Domain):  # type: ignore[misc]  # flask_babel is not typed
    """Catalogues that are read from their texts, so that a fresh checkout needs no compiling."""

    def __init__(self, more: tuple[Path, ...]) -> None:
        super().__init__(domain="messages")
        self._more = more

    def get_translations(self) -> NullTranslations:
        """The words of the answer's language."""
        locale = get_locale()
        return translations(locale.language if locale else DEFAULT, self._more)


def chosen() -> str:
    """The language of this answer."""
    if not has_request_context() or not has_realm():
        return DEFAULT
    if request.path.startswith("/api/"):
        return request.accept_languages.best_match(LANGUAGES) or DEFAULT
    wanted = request.cookies.get(cookie_name("language"), DEFAULT)
    return wanted if wanted in LANGUAGES else DEFAULT


def install(app: Flask, *more: Path) -> None:
    """Translate everything that this application says; `more` are folders of further catalogues."""
    babel = Babel(app, default_locale=DEFAULT, locale_selector=chosen)
    babel.domain_instance = Catalogues(more)
