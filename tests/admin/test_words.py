"""Everything that the console says is there in Indonesian, and nothing else is in its catalogue."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import selaras_admin
from selaras_admin.app import TRANSLATIONS

ROOT = Path(selaras_admin.__file__).parent
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
# The sentences of errors are the second argument of the error.
KEYWORDS = {
    "_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None,
    "Invalid": (2,), "NotFound": (2,), "Conflict": (2,), "Refused": (2,), "Unavailable": (2,),
}  # fmt: skip
PLACES = re.compile(r"%\(\w+\)s|\{\w+\}")


def _said() -> set[str | tuple[str, ...]]:
    found = extract_from_dir(str(ROOT), METHODS, keywords=KEYWORDS)
    return {message for _file, _line, message, _comments, _context in found}


def _indonesian() -> dict[str | tuple[str, ...], str | tuple[str, ...]]:
    with (TRANSLATIONS / "id" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale="id")
    return {message.id: message.string for message in catalogue if message.id}


def test_every_word_is_there_in_indonesian():
    words = _indonesian()
    assert len(words) > 100
    assert sorted(map(str, _said() - words.keys())) == []
    assert [one for one, text in words.items() if not text or (isinstance(text, tuple) and not all(text))] == []


def test_the_catalogue_holds_nothing_that_is_not_said():
    assert sorted(map(str, _indonesian().keys() - _said())) == []


def test_every_translation_keeps_its_places():
    for one, text in _indonesian().items():
        sources = [one] if isinstance(one, str) else list(one)
        targets = [text] if isinstance(text, str) else list(text)
        assert {p for t in targets for p in PLACES.findall(t)} == {p for s in sources for p in PLACES.findall(s)}, one
