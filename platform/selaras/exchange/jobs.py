"""The job that takes over a large file: kept first, then imported by a worker in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from selaras.config import settings
from selaras.errors import NotFound
from selaras.exchange.access import refuse_kind
from selaras.exchange.imports import known_kind, plain_name
from selaras.exchange.imports import run as run_import
from selaras.exchange.queries import BatchView, batch, known_batch
from selaras.exchange.report import ImportReport
from selaras.files.service import assign, forget, keep, open_file
from selaras.files.store import FileStore, LocalStore
from selaras.files.sweeping import sweep
from selaras.identity.actor import Actor, Within, system
from selaras.identity.permissions import Permission
from selaras.jobs.context import JobContext
from selaras.jobs.queries import JobView
from selaras.jobs.queries import job as job_view
from selaras.jobs.service import enqueue
from selaras.regulation import Registry

JOB = "import"
LARGE = 1 << 20
"""Bytes from which a file is imported by a worker instead of within the request that brought it."""


@dataclass(frozen=True)
class Upload:
    """A file to import, and how: since when undated changes hold, and whether missing people did leave."""

    kind: str
    file_name: str
    data: bytes
    as_of: date | None = None
    accept_vanished: bool = False
    preview: bool = False


@dataclass(frozen=True)
class Received:
    """What became of an upload: the id of its import where it is done, else the id of the job that will do it."""

    batch_id: UUID | None
    job_id: UUID | None


def receive(session: Session, actor: Actor, store: FileStore, registry: Registry, upload: Upload) -> Received:
    """Import a file at once, or a large one (`LARGE`) by a job; needs IMPORT. Refusals are as in `imports.run`."""
    if len(upload.data) >= LARGE:
        return Received(None, submit(session, actor, store, upload))
    report = run_import(
        session,
        actor,
        upload.kind,
        upload.file_name,
        upload.data,
        registry=registry,
        store=store,
        preview=upload.preview,
        as_of=upload.as_of,
        accept_vanished=upload.accept_vanished,
    )
    return Received(report.batch_id, None)


def submit(session: Session, actor: Actor, store: FileStore, upload: Upload) -> UUID:
    """Keep the file and order its import; needs IMPORT. Returns the job's id."""
    refuse_kind(actor, known_kind(upload.kind))
    name = plain_name(upload.file_name)
    file_id = keep(session, store, actor, name, "application/octet-stream", upload.data, "import")
    batch_id: UUID = session.execute(select(func.uuidv7())).scalar_one()
    args = {
        "batch_id": str(batch_id),
        "file_id": str(file_id),
        "kind": upload.kind,
        "as_of": upload.as_of.isoformat() if upload.as_of else None,
        "accept_vanished": upload.accept_vanished,
        "preview": upload.preview,
        "account_id": str(actor.account_id) if actor.account_id else None,
        "client_id": str(actor.client_id) if actor.client_id else None,
        "roots": sorted(str(one) for one in actor.roots(Permission.IMPORT) or ()),
    }
    return enqueue(session, actor, JOB, args)


def import_job(session: Session, actor: Actor, job_id: UUID) -> JobView:
    """How far an import by a job is, or `NotFound`; `result` holds `batch_id` when it is done."""
    found = job_view(session, job_id)
    others = actor.roots(Permission.IMPORT) is not None and found.account_id != actor.account_id
    if found.kind != JOB or others:
        raise NotFound("job_unknown", "There is no such job.")
    return found


def run(context: JobContext) -> dict[str, Any]:
    """Import the kept file in one transaction; run again after a crash, it finds what it did and does no more."""
    store = LocalStore(settings().files)
    with context.transaction() as session:
        done = known_batch(session, UUID(context.args["batch_id"])) or _import(context, session, store)
    if done.state != "taken":
        with context.transaction() as session:
            sweep(session, store)
    return {"batch_id": str(done.id), "state": done.state, "rows": done.rows}


def _import(context: JobContext, session: Session, store: FileStore) -> BatchView:
    """Import it; a file that is not taken is not kept either."""
    file_id = UUID(context.args["file_id"])
    file, blocks = open_file(session, store, file_id)
    report = _taken_over(context, session, file.name, b"".join(blocks))
    if report.state == "taken":
        assign(session, file_id, report.batch_id)
    else:
        forget(session, file_id)
    return batch(session, system(context.tenant_id), report.batch_id)


def _taken_over(context: JobContext, session: Session, name: str, data: bytes) -> ImportReport:
    args = context.args
    as_of = args.get("as_of")
    return run_import(
        session,
        _actor(context.tenant_id, args),
        args["kind"],
        name,
        data,
        as_of=date.fromisoformat(as_of) if as_of else None,
        accept_vanished=bool(args.get("accept_vanished")),
        preview=bool(args.get("preview")),
        progress=context.progress,
        batch_id=UUID(args["batch_id"]),
    )


def _actor(tenant_id: int, args: Mapping[str, Any]) -> Actor:
    """Whoever ordered the import; that they may was checked when they did."""
    account, client = (UUID(args[name]) if args.get(name) else None for name in ("account_id", "client_id"))
    whole = replace(system(tenant_id), account_id=account, client_id=client)
    roots = tuple(Within(UUID(one), frozenset({Permission.IMPORT})) for one in args.get("roots") or ())
    return replace(whole, within=roots, permissions=frozenset({Permission.IMPORT})) if roots else whole
