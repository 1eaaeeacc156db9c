"""What stands at the head of an agency's printed forms, and the place at which they are dated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from selaras.tenancy.pack_fields import Fields

MOST_LINES, LONGEST_LINE = 4, 120
UNKNOWN_PLACE = "……………………"
"""Left to be written by hand where the agency has not said it."""


@dataclass(frozen=True)
class Letterhead:
    """Up to four lines under the agency's name (address, telephone, web), and the place before the date."""

    lines: tuple[str, ...] = ()
    place: str = UNKNOWN_PLACE

    def under(self, hosts: Sequence[str]) -> list[str]:
        """The lines under the name; where there are none, the address of the agency's pages."""
        return list(self.lines or hosts[:1])


def read_letterhead(row: Fields | None) -> Letterhead:
    """A pack's `[letterhead]`; PackError for lines that no page has room for."""
    if row is None:
        return Letterhead()
    found = Letterhead(row.texts("lines", required=False), row.optional("place") or UNKNOWN_PLACE)
    if len(found.lines) > MOST_LINES or any(len(one) > LONGEST_LINE for one in (*found.lines, found.place)):
        row.wrong("lines", f"more than {MOST_LINES} lines, or one over {LONGEST_LINE} characters", "shorten it")
    row.refuse_rest()
    return found
