"""The ground of a measurement: servers of its own in a temporary home, durable as in production, and agencies."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import psycopg

from bench.staff import create_staff
from selaras.config import settings
from selaras.db.migrate import upgrade
from selaras.db.session import Database
from selaras.servers.instance import embedded_instance
from selaras.servers.roles import with_database
from selaras.tenancy.packs import RegulationSpan
from selaras.tenancy.service import NewAgency, create_agency

SPANS = (
    RegulationSpan("pp46_2011", date(2014, 1, 1), date(2020, 12, 31)),
    RegulationSpan("permenpan_6_2022", date(2022, 1, 1), None),
)


@dataclass(frozen=True)
class Ground:
    """One URL per role, the superuser's of the same database, and Redis."""

    home: Path
    admin: str
    app: str
    console: str
    redis: str

    def superuser(self) -> psycopg.Connection[tuple[object, ...]]:
        """A bare connection that no wall binds; every statement commits by itself."""
        return psycopg.connect(self.admin, autocommit=True)


@contextmanager
def ground(home: Path | None = None) -> Iterator[Ground]:
    """Servers that live as long as the block, in a new temporary folder (or in `home`, which is kept)."""
    with tempfile.TemporaryDirectory(prefix="selaras-bench-") as folder:
        place = home or Path(folder)
        os.environ["SELARAS_FILES"] = str(place / "files")
        settings.cache_clear()
        with embedded_instance(place, durable=True) as instance:
            upgrade(instance.urls.migrator)
            admin = with_database(instance.postgres.admin_url, instance.urls.database)
            yield Ground(place, admin, instance.urls.app, instance.urls.console, instance.valkey.url)


def new_agency(console: Database, slug: str) -> int:
    """An agency that follows both regulations, reached at <slug>.localhost; returns its number."""
    new = NewAgency(
        slug, slug, slug, "regency", "Asia/Jakarta", (f"{slug}.localhost",), "3515", status="active", regulations=SPANS
    )
    with console.platform() as session:
        return create_agency(session, "bench", new)


def staffed_agency(place: Ground, slug: str, people: int) -> int:
    """An agency whose quarter 2026-TW3 is rated and waits to be closed, with the statistics of a settled table."""
    console, app = Database(place.console), Database(place.app)
    try:
        tenant = new_agency(console, slug)
        with app.tenant(tenant) as session:
            create_staff(session, people)
    finally:
        console.close()
        app.close()
    settle(place)
    return tenant


def settle(place: Ground) -> None:
    """What autovacuum and the checkpointer do in the weeks of a quarter."""
    with place.superuser() as connection:
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")
