"""A staffed agency whose quarter can be closed by a real carrier, in this process or in one that gets killed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from factories.staff import create_staff
from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.closing import jobs, service
from selaras.closing.queries import Overview, overview
from selaras.config import settings
from selaras.db.session import Database
from selaras.identity.actor import Actor, system
from selaras.identity.permissions import Permission
from selaras.identity.service import ensure_account
from selaras.jobs.carrying import Carrier
from selaras.jobs.watch import Watch
from selaras.regulation import load_registry
from selaras.tenancy.queries import agency, rules_on

PERIOD = "2026-TW3"


def rules_of(session: Session, day: date = date(2026, 9, 30)):
    return rules_on(session, agency(session, session.info["tenant"]), day, load_registry())


@dataclass
class Closing:
    """One agency and what a test does with its close."""

    database: Database
    urls: object
    tenant_id: int

    def staff(self, people: int = 60, prepare: Callable[[Session], None] | None = None) -> None:
        with self.database.tenant(self.tenant_id) as session:
            create_staff(session, people)
            if prepare:
                prepare(session)

    def start(self, **options: bool) -> UUID:
        with self.database.tenant(self.tenant_id) as session:
            return service.start(session, system(self.tenant_id), PERIOD, rules_of(session), **options)

    def admit(self) -> UUID:
        """Hand the newest job to a worker, as the dispatcher does; returns the job's id."""
        with self.database.tenant(self.tenant_id) as session:
            return session.execute(
                text("UPDATE selaras.job_envelope SET state = 'admitted' WHERE tenant_id = :tenant RETURNING job_id"),
                {"tenant": self.tenant_id},
            ).scalar_one()

    def carry(self) -> None:
        """Do the waiting job in this process."""
        watch = Watch(self.urls.app)
        try:
            Carrier(self.database, watch, {"close": jobs.run}, lambda: False).carry(self.tenant_id, self.admit())
        finally:
            watch.close()

    def overview(self) -> Overview:
        with self.database.tenant(self.tenant_id) as session:
            return overview(session, PERIOD)

    def scalar(self, query: str, **values: object) -> object:
        with self.database.tenant(self.tenant_id) as session:
            return session.execute(text(query), {"tenant": self.tenant_id, **values}).scalar_one()

    def official(self) -> Actor:
        with self.database.tenant(self.tenant_id) as session:
            account = ensure_account(session, "official", "Pejabat")
            held = frozenset({Permission.OVERRIDE_DISTRIBUTION})
            return Actor(self.tenant_id, account, "Pejabat", frozenset({"authorised_official"}), held)


@pytest.fixture
def closing(database, urls, tenant, tmp_path, monkeypatch) -> Iterator[Closing]:
    monkeypatch.setenv("SELARAS_FILES", str(tmp_path / "files"))
    settings.cache_clear()
    yield Closing(database, urls, tenant.tenant_id)
    settings.cache_clear()


@pytest.fixture
def files(tmp_path: Path) -> Path:
    return tmp_path / "files"
