"""A file does nothing that a page refuses: what is locked for its person stays as it is, until it is opened."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from factories.uploads import NIP, SECTION, csv_file, staffed, taken, upload
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from selaras.clock import now
from selaras.evaluation.lock_models import PeriodLock, Unlock
from selaras.evaluation.models import Period
from selaras.exchange.layouts import LAYOUTS, Kind
from selaras.identity.service import ensure_account
from selaras.organisation.models import Unit
from selaras.organisation.queries import person_by_number

CODE, YEAR = "2026-TW3", "2026"
JULY = date(2026, 7, 1)


def rows_of(kind: Kind, *rows: Mapping[str, str]) -> bytes:
    header = [column.header for column in LAYOUTS[kind]]
    return csv_file(header, [{name: row.get(name, "") for name in header} for row in rows])


def result(who: str) -> dict[str, str]:
    return {
        "NIP": NIP[who],
        "TAHUN": YEAR,
        "KODE RHK": "R1",
        "JENIS": "utama",
        "RENCANA HASIL KERJA": "Hasil R1",
        "ASPEK": "kuantitas",
        "INDIKATOR": "Jumlah",
        "TARGET": "10",
        "SATUAN": "dokumen",
        "MODEL": "Kuantitatif",
    }


def reached(who: str, day: str = "31-07-2026") -> dict[str, str]:
    return {"NIP": NIP[who], "TAHUN": YEAR, "KODE RHK": "R1", "ASPEK": "kuantitas", "TANGGAL": day, "REALISASI": "3"}


def expected(who: str) -> dict[str, str]:
    return {"NIP": NIP[who], "TAHUN": YEAR, "JENIS": "ekspektasi", "KODE": "loyal", "ISI": "Menjaga rahasia jabatan"}


def logged(who: str) -> dict[str, str]:
    hours = {"Jam Mulai": "08.00", "Jam Selesai": "09.00"}
    return {"NIP": NIP[who], "Rencana Aksi": "R1", "Tanggal": "31-07-2026", "Kegiatan Harian": "Rapat", **hours}


def rated(who: str) -> dict[str, str]:
    return {"NIP": NIP[who], "PERIODE": CODE, "HASIL KERJA": "sesuai", "PERILAKU KERJA": "sesuai"}


SUPPORT = {"JENIS": "tidak langsung", "KELUARAN": "Data siap"}


def part(who: str) -> dict[str, str]:
    return {"NIP": NIP["clerk"], "NIP PIMPINAN": NIP[who], "TAHUN": YEAR, "KODE RHK": "R1", **SUPPORT}


def file_of(kind: str, *rows: Mapping[str, str]) -> bytes:
    if kind == "ratings":
        return csv_file(("NIP", "PERIODE", "HASIL KERJA", "PERILAKU KERJA"), rows)
    return rows_of(Kind(kind), *rows)


@pytest.fixture
def staff(session: Session) -> Session:
    staffed(session)
    session.add(Period(code=CODE, kind="quarter", starts=JULY, ends=date(2026, 9, 30)))
    taken(session, "plans", rows_of(Kind.PLANS, result("office"), result("section"), result("clerk")))
    return session


def lock(session: Session, code: str, matter: str) -> None:
    session.add(PeriodLock(code=code, matter=matter, from_day=date(2026, 9, 1)))
    session.flush()


def unlock(session: Session, code: str, matter: str, **whom: object) -> None:
    asker, approver = (ensure_account(session, name, name) for name in ("asker", "approver"))
    session.add(
        Unlock(
            code=code,
            matter=matter,
            until=now() + timedelta(days=3),
            reason="Berkas terlambat diterima dari daerah.",
            asked_by=asker,
            asked_at=now(),
            answer="approved",
            answered_by=approver,
            answered_at=now(),
            **whom,
        )
    )
    session.flush()


def told(session: Session, kind: str, *rows: Mapping[str, str]) -> list[tuple[int | None, str]]:
    report = upload(session, kind, file_of(kind, *rows))
    return [(one.row, one.code) for one in report.problems if one.code == "period_locked"]


KINDS = [
    ("plans", YEAR, "plan", result),
    ("plan_texts", YEAR, "plan", expected),
    ("matrix", YEAR, "plan", part),
    ("progress", CODE, "progress", reached),
    ("progress", YEAR, "progress", reached),
    ("daily_log", CODE, "progress", logged),
    ("ratings", CODE, "rating", rated),
]


@pytest.mark.parametrize(("kind", "code", "matter", "row"), KINDS)
def test_a_file_changes_nothing_that_is_locked_unless_it_is_opened(staff, kind, code, matter, row) -> None:
    lock(staff, code, matter)
    both = [row("office"), row("section")]
    report = upload(staff, kind, file_of(kind, *both))
    assert report.state == "refused"
    assert {one.code for one in report.problems} == {"period_locked"}
    assert told(staff, kind, *both) == [(2, "period_locked"), (3, "period_locked")]
    unlock(staff, code, matter, person_id=person_by_number(staff, NIP["office"], JULY))
    assert told(staff, kind, *both) == [(3, "period_locked")]
    assert upload(staff, kind, file_of(kind, row("office"))).state == "taken"
    unlock(staff, code, matter, unit_id=staff.scalar(select(Unit.id).where(Unit.source_id == SECTION)))
    assert told(staff, kind, *both) == []
    staff.execute(update(Unlock).values(ended_at=now()))
    assert len(told(staff, kind, *both)) == 2
    unlock(staff, code, matter)
    assert told(staff, kind, *both) == []


def test_other_matters_periods_and_days_are_not_locked(staff: Session) -> None:
    lock(staff, CODE, "progress")
    assert told(staff, "ratings", rated("section")) == []
    assert told(staff, "plans", result("section")) == []
    assert told(staff, "progress", reached("section", "30-06-2026")) == []
    staff.execute(update(PeriodLock).values(from_day=date(2999, 1, 1)))
    assert told(staff, "progress", reached("section")) == [], "from a day on that has not come"
