"""Words in a comment by which its writer could be known: their own name or number, and phrases that point at them."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
_NUMBER = re.compile(r"\d{8,}")
_SHORTEST_NAME = 4


@cache
def telling_phrases() -> tuple[str, ...]:
    """Phrases by which writers mostly point at themselves; a help to the writer, no rule."""
    read = tomllib.loads(files("selaras.monitoring.survey").joinpath("telling_words.toml").read_text("utf-8"))
    return tuple(read["phrases"])


def telling(comment: str, writer: str, unit: str | None) -> tuple[str, ...]:
    """The words of a comment that may tell who wrote it, in order; empty when nothing was found.

    >>> telling("Saya sebagai bendahara sering menunggu.", "Siti Aminah", "Bagian Keuangan")
    ('saya sebagai',)
    >>> telling("Penjelasannya selalu jelas.", "Siti Aminah", "Bagian Keuangan")
    ()
    """
    plain = " ".join(comment.lower().split())
    found = [phrase for phrase in telling_phrases() if re.search(rf"\b{re.escape(phrase)}\b", plain)]
    own = {word for word in _WORD.findall(writer.lower()) if len(word) >= _SHORTEST_NAME}
    found += [word for word in _WORD.findall(plain) if word in own]
    found += _NUMBER.findall(plain)
    if unit and unit.lower() in plain:
        found.append(unit)
    return tuple(dict.fromkeys(found))
