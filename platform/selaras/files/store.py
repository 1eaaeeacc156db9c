"""Where files' bytes lie: an interface shaped like an object store, and its implementation on a local disk."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol
from uuid import UUID

from selaras.errors import NotFound, Unavailable

BLOCK = 1 << 20
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Content:
    """What was put away: the sha256 of the bytes (hex) and how many there are."""

    sha256: str
    size: int


class FileStore(Protocol):
    """Bytes named by an agency's uuid and their own hash; putting the same bytes twice keeps them once."""

    def put(self, agency: UUID, source: BinaryIO) -> Content:
        """Read `source` to its end and keep it. When this returns, the bytes survive a loss of power."""
        ...

    def read(self, agency: UUID, sha256: str) -> Iterator[bytes]:
        """The bytes in blocks of up to 1 MiB; NotFound if there are none, Unavailable if they do not match the hash.

        The check ends with the last block: whoever must not act on damaged bytes reads to the end first.
        """
        ...

    def has(self, agency: UUID, sha256: str) -> bool:
        """Whether the bytes are there."""
        ...

    def remove(self, agency: UUID, sha256: str) -> None:
        """Forget the bytes; nothing happens if there are none."""
        ...

    def names(self, agency: UUID) -> Iterator[str]:
        """The hash of everything that is kept for an agency, in no order."""
        ...

    def drop_parts(self, agency: UUID, before: float) -> int:
        """Forget what was begun before a time (seconds since 1970) and never finished; returns how many."""
        ...


class LocalStore:
    """Files under `root/<agency uuid>/<first two hex digits>/<sha256>`; no part of a path comes from a person."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, agency: UUID, source: BinaryIO) -> Content:
        """See `FileStore.put`: written beside, synced, then renamed, so that no reader sees half a file."""
        home = self._root / str(agency)
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, part = tempfile.mkstemp(prefix="part-", dir=home)
        try:
            with os.fdopen(descriptor, "wb") as target:
                content = _copy(source, target)
            self._settle(agency, Path(part), content)
        finally:
            Path(part).unlink(missing_ok=True)
        return content

    def _settle(self, agency: UUID, part: Path, content: Content) -> None:
        target = self._path(agency, content.sha256)
        target.parent.mkdir(mode=0o700, exist_ok=True)
        part.chmod(0o400)
        part.replace(target)
        for folder in (target.parent, target.parent.parent, self._root):
            _sync_folder(folder)

    def read(self, agency: UUID, sha256: str) -> Iterator[bytes]:
        """See `FileStore.read`."""
        path = self._path(agency, sha256)
        if not path.is_file():
            raise _missing(sha256)
        return _checked_blocks(path, sha256)

    def has(self, agency: UUID, sha256: str) -> bool:
        """See `FileStore.has`."""
        return self._path(agency, sha256).is_file()

    def remove(self, agency: UUID, sha256: str) -> None:
        """See `FileStore.remove`."""
        self._path(agency, sha256).unlink(missing_ok=True)

    def names(self, agency: UUID) -> Iterator[str]:
        """See `FileStore.names`."""
        for path in (self._root / str(agency)).glob("??/*"):
            if _HASH.fullmatch(path.name):
                yield path.name

    def drop_parts(self, agency: UUID, before: float) -> int:
        """See `FileStore.drop_parts`."""
        old = [part for part in (self._root / str(agency)).glob("part-*") if part.stat().st_mtime < before]
        for part in old:
            part.unlink(missing_ok=True)
        return len(old)

    def _path(self, agency: UUID, sha256: str) -> Path:
        if not _HASH.fullmatch(sha256):
            raise _missing(sha256[:64])
        return self._root / str(UUID(str(agency))) / sha256[:2] / sha256


def local_store(root: Path) -> FileStore:
    """The store on this machine's disk (setting `files`)."""
    return LocalStore(root)


def _copy(source: BinaryIO, target: BinaryIO) -> Content:
    digest, size = hashlib.sha256(), 0
    while block := source.read(BLOCK):
        digest.update(block)
        size += len(block)
        target.write(block)
    target.flush()
    os.fsync(target.fileno())
    return Content(digest.hexdigest(), size)


def _checked_blocks(path: Path, sha256: str) -> Iterator[bytes]:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
            yield block
    if digest.hexdigest() != sha256:
        raise Unavailable(
            "file_damaged",
            "The stored file {sha256} is damaged: its bytes do not match its hash. Restore it from a backup.",
            sha256=sha256,
        )


def _missing(sha256: str) -> NotFound:
    return NotFound("file_missing", "There is no stored file {sha256}.", sha256=sha256)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
