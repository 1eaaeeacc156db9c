"""Bring a database to the newest schema, as the migrator."""

from __future__ import annotations

from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from selaras.db.base import SCHEMA


def configuration(migrator_url: str) -> Config:
    """Alembic's configuration; it lives in code, so there is no ini file that could disagree."""
    config = Config()
    config.set_main_option("script_location", str(files("selaras.migrations")))
    config.attributes["url"] = migrator_url.replace("postgresql://", "postgresql+psycopg://", 1)
    return config


def upgrade(migrator_url: str) -> None:
    """Run every migration that is missing, each in its own transaction."""
    command.upgrade(configuration(migrator_url), "head")


def status(migrator_url: str) -> tuple[str | None, str | None]:
    """(revision of the database, newest revision)."""
    config = configuration(migrator_url)
    engine = create_engine(config.attributes["url"])
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"version_table_schema": SCHEMA})
            return context.get_current_revision(), ScriptDirectory.from_config(config).get_current_head()
    finally:
        engine.dispose()
