"""A file is taken whole or not at all; the same file twice changes nothing; what happened is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from conftest import Tenant
from factories.actors import whole
from factories.uploads import (
    PEOPLE_HEADER,
    codes,
    csv_file,
    people,
    people_file,
    person,
    staffed,
    taken,
    units_file,
    upload,
    workbook,
)
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from selaras.db.session import Database
from selaras.errors import Invalid, Refused
from selaras.exchange.imports import run
from selaras.exchange.queries import batch
from selaras.identity.actor import Actor
from selaras.organisation.models import Appointment, Person, PersonNumber, Position, ReportingLine


def count(session: Session, model: Any) -> int:
    return session.execute(select(func.count()).select_from(model)).scalar_one()


def test_units_and_people_arrive_with_numbers_posts_and_superiors(session: Session) -> None:
    assert taken(session, "units", units_file()).changed == {"units.new": 4, "places.new": 4}
    report = taken(session, "people", people_file())
    assert report.rows == 7
    assert report.changed == {
        "people.new": 7, "numbers.new": 7, "posts.new": 6, "appointments.new": 7, "reporting_lines.new": 6,
    }  # fmt: skip


def test_the_same_files_again_change_nothing(session: Session) -> None:
    staffed(session)
    assert taken(session, "units", units_file()).changed == {}
    assert taken(session, "people", people_file()).changed == {}


def test_three_sheets_are_one_file_and_name_the_employment(session: Session) -> None:
    taken(session, "units", units_file())
    rows = {row["PNS ID"]: row | {"JENIS PEGAWAI NAMA": ""} for row in people()}
    part_time = rows.pop("p-clerk") | {"NIP BARU": "199006062025242006"}
    sheets = {
        "PNS": [row for row in rows.values() if row["PNS ID"] != "p-contract"],
        "PPPK": [rows["p-contract"]],
        "PPPK Paruh Waktu": [part_time],
        "Petunjuk": [],
    }
    cells = {name: [PEOPLE_HEADER, *(tuple(row.values()) for row in part)] for name, part in sheets.items()}
    cells["Petunjuk"] = [("Isi lembar di sebelah kiri.",)]
    report = taken(session, "people", workbook(cells))
    assert report.rows == 7
    held = session.execute(
        select(Person.source_id, Appointment.employment).join(Appointment, Appointment.person_id == Person.id)
    ).all()
    assert dict(held) == {f"p-{key}": "pns" for key in ("top", "office", "section", "school", "teacher")} | {
        "p-contract": "pppk", "p-clerk": "pppk_paruh_waktu",
    }  # fmt: skip
    assert "Sheet without known columns left aside: Petunjuk" in report.notes


def test_any_error_leaves_nothing_but_the_batch_with_its_problems(session: Session) -> None:
    taken(session, "units", units_file())
    report = upload(session, "people", people_file([*people(), person("clerk", PNS_ID="p-other", UNOR_ID="nowhere")]))
    assert report.state == "refused"
    assert report.changed == {}
    assert [count(session, model) for model in (Person, Position, Appointment, PersonNumber, ReportingLine)] == [0] * 5
    stored = batch(session, whole(session), report.batch_id)
    assert (stored.state, stored.rows, stored.problems) == ("refused", 8, report.problems)


def test_a_preview_tells_the_changes_and_makes_none(session: Session) -> None:
    taken(session, "units", units_file())
    report = upload(session, "people", people_file(), preview=True)
    assert (report.state, report.changed["people.new"]) == ("previewed", 7)
    assert count(session, Person) == 0
    assert taken(session, "people", people_file()).changed == report.changed


def test_a_preview_of_a_bad_file_is_refused(session: Session) -> None:
    assert upload(session, "people", people_file(), preview=True).state == "refused"


@pytest.mark.parametrize("table", ["person_number", "appointment", "reporting_line"])
def test_a_crash_in_the_middle_leaves_nothing(database: Database, tenant: Tenant, urls: Any, table: str) -> None:
    with database.tenant(tenant.tenant_id) as session:
        taken(session, "units", units_file())
    with psycopg.connect(urls.admin, autocommit=True) as admin:
        admin.execute(f"REVOKE INSERT ON selaras.{table} FROM selaras_app")
        try:
            with pytest.raises(psycopg.errors.InsufficientPrivilege), database.tenant(tenant.tenant_id) as session:
                upload(session, "people", people_file())
        finally:
            admin.execute(f"GRANT INSERT ON selaras.{table} TO selaras_app")
    with database.tenant(tenant.tenant_id) as session:
        assert [count(session, model) for model in (Person, PersonNumber, Position, Appointment)] == [0] * 4
        assert taken(session, "people", people_file()).changed["people.new"] == 7


def test_another_agency_s_units_and_people_are_unknown(database: Database, two_tenants: tuple[Tenant, Tenant]) -> None:
    here, there = two_tenants
    with database.tenant(there.tenant_id) as session:
        staffed(session)
    with database.tenant(here.tenant_id) as session:
        report = upload(session, "people", people_file())
        assert {code for _, _, code in codes(report)} == {"unknown_unit"}
        goals = csv_file(
            ("KODE", "UNOR ID", "TAHUN", "SASARAN", "INDIKATOR", "TARGET", "SATUAN", "KODE INDUK"),
            [("S1", "u-top", "2026", "Sasaran", "Indikator", "1", "persen", "")],
        )
        assert codes(upload(session, "goals", goals)) == [(2, "UNOR ID", "unknown_unit")]
        lines = csv_file(("NIP", "NIP PENILAI", "BERLAKU MULAI"), [("198505052010051005", "197502021999022002", "")])
        assert {code for _, _, code in codes(upload(session, "superiors", lines))} == {"unknown_person"}


def test_every_import_is_in_the_ledger_without_a_name(session: Session) -> None:
    report = taken(session, "units", units_file())
    upload(session, "people", b"nothing")
    entries = session.execute(
        text("SELECT action, subject, payload FROM selaras.ledger_entry WHERE tenant_id = :t ORDER BY at"),
        {"t": session.info["tenant"]},
    ).all()
    assert [entry.action for entry in entries] == ["import.taken", "import.refused"]
    assert entries[0].subject == f"import_batch:{report.batch_id}"
    assert entries[0].payload["changed"] == {"units.new": 4, "places.new": 4}


def test_a_file_that_is_no_table_is_reported_like_any_problem(session: Session) -> None:
    report = upload(session, "people", b"\0" * 1000)
    assert (report.state, report.rows) == ("refused", 0)
    (problem,) = report.problems
    assert (problem.code, problem.row) == ("file_not_a_table", None)
    assert "Excel workbook" in problem.remedy


def test_an_unknown_kind_and_a_stranger_are_refused(session: Session) -> None:
    with pytest.raises(Invalid) as caught:
        upload(session, "salaries", b"")
    assert caught.value.code == "import_kind"
    nobody = Actor(session.info["tenant"], None, "x", frozenset(), frozenset())
    with pytest.raises(Refused):
        run(session, nobody, "units", "unor.csv", units_file())


def test_undated_units_of_a_first_import_stand_since_ever(session: Session) -> None:
    taken(session, "units", units_file(), as_of=None)
    ranges = session.execute(text("SELECT DISTINCT during::text FROM selaras.unit_placement")).scalars().all()
    assert ranges == ["(,)"]


def test_progress_is_told_before_and_after(session: Session) -> None:
    told: list[tuple[int, int]] = []
    taken(session, "units", units_file(), progress=lambda done, total: told.append((done, total)))
    assert told == [(0, 4), (4, 4)]


class Statements:
    """Counts what is sent to the database, COPY included."""

    def __init__(self) -> None:
        self.count = 0


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Iterator[Statements]:
    counted = Statements()
    for name in ("execute", "copy"):
        original = getattr(psycopg.Cursor, name)

        def counting(self: Any, *args: Any, original: Any = original, **kwargs: Any) -> Any:
            counted.count += 1
            return original(self, *args, **kwargs)

        monkeypatch.setattr(psycopg.Cursor, name, counting)
    return counted  # type: ignore[return-value]  # counted above


def _crowd(size: int) -> bytes:
    rows = [
        person("teacher")
        | {
            "PNS ID": f"q-{n}",
            "NIP BARU": f"19850505{2011 + n // 11988}{1 + n // 999 % 12:02}1{n % 999 + 1:03}",
            "NAMA": f"Guru {n}",
        }
        for n in range(size)
    ]
    return people_file([*people(), *rows])


def test_ten_thousand_people_take_as_many_statements_as_ten(
    database: Database, two_tenants: tuple[Tenant, Tenant], statements: Statements
) -> None:
    sent = []
    for tenant, size in zip(two_tenants, (10, 10_000), strict=True):
        with database.tenant(tenant.tenant_id) as session:
            taken(session, "units", units_file())
            before = statements.count
            report = taken(session, "people", _crowd(size))
            assert report.changed["people.new"] == size + 7
            sent.append(statements.count - before)
    assert sent[0] == sent[1] < 80


def test_two_imports_of_one_agency_wait_for_each_other(database: Database, tenant: Tenant) -> None:
    with database.tenant(tenant.tenant_id) as first:
        taken(first, "units", units_file())
        with database.tenant(tenant.tenant_id) as second:
            second.execute(text("SET LOCAL lock_timeout = '100ms'"))
            with pytest.raises(Exception, match="lock timeout"):
                upload(second, "units", units_file())
            second.rollback()
