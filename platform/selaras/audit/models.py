"""The ledger: entries that are only ever appended, sealed in blocks that are chained per agency."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from selaras.db.base import PlatformModel, TenantModel, TenantTable


class LedgerEntry(TenantModel):
    """Who did what to which thing: ids, codes and salted hashes only, no name and no free text.

    The payload can be erased (NULL) later: the seal covers its hash, not itself. `transaction` counts within one
    database server; `server` says which, so that an agency's ledger stays whole when it moves to another.
    """

    __tablename__ = "ledger_entry"
    app_may = "SELECT, INSERT"

    at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    payload: Mapped[dict[str, Any] | None]
    payload_hash: Mapped[str]
    server: Mapped[int] = mapped_column(BigInteger, server_default=text("(pg_control_system()).system_identifier"))
    transaction: Mapped[int] = mapped_column(BigInteger, server_default=text("pg_current_xact_id()::text::bigint"))

    __table_args__ = (Index("ix_ledger_entry_transaction", "tenant_id", "server", "transaction"),)


class LedgerBlock(TenantTable):
    """A sealed range of finished transactions `[first_transaction, end_transaction)` of one server.

    `content` is the hash of the entries, `hash` that of the whole block with the `previous` block's hash in it.
    """

    __tablename__ = "ledger_block"
    app_may = "SELECT, INSERT"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, sort_order=-10)
    server: Mapped[int] = mapped_column(BigInteger)
    first_transaction: Mapped[int] = mapped_column(BigInteger)
    end_transaction: Mapped[int] = mapped_column(BigInteger)
    entries: Mapped[int]
    content: Mapped[str]
    previous: Mapped[str]
    hash: Mapped[str]
    sealed_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class LedgerSalt(TenantTable):
    """The agency's own salt for hashes in its ledger; it is made once and goes when the agency goes."""

    __tablename__ = "ledger_salt"
    app_may = "SELECT, INSERT"

    salt: Mapped[bytes] = mapped_column(LargeBinary)


class OperatorEntry(PlatformModel):
    """What operators did across agencies; appended only."""

    __tablename__ = "operator_entry"
    app_may = ""
    console_may = "SELECT, INSERT"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
