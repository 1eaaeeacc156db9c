"""A whole embedded ground for one home folder: PostgreSQL with its roles, Valkey, and the settings that name them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from selaras.config import variable
from selaras.servers import folders, roles
from selaras.servers.postgres import Postgres, embedded_postgres
from selaras.servers.roles import RoleUrls
from selaras.servers.valkey import Valkey, embedded_valkey


@dataclass(frozen=True)
class Instance:
    """Running servers and one URL per role; the database is prepared, its tables are not migrated."""

    postgres: Postgres
    valkey: Valkey
    urls: RoleUrls

    @property
    def environment(self) -> dict[str, str]:
        """The settings for every process of the instance, as environment variables."""
        return {
            variable("migrator_database_url"): self.urls.migrator,
            variable("app_database_url"): self.urls.app,
            variable("console_database_url"): self.urls.console,
            variable("redis_url"): self.valkey.url,
        }


@contextmanager
def embedded_instance(home: Path, *, durable: bool = True, database: str = "selaras") -> Iterator[Instance]:
    """The home's servers, started or shared (see `ownership`), with the roles' passwords kept in the home.

    Only for a caller whose settings name no server. Raises `Unavailable` or `Misconfigured` in words.
    """
    with embedded_postgres(home, durable=durable) as postgres, embedded_valkey(home, durable=durable) as valkey:
        urls = roles.prepare(postgres.admin_url, database=database, passwords=role_passwords(home))
        yield Instance(postgres, valkey, urls)


def role_passwords(home: Path) -> dict[str, str]:
    """Role -> password, generated the first time, in private files (0600) of the home."""
    place = folders.make(home, "postgres").root
    return {role: folders.secret(place / f"{role}.password") for role in roles.LOGINS}
