"""The roles of an instance: who may what, and that preparing again changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from selaras.errors import DomainError, Misconfigured, Unavailable
from selaras.servers import roles
from selaras.servers.postgres import Postgres, embedded_postgres

PASSWORDS = {role: f"kata-sandi-{role}" for role in roles.LOGINS}

SNAPSHOT = """
SELECT (SELECT json_agg(a ORDER BY rolname) FROM pg_authid a WHERE rolname LIKE 'selaras%'),
       (SELECT json_agg(m ORDER BY oid) FROM pg_auth_members m),
       (SELECT json_agg(s ORDER BY setdatabase, setrole) FROM pg_db_role_setting s),
       (SELECT json_agg(datacl::text ORDER BY datname) FROM pg_database),
       (SELECT json_agg(nspacl::text ORDER BY nspname) FROM pg_namespace WHERE nspname !~ '^pg_'),
       (SELECT json_agg(d ORDER BY oid) FROM pg_default_acl d),
       (SELECT json_agg(e ORDER BY extname) FROM pg_extension e)
"""


@pytest.fixture
def name() -> str:
    return f"uji_{uuid4().hex[:8]}"


@pytest.fixture
def urls(server: Postgres, name: str) -> Iterator[roles.RoleUrls]:
    yield roles.prepare(server.admin_url, database=name, passwords=PASSWORDS)
    roles.drop_database(server.admin_url, name)


def _one(url: str, statement: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(statement).fetchone()  # type: ignore[call-overload]  # texts of this file
    return row[0] if row and len(row) == 1 else row


def test_a_server_before_18_is_refused_in_words() -> None:
    with pytest.raises(Misconfigured, match=r"PostgreSQL 17\.6; Selaras needs PostgreSQL 18") as refusal:
        roles.refuse_old(170006)
    assert refusal.value.code == "database_too_old"
    roles.refuse_old(180000)


def test_only_the_migrator_bypasses_row_security(server: Postgres, urls: roles.RoleUrls) -> None:
    with psycopg.connect(server.admin_url) as connection:
        found = {
            str(row[0]): row[1:]
            for row in connection.execute(
                "SELECT rolname, rolcanlogin, rolbypassrls, rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication"
                " FROM pg_roles WHERE rolname LIKE 'selaras%'"
            )
        }
    assert found == {
        "selaras_owner": (False, False, False),
        "selaras_migrator": (True, True, False),
        "selaras_app": (True, False, False),
        "selaras_console": (True, False, False),
    }


def test_app_and_console_are_members_of_nothing_and_own_nothing(server: Postgres, urls: roles.RoleUrls) -> None:
    with psycopg.connect(server.admin_url) as connection:
        members = connection.execute(
            "SELECT m.member::regrole::text, m.roleid::regrole::text FROM pg_auth_members m"
            " WHERE m.member::regrole::text LIKE 'selaras%'"
        ).fetchall()
    assert members == [("selaras_migrator", "selaras_owner")]


@pytest.mark.parametrize("role", ["app", "console"])
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE selaras.mine (a int)",
        "CREATE TABLE public.mine (a int)",
        "CREATE SCHEMA mine",
        "SET ROLE selaras_owner",
        "SET ROLE selaras_migrator",
        "CREATE ROLE another",
        "SELECT selaras.secret_count()",
    ],
)
def test_app_and_console_may_not(urls: roles.RoleUrls, role: str, statement: str) -> None:
    with psycopg.connect(urls.migrator) as connection:
        connection.execute("SET ROLE selaras_owner")
        connection.execute("CREATE OR REPLACE FUNCTION selaras.secret_count() RETURNS int LANGUAGE sql RETURN 1")
    with (
        psycopg.connect(getattr(urls, role)) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement)  # type: ignore[call-overload]  # SQL of the test


def test_the_app_may_stage_rows_the_console_may_not(urls: roles.RoleUrls) -> None:
    with psycopg.connect(urls.app) as connection:
        connection.execute("CREATE TEMPORARY TABLE stage (a int)")
    with psycopg.connect(urls.console) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("CREATE TEMPORARY TABLE stage (a int)")


def test_the_migrator_makes_tables_as_the_owner_with_exclusion_constraints(urls: roles.RoleUrls) -> None:
    with psycopg.connect(urls.migrator) as connection:
        connection.execute("SET ROLE selaras_owner")
        connection.execute(
            "CREATE TABLE post (tenant_id int, d daterange, EXCLUDE USING gist (tenant_id WITH =, d WITH &&))"
        )
        row = connection.execute(
            "SELECT relnamespace::regnamespace::text, relowner::regrole::text FROM pg_class WHERE relname = 'post'"
        ).fetchone()
    assert row == ("selaras", "selaras_owner")


def test_each_role_has_its_path_and_its_patience(urls: roles.RoleUrls) -> None:
    for url in (urls.migrator, urls.app, urls.console):
        assert _one(url, "SHOW search_path") == "selaras, extensions"
    assert _one(urls.app, "SHOW statement_timeout") == "10min"
    assert _one(urls.app, "SHOW idle_in_transaction_session_timeout") == "1min"
    assert _one(urls.console, "SHOW statement_timeout") == "1min"
    assert _one(urls.migrator, "SHOW lock_timeout") == "5s"
    assert _one(urls.migrator, "SHOW statement_timeout") == "0"


def test_a_stranger_may_not_even_connect(server: Postgres, urls: roles.RoleUrls, name: str) -> None:
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        admin.execute("CREATE ROLE stranger LOGIN PASSWORD 'x'")
        try:
            with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
                psycopg.connect(roles.role_url(server.admin_url, name, "stranger", "x"))
        finally:
            admin.execute("DROP ROLE stranger")


def test_preparing_again_changes_nothing(server: Postgres, urls: roles.RoleUrls, name: str) -> None:
    inside = roles.with_database(server.admin_url, name)
    before = _one(inside, SNAPSHOT)
    again = roles.prepare(server.admin_url, database=name, passwords=PASSWORDS)
    blind = roles.prepare(server.admin_url, database=name)
    assert _one(inside, SNAPSHOT) == before
    assert again == urls
    assert (again.app, again.rotated, again.created) == (urls.app, (), ())
    assert ":" not in blind.app.split("@")[0].removeprefix("postgresql://")
    assert PASSWORDS["selaras_app"] not in repr(again)


def test_preparing_again_mends_what_drifted(server: Postgres, urls: roles.RoleUrls, name: str) -> None:
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        admin.execute("ALTER ROLE selaras_app BYPASSRLS")
        admin.execute("GRANT selaras_owner TO selaras_app")
    roles.prepare(server.admin_url, database=name)
    assert _one(server.admin_url, "SELECT rolbypassrls FROM pg_roles WHERE rolname = 'selaras_app'") is False
    assert _one(server.admin_url, "SELECT pg_has_role('selaras_app', 'selaras_owner', 'MEMBER')") is False


def test_rotate_replaces_the_passwords(server: Postgres, urls: roles.RoleUrls, name: str) -> None:
    fresh = roles.prepare(server.admin_url, database=name, rotate=True)
    assert fresh.rotated == roles.LOGINS
    assert _one(fresh.app, "SELECT current_user") == "selaras_app"
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(urls.app)
    assert roles.prepare(server.admin_url, database=name, passwords=PASSWORDS).rotated == roles.LOGINS
    assert _one(urls.app, "SELECT current_user") == "selaras_app"


def test_a_copy_of_a_template_has_the_same_walls(server: Postgres, urls: roles.RoleUrls, name: str) -> None:
    with psycopg.connect(urls.migrator) as connection:
        connection.execute("SET ROLE selaras_owner")
        connection.execute("CREATE TABLE seen (a int)")
    copy = f"{name}_copy"
    roles.create_database_from_template(server.admin_url, name, copy)
    app = roles.with_database(urls.app, copy)
    try:
        assert _one(app, "SHOW search_path") == "selaras, extensions"
        assert _one(app, "SHOW statement_timeout") == "10min"
        acl = "SELECT array(SELECT unnest(datacl)::text ORDER BY 1) FROM pg_database WHERE datname = current_database()"
        assert _one(app, acl) == _one(urls.app, acl)
        assert _one(roles.with_database(urls.migrator, copy), "SELECT count(*) FROM seen") == 0
    finally:
        roles.drop_database(server.admin_url, copy)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(app)
    roles.drop_database(server.admin_url, copy)


def test_a_template_in_use_is_refused_in_words(server: Postgres, urls: roles.RoleUrls, name: str) -> None:
    with psycopg.connect(urls.app), pytest.raises(Unavailable, match="being accessed by other users") as refusal:
        roles.create_database_from_template(server.admin_url, name, f"{name}_copy")
    assert refusal.value.code == "database_in_use"


def test_several_at_once_on_one_server(server: Postgres, urls: roles.RoleUrls) -> None:
    names = [f"uji_{uuid4().hex[:8]}" for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda name: roles.prepare(server.admin_url, database=name, passwords=PASSWORDS), names))
    assert [_one(one.app, "SELECT current_database()") for one in made] == names
    for name in names:
        roles.drop_database(server.admin_url, name)


def test_an_admin_who_may_not_is_told_what_is_missing(server: Postgres) -> None:
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        admin.execute("CREATE ROLE weak LOGIN PASSWORD 'x'")
        try:
            with pytest.raises(Misconfigured, match="CREATEDB, CREATEROLE and BYPASSRLS") as refusal:
                roles.prepare(roles.role_url(server.admin_url, "postgres", "weak", "x"), database="not_made")
            assert refusal.value.code == "database_admin_may_not"
        finally:
            admin.execute("DROP ROLE weak")


def test_an_admin_need_not_be_superuser(tmp_path: Path) -> None:
    """As on a hosted server; on one of its own, since the roles must not be there yet."""
    with embedded_postgres(tmp_path, durable=False) as own:
        with psycopg.connect(own.admin_url, autocommit=True) as superuser:
            superuser.execute("CREATE ROLE hosted LOGIN CREATEDB CREATEROLE BYPASSRLS PASSWORD 'x'")
        hosted = roles.role_url(own.admin_url, "postgres", "hosted", "x")
        first = roles.prepare(hosted, passwords=PASSWORDS)
        assert first.created == ("selaras_owner", "selaras_migrator", "selaras_app", "selaras_console")
        assert roles.prepare(hosted, passwords=PASSWORDS).app == first.app
        roles.create_database_from_template(hosted, "selaras", "copy")
        assert _one(roles.with_database(first.app, "copy"), "SHOW search_path") == "selaras, extensions"


def test_a_database_of_somebody_else_is_left_alone(server: Postgres, urls: roles.RoleUrls) -> None:
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        admin.execute("CREATE DATABASE theirs")
    try:
        with pytest.raises(Misconfigured, match="belongs to postgres") as refusal:
            roles.prepare(server.admin_url, database="theirs")
        assert refusal.value.code == "database_of_somebody_else"
    finally:
        roles.drop_database(server.admin_url, "theirs")


@pytest.mark.parametrize(
    ("url", "code"),
    [("mysql://root@localhost/x", "database_url_unusable"), ("postgresql://a@127.0.0.1:1/x", "database_unreachable")],
)
def test_a_wrong_url_is_refused_in_words(url: str, code: str) -> None:
    with pytest.raises(DomainError) as refusal:
        roles.prepare(url)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("admin", "expected"),
    [
        ("postgresql://a:b@db.example:6432/postgres", "postgresql://selaras_app:p%40%3A@db.example:6432/selaras"),
        (
            "postgresql+psycopg://a@db/postgres?sslmode=require",
            "postgresql://selaras_app:p%40%3A@db/selaras?sslmode=require",
        ),
        (
            "postgresql://a:b@/x?host=%2Frun%2Fpg&port=5432&user=a",
            "postgresql://selaras_app:p%40%3A@/selaras?host=%2Frun%2Fpg&port=5432",
        ),
    ],
)
def test_role_urls_keep_the_way_and_change_the_login(admin: str, expected: str) -> None:
    assert roles.role_url(admin, "selaras", "selaras_app", "p@:") == expected
