"""Where an embedded server keeps its data, its socket, its secrets and what it tells those who share it."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# sun_path takes 104 bytes on macOS and 108 on Linux, the closing zero included.
SOCKET_PATH_LIMIT = 103


@dataclass(frozen=True)
class Folders:
    """The folder of one server below the instance's home."""

    root: Path

    @property
    def data(self) -> Path:
        """What must survive."""
        return self.root / "data"

    @property
    def log(self) -> Path:
        """What the server wrote to its standard error."""
        return self.root / "log"

    @property
    def process_lock(self) -> Path:
        """Held while any process of the server lives."""
        return self.root / "process.lock"

    @property
    def state(self) -> Path:
        """How the running server is reached."""
        return self.root / "server.json"


def make(home: Path, name: str) -> Folders:
    """The (existing, private) folder of a server."""
    root = home.expanduser().absolute() / name
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Folders(root.resolve())


def socket_folder(folders: Folders, socket: str) -> Path:
    """A private folder in which a socket of that name has a short enough path; the same one as last time if it can be.

    The place is written into the state file, so that a second starter finds it.
    """
    own = folders.root / "run"
    if len(os.fsencode(own / socket)) <= SOCKET_PATH_LIMIT:
        own.mkdir(mode=0o700, exist_ok=True)
        return own
    last = read_state(folders).get("socket_folder")
    if isinstance(last, str) and _is_private(Path(last)):
        return Path(last)
    return _short_folder(socket)


def _short_folder(socket: str) -> Path:
    for base in (os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir(), "/tmp"):  # noqa: S108  # mkdtemp: 0700
        # Twenty: the name that mkdtemp makes, and two separators.
        short = base is not None and len(os.fsencode(base)) + len(socket) + 20 <= SOCKET_PATH_LIMIT
        if short and os.access(base or "", os.W_OK | os.X_OK):
            return Path(tempfile.mkdtemp(prefix="selaras-", dir=base))
    return Path(tempfile.mkdtemp(prefix="selaras-"))


def _is_private(path: Path) -> bool:
    try:
        found = path.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077


def drop_socket_folder(folders: Folders, path: Path) -> None:
    """Remove a short folder that `socket_folder` made outside the home."""
    if folders.root not in path.parents:
        shutil.rmtree(path, ignore_errors=True)


def write_state(folders: Folders, **values: Any) -> None:
    """Tell those who share the server how to reach it, all at once."""
    write_private(folders.state, json.dumps(values))


def read_state(folders: Folders) -> dict[str, Any]:
    """What the owner told, nothing while there is none."""
    try:
        values = json.loads(folders.state.read_text())
    except (OSError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}


def write_private(path: Path, text: str) -> None:
    """Put a file in place whole, readable by its owner alone."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def secret(path: Path, make: Callable[[], str] = lambda: secrets.token_urlsafe(24)) -> str:
    """The secret kept in a private file, generated the first time by `make`."""
    try:
        text = path.read_text().strip()
    except FileNotFoundError:
        text = ""
    if not text:
        text = make()
        write_private(path, text)
    return text


def last_lines(path: Path, count: int = 8) -> str:
    """The end of a log, for an error's words."""
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-count:])
    except OSError:
        return ""
