"""Bytes that no row names go; those that a row names, or that are just being kept, stay."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from conftest import Tenant

from selaras.db.session import Database
from selaras.files.service import forget, keep
from selaras.files.store import LocalStore
from selaras.files.sweeping import PATIENCE, SweepRounds, sweep


@dataclass(frozen=True)
class Somebody:
    account_id: UUID | None = None


def kept(database: Database, tenant: Tenant, store: LocalStore, data: bytes) -> UUID:
    with database.tenant(tenant.tenant_id) as session:
        return keep(session, store, Somebody(), "x.csv", "text/csv", data, "import")


def test_what_was_rolled_back_or_forgotten_is_swept(database: Database, tenant: Tenant, tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    stays, goes = kept(database, tenant, store, b"stays"), kept(database, tenant, store, b"goes")
    with database.tenant(tenant.tenant_id) as session:
        keep(session, store, Somebody(), "x.csv", "text/csv", b"rolled back", "import")
        session.rollback()
    with database.tenant(tenant.tenant_id) as session:
        forget(session, goes)
        twice = keep(session, store, Somebody(), "y.csv", "text/csv", b"stays", "import")
        forget(session, twice)
    assert len(list(store.names(tenant.uuid))) == 3
    with database.tenant(tenant.tenant_id) as session:
        assert sweep(session, store) == 2
        assert sweep(session, store) == 0
    assert len(list(store.names(tenant.uuid))) == 1
    assert stays


def test_nothing_is_swept_while_something_is_being_kept(database: Database, tenant: Tenant, tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    with database.tenant(tenant.tenant_id) as keeping:
        keep(keeping, store, Somebody(), "x.csv", "text/csv", b"not yet a row for others", "import")
        with database.tenant(tenant.tenant_id) as session:
            assert sweep(session, store) == 0
    with database.tenant(tenant.tenant_id) as session:
        assert sweep(session, store) == 0
    assert len(list(store.names(tenant.uuid))) == 1


def test_another_agency_s_bytes_are_out_of_reach(
    database: Database, two_tenants: tuple[Tenant, Tenant], tmp_path: Path
) -> None:
    store = LocalStore(tmp_path)
    one, other = two_tenants
    kept(database, other, store, b"theirs")
    with database.tenant(one.tenant_id) as session:
        assert sweep(session, store) == 0
    assert len(list(store.names(other.uuid))) == 1


def test_the_rounds_come_to_every_agency_and_take_parts_that_were_never_finished(
    database: Database, tenant: Tenant, tmp_path: Path
) -> None:
    store = LocalStore(tmp_path)
    kept(database, tenant, store, b"stays")
    home = tmp_path / str(tenant.uuid)
    old, new = home / "part-old", home / "part-new"
    for part in (old, new):
        part.write_bytes(b"half")
    long_ago = time.time() - PATIENCE - 60
    os.utime(old, (long_ago, long_ago))
    rounds = SweepRounds(database, store, every=1)
    rounds()
    assert (old.exists(), new.exists()) == (False, True)
    assert len(list(store.names(tenant.uuid))) == 1
