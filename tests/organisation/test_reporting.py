"""Who appraises whom: from the heads of units, by statement, and never in a circle."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from factories.uploads import (
    NIP,
    OFFICE,
    SCHOOL,
    SECTION,
    TOP,
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

from selaras.organisation.reporting import find_circles, from_units

JULY, AUGUST = date(2026, 7, 1), date(2026, 8, 1)


@pytest.fixture
def staff(session: Session) -> Session:
    staffed(session)
    return session


def lines(session: Session, day: date = JULY) -> dict[str, str]:
    rows = session.execute(
        text(
            "SELECT p.source_id, s.source_id AS above FROM selaras.reporting_line l"
            " JOIN selaras.person p ON p.tenant_id = l.tenant_id AND p.id = l.person_id"
            " JOIN selaras.person s ON s.tenant_id = l.tenant_id AND s.id = l.superior_id"
            " WHERE l.tenant_id = :t AND l.during @> CAST(:d AS date)"
        ),
        {"t": session.info["tenant"], "d": day},
    )
    return {row.source_id[2:]: row.above[2:] for row in rows}


def stated(*rows: tuple[str, str, str]) -> bytes:
    numbers = [(NIP[a], NIP.get(b, b), since) for a, b, since in rows]
    return csv_file(("NIP", "NIP PENILAI", "BERLAKU MULAI"), numbers)


def units(**leaders: str) -> bytes:
    return units_file([(*row[:6], leaders.get(row[0].replace("-", "_"), row[6]), row[7]) for row in UNITS])


def test_members_answer_to_their_head_and_heads_to_the_head_above(staff: Session) -> None:
    assert lines(staff) == {
        "office": "top", "section": "office", "clerk": "office", "school": "section", "teacher": "school",
        "contract": "school",
    }  # fmt: skip


def test_a_vacant_head_is_skipped_upwards(session: Session) -> None:
    taken(session, "units", units())
    taken(session, "people", people_file(people(without=["section"])))
    assert lines(session)["school"] == "office"


def test_a_new_head_appraises_from_the_import_s_day(staff: Session) -> None:
    report = taken(staff, "units", units(u_school="p-teacher"), as_of=JULY)
    assert report.changed == {
        "places.new": 1, "places.ended": 1, "reporting_lines.new": 3, "reporting_lines.ended": 3,
    }  # fmt: skip
    assert lines(staff, date(2026, 6, 30))["contract"] == "school"
    after = lines(staff, JULY)
    assert (after["contract"], after["school"], after["teacher"]) == ("teacher", "teacher", "section")


def test_an_acting_head_appraises_a_unit_that_is_not_their_own(staff: Session) -> None:
    taken(staff, "units", units(u_school="p-section"), as_of=JULY)
    assert {key: lines(staff)[key] for key in ("teacher", "school", "section")} == {
        "teacher": "section",
        "school": "section",
        "section": "office",
    }


def test_leading_upwards_makes_no_circle(staff: Session) -> None:
    taken(staff, "units", units(u_top="p-teacher"), as_of=JULY)
    after = lines(staff)
    assert "teacher" not in after
    assert (after["office"], after["top"]) == ("teacher", "teacher")


def test_a_moved_unit_answers_to_another_head(staff: Session) -> None:
    moved = [(*row[:2], OFFICE, *row[3:]) if row[0] == SCHOOL else row for row in UNITS]
    taken(staff, "units", units_file(moved), as_of=JULY)
    assert (lines(staff, date(2026, 6, 30))["school"], lines(staff)["school"]) == ("section", "office")


def test_a_stated_superior_holds_from_its_date_and_outlives_imports(staff: Session) -> None:
    data = stated(("teacher", "section", "01-08-2026"))
    assert taken(staff, "superiors", data).changed == {"reporting_lines.new": 1, "reporting_lines.ended": 1}
    assert (lines(staff, JULY)["teacher"], lines(staff, AUGUST)["teacher"]) == ("school", "section")
    taken(staff, "people", people_file(), as_of=AUGUST)
    assert lines(staff, AUGUST)["teacher"] == "section"
    assert taken(staff, "superiors", data).changed == {}


def test_an_empty_appraiser_takes_the_statement_back(staff: Session) -> None:
    taken(staff, "superiors", stated(("teacher", "section", "01-07-2026")))
    taken(staff, "superiors", stated(("teacher", "", "01-08-2026")))
    assert (lines(staff, JULY)["teacher"], lines(staff, AUGUST)["teacher"]) == ("section", "school")


def test_a_stated_superior_who_leaves_gives_the_unit_s_head_back(staff: Session) -> None:
    taken(staff, "superiors", stated(("teacher", "clerk", "01-02-2026")))
    taken(staff, "people", people_file(people(without=["clerk"])), as_of=JULY, accept_vanished=True)
    assert lines(staff)["teacher"] == "school"


def test_nobody_appraises_themselves(staff: Session) -> None:
    report = upload(staff, "superiors", stated(("teacher", "teacher", "")))
    assert codes(report) == [(2, "NIP PENILAI", "own_superior")]


def test_a_stated_circle_is_refused_in_words_and_leaves_nothing(staff: Session) -> None:
    before = lines(staff)
    report = upload(staff, "superiors", stated(("clerk", "section", ""), ("office", "teacher", "")))
    (problem,) = report.problems
    assert (problem.row, problem.column, problem.code) == (3, "NIP PENILAI", "appraisal_circle")
    for name in ("Office", "Teacher", "School", "Section", " → "):
        assert name in problem.message
    assert lines(staff) == before


def test_unknown_numbers_are_named_and_a_similar_one_is_suggested(staff: Session) -> None:
    near, far = "198505052010051006", "196012312000011001"
    report = upload(staff, "superiors", stated(("clerk", near, ""), ("teacher", far, "")))
    assert codes(report) == [(2, "NIP PENILAI", "unknown_person_near"), (3, "NIP PENILAI", "unknown_person")]
    assert NIP["teacher"] in report.problems[0].message


def test_a_person_stated_twice_names_both_rows(staff: Session) -> None:
    report = upload(staff, "superiors", stated(("clerk", "section", ""), ("clerk", "top", "")))
    assert [(one.row, one.code, one.params["other"]) for one in report.problems] == [(3, "duplicate", "2")]


@pytest.mark.parametrize(
    ("parents", "problem"),
    [
        ({SCHOOL: "u-nowhere"}, (5, "DiatasanId", "unknown_unit")),
        ({SECTION: SECTION}, (4, "DiatasanId", "unit_circle")),
        ({OFFICE: SCHOOL}, (3, "DiatasanId", "unit_circle")),
    ],
)
def test_a_tree_that_is_none_is_refused(
    session: Session, parents: dict[str, str], problem: tuple[int, str, str]
) -> None:
    rows = [(*row[:2], parents.get(row[0], row[2]), *row[3:]) for row in UNITS]
    report = upload(session, "units", units_file(rows))
    assert report.state == "refused"
    assert codes(report) == [problem]


def test_a_circle_with_a_unit_that_the_file_leaves_out_is_seen(staff: Session) -> None:
    report = upload(staff, "units", units_file([(OFFICE, "x", SCHOOL, "22", "Dinas", "", "", "")]))
    assert codes(report) == [(2, "DiatasanId", "unit_circle")]


def test_a_unit_twice_and_several_tops(session: Session) -> None:
    assert codes(upload(session, "units", units_file([*UNITS, UNITS[3]]))) == [(6, "Id", "duplicate")]
    report = taken(session, "units", units_file([*UNITS, ("u-two", "x", "", "", "Dua", "", "", "")]))
    assert [(one.code, one.severity.value, one.params["count"]) for one in report.problems] == [
        ("several_tops", "warning", 2)
    ]


def test_circles_are_found_among_many_chains() -> None:
    edges = [("a", "b"), ("b", "c"), ("c", "a"), ("d", "a"), ("e", "d"), ("f", "g"), ("x", "y"), ("y", "x")]
    frame = pl.DataFrame(edges, schema=["person_id", "superior_id"], orient="row")
    assert sorted(sorted(circle) for circle in find_circles(frame)) == [["a", "b", "c"], ["x", "y"]]
    assert find_circles(frame.head(2)) == []


def test_lines_begin_when_both_posts_have_begun() -> None:
    units_frame = pl.DataFrame({"unit_id": ["u"], "source_id": ["s"], "parent_id": [None], "leader_source_id": ["h"]})
    serving = pl.DataFrame(
        {
            "person_id": ["1", "2"],
            "source_id": ["h", "m"],
            "unit_id": ["u", "u"],
            "is_head": [True, False],
            "since": [date(2024, 5, 1), date(2020, 1, 1)],
        }
    )
    day = date(2024, 5, 1)
    assert from_units(units_frame.cast({"parent_id": pl.String}), serving).rows() == [("2", "1", day, day)]


def test_the_top_has_nobody_above(staff: Session) -> None:
    assert "top" not in lines(staff)
    assert person("top")["UNOR ID"] == TOP
