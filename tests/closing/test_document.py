"""The determination: a document that can be read, and a table that holds every unit."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

from python_calamine import CalamineWorkbook
from sqlalchemy import text

from selaras.closing.document import LISTED

from .conftest import Closing


def test_every_unit_stands_in_the_annex_be_they_ever_so_many(closing: Closing, files: Path) -> None:
    closing.staff(20 * (LISTED + 1))
    closing.start()
    closing.carry()
    view = closing.overview()
    assert len(view.checks) == LISTED + 1
    assert None not in (view.document_id, view.annex_id)
    with closing.database.tenant(closing.tenant_id) as session:
        query = text("SELECT sha256 FROM selaras.stored_file WHERE tenant_id = :t AND id = :id")
        told = session.execute(query, {"t": closing.tenant_id, "id": view.annex_id}).scalar_one()
    kept = [path.read_bytes() for path in files.rglob("*") if path.is_file()]
    (table,) = [data for data in kept if data[:2] == b"PK"]
    assert hashlib.sha256(table).hexdigest() == told
    rows = CalamineWorkbook.from_filelike(io.BytesIO(table)).get_sheet_by_index(0).to_python()
    assert rows[0] == [
        "Unit organisasi", "Predikat organisasi", "Sangat Baik", "Baik", "Butuh Perbaikan", "Kurang", "Sangat Kurang",
        "Jumlah", "Pola distribusi",
    ]  # fmt: skip
    assert sorted(row[0] for row in rows[1:]) == sorted(check.unit_name for check in view.checks)
    assert sum(row[7] for row in rows[1:]) == view.appraised
