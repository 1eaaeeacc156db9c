"""Files: content-addressed, atomic, checked when read, and each agency's behind its own wall."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from selaras.db.session import Database
from selaras.errors import Invalid, NotFound, Unavailable
from selaras.files.queries import files_of, stored_file
from selaras.files.service import keep, open_file
from selaras.files.store import BLOCK, local_store

DATA = b"penetapan" * 300_000
AGENCY = UUID(int=1)


@dataclass(frozen=True)
class Somebody:
    account_id: UUID | None = None


def all_files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def test_bytes_come_back_in_blocks(tmp_path: Path) -> None:
    store = local_store(tmp_path)
    content = store.put(AGENCY, io.BytesIO(DATA))
    assert (content.sha256, content.size) == (hashlib.sha256(DATA).hexdigest(), len(DATA))
    blocks = list(store.read(AGENCY, content.sha256))
    assert b"".join(blocks) == DATA
    assert max(map(len, blocks)) <= BLOCK < len(DATA)
    expected = tmp_path / str(AGENCY) / content.sha256[:2] / content.sha256
    assert all_files(tmp_path) == [expected]


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    store = local_store(tmp_path)
    assert store.put(AGENCY, io.BytesIO(b"x")) == store.put(AGENCY, io.BytesIO(b"x"))
    assert len(all_files(tmp_path)) == 1
    store.remove(AGENCY, hashlib.sha256(b"x").hexdigest())
    store.remove(AGENCY, hashlib.sha256(b"x").hexdigest())
    assert not all_files(tmp_path)


def test_damage_is_found_when_read(tmp_path: Path) -> None:
    store = local_store(tmp_path)
    content = store.put(AGENCY, io.BytesIO(b"as it was"))
    path = all_files(tmp_path)[0]
    path.chmod(0o600)
    path.write_bytes(b"as it is!")
    with pytest.raises(Unavailable, match="do not match"):
        list(store.read(AGENCY, content.sha256))


class Breaking(io.RawIOBase):
    """A source that fails in the middle, as a dropped upload does."""

    def __init__(self) -> None:
        self.left = 2

    def read(self, size: int = -1) -> bytes:  # the signature of files
        self.left -= 1
        if not self.left:
            raise OSError("dropped")
        return b"half"


def test_a_source_that_breaks_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="dropped"):
        local_store(tmp_path).put(AGENCY, Breaking())  # type: ignore[arg-type]  # given by name, or wrong on purpose
    assert not all_files(tmp_path)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "a" * 63, "a" * 64 + "/x"])
def test_only_a_hash_names_a_file(tmp_path: Path, name: str) -> None:
    store = local_store(tmp_path)
    store.put(AGENCY, io.BytesIO(b"x"))
    with pytest.raises(NotFound):
        store.read(AGENCY, name)


def test_kept_within_the_agency(database: Database, two_tenants: tuple[Any, Any], tmp_path: Path) -> None:
    ours, theirs = two_tenants
    store, subject = local_store(tmp_path), uuid4()
    with database.tenant(ours.tenant_id) as session:
        kept = keep(session, store, Somebody(), "../Nota Dinas.pdf", "application/pdf", DATA, "evidence", subject)
    with database.tenant(ours.tenant_id) as session:
        view, blocks = open_file(session, store, kept)
        assert [one.id for one in files_of(session, subject)] == [kept]
    assert b"".join(blocks) == DATA
    assert (view.name, view.size, view.media_type) == ("../Nota Dinas.pdf", len(DATA), "application/pdf")
    assert {path.relative_to(tmp_path).parts[0] for path in all_files(tmp_path)} == {str(ours.uuid)}
    with database.tenant(theirs.tenant_id) as session:
        with pytest.raises(NotFound):
            stored_file(session, kept)
        with pytest.raises(NotFound):
            open_file(session, store, kept)
        assert files_of(session, subject) == ()
    assert not store.has(theirs.uuid, view.sha256)
    with pytest.raises(NotFound):
        store.read(theirs.uuid, view.sha256)


def test_the_same_bytes_of_two_agencies_are_two_files(
    database: Database, two_tenants: tuple[Any, Any], tmp_path: Path
) -> None:
    store = local_store(tmp_path)
    for tenant in two_tenants:
        with database.tenant(tenant.tenant_id) as session:
            keep(session, store, Somebody(), "same.txt", "text/plain", b"same", "evidence")
    assert len(all_files(tmp_path)) == 2


@pytest.mark.parametrize("name", ["", " ", "a\nb", "x" * 201])
def test_a_name_that_cannot_be_shown_is_refused(session: Any, tmp_path: Path, name: str) -> None:
    with pytest.raises(Invalid):
        keep(session, local_store(tmp_path), Somebody(), name, "text/plain", b"x", "evidence")
    assert not all_files(tmp_path)
