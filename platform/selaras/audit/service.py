"""Writing the ledger: entries in the caller's transaction, payloads that can be erased without breaking the seal."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Protocol
from uuid import UUID

import polars as pl
from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.audit.rules import code
from selaras.audit.rules import payload as plain_payload
from selaras.audit.sealing import PAYLOAD_HASH, seal
from selaras.db.session import tenant_of

__all__ = ["ERASED", "Named", "erase_payloads", "frame_hash", "record", "record_batch", "salted", "seal"]

ERASED = "ledger.payload_erased"
_SALT = "selaras.ledger_salt"


class Named(Protocol):
    """Whoever acts, as the ledger names them: an account's uuid, or `system`; `on_behalf` where it is for another."""

    @property
    def reference(self) -> str:
        """The account's uuid, or `system`."""
        ...


_RECORD = text(
    f"""
    INSERT INTO selaras.ledger_entry AS e (tenant_id, actor, action, subject, payload, payload_hash)
    SELECT :tenant, :actor, :action, :subject, e.payload, {PAYLOAD_HASH}
    FROM (SELECT CAST(:payload AS jsonb) AS payload) AS e
    """  # noqa: S608  # our own expression
)


def record(session: Session, actor: Named, action: str, subject: str, payload: Mapping[str, object]) -> None:
    """Append one entry in the caller's transaction: `action` like `close.set`, `subject` like `close:<uuid>`.

    The payload holds ids, codes, numbers and salted hashes; a ValueError refuses anything else (see `salted`). What is
    done by a delegation says so, whatever it is.
    """
    behalf: Mapping[str, object] = getattr(actor, "on_behalf", {})
    values = {
        "tenant": tenant_of(session),
        "actor": code(actor.reference, "the actor"),
        "action": code(action, "the action"),
        "subject": code(subject, "the subject"),
        "payload": json.dumps(plain_payload({**payload, **behalf})),
    }
    session.execute(_RECORD, values)


def record_batch(session: Session, actor: Named, action: str, subject: str, columns: str, rows: int) -> None:
    """Append one entry for a whole batch: `columns` is the hash of its rows (`frame_hash`, or one made in SQL)."""
    record(session, actor, action, subject, {"columns": columns, "rows": rows})


def frame_hash(frame: pl.DataFrame) -> str:
    """The sha256 (hex) of a frame: its columns' names and types, then every row as JSON, in the order given."""
    digest = hashlib.sha256(repr([(name, str(kind)) for name, kind in frame.schema.items()]).encode())
    for part in frame.iter_slices(50_000):
        lines = part.select(pl.struct(pl.all()).struct.json_encode().str.join("\n"))
        digest.update(f"{lines.item()}\n".encode())
    return digest.hexdigest()


def salted(session: Session, value: str) -> str:
    """A hash (hex) of a text, by which whoever has the text can prove it; the salt is the agency's own.

    It hides the text from readers of the ledger, not from somebody who holds the salt and guesses: a reason in
    words is safe, an identity number is not and has no place in a payload even so.
    """
    salt = session.info.get(_SALT)
    if salt is None:
        salt = session.info[_SALT] = _salt(session)
    return hmac.new(salt, value.encode(), hashlib.sha256).hexdigest()


def _salt(session: Session) -> bytes:
    tenant = {"tenant": tenant_of(session)}
    read = text("SELECT salt FROM selaras.ledger_salt WHERE tenant_id = :tenant")
    found: bytes | None = session.execute(read, tenant).scalar_one_or_none()
    if found is None:
        make = "INSERT INTO selaras.ledger_salt (tenant_id, salt) VALUES (:tenant, :salt) ON CONFLICT DO NOTHING"
        session.execute(text(make), tenant | {"salt": secrets.token_bytes(32)})
        found = session.execute(read, tenant).scalar_one()
    return bytes(found)


def erase_payloads(session: Session, actor: Named, entries: Sequence[UUID], reason: str) -> int:
    """Erase the payloads of some entries for good, and say so in the ledger; returns how many held one.

    Only a session of the migrator may do this: the app role cannot update an entry. The seals stay true, because
    they cover the payload's hash. `reason` is a code.
    """
    erased = session.execute(
        text(
            "UPDATE selaras.ledger_entry SET payload = NULL"
            " WHERE tenant_id = :tenant AND id = ANY(:ids) AND payload IS NOT NULL RETURNING id"
        ),
        {"tenant": tenant_of(session), "ids": list(entries)},
    ).scalars()
    found = list(erased)
    for entry in found:
        record(session, actor, ERASED, f"entry:{entry}", {"reason": reason})
    return len(found)
