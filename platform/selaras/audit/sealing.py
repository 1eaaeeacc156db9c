"""Sealing the ledger: finished transactions become a block, hashed onto the block before it, set-based in SQL."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.db.session import tenant_of

# A record's binary form: every field with its type and length, so that no value can pass for part of its neighbour,
# and no session's time zone matters. Nothing of this server (`tenant_id`) is in it: a ledger can move with its agency.
PAYLOAD_HASH = "encode(sha256(convert_to(e.payload::text, 'UTF8')), 'hex')"
_ENTRY = "record_send(ROW(e.id, e.at, e.actor, e.action, e.subject, e.payload_hash, e.server, e.transaction))"
CONTENT = f"encode(sha256(string_agg(sha256({_ENTRY}), ''::bytea ORDER BY e.transaction, e.id)), 'hex')"
_BLOCK = (
    "record_send(ROW(b.number, b.server, b.first_transaction, b.end_transaction, b.entries, b.content, b.previous,"
    " b.sealed_at))"
)
BLOCK_HASH = f"encode(sha256({_BLOCK}), 'hex')"
# The first block is hashed onto the agency's uuid: a chain cannot be passed off as another agency's.
GENESIS = "(SELECT encode(sha256(uuid_send(a.uuid)), 'hex') FROM selaras.agency a WHERE a.tenant_id = :tenant)"

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('selaras.ledger.' || :tenant, 0))")

_SERVERS = text(
    """
    WITH RECURSIVE known(server) AS (
        SELECT min(server) FROM selaras.ledger_entry WHERE tenant_id = :tenant
        UNION ALL
        SELECT (SELECT min(e.server) FROM selaras.ledger_entry e WHERE e.tenant_id = :tenant AND e.server > k.server)
        FROM known k WHERE k.server IS NOT NULL
    )
    SELECT server FROM known WHERE server IS NOT NULL
    """
)

# Every transaction before the snapshot's xmin is finished: committed and seen here, or rolled back for ever. One that
# commits later has a higher number, so it can never fall into a sealed range. Entries that came from another server
# with their agency belong to transactions that ended there.
_SEAL = text(
    f"""
    INSERT INTO selaras.ledger_block
        (tenant_id, number, server, first_transaction, end_transaction, entries, content, previous, sealed_at, hash)
    SELECT :tenant, b.number, b.server, b.first_transaction, b.end_transaction, b.entries, b.content, b.previous,
           b.sealed_at, {BLOCK_HASH}
    FROM (
        SELECT coalesce(latest.number, 0) + 1 AS number, r.server, r.first_transaction, r.end_transaction,
               found.entries, found.content, coalesce(latest.hash, {GENESIS}) AS previous, now() AS sealed_at
        FROM (
            SELECT CAST(:server AS bigint) AS server,
                   coalesce((SELECT p.end_transaction FROM selaras.ledger_block p
                             WHERE p.tenant_id = :tenant AND p.server = :server
                             ORDER BY p.number DESC LIMIT 1), 0) AS first_transaction,
                   CASE WHEN :server = (SELECT system_identifier FROM pg_control_system())
                        THEN pg_snapshot_xmin(pg_current_snapshot())::text::bigint
                        ELSE (SELECT max(m.transaction) + 1 FROM selaras.ledger_entry m
                              WHERE m.tenant_id = :tenant AND m.server = :server)
                   END AS end_transaction
        ) AS r
        CROSS JOIN LATERAL (
            SELECT count(*)::integer AS entries, {CONTENT} AS content FROM selaras.ledger_entry e
            WHERE e.tenant_id = :tenant AND e.server = r.server
              AND e.transaction >= r.first_transaction AND e.transaction < r.end_transaction
        ) AS found
        LEFT JOIN LATERAL (
            SELECT l.number, l.hash FROM selaras.ledger_block l
            WHERE l.tenant_id = :tenant ORDER BY l.number DESC LIMIT 1
        ) AS latest ON true
        WHERE found.entries > 0
    ) AS b
    RETURNING entries
    """  # noqa: S608  # our own expressions
)


def seal(session: Session) -> int:
    """Seal what finished transactions have written since the last block; returns the entries sealed, often 0.

    Entries of transactions that are still open, this one's among them, wait for the next seal. A second sealer of
    the same agency waits for this transaction to end and then continues the chain.
    """
    tenant = {"tenant": tenant_of(session)}
    servers = session.execute(_SERVERS, tenant).scalars().all()
    if not servers:
        return 0
    session.execute(_LOCK, {"tenant": str(tenant["tenant"])})
    return sum(session.execute(_SEAL, tenant | {"server": server}).scalar_one_or_none() or 0 for server in servers)
