"""What the API says of acknowledgements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class HandedIn:
    """Proof that something was handed in. `at` is the server's clock, `local_time` the same in the agency's zone.

    `seal` is the SHA-256 over the lines person, kind, subject, content, at, due and article; `reference` is the
    beginning of its base32. `late`: it came after `due` had ended in the agency's zone.
    """

    reference: str
    person_id: UUID
    kind: str
    subject_id: UUID
    params: dict[str, Any]
    at: datetime
    local_time: str
    due: date | None
    article: str | None
    late: bool
    content: str
    seal: str


@dataclass(frozen=True)
class HandedInList:
    """What one handed in, the newest first, at most 100."""

    items: list[HandedIn]
