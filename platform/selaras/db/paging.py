"""One page of a list: keyset paging, with a cursor that says where the page before ended."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Generic, TypeVar

from selaras.errors import Invalid

Item = TypeVar("Item")
MOST = 200
LONGEST = 2_000


@dataclass(frozen=True)
class Page(Generic[Item]):
    """Some items in order, and the cursor of the next page; None when this is the last."""

    items: tuple[Item, ...]
    next: str | None


def cursor(*key: str) -> str:
    """The opaque text of a keyset position."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def position(text: str, parts: int) -> tuple[str, ...]:
    """The key within a cursor that `cursor` made of `parts` texts; anything else is `Invalid`."""
    try:
        key = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))) if len(text) <= LONGEST else None
    except (binascii.Error, UnicodeError, ValueError, RecursionError):
        key = None
    if not isinstance(key, list) or len(key) != parts or not all(_is_text(part) for part in key):
        raise Invalid("cursor_unusable", "The position in the list is unusable; start from the first page.")
    return tuple(key)


def _is_text(part: object) -> bool:
    """Text that the database can hold: no NUL, no half of a surrogate pair."""
    return isinstance(part, str) and "\0" not in part and not any("\ud800" <= sign <= "\udfff" for sign in part)


def bounded(limit: int) -> int:
    """A page size between 1 and `MOST`."""
    return max(1, min(int(limit), MOST))
