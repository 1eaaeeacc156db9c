"""Whether a planned result is worded as an activity, and how it would begin as a result."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

_FIRST = re.compile(r"^[\s\d.)\-•]*([A-Za-z]+)\s+(.*)$", re.DOTALL)


@cache
def activity_words() -> dict[str, str]:
    """First word (lower case) → how a result would begin instead; a help to the writer, no rule of law."""
    return tomllib.loads(files("selaras.planning").joinpath("activity_words.toml").read_text("utf-8"))


def suggestion(title: str) -> str | None:
    """The title reworded as a result where its first word tells an activity, else None.

    >>> suggestion("Melaksanakan pelayanan perizinan")
    'Terlaksananya pelayanan perizinan'
    >>> suggestion("Meningkatnya kepuasan pengguna layanan") is None
    True
    """
    found = _FIRST.match(title)
    if found is None:
        return None
    begins = activity_words().get(found[1].lower())
    return f"{begins} {found[2].strip()}" if begins else None
