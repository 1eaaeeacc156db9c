"""What must not leave the agency with a ticket: names of its people, numbers, addresses of mail."""

from __future__ import annotations

import re

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.db.session import tenant_of

NAME, NUMBER, MAIL = "[nama]", "[nomor]", "[surel]"
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# A NIP may be written in groups; whatever has eight digits or more is no figure that a ticket needs.
_NUMBER = re.compile(r"\+?\d(?:[\s.\-/]?\d){7,}")
# Names of one word are ordinary words as often as not: they count where they are written with a capital letter.
_NAMES = text(
    "SELECT name FROM selaras.person WHERE tenant_id = :tenant AND position(lower(name) IN lower(:content)) > 0"
    " UNION SELECT name FROM selaras.account WHERE tenant_id = :tenant AND position(lower(name) IN lower(:content)) > 0"
)
SHORTEST_NAME = 3


def masked(session: Session, content: str) -> str:
    """The text without numbers, mail addresses and the names of the agency's people."""
    found = [one for one in session.scalars(_NAMES, {"tenant": tenant_of(session), "content": content})]
    content = _MAIL.sub(MAIL, content)
    for name in sorted((one for one in found if len(one) >= SHORTEST_NAME), key=len, reverse=True):
        flags = re.IGNORECASE if " " in name else 0
        content = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", NAME, content, flags=flags)
    return _NUMBER.sub(NUMBER, content)
