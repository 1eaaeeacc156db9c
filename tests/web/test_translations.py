"""Every word of the interface has an Indonesian translation, with the same parameters."""

from __future__ import annotations

import re

from babel.messages.pofile import read_po

from selaras.translations import catalogue_file, translations
from selaras.translations.extraction import messages, missing

PARAMETER = re.compile(r"%\((\w+)\)s|\{(\w+)")


def test_no_msgid_lacks_indonesian_words() -> None:
    assert len(list(messages())) > 300
    assert [(one.file, one.singular) for one in missing()] == []


def test_translations_use_no_parameter_that_the_msgid_lacks() -> None:
    with catalogue_file("id").open("rb") as file:
        catalogue = read_po(file, locale="id")
    for entry in catalogue:
        if not entry.id:
            continue
        ids = entry.id if isinstance(entry.id, tuple) else (entry.id,)
        words = entry.string if isinstance(entry.string, tuple) else (entry.string,)
        known = {found for one in ids for found in PARAMETER.findall(one)}
        assert {found for one in words for found in PARAMETER.findall(one)} <= known, entry.id


def test_the_catalogue_is_read_without_compiling() -> None:
    assert translations("id").gettext("Sign in") == "Masuk"
    assert translations("en").gettext("Sign in") == "Sign in"


class Anything(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "1"


def test_words_of_templates_can_be_filled_in() -> None:
    """A lone per cent sign in a translation breaks the page that shows it."""
    of_pages = {one.singular for one in messages() if one.file.endswith(".html")}
    with catalogue_file("id").open("rb") as file:
        catalogue = read_po(file, locale="id")
    checked = 0
    for entry in catalogue:
        single = entry.id[0] if isinstance(entry.id, tuple) else entry.id
        if single in of_pages:
            for text in (*(entry.string if isinstance(entry.string, tuple) else (entry.string,)), single):
                assert isinstance(text % Anything(), str), entry.id
                checked += 1
    assert checked > 500
