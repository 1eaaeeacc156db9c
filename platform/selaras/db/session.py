"""Connections and sessions: one role per process, one tenant per transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, with_loader_criteria

from selaras.db.base import SummaryModel, TenantTable
from selaras.db.tables import load_tables
from selaras.db.walls import OWNER
from selaras.errors import Misconfigured

TENANT = "selaras.tenant"
_ONCE_KEPT = "selaras.once_kept"

_ROLE = text(
    """
    SELECT r.rolname AS name, r.rolsuper AS superuser, r.rolbypassrls AS bypass,
           EXISTS (SELECT 1 FROM pg_class c WHERE c.relowner = r.oid AND c.relnamespace = to_regnamespace('selaras'))
             OR pg_has_role(r.oid, :owner, 'MEMBER') AS owns,
           EXISTS (SELECT 1 FROM pg_auth_members m WHERE m.member = r.oid) AS member
    FROM pg_roles r WHERE r.rolname = current_user
    """
)


class Database:
    """One role's way into the database. Safe to share between threads; make it after a fork, never before."""

    def __init__(self, url: str, *, pool_size: int = 5) -> None:
        # Foreign keys name their tables as text: a process that imports one capability must still know them all.
        load_tables()
        self.engine = _engine(url, pool_size)

    def refuse_bypass(self) -> None:
        """Refuse to go on as a role that row-level security does not bind (superuser, BYPASSRLS, owner, member)."""
        with self.engine.connect() as connection:
            role = connection.execute(_ROLE, {"owner": OWNER}).one()
        for fault, held in (
            ("superuser", role.superuser),
            ("BYPASSRLS", role.bypass),
            ("owner of the tables", role.owns),
            ("member of another role", role.member),
        ):
            if held:
                raise Misconfigured(
                    "role_bypasses_walls",
                    "Refusing to start as database role {role}: it is {fault}, so the walls between agencies "
                    "would not hold. Use the URL of selaras_app (or selaras_console), see docs/operating.md.",
                    role=role.name,
                    fault=fault,
                )

    @contextmanager
    def tenant(self, tenant_id: int) -> Iterator[Session]:
        """One transaction within one agency: returning commits, raising rolls back."""
        with Session(self.engine, info={"tenant": int(tenant_id)}) as session, session.begin():
            yield session

    @contextmanager
    def platform(self) -> Iterator[Session]:
        """One transaction without an agency: tenant tables answer with no rows."""
        with Session(self.engine, info={"tenant": None}) as session, session.begin():
            yield session

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


def _engine(url: str, pool_size: int) -> Engine:
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=False,
        json_deserializer=msgspec.json.decode,
    )


def tenant_of(session: Session) -> int:
    """The agency of a session; every statement that is not built by the ORM names it."""
    tenant = session.info.get("tenant")
    if tenant is None:
        raise Misconfigured("tenant_missing", "This was called outside any agency; open a session with its tenant.")
    return int(tenant)


def once_kept(session: Session, action: Callable[[], None]) -> None:
    """Do something once the session's transaction is kept (Redis, for one); it is forgotten when that rolls back."""
    session.info.setdefault(_ONCE_KEPT, []).append(action)


@event.listens_for(Session, "after_commit")
def _kept(session: Session) -> None:
    """A released savepoint is not kept yet."""
    if not session.in_nested_transaction():
        for action in session.info.pop(_ONCE_KEPT, ()):
            action()


@event.listens_for(Session, "after_begin")
def _enter_tenant(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    """`true`: the setting ends with the transaction, so a pooled connection carries nothing to the next client."""
    tenant = session.info.get("tenant")
    if tenant is not None:
        connection.exec_driver_sql("SELECT set_config(%s, %s, true)", (TENANT, str(tenant)))


@event.listens_for(Session, "do_orm_execute")
def _name_tenant(state: ORMExecuteState) -> None:
    """Every ORM statement names its tenant: the policy is the backstop, the predicate gives the plan."""
    tenant = state.session.info.get("tenant")
    if tenant is None or not (state.is_select or state.is_update or state.is_delete):
        return
    state.statement = state.statement.options(*_criteria(int(tenant)))


def _criteria(tenant: int) -> tuple[Any, ...]:
    return (
        with_loader_criteria(TenantTable, lambda cls: cls.tenant_id == tenant, include_aliases=True),
        with_loader_criteria(SummaryModel, lambda cls: cls.tenant_id == tenant, include_aliases=True),
    )
