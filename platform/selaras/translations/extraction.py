"""Every msgid of the platform, out of its sources; `python -m selaras.translations.extraction` renews the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from selaras.db.refusals import sentences
from selaras.exchange.texts import TEXTS
from selaras.translations import DEFAULT, catalogue_file

ROOT = Path(__file__).parents[1]
_METHODS = [("web/templates/**.html", "jinja2"), ("**.py", "python")]
# A DomainError's message is its second argument; `Words` (db.refusals) and lazy words of the interface likewise.
_ERRORS = ("Fault", "Invalid", "NotFound", "Refused", "Conflict", "Unavailable", "Unauthenticated", "Telling")
_KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "Words": (3,),
    "Sentence": (2,),
    "Looked": (3,),
    **dict.fromkeys(_ERRORS, (2,)),
}


@dataclass(frozen=True)
class Message:
    """A msgid with its plural, if it has one, and where it stands."""

    singular: str
    plural: str | None
    file: str
    line: int


def messages() -> Iterator[Message]:
    """Every msgid of the sources, and those that stand in tables."""
    found = extract_from_dir(str(ROOT), _METHODS, keywords=_KEYWORDS, directory_filter=_kept)
    for file, line, text, _, _ in found:
        singular, plural = (text[0], text[1]) if isinstance(text, tuple) else (text, None)
        if singular:
            yield Message(singular, plural, file, int(line))
    for sentence in sentences():
        yield Message(sentence, None, "db/refusals.py", 1)
    for what, remedy in TEXTS.values():
        yield Message(what, None, "exchange/texts.py", 1)
        yield Message(remedy, None, "exchange/texts.py", 1)


def missing(language: str = DEFAULT) -> list[Message]:
    """The msgids that a language has no words for."""
    catalogue = _read(language)
    return [one for one in messages() if not _translated(catalogue, one)]


def renew(language: str = DEFAULT) -> Catalog:
    """The catalogue with every msgid of today, in their order; words of msgids that are gone are dropped."""
    old = _read(language)
    new = Catalog(locale=language, project="Selaras", charset="utf-8", fuzzy=False, header_comment="# Selaras")
    for one in sorted(messages(), key=lambda message: (message.file, message.line)):
        key = (one.singular, one.plural) if one.plural else one.singular
        kept = old.get(one.singular)
        new.add(key, kept.string if kept else None, locations=[(one.file, one.line)])
    return new


def _translated(catalogue: Catalog, one: Message) -> bool:
    entry = catalogue.get(one.singular)
    if entry is None:
        return False
    words = entry.string if isinstance(entry.string, tuple | list) else (entry.string,)
    return bool(words) and all(words)


def _kept(folder: str) -> bool:
    return Path(folder).name not in {"migrations", "__pycache__", "cli", "demo", "servers"}


def _read(language: str) -> Catalog:
    path = catalogue_file(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def main() -> None:
    """Write the renewed catalogue."""
    made = renew()
    with catalogue_file(DEFAULT).open("wb") as file:
        write_po(file, made, width=120, omit_header=False, sort_by_file=False, include_lineno=False)


if __name__ == "__main__":
    main()
