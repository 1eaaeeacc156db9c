"""Alembic's environment: DDL runs as the owner, so that every object belongs to it; each revision commits alone."""

from __future__ import annotations

from alembic import context
from sqlalchemy import NullPool, create_engine, text

from selaras.db.base import SCHEMA
from selaras.db.tables import load_tables
from selaras.db.walls import OWNER


def _run() -> None:
    engine = create_engine(context.config.attributes["url"], poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"SET ROLE {OWNER}"))
        connection.execute(text("SET lock_timeout = '5s'"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=load_tables(),
            version_table_schema=SCHEMA,
            include_schemas=True,
            include_name=lambda name, kind, _: kind != "schema" or name == SCHEMA,
            transaction_per_migration=True,
            compare_server_default=False,
        )
        with context.begin_transaction():
            context.run_migrations()


_run()
