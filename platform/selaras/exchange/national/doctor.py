"""The feed doctor: every result looked at before anything is sent; what is in the way, whose it is, what to do."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.db.session import tenant_of
from selaras.errors import NotFound
from selaras.exchange.national.border import Cause, Endpoint, Result
from selaras.exchange.national.results import results
from selaras.exchange.national.rules import State

AT_ONCE = 500

_NEW = text(
    "SELECT id FROM selaras.national_item WHERE tenant_id = :tenant AND state = 'new' ORDER BY period_id, id"
    " LIMIT :most FOR UPDATE SKIP LOCKED"
)
_LOOKED = text(
    """
    UPDATE selaras.national_item i
    SET state = CASE WHEN m.hash = i.sent_hash AND m.state = 'ready' THEN 'sent' ELSE m.state END,
        causes = string_to_array(m.causes, ' '), content_hash = m.hash
    FROM unnest(CAST(:ids AS uuid[]), CAST(:states AS text[]), CAST(:causes AS text[]), CAST(:hashes AS bytea[]))
      AS m(id, state, causes, hash)
    WHERE i.tenant_id = :tenant AND i.id = m.id AND i.state = 'new'
    """
)
_AGAIN = text(
    """
    UPDATE selaras.national_item SET state = 'new', causes = '{}', said = NULL, attempts = 0, due_at = :now
    WHERE tenant_id = :tenant AND state IN ('faulty', 'ready', 'rejected', 'unwanted')
      AND (CAST(:cause AS text) IS NULL OR :cause = ANY(causes))
      AND (CAST(:item AS uuid) IS NULL OR id = :item)
    """
)
_FIGURES = text(
    "SELECT state, count(*) AS items FROM selaras.national_item"
    " WHERE tenant_id = :tenant AND (CAST(:period AS uuid) IS NULL OR period_id = :period) GROUP BY state"
)
_CAUSES = text(
    """
    SELECT cause, count(*) AS items FROM selaras.national_item i CROSS JOIN LATERAL unnest(i.causes) AS cause
    WHERE i.tenant_id = :tenant AND (CAST(:period AS uuid) IS NULL OR i.period_id = :period)
    GROUP BY cause ORDER BY items DESC, cause
    """
)
_PEOPLE = text(
    """
    SELECT i.id, i.person_id, who.name, p.code AS period_code, i.state, i.causes, i.said, i.remote_id, i.sent_at
    FROM selaras.national_item i
    JOIN selaras.person who ON who.tenant_id = :tenant AND who.id = i.person_id
    JOIN selaras.period p ON p.tenant_id = :tenant AND p.id = i.period_id
    WHERE i.tenant_id = :tenant AND (CAST(:cause AS text) IS NULL OR :cause = ANY(i.causes))
      AND (i.state = :state OR CAST(:state AS text) IS NULL AND i.state <> 'unwanted')
      AND (CAST(:period AS uuid) IS NULL OR i.period_id = :period)
      AND i.id > :after
    ORDER BY i.id LIMIT :most
    """
)


@dataclass(frozen=True)
class CauseFigure:
    """How many results one thing is in the way of."""

    cause: Cause
    items: int


@dataclass(frozen=True)
class Health:
    """How many results are where; `fit`: those with nothing in the way, of all that are wanted, in percent."""

    states: Mapping[State, int]
    causes: tuple[CauseFigure, ...]

    @property
    def wanted(self) -> int:
        """Results that the other side takes at all and that were looked at."""
        return sum(number for state, number in self.states.items() if state not in (State.UNWANTED, State.NEW))

    @property
    def stuck(self) -> int:
        """Results that need somebody."""
        return self.states.get(State.FAULTY, 0) + self.states.get(State.REJECTED, 0)

    @property
    def fit(self) -> float | None:
        """Percent of the wanted that need nobody; None where there is none."""
        return 100 * (self.wanted - self.stuck) / self.wanted if self.wanted else None


@dataclass(frozen=True)
class ItemView:
    """One person's result on its way."""

    id: UUID
    person_id: UUID
    name: str
    period_code: str
    state: str
    causes: list[str]
    said: str | None
    remote_id: str | None
    sent_at: datetime | None


def look(session: Session, chosen: Endpoint, settings: Mapping[str, str]) -> int:
    """Look at the next results that nobody has looked at; returns how many there were (`AT_ONCE` at most)."""
    tenant = {"tenant": tenant_of(session)}
    ids = list(session.scalars(_NEW, {**tenant, "most": AT_ONCE}))
    if not ids:
        return 0
    found = results(session, chosen, ids)
    looked = [_looked(chosen, settings, found.get(one)) for one in ids]
    states, causes, hashes = zip(*looked, strict=True)
    session.execute(
        _LOOKED,
        {**tenant, "ids": ids, "states": list(states), "causes": list(causes), "hashes": list(hashes)},
    )
    return len(ids)


def look_again(session: Session, moment: datetime, *, cause: str | None = None, item: UUID | None = None) -> int:
    """Results with this cause (or this one, or all that are not sent) are looked at anew; returns how many."""
    values = {"tenant": tenant_of(session), "cause": cause, "item": item, "now": moment}
    return int(session.execute(_AGAIN, values).rowcount)  # type: ignore[attr-defined]  # a cursor result


def health(session: Session, chosen: Endpoint, period_id: UUID | None = None) -> Health:
    """Where everything is, and what is in the way; two statements."""
    values = {"tenant": tenant_of(session), "period": period_id}
    states = {State(row.state): row.items for row in session.execute(_FIGURES, values)}
    causes = tuple(
        CauseFigure(chosen.causes[row.cause], row.items)
        for row in session.execute(_CAUSES, values)
        if row.cause in chosen.causes
    )
    return Health(states, causes)


def items(
    session: Session,
    *,
    cause: str | None = None,
    state: str | None = None,
    period_id: UUID | None = None,
    after: UUID | None = None,
    most: int = 50,
) -> list[ItemView]:
    """A page of results on their way, in the order of their ids. Without `state`: all that are wanted."""
    values = {"tenant": tenant_of(session), "cause": cause, "state": state, "period": period_id, "most": most}
    rows = session.execute(_PEOPLE, {**values, "after": after or UUID(int=0)})
    return [ItemView(*row) for row in rows]


def item_exists(session: Session, item: UUID) -> None:
    """Return if there is such a result here, else `NotFound`."""
    query = text("SELECT 1 FROM selaras.national_item WHERE tenant_id = :tenant AND id = :item")
    if session.execute(query, {"tenant": tenant_of(session), "item": item}).first() is None:
        raise NotFound("national_item_unknown", "There is no such result on its way here.")


def _looked(chosen: Endpoint, settings: Mapping[str, str], result: Result | None) -> tuple[str, str, bytes | None]:
    if result is None or not chosen.wants(result):
        return State.UNWANTED.value, "", None
    faults = chosen.faults(result, settings)
    if faults:
        return State.FAULTY.value, " ".join(faults), None
    return State.READY.value, "", hashlib.sha256(chosen.content(result, settings)).digest()
