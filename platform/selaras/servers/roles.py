"""The four roles of an instance inside one PostgreSQL server, and the databases that they use.

`selaras_owner` owns database, schema and tables and cannot log in. `selaras_migrator` is the only role that row-level
security does not bind; it makes tables after `SET ROLE selaras_owner` and touches rows as itself. `selaras_app` and
`selaras_console` are bound by every policy, own nothing and are members of nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import LiteralString
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from selaras.db.base import SCHEMA
from selaras.db.walls import APP, CONSOLE, MIGRATOR, OWNER
from selaras.errors import Misconfigured, Unavailable

OLDEST = 180000
LOGINS = (MIGRATOR, APP, CONSOLE)
EXTENSIONS_SCHEMA = "extensions"
EXTENSIONS = ("btree_gist",)
# Roles belong to the whole server: whoever changes them takes this number, in the database of the admin's URL.
_LOCK = 0x53454C41524153

Connection = psycopg.Connection[tuple[object, ...]]

ATTRIBUTES: Mapping[str, LiteralString] = {
    OWNER: "NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT",
    MIGRATOR: "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION BYPASSRLS INHERIT",
    APP: "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT",
    CONSOLE: "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT",
}

_PATH = f"{SCHEMA}, {EXTENSIONS_SCHEMA}"
# Ten minutes: closing a period of a large agency runs statements over a hundred thousand people.
SETTINGS: Mapping[str, Mapping[str, str]] = {
    MIGRATOR: {"search_path": _PATH, "lock_timeout": "5s"},
    APP: {
        "search_path": _PATH,
        "statement_timeout": "10min",
        "lock_timeout": "30s",
        "idle_in_transaction_session_timeout": "60s",
    },
    CONSOLE: {
        "search_path": _PATH,
        "statement_timeout": "60s",
        "lock_timeout": "5s",
        "idle_in_transaction_session_timeout": "60s",
    },
}


@dataclass(frozen=True)
class RoleUrls:
    """One libpq URL per login. Without a password where the role existed before and its password was not given."""

    migrator: str = field(repr=False)
    app: str = field(repr=False)
    console: str = field(repr=False)
    database: str
    created: tuple[str, ...]
    rotated: tuple[str, ...]


def prepare(
    admin_url: str,
    *,
    database: str = "selaras",
    passwords: Mapping[str, str] | None = None,
    rotate: bool = False,
) -> RoleUrls:
    """Make the roles, the database, its schema and its walls; doing it again changes nothing.

    `passwords`: role name -> password; a role that is missing there gets a generated one when it is created. An
    existing role keeps its password unless `rotate`, or unless the given one is not accepted. Raises `Misconfigured`
    for a server that is too old or an admin who may not do this, `Unavailable` if it cannot be reached.
    """
    given = dict(passwords or {})
    with _admin(admin_url) as admin, _in_words():
        refuse_old(admin.info.server_version)
        created = tuple(role for role in ATTRIBUTES if not _role_exists(admin, role))
        for role in ATTRIBUTES:
            _settle_role(admin, role, new=role in created)
        _settle_memberships(admin)
        known, rotated = _settle_passwords(admin, admin_url, given, created, rotate=rotate)
        _settle_database(admin, database)
        with _connect(with_database(admin_url, database)) as inside:
            _settle_inside(inside)
    urls = {role: role_url(admin_url, database, role, known.get(role)) for role in LOGINS}
    return RoleUrls(urls[MIGRATOR], urls[APP], urls[CONSOLE], database, created, rotated)


def refuse_old(server_version: int) -> None:
    """Refuse a server before PostgreSQL 18; the number is `server_version_num`, e.g. 170006."""
    if server_version >= OLDEST:
        return
    raise Misconfigured(
        "database_too_old",
        "This server is PostgreSQL {found}; Selaras needs PostgreSQL {wanted} or newer (it uses uuidv7()). Upgrade "
        "the server or name another one.",
        found=_dotted(server_version),
        wanted=OLDEST // 10000,
    )


def server_version(url: str) -> str:
    """The server's version, as in `18.6`; refuses one that is too old or cannot be reached."""
    with _connect(url) as connection:
        refuse_old(connection.info.server_version)
        return _dotted(connection.info.server_version)


def _dotted(number: int) -> str:
    return f"{number // 10000}.{number % 10000}"


def create_database_from_template(admin_url: str, template: str, name: str) -> None:
    """A copy of a prepared database that nobody is connected to; the rights on it are set anew, no copy carries them.

    Raises `Unavailable` or `Misconfigured`.
    """
    with _admin(admin_url) as admin, _in_words():
        admin.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY wal_log").format(
                sql.Identifier(name), sql.Identifier(OWNER), sql.Identifier(template)
            )
        )
        _settle_rights(admin, name)


def drop_database(admin_url: str, name: str) -> None:
    """Drop a database with everything in it, ending the sessions that use it; nothing happens if there is none."""
    with _connect(admin_url) as admin, _in_words():
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def with_database(url: str, database: str) -> str:
    """The same server and login, another database."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, "/" + quote(database, safe=""), parts.query, parts.fragment))


def role_url(admin_url: str, database: str, role: str, password: str | None) -> str:
    """The same server, another login; whatever names the admin in the query is left out."""
    parts = urlsplit(_libpq(admin_url))
    host = parts.netloc.rpartition("@")[2]
    login = quote(role, safe="") + (":" + quote(password, safe="") if password else "")
    kept = [pair for pair in parse_qsl(parts.query) if pair[0] not in ("user", "password", "dbname", "passfile")]
    return urlunsplit(("postgresql", f"{login}@{host}", "/" + quote(database, safe=""), urlencode(kept), ""))


def _libpq(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.split("+")[0] not in ("postgresql", "postgres"):
        raise Misconfigured(
            "database_url_unusable",
            "The admin URL must look like postgresql://user:password@host:5432/postgres.",
        )
    return "postgresql://" + rest


def _connect(url: str) -> Connection:
    try:
        return psycopg.connect(_libpq(url), autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as error:
        raise Unavailable(
            "database_unreachable",
            "The database server does not let us in: {reason}. Check address, login and password of the URL.",
            reason=str(error).strip(),
        ) from error


@contextmanager
def _admin(url: str) -> Iterator[Connection]:
    """The admin's connection, one at a time on the whole server."""
    with _connect(url) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        yield connection


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except psycopg.errors.InsufficientPrivilege as error:
        raise Misconfigured(
            "database_admin_may_not",
            "The login of the admin URL may not do this: {reason}. It needs to be a superuser, or to have CREATEDB, "
            "CREATEROLE and BYPASSRLS.",
            reason=error.diag.message_primary,
        ) from error
    except psycopg.errors.ObjectInUse as error:
        raise Unavailable(
            "database_in_use",
            "The database is in use: {reason}. End its sessions and try again.",
            reason=error.diag.message_primary,
        ) from error


def _role_exists(admin: Connection, role: str) -> bool:
    return admin.execute("SELECT FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is not None


_DIFFERS = """
SELECT rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls, rolinherit
FROM pg_roles WHERE rolname = %s
"""


def _settle_role(admin: Connection, role: str, *, new: bool) -> None:
    name, attributes = sql.Identifier(role), sql.SQL(ATTRIBUTES[role])
    if new:
        admin.execute(sql.SQL("CREATE ROLE {} {}").format(name, attributes))
        return
    wanted = tuple(not word.startswith("NO") for word in ATTRIBUTES[role].split())
    if admin.execute(_DIFFERS, (role,)).fetchone() != wanted:
        admin.execute(sql.SQL("ALTER ROLE {} {}").format(name, attributes))


_MEMBERSHIPS = """
SELECT member.rolname, granted.rolname, m.inherit_option, m.set_option, m.admin_option
FROM pg_auth_members m JOIN pg_roles member ON member.oid = m.member JOIN pg_roles granted ON granted.oid = m.roleid
WHERE member.rolname = ANY(%s)
"""


def _settle_memberships(admin: Connection) -> None:
    """The migrator may become the owner; nobody else of ours is a member of anything."""
    found = set(admin.execute(_MEMBERSHIPS, (list(ATTRIBUTES),)).fetchall())
    wanted = (MIGRATOR, OWNER, True, True, False)
    for member, granted, *_ in found - {wanted}:
        admin.execute(sql.SQL("REVOKE {} FROM {}").format(sql.Identifier(str(granted)), sql.Identifier(str(member))))
    if wanted not in found:
        admin.execute(
            sql.SQL("GRANT {} TO {} WITH INHERIT TRUE, SET TRUE, ADMIN FALSE").format(
                sql.Identifier(OWNER), sql.Identifier(MIGRATOR)
            )
        )
    # An admin without superuser rights has made the owner role, but may hand a database to it only as its member.
    admin.execute(
        sql.SQL(
            "DO $$ BEGIN IF NOT pg_has_role(current_user, {role}, 'SET') THEN "
            "EXECUTE format('GRANT {name} TO %I WITH SET TRUE, INHERIT TRUE', current_user); END IF; END $$"
        ).format(role=sql.Literal(OWNER), name=sql.Identifier(OWNER))
    )


def _settle_passwords(
    admin: Connection, admin_url: str, given: Mapping[str, str], created: tuple[str, ...], *, rotate: bool
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Role -> password as far as it is known, and which existing roles got another one."""
    known: dict[str, str] = {}
    rotated: list[str] = []
    for role in LOGINS:
        password = given.get(role)
        fresh = role in created or rotate
        if not fresh and password is not None and not _is_accepted(admin_url, admin.info.dbname, role, password):
            fresh = True
        if fresh:
            password = password or secrets.token_urlsafe(24)
            _set_password(admin, role, password)
            rotated += [] if role in created else [role]
        if password is not None:
            known[role] = password
    return known, tuple(rotated)


def _set_password(admin: Connection, role: str, password: str) -> None:
    """Sent as a SCRAM verifier: the password itself reaches no log and no statistics view."""
    verifier = admin.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    admin.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(verifier)))


def _is_accepted(admin_url: str, database: str, role: str, password: str) -> bool:
    """Whether the password opens the door. Being let in no further (no CONNECT right) means that it did."""
    try:
        psycopg.connect(role_url(admin_url, database, role, password), connect_timeout=10).close()
    except psycopg.OperationalError as error:
        return "password authentication failed" not in str(error)
    return True


def _settle_database(admin: Connection, database: str) -> None:
    owner = admin.execute("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s", (database,)).fetchone()
    name = sql.Identifier(database)
    if owner is None:
        admin.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(
                name, sql.Identifier(OWNER)
            )
        )
    elif owner[0] != OWNER:
        raise Misconfigured(
            "database_of_somebody_else",
            "There is a database {database} already and it belongs to {owner}. Choose another name (--database), or "
            "hand it over: ALTER DATABASE … OWNER TO selaras_owner.",
            database=database,
            owner=str(owner[0]),
        )
    _settle_rights(admin, database)


def _settle_rights(admin: Connection, database: str) -> None:
    """Who may connect, and each role's settings: neither is copied with a template."""
    name = sql.Identifier(database)
    logins = sql.SQL(", ").join(map(sql.Identifier, LOGINS))
    writers = sql.SQL(", ").join(map(sql.Identifier, (MIGRATOR, APP)))
    with admin.transaction():
        admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
        admin.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, logins))
        # Bulk work is staged in temporary tables.
        admin.execute(sql.SQL("GRANT TEMPORARY ON DATABASE {} TO {}").format(name, writers))
        for role, settings in SETTINGS.items():
            for setting, value in settings.items():
                admin.execute(_setting(role, database, setting, value))


def _setting(role: str, database: str, setting: str, value: str) -> sql.Composed:
    parts = value.split(", ") if setting == "search_path" else [value]
    return sql.SQL("ALTER ROLE {} IN DATABASE {} SET {} = {}").format(
        sql.Identifier(role),
        sql.Identifier(database),
        sql.Identifier(setting),
        sql.SQL(", ").join(sql.Literal(part) for part in parts),
    )


def _settle_inside(inside: Connection) -> None:
    """Schemas, extensions and what nobody in particular (PUBLIC) may do: nothing."""
    owner = sql.Identifier(OWNER)
    logins = sql.SQL(", ").join(map(sql.Identifier, LOGINS))
    with inside.transaction():
        inside.execute(sql.SQL("REVOKE ALL ON SCHEMA public FROM PUBLIC"))
        for name in (SCHEMA, EXTENSIONS_SCHEMA):
            schema = sql.Identifier(name)
            inside.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {} AUTHORIZATION {}").format(schema, owner))
            inside.execute(sql.SQL("REVOKE ALL ON SCHEMA {} FROM PUBLIC").format(schema))
            inside.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(schema, logins))
        for extension in EXTENSIONS:
            inside.execute(
                sql.SQL("CREATE EXTENSION IF NOT EXISTS {} SCHEMA {}").format(
                    sql.Identifier(extension), sql.Identifier(EXTENSIONS_SCHEMA)
                )
            )
        # Tables and functions are made as the owner; a new function would be open to PUBLIC by itself.
        inside.execute(
            sql.SQL("ALTER DEFAULT PRIVILEGES FOR ROLE {} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC").format(owner)
        )
