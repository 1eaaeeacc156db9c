"""What only one regulation, or one agency's code, asks of a planned result comes with the file of plans."""

from __future__ import annotations

from datetime import date

import pytest
from factories.uploads import NIP, codes, csv_file, staffed, taken, upload
from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.exchange.report import Severity
from selaras.organisation.queries import person_by_number
from selaras.planning.queries import plan

ASKED = ("POLARISASI", "VALIDITAS DAN KENDALI IKI", "BOBOT TARGET IKI")
PLAIN = (
    "NIP", "TAHUN", "KODE RHK", "JENIS", "RENCANA HASIL KERJA", "NIP PIMPINAN", "KODE RHK PIMPINAN", "KODE SASARAN",
    "ASPEK", "INDIKATOR", "TARGET", "SATUAN",
)  # fmt: skip


def cells(code: str = "R1", aspect: str = "kuantitas", year: str = "2026", **more: str) -> dict[str, str]:
    values = (NIP["clerk"], year, code, "utama", f"Hasil {code}", "", "", "", aspect, "Jumlah", "10", "dokumen")
    return dict(zip(PLAIN, values, strict=True)) | more


def plans(*rows: dict[str, str]) -> bytes:
    header = list(dict.fromkeys(name for row in rows for name in row))
    return csv_file(header, [{name: row.get(name, "") for name in header} for row in rows])


def scored(code: str = "R1", way: str = "", quality: str = "", weight: str = "", **more: str) -> dict[str, str]:
    return cells(code, **dict(zip(ASKED, (way, quality, weight), strict=True)), **more)


def details(session: Session, year: int = 2026) -> dict[str, dict[str, object]]:
    person = person_by_number(session, NIP["clerk"], date(2026, 7, 1))
    assert person is not None
    held = plan(session, person, year)
    assert held is not None
    return {item.code: item.detail for item in held.items}


@pytest.fixture
def finance(console_database, tenant, session: Session) -> Session:
    """An agency whose pack brings KMK 127/2026."""
    with console_database.platform() as platform:
        platform.execute(
            text("UPDATE selaras.agency SET pack = 'kemenkeu' WHERE tenant_id = :tenant"), {"tenant": tenant.tenant_id}
        )
    staffed(session)
    return session


@pytest.fixture
def in_2021(console_database, tenant, session: Session) -> Session:
    """An agency under PP 30/2019 in the second half of 2021."""
    with console_database.platform() as platform:
        platform.execute(
            text(
                "INSERT INTO selaras.regulation_assignment (tenant_id, regulation, during, reason_text)"
                " VALUES (:tenant, 'pp30_2019', '[2021-07-01,2022-01-01)', 'test')"
            ),
            {"tenant": tenant.tenant_id},
        )
    staffed(session)
    return session


def test_quality_weight_and_polarisation_of_an_indicator(finance: Session) -> None:
    rows = (scored("R1", "Makin kecil makin baik", "exact_low", "1,2"), scored("R2", "", "", ""))
    report = taken(finance, "plans", plans(*rows))
    assert report.notes == ()
    assert details(finance) == {
        "R1": {"polarisasi": "minimize", "kualitas_iki": "exact_low", "bobot_target": 1.2},
        "R2": {},
    }
    assert taken(finance, "plans", plans(*rows)).changed == {}


def test_a_column_that_a_later_file_leaves_out_stays(finance: Session) -> None:
    taken(finance, "plans", plans(scored("R1", "stabilize", "proxy_low", "0,9"), scored("R2", "minimize", "", "")))
    taken(finance, "plans", plans(cells("R1", TARGET="12")))
    taken(finance, "plans", plans(cells("R1", **{"BOBOT TARGET IKI": "1,1"})))
    assert details(finance) == {
        "R1": {"polarisasi": "stabilize", "kualitas_iki": "proxy_low", "bobot_target": 1.1},
        "R2": {"polarisasi": "minimize"},
    }


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        (scored(way="terbalik"), "POLARISASI", "terbalik"),
        (scored(quality="exact_high"), "VALIDITAS DAN KENDALI IKI", "exact_high"),
        (scored(weight="1,3"), "BOBOT TARGET IKI", "1.3"),
        (scored(weight="berat"), "BOBOT TARGET IKI", "berat"),
    ],
)
def test_what_the_engine_does_not_know_is_refused(
    finance: Session, row: dict[str, str], column: str, value: str
) -> None:
    report = upload(finance, "plans", plans(cells("R0"), row))
    errors = [(one.row, one.column, one.value) for one in report.problems if one.severity is Severity.ERROR]
    assert (report.state, errors) == ("refused", [(3, column, value)])


def test_rows_of_one_result_say_the_same(finance: Session) -> None:
    rows = (scored(way="minimize"), scored(way="maximize") | {"ASPEK": "kualitas"})
    assert codes(upload(finance, "plans", plans(*rows))) == [(3, "POLARISASI", "inconsistent")]


def test_an_agency_without_that_code_is_told_that_nobody_asked(session: Session) -> None:
    staffed(session)
    report = taken(session, "plans", plans(scored(way="minimize", quality="exact_low", weight="1,2", CATATAN="x")))
    assert report.notes == ("Columns not used: BOBOT TARGET IKI, CATATAN, POLARISASI, VALIDITAS DAN KENDALI IKI",)
    assert details(session) == {"R1": {}}


def test_kinds_of_target_of_pp_30(in_2021: Session) -> None:
    second = {"MULAI": "01-07-2021", "SELESAI": "31-12-2021"}
    asked = {"Arah kuantitas": "Makin rendah makin baik (khusus)", "Batas atas target kuantitas": "12,5"}
    asked |= {"Metode cascading": "tidak langsung", "Target maksimal": "true"}
    taken(in_2021, "plans", plans(cells(year="2021", **second, **asked)), as_of=date(2026, 1, 1))
    assert details(in_2021, 2021)["R1"] == {
        "quantity_direction": "lower",
        "quantity_upper": 12.5,
        "cascading": "non_direct",
        "maximal_target": True,
    }
