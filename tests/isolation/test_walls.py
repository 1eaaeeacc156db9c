"""The walls from the product's side: roles refused at the start, connections given back, errors that tell nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from uuid import uuid4

import psycopg
import pytest
from conftest import Tenant, Urls
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from selaras.clock import now
from selaras.closing.models import CloseSummary
from selaras.db.refusals import Words, in_words, refusal
from selaras.db.session import Database
from selaras.errors import Conflict, DomainError, Misconfigured
from selaras.evaluation.models import Period
from selaras.servers.roles import role_url
from selaras.tenancy.models import Agency


@contextmanager
def login(admin_url: str, *attributes: str, member_of: str | None = None) -> Iterator[str]:
    """A role of the test's own that can sign in; yields its URL."""
    name = f"test_{uuid4().hex[:12]}"
    with psycopg.connect(admin_url, autocommit=True) as admin:
        here = admin.info.dbname
        admin.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{name}' {' '.join(attributes)}")  # type: ignore[call-overload]  # SQL of the test
        admin.execute(f'GRANT CONNECT ON DATABASE "{here}" TO {name}')  # type: ignore[call-overload]  # SQL of the test
        admin.execute(f"GRANT USAGE ON SCHEMA selaras TO {name}")  # type: ignore[call-overload]  # SQL of the test
        if member_of:
            admin.execute(f"GRANT {member_of} TO {name}")  # type: ignore[call-overload]  # SQL of the test
        try:
            yield role_url(admin_url, here, name, name)
        finally:
            admin.execute(f"DROP OWNED BY {name}")  # type: ignore[call-overload]  # SQL of the test
            admin.execute(f"DROP ROLE {name}")  # type: ignore[call-overload]  # SQL of the test


def refused(url: str) -> str:
    database = Database(url)
    try:
        with pytest.raises(Misconfigured) as found:
            database.refuse_bypass()
    finally:
        database.close()
    assert found.value.code == "role_bypasses_walls"
    return str(found.value.params["fault"])


def test_a_superuser_is_refused(urls: Urls) -> None:
    assert refused(urls.admin) == "superuser"


def test_bypassrls_is_refused(urls: Urls) -> None:
    with login(urls.admin, "BYPASSRLS") as url:
        assert refused(url) == "BYPASSRLS"
    assert refused(urls.migrator) == "BYPASSRLS"


def test_who_may_become_the_owner_is_refused(urls: Urls) -> None:
    with login(urls.admin, "NOINHERIT", member_of="selaras_owner") as url:
        assert refused(url) == "owner of the tables"


def test_a_member_of_any_role_is_refused(urls: Urls) -> None:
    with login(urls.admin, member_of="pg_read_all_data") as url:
        assert refused(url) == "member of another role"


def test_an_owner_of_a_single_table_is_refused(urls: Urls) -> None:
    with login(urls.admin) as url:
        name = url.partition("://")[2].partition(":")[0]
        with psycopg.connect(urls.admin, autocommit=True) as admin:
            admin.execute(f"CREATE TABLE selaras.own_{name} (id int)")  # type: ignore[call-overload]  # SQL of the test
            admin.execute(f"ALTER TABLE selaras.own_{name} OWNER TO {name}")  # type: ignore[call-overload]  # SQL of the test
        assert refused(url) == "owner of the tables"


def test_the_products_roles_may_start(database: Database, console_database: Database) -> None:
    database.refuse_bypass()
    console_database.refuse_bypass()


def _period(code: str) -> Period:
    return Period(code=code, kind="month", starts=date(2026, 1, 1), ends=date(2026, 1, 31))


def test_a_connection_given_back_knows_no_agency(urls: Urls, two_tenants: tuple[Tenant, Tenant]) -> None:
    first, second = (one.tenant_id for one in two_tenants)
    database = Database(urls.app, pool_size=1)
    try:
        with database.tenant(first) as session:
            session.add(_period("2026-01"))
            backend = session.scalar(text("SELECT pg_backend_pid()"))
        count = text("SELECT count(*), pg_backend_pid() FROM selaras.period")
        with database.platform() as session:
            assert session.execute(count).one() == (0, backend)
        with database.tenant(second) as session:
            assert session.execute(count).one() == (0, backend)
        with pytest.raises(DBAPIError), database.tenant(first) as session:
            session.execute(text("SELECT 1 / (count(*) - 1) FROM selaras.period"))
        with database.platform() as session:
            assert session.execute(count).one() == (0, backend)
    finally:
        database.close()


def test_threads_that_share_a_pool_see_their_own_agency(urls: Urls, two_tenants: tuple[Tenant, Tenant]) -> None:
    database = Database(urls.app, pool_size=2)
    wrong: list[object] = []

    def work(tenant_id: int) -> None:
        for _ in range(50):
            with database.tenant(tenant_id) as session:
                session.add(_period(uuid4().hex))
                session.flush()
                wrong.extend(set(session.scalars(text("SELECT tenant_id FROM selaras.period"))) - {tenant_id})

    threads = [threading.Thread(target=work, args=(one.tenant_id,)) for one in two_tenants for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    database.close()
    assert wrong == []


def test_the_console_sees_summaries_and_nobodys_row(
    database: Database, console_database: Database, two_tenants: tuple[Tenant, Tenant]
) -> None:
    for one in two_tenants:
        with database.tenant(one.tenant_id) as session:
            session.add(_summary())
    numbers = [one.tenant_id for one in two_tenants]
    with console_database.platform() as session:
        rows = session.scalars(select(CloseSummary.tenant_id).where(CloseSummary.tenant_id.in_(numbers))).all()
        assert sorted(rows) == sorted(numbers)
    for statement in (
        "SELECT 1 FROM selaras.person",
        "SELECT 1 FROM selaras.outcome",
        "UPDATE selaras.close_summary SET people = 0",
        "DELETE FROM selaras.operator_entry",
        "UPDATE selaras.rollout_event SET actor = 'x'",
    ):
        with pytest.raises(DBAPIError, match="permission denied"), console_database.platform() as session:
            session.execute(text(statement))


def _summary() -> CloseSummary:
    return CloseSummary(
        period_code="2026-TW1",
        regulation="x",
        people=1,
        evaluated=1,
        units=1,
        breaches=0,
        overrides=0,
        pay_base=Decimal(0),
        pay_amount=Decimal(0),
        seconds=1.0,
        set_at=now(),
    )


def test_an_agency_sees_only_its_own_summary(database: Database, two_tenants: tuple[Tenant, Tenant]) -> None:
    first, second = two_tenants
    with database.tenant(first.tenant_id) as session:
        session.add(_summary())
    with database.tenant(second.tenant_id) as session:
        assert session.scalars(select(CloseSummary)).all() == []
        assert session.scalar(text("SELECT count(*) FROM selaras.close_summary")) == 0


def test_the_app_reads_agencies_and_changes_none(database: Database, two_tenants: tuple[Tenant, Tenant]) -> None:
    with database.platform() as session:
        assert session.get(Agency, two_tenants[0].tenant_id) is not None
    for statement in (
        "UPDATE selaras.agency SET name = 'x'",
        "DELETE FROM selaras.agency_host",
        "INSERT INTO selaras.operator_entry (actor, action, subject) VALUES ('x', 'x', 'x')",
        "SELECT 1 FROM selaras.operator_entry",
    ):
        with pytest.raises(DBAPIError, match="permission denied"), database.platform() as session:
            session.execute(text(statement))


SECRET = "nilai-rahasia-instansi-lain"


def test_an_error_quotes_nobodys_values(database: Database, tenant: Tenant) -> None:
    with pytest.raises(Conflict) as found, in_words(), database.tenant(tenant.tenant_id) as session:
        session.add_all([_period(SECRET), _period(SECRET)])
    assert found.value.code == "database.duplicate"
    assert SECRET not in repr(found.value) + str(found.value)
    assert found.value.__cause__ is None
    assert found.value.__suppress_context__


def test_a_row_for_another_agency_is_refused_in_words(database: Database, two_tenants: tuple[Tenant, Tenant]) -> None:
    mine, theirs = two_tenants
    with database.tenant(mine.tenant_id) as session:
        stray = _period(SECRET)
        stray.tenant_id = theirs.tenant_id
        session.add(stray)
        with pytest.raises(DomainError, match="outside your agency") as found, in_words():
            session.flush()
        session.rollback()
    assert found.value.code == "database.walled"


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        (
            "INSERT INTO selaras.period (code, kind, starts, ends) VALUES ('x', 'y', '2026-01-01', '2026-01-02')",
            "database.not_allowed",
        ),
        ("INSERT INTO selaras.period (code, kind, starts) VALUES ('x', 'month', '2026-01-01')", "database.incomplete"),
        ("INSERT INTO selaras.plan_item (plan_id, kind) VALUES (uuidv7(), 'main')", None),
        ("SELECT 'x'::int", "database.value"),
        ("SELECT 1/0", "database.value"),
        ("SELECT pg_terminate_backend(pg_backend_pid())", "database.unreachable"),
    ],
)
def test_what_the_database_refuses_becomes_a_refusal_of_ours(
    urls: Urls, tenant: Tenant, statement: str, code: str | None
) -> None:
    database = Database(urls.app, pool_size=1)
    with pytest.raises(DBAPIError) as found, database.tenant(tenant.tenant_id) as session:
        session.execute(text(statement))
    said = refusal(found.value)
    assert isinstance(said, DomainError)
    assert "{" not in str(said)
    assert code is None or said.code == code
    database.close()


def test_a_constraint_may_have_words_of_its_own(database: Database, tenant: Tenant) -> None:
    words = {"uq_period_tenant_id_code": Words(Conflict, "period.twice", "The period is there already.")}
    with pytest.raises(IntegrityError) as found, database.tenant(tenant.tenant_id) as session:
        session.add_all([_period("2026-02"), _period("2026-02")])
    assert refusal(found.value, words).code == "period.twice"
