"""Words of the interface: msgids are English; the Indonesian catalogue is complete and needs no compiling."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

LANGUAGES = ("id", "en")
DEFAULT = "id"


HERE = Path(__file__).parent


def catalogue_file(language: str, folder: Path = HERE) -> Path:
    """Where the words of a language stand."""
    return folder / language / "LC_MESSAGES" / "messages.po"


@cache
def translations(language: str, more: tuple[Path, ...] = ()) -> NullTranslations:
    """The words of a language, also out of `more` folders; English is the msgids themselves."""
    found = _read(catalogue_file(language))
    for folder in more:
        own = _read(catalogue_file(language, folder))
        own.add_fallback(found)
        found = own
    return found


def _read(path: Path) -> NullTranslations:
    if not path.exists():
        return NullTranslations()
    language = path.parent.parent.name
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)
