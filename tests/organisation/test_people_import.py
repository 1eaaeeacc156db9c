"""People: what changes gets a new dated row, nothing is overwritten, nobody vanishes unnoticed."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from factories.uploads import (
    NIP,
    PEOPLE_HEADER,
    SECTION,
    UNITS,
    codes,
    csv_file,
    people,
    people_file,
    person,
    staffed,
    taken,
    units_file,
    upload,
)
from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.exchange.kinds.people import plainly_right
from selaras.organisation.identifiers import check_number
from selaras.organisation.queries import PersonView, person_by_number
from selaras.organisation.queries import people as listed
from selaras.organisation.queries import person as view

JULY = date(2026, 7, 1)


@pytest.fixture
def staff(session: Session) -> Session:
    staffed(session)
    return session


def of(session: Session, key: str, day: date) -> PersonView:
    statement = text("SELECT id FROM selaras.person WHERE tenant_id = :t AND source_id = :s")
    found = session.execute(statement, {"t": session.info["tenant"], "s": f"p-{key}"}).scalar_one()
    return view(session, found, day)


def spans(session: Session, key: str) -> list[tuple[str, str, date | None, date | None]]:
    """(unit, rank, since, until) of every post, newest first."""
    seen = of(session, key, JULY)
    return [(one.unit_name, one.rank or "", one.since, one.until) for one in seen.appointments]


def test_a_person_is_read_from_the_export_s_columns(session: Session) -> None:
    taken(session, "units", units_file())
    row = person("teacher", GELAR_DEPAN="Dr.", GELAR_BELAKANG="M.Pd.", NAMA="Siti  Aminah")
    taken(session, "people", people_file(people(row)))
    seen = of(session, "teacher", JULY)
    assert seen.line.name == "Dr. Siti Aminah, M.Pd."
    assert (seen.line.number, seen.line.rank, seen.line.employment) == (NIP["teacher"], "III/c", "pns")
    assert (seen.birth_date, seen.sex, seen.left_on) == (date(1985, 5, 5), "M", None)
    (post,) = seen.appointments
    assert (post.position_title, post.position_kind, post.level) == ("Guru Ahli Pertama", "jf", "pertama")
    assert (post.job_class, post.legal_status, post.since, post.is_head) == (8, "01", date(2020, 3, 1), False)
    assert listed(session, search="siti am", day=JULY).items[0].person_id == seen.line.person_id


@pytest.mark.parametrize(
    ("key", "kind", "level", "head"),
    [
        ("top", "jpt", "II.a", True),
        ("section", "administrator", "III.a", True),
        ("school", "jf", "madya", True),
        ("clerk", "pelaksana", None, False),
    ],
)
def test_the_kind_of_post_follows_type_and_echelon(
    staff: Session, key: str, kind: str, level: str | None, head: bool
) -> None:
    (post,) = of(staff, key, JULY).appointments
    assert (post.position_kind, post.level, post.is_head) == (kind, level, head)


def test_a_unit_without_a_named_leader_is_led_by_the_post_with_its_title(session: Session) -> None:
    taken(session, "units", units_file([(*row[:6], "", row[7]) if row[0] == SECTION else row for row in UNITS]))
    taken(session, "people", people_file())
    assert of(session, "section", JULY).appointments[0].is_head
    assert of(session, "school", JULY).line.superior_name == "Section"


def test_a_transfer_closes_the_old_post_on_the_day_the_new_one_begins(staff: Session) -> None:
    moved = person("teacher", UNOR_ID=SECTION, TMT_JABATAN="01-06-2026")
    report = taken(staff, "people", people_file(people(moved)), as_of=JULY)
    assert report.changed == {
        "posts.new": 1, "appointments.new": 1, "appointments.ended": 1, "reporting_lines.new": 1,
        "reporting_lines.ended": 1,
    }  # fmt: skip
    assert spans(staff, "teacher") == [
        ("Bidang SD", "III/c", date(2026, 6, 1), None),
        ("SD 1", "III/c", date(2020, 3, 1), date(2026, 6, 1)),
    ]
    before, after = (of(staff, "teacher", day).line for day in (date(2026, 5, 31), date(2026, 6, 1)))
    assert (before.superior_name, after.superior_name) == ("School", "Section")
    assert taken(staff, "people", people_file(people(moved)), as_of=JULY).changed == {}


def test_a_change_without_a_later_date_of_its_own_holds_from_the_import_s_day(staff: Session) -> None:
    taken(staff, "people", people_file(people(person("teacher", UNOR_ID=SECTION))), as_of=JULY)
    assert [row[2:] for row in spans(staff, "teacher")] == [(JULY, None), (date(2020, 3, 1), JULY)]


def test_a_correction_on_the_first_day_puts_the_row_right(staff: Session) -> None:
    changed = taken(staff, "people", people_file(people(person("teacher", UNOR_ID=SECTION))), as_of=date(2020, 3, 1))
    assert changed.changed["appointments.changed"] == 1
    assert spans(staff, "teacher") == [("Bidang SD", "III/c", date(2020, 3, 1), None)]


def test_a_promotion_in_rank_begins_with_its_own_date(session: Session) -> None:
    taken(session, "units", units_file())
    header = (*PEOPLE_HEADER, "TMT GOLONGAN")
    rows = [row | {"TMT GOLONGAN": "01-04-2019"} for row in people()]
    taken(session, "people", csv_file(header, rows))
    promoted = [
        row | {"GOL AKHIR ID": "34", "TMT GOLONGAN": "01-04-2026"} if row["PNS ID"] == "p-teacher" else row
        for row in rows
    ]
    taken(session, "people", csv_file(header, promoted), as_of=JULY)
    assert spans(session, "teacher") == [
        ("SD 1", "III/d", date(2026, 4, 1), None),
        ("SD 1", "III/c", date(2020, 3, 1), date(2026, 4, 1)),
    ]


def test_a_post_that_is_graded_anew_is_another_post(staff: Session) -> None:
    taken(staff, "people", people_file(people(person("clerk", KELAS_JABATAN="6"))), as_of=JULY)
    assert [(post.job_class, post.since) for post in of(staff, "clerk", JULY).appointments] == [
        (6, JULY),
        (5, date(2020, 3, 1)),
    ]


def test_a_new_contract_brings_a_new_number_to_the_same_person(staff: Session) -> None:
    number = "199107072026211007"
    taken(staff, "people", people_file(people(person("contract", NIP_BARU=number))), as_of=JULY)
    numbers = of(staff, "contract", JULY).numbers
    assert [(one.number, one.since, one.until) for one in numbers] == [
        (number, JULY, None),
        (NIP["contract"], date(2020, 3, 1), JULY),
    ]
    assert person_by_number(staff, NIP["contract"], date(2026, 6, 30)) == person_by_number(staff, number, JULY)


def test_two_people_may_exchange_their_numbers_in_one_file(staff: Session) -> None:
    swapped = people(person("teacher", NIP_BARU=NIP["clerk"]), person("clerk", NIP_BARU=NIP["teacher"]))
    taken(staff, "people", people_file(swapped), as_of=JULY)
    assert of(staff, "teacher", JULY).line.number == NIP["clerk"]


def test_more_than_two_percent_missing_stops_until_confirmed(staff: Session) -> None:
    data = people_file(people(without=["clerk"]))
    report = upload(staff, "people", data, as_of=JULY)
    (problem,) = (one for one in report.problems if one.severity == "error")
    assert (problem.code, problem.row, problem.params["vanished"]) == ("people_vanished", None, 1)
    assert "1 of 7" in problem.message
    taken(staff, "people", data, as_of=JULY, accept_vanished=True)
    gone = of(staff, "clerk", JULY)
    assert (gone.left_on, gone.line.number, gone.appointments[0].until) == (JULY, None, JULY)
    assert of(staff, "clerk", date(2026, 6, 30)).line.superior_name == "Office"
    assert len(listed(staff, day=JULY).items) == 6
    assert taken(staff, "people", data, as_of=JULY).changed == {}


def test_one_missing_of_sixty_leaves_without_asking(session: Session) -> None:
    taken(session, "units", units_file())
    many = [person("teacher") | {"PNS ID": f"q-{n}", "NIP BARU": f"1985050520110510{n:02}"} for n in range(10, 63)]
    taken(session, "people", people_file([*people(), *many]))
    assert taken(session, "people", people_file([*people(), *many[1:]]), as_of=JULY).changed["people.changed"] == 1


def test_somebody_who_returns_is_the_same_person_with_a_gap(staff: Session) -> None:
    taken(staff, "people", people_file(people(without=["clerk"])), as_of=JULY, accept_vanished=True)
    back = people(person("clerk", TMT_JABATAN="01-09-2026"))
    taken(staff, "people", people_file(back), as_of=date(2026, 9, 15))
    seen = of(staff, "clerk", date(2026, 9, 15))
    assert seen.left_on is None
    assert [(post.since, post.until) for post in seen.appointments] == [
        (date(2026, 9, 1), None),
        (date(2020, 3, 1), JULY),
    ]


@pytest.mark.parametrize(
    ("changed", "column", "code"),
    [
        ({"NIP_BARU": "12345"}, "NIP BARU", "number.shape"),
        ({"NIP_BARU": "198513052010051005"}, "NIP BARU", "number.birth"),
        ({"NIP_BARU": "198505052010151005"}, "NIP BARU", "number.kind"),
        ({"NIP_BARU": ""}, "NIP BARU", "empty"),
        ({"PNS_ID": ""}, "PNS ID", "empty"),
        ({"NAMA": "null"}, "NAMA", "empty"),
        ({"TANGGAL_LAHIR": "5 Mei 1985"}, "TANGGAL LAHIR", "not_a_date"),
        ({"TMT_JABATAN": "2020"}, "TMT JABATAN", "not_a_date"),
        ({"JENIS_KELAMIN": "X"}, "JENIS KELAMIN", "not_allowed"),
        ({"KELAS_JABATAN": "delapan"}, "KELAS JABATAN", "not_whole"),
        ({"KELAS_JABATAN": "99"}, "KELAS JABATAN", "out_of_range"),
        ({"JENIS_JABATAN_ID": "9"}, "JENIS JABATAN ID", "position_kind"),
        ({"JENIS_JABATAN_ID": "1"}, "JENIS JABATAN ID", "position_kind"),
        ({"UNOR_ID": "nowhere"}, "UNOR ID", "unknown_unit"),
        ({"NAMA": "=HYPERLINK(1)"}, "NAMA", "formula"),
        ({"NAMA": "x" * 501}, "NAMA", "cell_too_long"),
    ],
)
def test_bad_input_is_named_by_row_and_column(
    session: Session, changed: dict[str, str], column: str, code: str
) -> None:
    taken(session, "units", units_file())
    report = upload(session, "people", people_file([*people(without=["teacher"]), person("teacher", **changed)]))
    assert report.state == "refused"
    assert (8, column, code) in codes(report)
    assert all(problem.remedy for problem in report.problems if problem.severity == "error")


def test_a_missing_column_is_named_by_its_header(session: Session) -> None:
    header = [name for name in PEOPLE_HEADER if name != "UNOR ID"]
    report = upload(session, "people", csv_file(header, people()))
    assert codes(report) == [(1, "UNOR ID", "missing_column")]


@pytest.mark.parametrize(("header", "column"), [("PNS ID", "PNS ID"), ("NIP BARU", "NIP BARU")])
def test_the_same_person_or_number_twice_names_both_rows(session: Session, header: str, column: str) -> None:
    taken(session, "units", units_file())
    twice = person("clerk") | {header: person("teacher")[header]}
    report = upload(session, "people", people_file([*people(without=["clerk"]), twice]))
    (problem,) = (one for one in report.problems if one.code == "duplicate")
    assert (problem.row, problem.column, problem.params["other"]) == (8, column, "6")


def test_a_number_that_somebody_else_keeps_is_refused(staff: Session) -> None:
    stranger = person("clerk", PNS_ID="p-new")
    header = {name: value for name, value in stranger.items()}
    report = upload(staff, "people", people_file(people(header, without=["clerk"])), accept_vanished=True)
    assert report.state == "refused"
    assert [(one.row, one.code) for one in report.problems if one.severity == "error"] == [(8, "number_taken")]


def test_a_number_that_differs_from_birth_and_sex_is_a_warning(session: Session) -> None:
    taken(session, "units", units_file())
    odd = person("teacher", TANGGAL_LAHIR="06-05-1985", JENIS_KELAMIN="F")
    report = taken(session, "people", people_file(people(odd)))
    assert {(one.row, one.code, one.severity.value) for one in report.problems} == {
        (6, "number.birth_differs", "warning"),
        (6, "number.sex_differs", "warning"),
    }


def test_a_leader_who_is_not_among_the_people_is_a_warning(session: Session) -> None:
    taken(session, "units", units_file())
    report = taken(session, "people", people_file(people(without=["school"])))
    (problem,) = report.problems
    assert (problem.code, problem.value) == ("leader_absent", "p-school")


def test_the_quick_check_of_numbers_never_passes_what_the_full_one_would_not() -> None:
    births: list[Any] = [None, date(1985, 5, 5), date(1985, 5, 6)]
    heads = ("19850505", "19511231", "19510101", "20110630", "19850230", "1985050x", "18500505")
    tails = (
        "2010051005",
        "2010001005",
        "2010211005",
        "2010151005",
        "2010053005",
        "1999051005",
        "2000051",
        "201005100５",
    )
    rows = [
        (head + tail, birth, sex) for head in heads for tail in tails for birth in births for sex in (None, "M", "F")
    ]
    frame = pl.DataFrame(rows, schema={"number": pl.String, "birth_date": pl.Date, "sex": pl.String}, orient="row")
    passed = frame.filter(plainly_right(JULY)).rows()
    assert passed
    assert [row for row in passed if check_number(row[0], JULY, birth=row[1], sex=row[2])] == []
