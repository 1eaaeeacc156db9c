"""Reads of the ledger: whether it is whole, and what was last written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from selaras.audit.models import LedgerBlock, LedgerEntry
from selaras.audit.sealing import BLOCK_HASH, CONTENT, GENESIS, PAYLOAD_HASH
from selaras.db.session import tenant_of


@dataclass(frozen=True)
class Break:
    """The first block that does not hold, and how.

    `kind`: `changed`, `missing` or `inserted` (entries), `payload_gone` (emptied without an entry that says so),
    `chain` (the block itself, or a block before it, is not what it was), `head_missing` (a head that was written
    down elsewhere is not in the chain).
    """

    block: int
    kind: str
    expected: int = 0
    found: int = 0


@dataclass(frozen=True)
class Verification:
    """What was verified: `blocks` and the `entries` in them, `unsealed` entries, the last block's hash, the break."""

    blocks: int
    entries: int
    unsealed: int
    head: str | None
    broken: Break | None

    @property
    def whole(self) -> bool:
        """Whether nothing was found broken."""
        return self.broken is None


_BLOCKS = text(
    f"""
    SELECT b.number, b.entries, b.content, b.previous, b.hash, {BLOCK_HASH} AS true_hash,
           b.server, b.first_transaction, b.end_transaction, {GENESIS} AS genesis,
           f.entries AS found, f.content AS true_content, f.changed, f.gone
    FROM selaras.ledger_block b
    CROSS JOIN LATERAL (
        SELECT count(*)::integer AS entries, {CONTENT} AS content,
               count(*) FILTER (WHERE {PAYLOAD_HASH} <> e.payload_hash) AS changed,
               count(*) FILTER (WHERE e.payload IS NULL AND NOT EXISTS (
                   SELECT 1 FROM selaras.ledger_entry d
                   WHERE d.tenant_id = :tenant AND d.action = 'ledger.payload_erased' AND d.subject = 'entry:' || e.id
               )) AS gone
        FROM selaras.ledger_entry e
        WHERE e.tenant_id = :tenant AND e.server = b.server
          AND e.transaction >= b.first_transaction AND e.transaction < b.end_transaction
    ) AS f
    WHERE b.tenant_id = :tenant
    ORDER BY b.number
    """  # noqa: S608  # our own expressions
)

_UNSEALED = text(
    """
    SELECT count(*) FROM selaras.ledger_entry e
    LEFT JOIN (SELECT server, max(end_transaction) AS end_transaction FROM selaras.ledger_block
               WHERE tenant_id = :tenant GROUP BY server) AS s ON s.server = e.server
    WHERE e.tenant_id = :tenant AND e.transaction >= coalesce(s.end_transaction, 0)
    """
)


def verify(session: Session, head: str | None = None) -> Verification:
    """Recompute every block of this agency's ledger and tell the first that is broken, and how.

    `head`: the hash of a block that was written down elsewhere (the chain alone cannot show that its end was cut).
    """
    tenant = {"tenant": tenant_of(session)}
    blocks = session.execute(_BLOCKS, tenant).all()
    broken = _first_break(blocks)
    if broken is None and head is not None and head not in {block.hash for block in blocks}:
        broken = Break(len(blocks), "head_missing")
    return Verification(
        blocks=len(blocks),
        entries=sum(block.found for block in blocks),
        unsealed=session.execute(_UNSEALED, tenant).scalar_one(),
        head=blocks[-1].hash if blocks else None,
        broken=broken,
    )


def head(session: Session) -> str | None:
    """The hash of the last block, or None where nothing is sealed yet."""
    return session.scalar(select(LedgerBlock.hash).order_by(LedgerBlock.number.desc()).limit(1))


def _first_break(blocks: Sequence[Row[*tuple[Any, ...]]]) -> Break | None:
    ends: dict[int, int] = {}
    previous: str | None = None
    for number, block in enumerate(blocks, start=1):
        expected = (number, previous or block.genesis, ends.get(block.server, 0), block.true_hash)
        if (block.number, block.previous, block.first_transaction, block.hash) != expected:
            return Break(number, "chain")
        kind = _fault(block)
        if kind:
            return Break(block.number, kind, block.entries, block.found)
        previous, ends[block.server] = block.hash, block.end_transaction
    return None


def _fault(block: Row[*tuple[Any, ...]]) -> str | None:
    if block.found != block.entries:
        return "missing" if block.found < block.entries else "inserted"
    if block.changed or block.true_content != block.content:
        return "changed"
    return "payload_gone" if block.gone else None


@dataclass(frozen=True)
class EntryView:
    """One entry; `at` in UTC, `payload` None where it was erased."""

    id: UUID
    at: datetime
    actor: str
    action: str
    subject: str
    payload: dict[str, Any] | None


def latest_entries(session: Session, limit: int = 50, before: UUID | None = None) -> tuple[EntryView, ...]:
    """The newest entries first, at most `limit`, from before the entry `before` on."""
    query = select(LedgerEntry).order_by(LedgerEntry.id.desc()).limit(limit)
    if before is not None:
        query = query.where(LedgerEntry.id < before)
    return tuple(_entry(row) for row in session.scalars(query))


def entries_of(session: Session, subject: str) -> tuple[EntryView, ...]:
    """Every entry about one thing (`close:<uuid>`), the oldest first."""
    query = select(LedgerEntry).where(LedgerEntry.subject == subject).order_by(LedgerEntry.id)
    return tuple(_entry(row) for row in session.scalars(query))


def _entry(row: LedgerEntry) -> EntryView:
    return EntryView(row.id, row.at, row.actor, row.action, row.subject, row.payload)
