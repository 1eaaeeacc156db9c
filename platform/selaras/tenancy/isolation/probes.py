"""What is probed beside the tables: pooled connections, the console's role, Redis keys, files; and what others add."""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import redis
from psycopg import errors, sql
from sqlalchemy import text

from selaras.db.catalogue import Finding
from selaras.db.session import Database
from selaras.tenancy.isolation.targets import Connection, Target

GROUP = "selaras.probes"
"""Entry points that add probes: each a callable `(Ground) -> Sequence[Probe]`."""

NAMESPACE = "selaras:"
QUEUE, JOB = "rq:", "rq:job:"
PLATFORM_KEYS = (QUEUE, "selaras:platform:", "selaras_console:", "LIMITS:LIMITER/selaras_console:limit/")
"""Beginnings of keys that belong to the instance (the queue, its own, the operators' sessions) and to no agency."""

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_PERSON_NUMBER = re.compile(r"(?<!\d)\d{18}(?!\d)")
# How often somebody tried to sign in is counted under a beginning that the counting library insists on.
_COUNTS = "LIMITS:LIMITER/selaras:limit/"
_AGENCY_KEY = re.compile(rf"(?:{NAMESPACE}|{_COUNTS})(?P<uuid>{_UUID.pattern}):.+", re.DOTALL)


@dataclass(frozen=True)
class Probe:
    """Something that looks for a leak, and a block that plants one which it must find."""

    name: str
    run: Callable[[], Sequence[Finding]]
    planted: Callable[[], AbstractContextManager[object]]


@dataclass(frozen=True)
class Ground:
    """What a probe of an upper layer is given: two agencies of the proof, (number, uuid), with rows in every table."""

    app_url: str
    mine: tuple[int, UUID]
    theirs: tuple[int, UUID]
    agencies: frozenset[UUID]


def pool_probe(app_url: str, table: Target, mine: int, theirs: int) -> Probe:
    """A pooled connection that one agency's transaction gave back must know nothing of it in the next."""
    database = Database(app_url, pool_size=1)
    where = f"{table.schema}.{table.name}"
    count = text(f"SELECT count(*), count(*) FILTER (WHERE tenant_id = :mine) FROM {where}")  # noqa: S608  # a table's name out of the catalogue

    def run() -> Sequence[Finding]:
        with database.tenant(mine) as session:
            session.execute(count, {"mine": mine}).one()
        with database.platform() as session:
            outside, _ = session.execute(count, {"mine": mine}).one()
        with database.tenant(theirs) as session:
            _, foreign = session.execute(count, {"mine": mine}).one()
        if not outside and not foreign:
            return ()
        what = f"{outside or foreign} rows of the previous agency were seen on a connection given back"
        return (Finding("pooled-connection", where, what, "name the agency by set_config(…, true) only"),)

    @contextmanager
    def planted() -> Iterator[None]:
        with database.engine.connect() as connection:
            connection.exec_driver_sql("SELECT set_config('selaras.tenant', %s, false)", (str(mine),))
            connection.commit()
        try:
            yield
        finally:
            database.close()

    return Probe("pooled connections", run, planted)


def console_findings(connection: Connection, targets: Collection[Target], sides: dict[str, str]) -> Sequence[Finding]:
    """The console's role must be refused at every tenant table, and at writing every summary."""
    found: list[Finding] = []
    for target in targets:
        tried = [("SELECT 1 FROM {} LIMIT 1", "read")] if sides.get(target.name) == "tenant" else []
        tried.append(("DELETE FROM {} WHERE false", "write"))
        for query, verb in tried:
            if _is_let_in(connection, sql.SQL(query).format(target.identifier)):
                found.append(
                    Finding(
                        "console-reach", target.name, f"the console may {verb} it", "REVOKE it from selaras_console"
                    )
                )
    return found


def redis_probe(url: str, agencies: Collection[UUID]) -> Probe:
    """Every key names its agency or is the instance's own; what is queued holds references and nobody's number."""
    connection: redis.Redis = redis.Redis.from_url(url, socket_timeout=10)
    known = {str(uuid) for uuid in agencies}

    def run() -> Sequence[Finding]:
        found: list[Finding] = []
        for raw in connection.scan_iter(count=1000):
            key = raw.decode("utf-8", "replace")
            found += _key_findings(key, known)
            if key.startswith(JOB) and connection.type(raw) == b"hash":
                found += _payload_findings(key, connection.hget(raw, "data"), known)  # type: ignore[arg-type]  # not the asynchronous client
        return found

    @contextmanager
    def planted() -> Iterator[None]:
        keys = (f"{NAMESPACE}planted:{uuid4().hex}", f"rq:job:planted-{uuid4().hex}")
        connection.set(keys[0], "x", ex=60)
        connection.hset(keys[1], "data", b"198501012010011001")
        connection.expire(keys[1], 60)
        try:
            yield
        finally:
            connection.delete(*keys)

    return Probe("Redis keys and queued jobs", run, planted)


def files_probe(root: Path, agencies: Collection[UUID]) -> Probe:
    """Every file lies in the folder of an agency's uuid; no link leads out of it, and no stranger may look in."""
    known = {str(uuid) for uuid in agencies}

    def run() -> Sequence[Finding]:
        return (
            [one for entry in sorted(root.iterdir()) for one in _folder_findings(entry, known)] if root.is_dir() else ()
        )

    @contextmanager
    def planted() -> Iterator[None]:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        stray = root / f"planted-{uuid4().hex}"
        stray.write_bytes(b"x")
        try:
            yield
        finally:
            stray.unlink(missing_ok=True)

    return Probe("files", run, planted)


def _is_let_in(connection: psycopg.Connection[Any], query: sql.Composed) -> bool:
    try:
        with connection.transaction():
            connection.execute(query)
    except errors.InsufficientPrivilege:
        return False
    return True


def _key_findings(key: str, known: Collection[str]) -> list[Finding]:
    if key.startswith(PLATFORM_KEYS):
        return []
    match = _AGENCY_KEY.fullmatch(key)
    if match is None:
        return [Finding("redis-key", key, "the key names no agency", f"begin it with {NAMESPACE}<agency uuid>:")]
    if match["uuid"] not in known:
        return [Finding("redis-key", key, "the key names an agency that does not exist", "delete it with its agency")]
    return []


def _payload_findings(key: str, data: bytes | None, known: Collection[str]) -> list[Finding]:
    payload = _plain(data or b"").decode("utf-8", "replace")
    found: list[Finding] = []
    if key.removeprefix(JOB)[:36] not in known:
        found.append(Finding("queued-job", key, "the job names no agency", f"{JOB}<agency uuid>_<job uuid>"))
    if _PERSON_NUMBER.search(payload):
        found.append(Finding("queued-job", key, "it carries a person's number", "queue ids; the letter is a row"))
    if len({uuid for uuid in _UUID.findall(payload) if uuid in known}) > 1:
        found.append(Finding("queued-job", key, "it names more than one agency", "one job, one agency"))
    return found


def _plain(data: bytes) -> bytes:
    try:
        return zlib.decompress(data)
    except zlib.error:
        return data


def _folder_findings(folder: Path, known: Collection[str]) -> Iterator[Finding]:
    if folder.name not in known or folder.is_symlink() or not folder.is_dir():
        yield Finding(
            "file-place", folder.name, "it lies outside every agency's folder", "move it under an agency's uuid"
        )
        return
    if folder.stat().st_mode & 0o007:
        yield Finding("file-mode", folder.name, "every user of the machine may look into it", "chmod 700")
    for path, folders, names in os.walk(folder):
        for name in (*folders, *names):
            if os.path.islink(os.path.join(path, name)):
                yield Finding("file-link", f"{folder.name}/…/{name}", "a link may lead to another agency", "remove it")
