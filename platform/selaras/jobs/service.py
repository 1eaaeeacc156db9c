"""Putting a job into the post: letter and envelope, in the transaction of its cause."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.db.session import tenant_of
from selaras.jobs.bell import CHANNEL


class Sender(Protocol):
    """Who wants the job done: an account, or the system (None)."""

    @property
    def account_id(self) -> UUID | None:
        """The account that acts."""
        ...


_ENQUEUE = text(
    f"""
    WITH letter AS (
        INSERT INTO selaras.job (tenant_id, kind, args, account_id)
        VALUES (:tenant, :kind, CAST(:args AS jsonb), :account) RETURNING tenant_id, id
    ), envelope AS (
        INSERT INTO selaras.job_envelope (tenant_id, job_id) SELECT tenant_id, id FROM letter
    )
    SELECT id, pg_notify('{CHANNEL}', '') FROM letter
    """  # noqa: S608  # our own constant
)


def enqueue(session: Session, actor: Sender, kind: str, args: Mapping[str, object]) -> UUID:
    """Write a job in the caller's transaction and return its id; it exists if and only if that commits.

    `kind` names a handler of the worker, `args` are plain JSON values. The handler may be run more than once (after
    a crash), never twice at the same time: its effect must not depend on how often.
    """
    values = {
        "tenant": tenant_of(session),
        "kind": kind,
        "args": json.dumps(dict(args)),
        "account": actor.account_id,
    }
    job_id: UUID = session.execute(_ENQUEUE, values).scalar_one()
    return job_id
