"""A letterhead as it will look on paper, in the reader's language."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext

from selaras.edge import words
from selaras.edge.context import agency
from selaras.organisation.letterheads import preview
from selaras.tenancy.letterheads import Letterhead


def letterhead_preview(wanted: Letterhead, day: date) -> bytes:
    """The PDF of a document of that day with nothing in it."""
    said = {
        "language": words.language(),
        "title": gettext("Preview of the letterhead"),
        "note": gettext("This is how the agency's documents begin. It is not a document: nothing was recorded."),
        "dated": f"{wanted.place}, {words.day_in_words(day)}",
    }
    return preview(agency(), wanted, day, said)
