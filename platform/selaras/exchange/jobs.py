"""The job that takes over a large file: kept first, then imported by a worker in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from selaras.config import settings
from selaras.exchange.imports import run as run_import
from selaras.files.service import keep, open_file
from selaras.files.store import FileStore, LocalStore
from selaras.identity.actor import Actor, system
from selaras.identity.permissions import Permission
from selaras.jobs.context import JobContext
from selaras.jobs.service import enqueue

JOB = "import"


@dataclass(frozen=True)
class Upload:
    """A file that waits to be imported, and how it is to be taken."""

    kind: str
    file_name: str
    data: bytes
    as_of: date | None = None
    accept_vanished: bool = False


def submit(session: Session, actor: Actor, store: FileStore, upload: Upload) -> UUID:
    """Keep the file and order its import; needs IMPORT. Returns the job's id."""
    actor.require(Permission.IMPORT)
    file_id = keep(session, store, actor, upload.file_name, "application/octet-stream", upload.data, "import")
    args = {
        "file_id": str(file_id),
        "kind": upload.kind,
        "as_of": upload.as_of.isoformat() if upload.as_of else None,
        "accept_vanished": upload.accept_vanished,
        "account_id": str(actor.account_id) if actor.account_id else None,
    }
    return enqueue(session, actor, JOB, args)


def run(context: JobContext) -> dict[str, Any]:
    """Import the kept file in one transaction; run again after a crash, it changes nothing more."""
    args = context.args
    as_of = args.get("as_of")
    with context.transaction() as session:
        file, blocks = open_file(session, LocalStore(settings().files), UUID(args["file_id"]))
        report = run_import(
            session,
            _actor(context.tenant_id, args),
            args["kind"],
            file.name,
            b"".join(blocks),
            as_of=date.fromisoformat(as_of) if as_of else None,
            accept_vanished=bool(args.get("accept_vanished")),
            progress=context.progress,
        )
    return {"batch_id": str(report.batch_id), "state": report.state, "rows": report.rows}


def _actor(tenant_id: int, args: Mapping[str, Any]) -> Actor:
    """Whoever ordered the import; that they may was checked when they did."""
    account = args.get("account_id")
    return replace(system(tenant_id), account_id=UUID(account)) if account else system(tenant_id)
