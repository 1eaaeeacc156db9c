"""Files as an agency uploads them, small enough to read: a tree of four units and seven people."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import xlsxwriter
from sqlalchemy.orm import Session

from selaras.exchange.imports import run
from selaras.exchange.report import ImportReport
from selaras.identity.actor import system

AS_OF = date(2026, 1, 1)

UNIT_HEADER = ("Id", "InstansiId", "DiatasanId", "EselonId", "NamaUnor", "NamaJabatan", "PemimpinPnsId", "JenisUnorId")
TOP, OFFICE, SECTION, SCHOOL = "u-top", "u-office", "u-section", "u-school"
UNITS = (
    (TOP, "x", "", "21", "Kota", "Sekretaris", "p-top", ""),
    (OFFICE, "x", TOP, "22", "Dinas Pendidikan", "Kepala Dinas", "p-office", ""),
    (SECTION, "x", OFFICE, "31", "Bidang SD", "Kepala Bidang", "p-section", ""),
    (SCHOOL, "x", SECTION, "99", "SD 1", "Kepala SD 1", "p-school", ""),
)

PEOPLE_HEADER = (
    "PNS ID", "NIP BARU", "NAMA", "GELAR DEPAN", "GELAR BELAKANG", "TANGGAL LAHIR", "JENIS KELAMIN",
    "JENIS PEGAWAI NAMA", "KEDUDUKAN HUKUM ID", "STATUS CPNS PNS", "TMT CPNS", "GOL AKHIR ID", "GOL AKHIR NAMA",
    "JENIS JABATAN ID", "JABATAN NAMA", "TMT JABATAN", "UNOR ID", "ESELON ID", "KELAS JABATAN",
)  # fmt: skip

NIP = {
    "top": "197001011995011001",
    "office": "197502021999022002",
    "section": "198003032005031003",
    "school": "198104042006042004",
    "teacher": "198505052010051005",
    "clerk": "199006062015062006",
    "contract": "199107072022211007",
}


def person(key: str, **changed: str) -> dict[str, str]:
    """A row of asn.csv; `changed` by header, with `_` for a blank."""
    number = NIP[key]
    row = dict.fromkeys(PEOPLE_HEADER, "")
    row |= {
        "PNS ID": f"p-{key}",
        "NIP BARU": f"'{number}",
        "NAMA": key.capitalize(),
        "TANGGAL LAHIR": f"{number[6:8]}-{number[4:6]}-{number[:4]}",
        "JENIS KELAMIN": "M" if number[14] == "1" else "F",
        "JENIS PEGAWAI NAMA": "PPPK" if key == "contract" else "PNS",
        "KEDUDUKAN HUKUM ID": "71" if key == "contract" else "1",
        "GOL AKHIR ID": "" if key == "contract" else "33",
        "GOL AKHIR NAMA": "IX" if key == "contract" else "null",
        "TMT JABATAN": "01-03-2020",
        **_POSTS[key],
    }
    return row | {name.replace("_", " "): value for name, value in changed.items()}


def _post(kind: str, title: str, unit: str, eselon: str, job_class: str) -> dict[str, str]:
    headers = ("JENIS JABATAN ID", "JABATAN NAMA", "UNOR ID", "ESELON ID", "KELAS JABATAN")
    return dict(zip(headers, (kind, title, unit, eselon, job_class), strict=True))


_POSTS = {
    "top": _post("1", "Sekretaris", TOP, "21", "15"),
    "office": _post("1", "Kepala Dinas", OFFICE, "22", "14"),
    "section": _post("1", "Kepala Bidang", SECTION, "31", "12"),
    "school": _post("2", "Guru Ahli Madya", SCHOOL, "", "12"),
    "teacher": _post("2", "Guru Ahli Pertama", SCHOOL, "", "8"),
    "clerk": _post("4", "Pengadministrasi", OFFICE, "", "5"),
    "contract": _post("2", "Guru Ahli Pertama", SCHOOL, "", "8"),
}


def people(*changed: dict[str, str], without: Iterable[str] = ()) -> list[dict[str, str]]:
    """All seven, with some rows replaced (by PNS ID) and some left out (by key)."""
    rows = {row["PNS ID"]: row for row in (*(person(key) for key in NIP if key not in set(without)), *changed)}
    return list(rows.values())


def csv_file(header: Sequence[str], rows: Iterable[Sequence[str] | Mapping[str, str]], delimiter: str = ",") -> bytes:
    """A CSV file; rows by position or by header."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([row[name] for name in header] if isinstance(row, Mapping) else row for row in rows)
    return buffer.getvalue().encode()


def workbook(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """An XLSX file of sheets of cells; a text that begins with `=` is written as a formula."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        day = book.add_format({"num_format": "dd-mm-yyyy"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, date):
                        sheet.write_datetime(number, column, cell, day)
                    else:
                        sheet.write(number, column, cell)
    return buffer.getvalue()


def units_file(rows: Iterable[Sequence[str]] = UNITS) -> bytes:
    return csv_file(UNIT_HEADER, rows)


def people_file(rows: Iterable[Mapping[str, str]] | None = None) -> bytes:
    return csv_file(PEOPLE_HEADER, people() if rows is None else rows)


def upload(session: Session, kind: str, data: bytes, **choices: Any) -> ImportReport:
    """The file taken over by the system, as of `AS_OF` unless said otherwise."""
    return run(session, system(session.info["tenant"]), kind, f"{kind}.csv", data, **{"as_of": AS_OF, **choices})


def taken(session: Session, kind: str, data: bytes, **choices: Any) -> ImportReport:
    """As `upload`, and it must be taken."""
    report = upload(session, kind, data, **choices)
    assert report.state == "taken", [problem.message for problem in report.problems]
    return report


def staffed(session: Session) -> None:
    """The units and the people above, imported."""
    taken(session, "units", units_file())
    taken(session, "people", people_file())


def codes(report: ImportReport) -> list[tuple[int | None, str | None, str]]:
    """(row, column, code) of every problem."""
    return [(problem.row, problem.column, problem.code) for problem in report.problems]
