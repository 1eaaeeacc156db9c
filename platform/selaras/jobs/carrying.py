"""Carrying one job from its envelope to its end: claim, run, settle."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import Session

from selaras.db.session import Database
from selaras.errors import DomainError, Unavailable
from selaras.jobs.bell import CHANNEL
from selaras.jobs.context import HandedBack, Handler, JobContext, Lost
from selaras.jobs.watch import Hold, Watch

logger = logging.getLogger(__name__)

ATTEMPTS = 3

_CLAIM = text(
    "UPDATE selaras.job_envelope SET state = 'running', worker = :worker, heartbeat_at = clock_timestamp(),"
    " attempts = attempts + 1 WHERE tenant_id = :tenant AND job_id = :job AND state = 'admitted' RETURNING attempts"
)
_OPEN = text(
    "UPDATE selaras.job SET state = 'running', started_at = clock_timestamp()"
    " WHERE tenant_id = :tenant AND id = :job RETURNING kind, args"
)
_SETTLE = text(
    "UPDATE selaras.job SET state = :state, result = CAST(:result AS jsonb), error = CAST(:error AS jsonb),"
    " finished_at = clock_timestamp() WHERE tenant_id = :tenant AND id = :job"
)
_DISCARD = text(
    "DELETE FROM selaras.job_envelope WHERE tenant_id = :tenant AND job_id = :job"
    " AND worker = :worker AND attempts = :attempt RETURNING 1"
)
_BACK = text(
    "UPDATE selaras.job_envelope SET state = 'waiting', worker = NULL, heartbeat_at = NULL,"
    " attempts = attempts - :forgiven WHERE tenant_id = :tenant AND job_id = :job"
    " AND worker = :worker AND attempts = :attempt RETURNING 1"
)
_WAIT_AGAIN = text("UPDATE selaras.job SET state = 'waiting' WHERE tenant_id = :tenant AND id = :job")
_RING = text(f"SELECT pg_notify('{CHANNEL}', '')")


class Carrier:
    """A worker's hands: one job at a time, each within its own agency. `stopping` tells that the worker must go."""

    def __init__(
        self, database: Database, watch: Watch, handlers: Mapping[str, Handler], stopping: Callable[[], bool]
    ) -> None:
        self._database = database
        self._watch = watch
        self._handlers = handlers
        self._stopping = stopping
        self.name = f"worker-{uuid4()}"

    def carry(self, tenant_id: int, job_id: UUID) -> None:
        """Run one job, unless it is done, or another process has it; what becomes of it is written in its rows."""
        if not self._watch.lock(tenant_id, job_id):
            logger.info("job %s is still held by another worker", job_id)
            return
        try:
            self._carry(tenant_id, job_id)
        except DBAPIError as error:
            # The envelope stays as it is; the dispatcher finds it silent and lets it wait again.
            logger.warning("job %s could not be claimed or settled (%s)", job_id, _kind(error))
        finally:
            self._watch.release(tenant_id, job_id)

    def _carry(self, tenant_id: int, job_id: UUID) -> None:
        with self._database.tenant(tenant_id) as session:
            names = {"tenant": tenant_id, "job": job_id}
            attempt = session.execute(_CLAIM, names | {"worker": self.name}).scalar_one_or_none()
            if attempt is None:
                return
            kind, args = session.execute(_OPEN, names).one()
        hold = Hold(tenant_id, job_id, self.name, attempt)
        if attempt > ATTEMPTS:
            self._settle(hold, "failed", error=_gave_up(ATTEMPTS))
            return
        context = JobContext(tenant_id, job_id, args, self._database, hold, self._stopping)
        self._watch.start(hold)
        self._run(context, kind, hold)

    def _run(self, context: JobContext, kind: str, hold: Hold) -> None:
        try:
            result = self._handler(kind)(context)
            self._settle(hold, "done", result=json.dumps(result))
        except HandedBack:
            self._hand_back(hold, forgiven=1)
        except Lost:
            logger.warning("job %s was given to another worker; this run is dropped", context.job_id)
        except DomainError as error:
            self._settle(hold, "failed", error=_refusal(error))
        except (OperationalError, InterfaceError) as error:
            logger.warning("job %s: the database failed it (%s), it goes back", context.job_id, _kind(error))
            self._hand_back(hold, forgiven=0)
        except Exception as error:  # whatever a handler raises ends its job, not the worker
            self._settle(hold, "failed", error=_unexpected(error, context.job_id))

    def _handler(self, kind: str) -> Handler:
        if kind not in self._handlers:
            raise Unavailable(
                "job_kind_unknown",
                "This worker does not know how to do “{kind}”. Bring workers and web to the same version and start "
                "it again.",
                kind=kind,
            )
        return self._handlers[kind]

    def _settle(self, hold: Hold, state: str, *, result: str | None = None, error: str | None = None) -> None:
        """The end of the job and of its envelope in one transaction, if it is still this run's to end."""
        with self._database.tenant(hold.mark["tenant"]) as session:
            if _owned(session, _DISCARD, hold.mark):
                session.execute(_SETTLE, hold.mark | {"state": state, "result": result, "error": error})

    def _hand_back(self, hold: Hold, *, forgiven: int) -> None:
        with self._database.tenant(hold.mark["tenant"]) as session:
            if _owned(session, _BACK, hold.mark | {"forgiven": forgiven}):
                session.execute(_WAIT_AGAIN, hold.mark)


def _owned(session: Session, statement: Any, values: dict[str, Any]) -> bool:
    if session.execute(statement, values).first() is None:
        logger.warning("job %s was given to another worker; this run is dropped", values["job"])
        return False
    session.execute(_RING)
    return True


def _refusal(error: DomainError) -> str:
    params = {name: value if isinstance(value, int | float) else str(value) for name, value in error.params.items()}
    return json.dumps({"code": error.code, "message": error.message, "params": params})


def _unexpected(error: Exception, job_id: UUID) -> str:
    """Into the log go kind and place of the error, never its words: they may quote rows."""
    reference = uuid4().hex[:12]
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    logger.error("job %s failed, reference %s: %s at\n  %s", job_id, reference, _kind(error), "\n  ".join(frames))
    return _refusal(
        DomainError(
            "unexpected",
            "Something unexpected happened and nothing more was changed. Tell the operator the reference {reference}.",
            reference=reference,
        )
    )


def _gave_up(attempts: int) -> str:
    return _refusal(
        DomainError(
            "job_gave_up",
            "The job was broken off {attempts} times while it ran, so it was given up. Ask the operator to look at "
            "the workers' log, then start it again.",
            attempts=attempts,
        )
    )


def _kind(error: BaseException) -> str:
    cause = getattr(error, "orig", None) or error
    return f"{type(cause).__module__}.{type(cause).__qualname__} {getattr(cause, 'sqlstate', None) or ''}".rstrip()
