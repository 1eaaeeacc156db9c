"""How a command reaches the servers: those its settings name, else the embedded ones of the home folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from selaras.config import Settings, settings

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from selaras.db.session import Database

# What is imported inside a command is slow to load, and `selaras --help` needs none of it.


@contextmanager
def reached(*needed: str) -> Iterator[Settings]:
    """Settings in which those named are filled: as they are if any server is named, else by embedded servers."""
    from selaras.servers.running import DATABASES, running

    chosen = settings()
    if any(getattr(chosen, name) for name in (*DATABASES, "redis_url")):
        for name in needed:
            chosen.require(name)
        yield chosen
        return
    with running(chosen) as instance:
        yield instance.settings


@contextmanager
def console_of(chosen: Settings) -> Iterator[Session]:
    """One transaction across agencies in the role of the operators' console."""
    from selaras.db.session import Database

    database = Database(chosen.console_database_url, pool_size=1)
    try:
        with database.platform() as session:
            yield session
    finally:
        database.close()


@contextmanager
def console_session() -> Iterator[Session]:
    """The same, on the servers that the settings name or on embedded ones."""
    with reached("console_database_url") as chosen, console_of(chosen) as session:
        yield session


@contextmanager
def app_database() -> Iterator[tuple[Settings, Database]]:
    """The app role's way into the database, on the servers that the settings name or on embedded ones."""
    from selaras.db.session import Database

    with reached("app_database_url") as chosen:
        database = Database(chosen.app_database_url, pool_size=1)
        try:
            database.refuse_bypass()
            yield chosen, database
        finally:
            database.close()


@contextmanager
def agency_session(slug: str) -> Iterator[Session]:
    """One transaction of the app role within one agency."""
    from selaras.tenancy.queries import agency_by_slug

    with app_database() as (_, database):
        with database.platform() as session:
            tenant = agency_by_slug(session, slug).tenant_id
        with database.tenant(tenant) as session:
            yield session
