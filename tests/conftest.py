"""Real servers for every test: one database made once, a fresh agency per test."""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from sharing import in_order, twice, workers
from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.db.migrate import upgrade
from selaras.db.session import Database
from selaras.servers import roles
from selaras.servers.instance import Instance, embedded_instance
from selaras.servers.roles import with_database


@dataclass(frozen=True)
class Urls:
    admin: str
    migrator: str
    app: str
    console: str


@dataclass(frozen=True)
class Tenant:
    tenant_id: int
    uuid: UUID
    slug: str


def pytest_configure() -> None:
    # Hundreds of processes are started; without compiled files each would compile everything again (three seconds).
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    return workers(config)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = in_order(items)
    for item in filter(twice, items):
        item.add_marker(pytest.mark.flaky(reruns=1))


EMPTY = "empty"
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """Embedded PostgreSQL and Valkey for this test run alone; they die with it."""
    with embedded_instance(tmp_path_factory.mktemp("instance"), durable=False) as running:
        yield running


@pytest.fixture(scope="session")
def urls(instance: Instance) -> Urls:
    upgrade(instance.urls.migrator)
    roles.create_database_from_template(instance.postgres.admin_url, instance.urls.database, EMPTY)
    return urls_of(instance, instance.urls.database)


def urls_of(instance: Instance, database: str) -> Urls:
    logins = (instance.postgres.admin_url, instance.urls.migrator, instance.urls.app, instance.urls.console)
    return Urls(*(with_database(url, database) for url in logins))


@pytest.fixture(scope="module")
def own_urls(urls: Urls, instance: Instance) -> Iterator[Urls]:
    """A database with every table and nothing in it, for a module that looks at all agencies."""
    name = f"own_{next(_numbers)}"
    roles.create_database_from_template(instance.postgres.admin_url, EMPTY, name)
    yield urls_of(instance, name)
    roles.drop_database(instance.postgres.admin_url, name)


@pytest.fixture(scope="session")
def database(urls: Urls) -> Iterator[Database]:
    made = Database(urls.app)
    yield made
    made.close()


@pytest.fixture(scope="session")
def console_database(urls: Urls) -> Iterator[Database]:
    made = Database(urls.console)
    yield made
    made.close()


def create_tenant(console_database: Database) -> Tenant:
    """A fresh agency, committed."""
    slug = f"agency-{next(_numbers)}"
    with console_database.platform() as session:
        row = session.execute(
            text(
                "INSERT INTO selaras.agency (slug, name, short_name, kind, time_zone, status)"
                " VALUES (:slug, :slug, :slug, 'agency', 'Asia/Jakarta', 'active') RETURNING tenant_id, uuid"
            ),
            {"slug": slug},
        ).one()
        session.execute(
            text("INSERT INTO selaras.agency_host (host, tenant_id) VALUES (:host, :tenant)"),
            {"host": f"{slug}.localhost", "tenant": row.tenant_id},
        )
        session.execute(
            text(
                "INSERT INTO selaras.regulation_assignment (tenant_id, regulation, during, reason_text) VALUES"
                " (:tenant, 'pp46_2011', '[2014-01-01,2021-01-01)', 'test'),"
                " (:tenant, 'permenpan_6_2022', '[2022-01-01,)', 'test')"
            ),
            {"tenant": row.tenant_id},
        )
    return Tenant(row.tenant_id, row.uuid, slug)


@pytest.fixture
def tenant(console_database: Database) -> Tenant:
    return create_tenant(console_database)


@pytest.fixture
def two_tenants(console_database: Database) -> tuple[Tenant, Tenant]:
    return create_tenant(console_database), create_tenant(console_database)


@pytest.fixture
def session(database: Database, tenant: Tenant) -> Iterator[Session]:
    """A session of a fresh agency; everything it did is rolled back."""
    with database.engine.connect() as connection, connection.begin() as transaction:
        with Session(connection, info={"tenant": tenant.tenant_id}, join_transaction_mode="create_savepoint") as made:
            yield made
        transaction.rollback()


@pytest.fixture(scope="session")
def redis_url(instance: Instance) -> str:
    return instance.valkey.url
