"""What the service answers, in all its shapes: found, nothing there, refused, expired, busy, unreadable."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from selaras.exchange.national.border import Answer, Away, Halted, Rejected, Stop

# The gateway suspends an upstream that fails for half a minute (WSO2 303001), and tells nothing better.
SUSPENDED = timedelta(seconds=30)
THROTTLED = timedelta(seconds=60)
LONGEST = 2_000
_EXPIRED = ("invalid or expired jwt", "token sso mismatch")
_KEYS = ("invalid credentials", "missing credentials", "900901", "900902", "invalid_client")


def text_of(answer: Answer) -> str:
    """The answer as it came, cut where it becomes long."""
    return answer.body.decode("utf-8", "replace").strip()[:LONGEST]


def read(answer: Answer, now: datetime, *, writes: bool = False) -> dict[str, Any]:
    """The body of an answer that is neither about tokens nor about the gateway's state.

    `writes`: the request was to change something, so an answer that cannot be read leaves it open whether it did.
    """
    said = text_of(answer)
    low = said.lower()
    if any(word in low for word in _EXPIRED):
        raise Halted(Stop.TOKEN_EXPIRED, said=said)
    if any(word in low for word in _KEYS):
        raise Halted(Stop.KEYS_REFUSED, said=said)
    if answer.status == 401:
        raise Halted(Stop.TOKEN_EXPIRED, said=said)
    if "suspended" in low:
        raise Halted(Stop.BUSY, until=now + SUSPENDED, said=said)
    if answer.status == 429 or "throttled out" in low:
        raise Halted(Stop.BUSY, until=_next_access(answer, said) or now + THROTTLED, said=said)
    try:
        found = json.loads(answer.body)
    except ValueError:
        raise Away(said, until=now + SUSPENDED, unsure=writes) from None
    if answer.status >= 500 or not isinstance(found, dict):
        raise Away(said, until=now + SUSPENDED, unsure=writes)
    return found


def rows(answer: Answer, now: datetime) -> Sequence[Mapping[str, Any]]:
    """What a read found; 404 with its sentence means that there is nothing."""
    found = read(answer, now)
    data = found.get("data")
    if answer.status == 404 or data is None or isinstance(data, str):
        return ()
    listed = data if isinstance(data, list) else [data]
    return tuple(one for one in listed if isinstance(one, dict))


def saved(answer: Answer, now: datetime) -> str:
    """The id under which something was saved, in whichever shape it comes; `Rejected` with the service's words."""
    found = read(answer, now, writes=True)
    remote = next(_ids(found.get("mapData")), None)
    if found.get("success") is True and remote:
        return remote
    if found.get("success") is True:
        raise Away(text_of(answer), unsure=True)
    raise Rejected("not_taken", text_of(answer))


def _ids(data: object) -> Iterator[str]:
    if isinstance(data, str) and data:
        yield data
    elif isinstance(data, dict):
        for name in ("rwSkpId", "rwKinerjaPeriodikId", "id"):
            if isinstance(data.get(name), str) and data[name]:
                yield data[name]


def _next_access(answer: Answer, said: str) -> datetime | None:
    """When the gateway lets one in again: its `nextAccessTime`, or `Retry-After` in seconds."""
    headers = {name.lower(): value for name, value in answer.headers.items()}
    told = headers.get("nextaccesstime", "")
    try:
        body = json.loads(said)
        told = told or str(body.get("nextAccessTime", ""))
    except (ValueError, AttributeError):
        pass
    for form in ("%Y-%b-%d %H:%M:%S%z UTC", "%Y-%m-%dT%H:%M:%S%z"):
        try:
            return datetime.strptime(told, form).astimezone(UTC)
        except ValueError:
            continue
    return None
