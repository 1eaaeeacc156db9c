"""The job that makes the file of a large list and keeps it for some days for whoever ordered it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from selaras.config import settings
from selaras.errors import NotFound
from selaras.exchange.exporting import PURPOSE, SMALL, Asked, Exported, TooLarge, export, forget_old
from selaras.exchange.lists import LISTS
from selaras.files.service import keep
from selaras.files.store import LocalStore
from selaras.identity.actor import Actor, Within, system
from selaras.jobs.context import JobContext
from selaras.jobs.queries import JobView
from selaras.jobs.queries import job as job_view
from selaras.jobs.service import enqueue

JOB = "export"


@dataclass(frozen=True)
class Ordered:
    """The file of a list that is small, or the job that makes it."""

    file: Exported | None
    job_id: UUID | None


def order(session: Session, actor: Actor, asked: Asked) -> Ordered:
    """Make the file at once, or order it where the list is long (`SMALL`)."""
    try:
        return Ordered(export(session, actor, asked, most=SMALL), None)
    except TooLarge:
        forget_old(session)
    roots = actor.roots(LISTS[asked.code].permission)
    args = {
        "list": asked.code,
        "format": asked.format,
        "day": asked.day.isoformat(),
        "year": asked.year,
        "period": asked.period,
        "account_id": str(actor.account_id) if actor.account_id else None,
        "client_id": str(actor.client_id) if actor.client_id else None,
        "roots": None if roots is None else sorted(str(one) for one in roots),
    }
    return Ordered(None, enqueue(session, actor, JOB, args))


def export_job(session: Session, actor: Actor, job_id: UUID) -> JobView:
    """How far a file is, for whoever ordered it, or `NotFound`; `result` holds `file_id` and `rows` when it is done."""
    found = job_view(session, job_id)
    if found.kind != JOB or actor.account_id is None or found.account_id != actor.account_id:
        raise NotFound("job_unknown", "There is no such job.")
    return found


def run(context: JobContext) -> dict[str, Any]:
    """Make the file and keep it."""
    args = context.args
    asked = Asked(args["list"], args["format"], date.fromisoformat(args["day"]), args["year"], args["period"])
    actor = _actor(context.tenant_id, args)
    with context.transaction() as session:
        made = export(session, actor, asked)
        store = LocalStore(settings().files)
        file_id = keep(session, store, actor, made.name, made.media_type, made.data, PURPOSE)
    return {"file_id": str(file_id), "rows": made.rows}


def _actor(tenant_id: int, args: dict[str, Any]) -> Actor:
    """Whoever ordered it; that they may was checked when they did."""
    account, client = (UUID(args[name]) if args.get(name) else None for name in ("account_id", "client_id"))
    whole = replace(system(tenant_id), account_id=account, client_id=client)
    if args["roots"] is None:
        return whole
    permission = LISTS[args["list"]].permission
    within = tuple(Within(UUID(one), frozenset({permission})) for one in args["roots"])
    return replace(whole, within=within, permissions=frozenset({permission}))
