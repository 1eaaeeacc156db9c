"""Organisation ratings and ratings: set by the right leader, in the columns that the period's regulation declares."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from factories.uploads import NIP, OFFICE, SCHOOL, SECTION, TOP, codes, csv_file, staffed, taken, upload
from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.evaluation.models import Period
from selaras.regulation import load_registry
from selaras.tenancy.queries import agency, rules_on

RATED = ("NIP", "PERIODE", "HASIL KERJA", "PERILAKU KERJA")
OLD = (
    "NIP", "PERIODE", "ORIENTASI PELAYANAN", "INTEGRITAS", "KOMITMEN", "DISIPLIN", "KERJA SAMA", "KEPEMIMPINAN",
    "TUGAS TAMBAHAN", "KREATIVITAS",
)  # fmt: skip
UNIT_RATED = ("UNOR ID", "PERIODE", "PREDIKAT", "NIP PENETAP")
TEACHER = NIP["teacher"]


@pytest.fixture
def staff(session: Session) -> Session:
    staffed(session)
    session.add_all(
        [
            Period(code="2026-TW3", kind="quarter", starts=date(2026, 7, 1), ends=date(2026, 9, 30)),
            Period(code="2026-TW2", kind="quarter", starts=date(2026, 4, 1), ends=date(2026, 6, 30), state="closed"),
            Period(code="2020", kind="year", starts=date(2020, 1, 1), ends=date(2020, 12, 31)),
            Period(code="2021", kind="year", starts=date(2021, 1, 1), ends=date(2021, 12, 31)),
        ]
    )
    session.flush()
    return session


def stored(session: Session) -> list[dict[str, Any]]:
    statement = text("SELECT inputs FROM selaras.rating WHERE tenant_id = :t")
    return list(session.execute(statement, {"t": session.info["tenant"]}).scalars())


@pytest.mark.parametrize(
    "row",
    [
        (TEACHER, "2026-TW3", "di_atas", "sesuai"),
        (TEACHER, "2026-TW3", "Di atas ekspektasi", "SESUAI EKSPEKTASI"),
        (f"'{TEACHER}", "2026-TW3", "Above expectation", "sesuai"),
    ],
)
def test_ratings_are_stored_as_the_regulation_s_codes(staff: Session, row: tuple[str, ...]) -> None:
    data = csv_file(RATED, [row])
    assert taken(staff, "ratings", data).changed == {"ratings.new": 1}
    assert stored(staff) == [{"rating_hasil_kerja": "di_atas", "rating_perilaku": "sesuai"}]
    assert taken(staff, "ratings", data).changed == {}


def test_what_the_platform_knows_itself_is_not_asked_for(staff: Session, console_database, tenant) -> None:
    """PP 30/2019 reads the group of the post, which no appraiser enters."""
    with console_database.platform() as platform:
        platform.execute(
            text(
                "INSERT INTO selaras.regulation_assignment (tenant_id, regulation, during, reason_text)"
                " VALUES (:tenant, 'pp30_2019', '[2021-01-01,2022-01-01)', 'test')"
            ),
            {"tenant": tenant.tenant_id},
        )
    rules = rules_on(staff, agency(staff, tenant.tenant_id), date(2021, 12, 31), load_registry())
    levels = [one for one in rules.asked_columns if one.required]
    header = ("NIP", "PERIODE", *(one.name for one in levels))
    row = (TEACHER, "2021", *(one.allowed[0] if one.allowed else f"{one.maximum:g}" for one in levels))
    assert "post_group" in {one.name for one in rules.person_columns} - set(header)
    assert taken(staff, "ratings", csv_file(header, [row])).changed == {"ratings.new": 1}


def test_the_declared_name_of_a_column_is_a_header_too(staff: Session) -> None:
    header = ("NIP", "PERIODE", "rating_hasil_kerja", "Rating of behaviour")
    taken(staff, "ratings", csv_file(header, [(TEACHER, "2026-TW3", "sesuai", "di_bawah")]))
    assert stored(staff) == [{"rating_hasil_kerja": "sesuai", "rating_perilaku": "di_bawah"}]


def test_a_rating_may_be_replaced_while_the_period_is_open(staff: Session) -> None:
    taken(staff, "ratings", csv_file(RATED, [(TEACHER, "2026-TW3", "sesuai", "sesuai")]))
    again = csv_file(RATED, [(TEACHER, "2026-TW3", "di_atas", "sesuai")])
    assert taken(staff, "ratings", again).changed == {"ratings.changed": 1}
    superior = staff.execute(
        text("SELECT p.source_id FROM selaras.rating r JOIN selaras.person p ON p.id = r.appraiser_id")
    ).scalar_one()
    assert superior == "p-school"


def test_another_regulation_declares_other_columns(staff: Session) -> None:
    row = (TEACHER, "2020", "80", "81,5", "82", "83", "84", "", "2", "3")
    taken(staff, "ratings", csv_file(OLD, [row]))
    (inputs,) = stored(staff)
    assert (inputs["integritas"], inputs["kepemimpinan"], inputs["extra_duties"]) == (81.5, None, 2)
    assert inputs["creativity"] == 3


def problems(
    session: Session, header: tuple[str, ...], *rows: tuple[str, ...]
) -> list[tuple[int | None, str | None, str]]:
    return codes(upload(session, "ratings", csv_file(header, rows)))


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ((TEACHER, "2026-TW3", "hebat", "sesuai"), (2, "RATING HASIL KERJA", "bad_rating")),
        ((TEACHER, "2026-TW3", "", "sesuai"), (2, "RATING HASIL KERJA", "bad_rating")),
        ((TEACHER, "2026-TW9", "sesuai", "sesuai"), (2, "PERIODE", "unknown_period")),
        ((TEACHER, "2026-TW2", "sesuai", "sesuai"), (2, "PERIODE", "period_closed")),
        ((TEACHER, "2021", "sesuai", "sesuai"), (None, "PERIODE", "regulation_silent")),
        (("196012312000011001", "2026-TW3", "sesuai", "sesuai"), (2, "NIP", "unknown_person")),
        ((TEACHER, "2026-TW3", "=1+1", "sesuai"), (2, "HASIL KERJA", "formula")),
    ],
)
def test_ratings_that_do_not_hold_are_refused(
    staff: Session, row: tuple[str, ...], problem: tuple[int | None, str, str]
) -> None:
    assert problem in problems(staff, RATED, row)
    assert stored(staff) == []


def test_the_regulation_s_words_name_what_is_wrong_with_a_value(staff: Session) -> None:
    row = (TEACHER, "2020", "80", "181", "82", "83", "x", "", "", "")
    report = upload(staff, "ratings", csv_file(OLD, [row]))
    assert [(one.row, one.column, one.value) for one in report.problems] == [
        (2, "INTEGRITAS", "181"),
        (2, "KERJA SAMA", "x"),
    ]
    assert "100" in report.problems[0].remedy


def test_a_declared_column_that_is_missing_is_named(staff: Session) -> None:
    found = problems(staff, RATED[:3], (TEACHER, "2026-TW3", "sesuai"))
    assert found == [(1, "RATING PERILAKU KERJA", "bad_rating")]


def test_a_person_twice_names_both_rows(staff: Session) -> None:
    row = (TEACHER, "2026-TW3", "sesuai", "sesuai")
    assert problems(staff, RATED, row, row) == [(3, "NIP", "duplicate")]


def units(*rows: tuple[str, str, str, str]) -> bytes:
    return csv_file(UNIT_RATED, rows)


def test_each_unit_is_rated_by_the_leader_one_level_above(staff: Session) -> None:
    data = units(
        (SCHOOL, "2026-TW3", "Istimewa", NIP["section"]),
        (SECTION, "2026-TW3", "baik", NIP["office"]),
        (OFFICE, "2026-TW3", "Butuh Perbaikan", ""),
        (TOP, "2026-TW3", "baik", ""),
    )
    assert taken(staff, "organisation_ratings", data).changed == {"organisation_ratings.new": 4}
    assert taken(staff, "organisation_ratings", data).changed == {}
    ratings = staff.execute(text("SELECT rating FROM selaras.organisation_rating ORDER BY rating")).scalars().all()
    assert ratings == ["baik", "baik", "butuh_perbaikan", "istimewa"]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ((SCHOOL, "2026-TW3", "baik", NIP["school"]), (2, "NIP PENETAP", "wrong_setter")),
        ((SCHOOL, "2026-TW3", "baik", NIP["office"]), (2, "NIP PENETAP", "wrong_setter")),
        ((SCHOOL, "2026-TW3", "baik", ""), (2, "NIP PENETAP", "setter_missing")),
        ((OFFICE, "2026-TW3", "baik", NIP["clerk"]), (2, "NIP PENETAP", "wrong_setter")),
        ((SCHOOL, "2026-TW3", "hebat", NIP["section"]), (2, "PREDIKAT", "not_allowed")),
        (("nowhere", "2026-TW3", "baik", ""), (2, "UNOR ID", "unknown_unit")),
        ((SCHOOL, "2026-TW2", "baik", NIP["section"]), (2, "PERIODE", "period_closed")),
        ((SCHOOL, "2020", "baik", NIP["section"]), (None, "PREDIKAT", "not_covered_here")),
    ],
)
def test_organisation_ratings_that_do_not_hold_are_refused(
    staff: Session, row: tuple[str, str, str, str], problem: tuple[int | None, str, str]
) -> None:
    report = upload(staff, "organisation_ratings", units(row))
    assert report.state == "refused"
    assert problem in codes(report)


def test_a_wrong_setter_is_told_who_should_have_set_it(staff: Session) -> None:
    report = upload(staff, "organisation_ratings", units((SCHOOL, "2026-TW3", "baik", NIP["top"])))
    assert "its rating is set by Section" in report.problems[0].message


def segmented(staff: Session) -> None:
    """The teacher's quarter has two parts, each with an appraiser of its own."""
    values = {"t": staff.info["tenant"]}
    staff.execute(
        text("""
        INSERT INTO selaras.segment (tenant_id, period_id, person_id, number, starts, ends, cause, evaluated, unit_id,
                                     position_id, appraiser_id, employment, regulation, origin)
        SELECT :t, p.id, a.person_id, part.number, part.starts, part.ends, 'move', true, a.unit_id, a.position_id,
               line.superior_id, a.employment, 'permenpan_6_2022', 'facts'
        FROM selaras.period p, selaras.appointment a
        JOIN selaras.person_number held ON held.tenant_id = a.tenant_id AND held.person_id = a.person_id
        LEFT JOIN selaras.reporting_line line ON line.tenant_id = a.tenant_id AND line.person_id = a.person_id,
             (VALUES (1, date '2026-07-01', date '2026-08-14'), (2, date '2026-08-15', date '2026-09-30'))
             AS part (number, starts, ends)
        WHERE p.tenant_id = :t AND p.code = '2026-TW3' AND a.tenant_id = :t AND held.number = :number
        """),
        {**values, "number": TEACHER},
    )
    staff.execute(text("UPDATE selaras.period SET segmented = 1 WHERE tenant_id = :t AND code = '2026-TW3'"), values)


def test_a_rating_names_the_part_of_the_period(staff: Session) -> None:
    segmented(staff)
    header = ("NIP", "PERIODE", "SEGMEN", "HASIL KERJA", "PERILAKU KERJA")
    rows = [(TEACHER, "2026-TW3", "1", "sesuai", "sesuai"), (TEACHER, "2026-TW3", "2", "di_atas", "sesuai")]
    assert taken(staff, "ratings", csv_file(header, rows)).changed == {"ratings.new": 2}
    kept = staff.execute(
        text("SELECT segment, inputs ->> 'rating_hasil_kerja' FROM selaras.rating WHERE tenant_id = :t ORDER BY 1"),
        {"t": staff.info["tenant"]},
    ).all()
    assert [tuple(one) for one in kept] == [(1, "sesuai"), (2, "di_atas")]
    lost = upload(staff, "ratings", csv_file(header, [(TEACHER, "2026-TW3", "3", "sesuai", "sesuai")]))
    assert codes(lost) == [(2, "SEGMEN", "unknown_segment")]


def test_a_period_without_parts_has_no_second_one(staff: Session) -> None:
    header = ("NIP", "PERIODE", "SEGMEN", "HASIL KERJA", "PERILAKU KERJA")
    lost = upload(staff, "ratings", csv_file(header, [(TEACHER, "2026-TW3", "2", "sesuai", "sesuai")]))
    assert codes(lost) == [(2, "SEGMEN", "unknown_segment")]
