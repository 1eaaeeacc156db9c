"""Several plans in one year out of files: each for its days, its post and its appraiser; a row says which it means."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest
from factories.uploads import (
    NIP,
    PEOPLE_HEADER,
    SCHOOL,
    codes,
    csv_file,
    people,
    person,
    staffed,
    taken,
    upload,
)
from sqlalchemy.orm import Session

from selaras.exchange.layouts import LAYOUTS, Kind
from selaras.organisation.queries import person_by_number
from selaras.planning.matrix import matrix
from selaras.planning.queries import PlanView, plan
from selaras.planning.readiness import readiness

JUNE, DECEMBER, MOVED = date(2026, 6, 30), date(2026, 12, 31), date(2026, 7, 1)
HALVES = ({"MULAI": "01-01-2026", "SELESAI": "30-06-2026"}, {"MULAI": "01-07-2026", "SELESAI": "31-12-2026"})


def rows_of(kind: Kind, *rows: Mapping[str, str]) -> bytes:
    header = [column.header for column in LAYOUTS[kind]]
    return csv_file(header, [{name: row.get(name, "") for name in header} for row in rows])


def result(who: str = "clerk", code: str = "R1", **more: str) -> dict[str, str]:
    cells = {
        "NIP": NIP[who],
        "TAHUN": "2026",
        "KODE RHK": code,
        "JENIS": "utama",
        "RENCANA HASIL KERJA": f"Hasil {code}",
        "ASPEK": "kuantitas",
        "INDIKATOR": "Jumlah",
        "TARGET": "10",
        "SATUAN": "dokumen",
        "MODEL": "Kuantitatif",
    }
    return cells | {name.replace("_", " "): value for name, value in more.items()}


def halves(who: str = "clerk", **more: str) -> list[dict[str, str]]:
    return [result(who, TARGET=target, **days, **more) for target, days in zip(("10", "4"), HALVES, strict=True)]


def plans(*rows: Mapping[str, str]) -> bytes:
    return rows_of(Kind.PLANS, *rows)


def of(session: Session, day: date | None = None, who: str = "clerk") -> PlanView:
    found = person_by_number(session, NIP[who], MOVED)
    assert found is not None
    held = plan(session, found, 2026, day)
    assert held is not None
    return held


def target(view: PlanView) -> int:
    (item,) = view.items
    (measure,) = item.measures
    assert measure.target is not None
    return int(measure.target)


@pytest.fixture
def staff(session: Session) -> Session:
    """The clerk moves to the school on 1 July, and is led from there."""
    staffed(session)
    moved = person("clerk", TMT_JABATAN="01-07-2026", UNOR_ID=SCHOOL, JABATAN_NAMA="Tata Usaha")
    taken(session, "people", csv_file(PEOPLE_HEADER, people(moved)), as_of=MOVED)
    return session


def test_a_plan_for_each_part_of_the_year_with_its_own_appraiser(staff: Session) -> None:
    report = taken(staff, "plans", plans(*halves()), as_of=DECEMBER)
    assert report.changed == {"plans.new": 2, "items.new": 2, "measures.new": 2}
    first, second = of(staff, JUNE), of(staff, DECEMBER)
    assert (first.starts, first.ends, target(first)) == (date(2026, 1, 1), JUNE, 10)
    assert (second.starts, second.ends, target(second)) == (MOVED, DECEMBER, 4)
    assert (first.appraiser_name, second.appraiser_name) == ("Office", "School")
    assert of(staff).plan_id == second.plan_id
    assert taken(staff, "plans", plans(*halves()), as_of=DECEMBER).changed == {}


def test_the_plan_of_the_year_is_shortened_when_another_follows(staff: Session) -> None:
    taken(staff, "plans", plans(result()))
    whole = of(staff)
    assert (whole.starts, whole.ends) == (None, None)
    assert codes(upload(staff, "plans", plans(halves()[1]))) == [(2, "MULAI", "plan_days_shared")]
    assert taken(staff, "plans", plans(*halves())).changed == {
        "plans.new": 1,
        "plans.changed": 1,
        "items.new": 1,
        "measures.new": 1,
    }
    assert of(staff, JUNE).plan_id == whole.plan_id
    counted = readiness(staff, 2026, DECEMBER, date(2026, 1, 31))
    assert (counted.agreed, counted.agreed_late) == (1, 0)  # the plan from July cannot be late in January


def test_an_earlier_plan_may_come_later(staff: Session) -> None:
    taken(staff, "plans", plans(halves()[1]))
    taken(staff, "plans", plans(halves()[0]))
    assert (target(of(staff, JUNE)), target(of(staff))) == (10, 4)


def test_a_row_without_days_means_the_only_plan_that_is_here(staff: Session) -> None:
    taken(staff, "plans", plans(halves()[1]))
    assert taken(staff, "plans", plans(result(TARGET="5"))).changed == {"measures.changed": 1}
    assert (of(staff).starts, target(of(staff))) == (MOVED, 5)
    taken(staff, "plans", plans(halves()[0]))
    assert codes(upload(staff, "plans", plans(result(TARGET="6")))) == [(2, "MULAI", "plan_several")]


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([result(MULAI="31-12-2025")], (2, "MULAI", "day_outside_year")),
        ([result(SELESAI="01-01-2027")], (2, "SELESAI", "day_outside_year")),
        ([result(MULAI="01-07-2026", SELESAI="30-06-2026")], (2, "SELESAI", "plan_ends")),
        ([result(SELESAI="01-07-2026"), result(MULAI="01-07-2026")], (3, "MULAI", "plan_days_shared")),
        (
            [result(SELESAI="30-06-2026"), result(code="R2", MULAI="01-01-2026", SELESAI="31-07-2026")],
            (3, "SELESAI", "inconsistent"),
        ),
        ([result(**HALVES[0]), result(**HALVES[0])], (3, "ASPEK", "duplicate")),
    ],
)
def test_days_that_do_not_hold_are_refused(
    staff: Session, rows: list[dict[str, str]], problem: tuple[int, str, str]
) -> None:
    report = upload(staff, "plans", plans(*rows))
    assert (report.state, codes(report)) == ("refused", [problem])


def test_a_superior_s_result_is_that_of_the_plan_in_whose_days_one_s_own_ends(staff: Session) -> None:
    serves = {"NIP_PIMPINAN": NIP["school"], "KODE_RHK_PIMPINAN": "R1"}
    taken(staff, "plans", plans(*halves("school"), *halves(**serves)))
    for day in (JUNE, DECEMBER):
        (item,) = of(staff, day).items
        assert item.parent_item_id == of(staff, day, "school").items[0].item_id


def test_progress_goes_to_the_plan_of_its_day_and_texts_to_the_one_that_is_named(staff: Session) -> None:
    taken(staff, "plans", plans(*halves()))
    said = {"NIP": NIP["clerk"], "TAHUN": "2026", "KODE RHK": "R1", "ASPEK": "kuantitas", "REALISASI": "3"}
    taken(staff, "progress", rows_of(Kind.PROGRESS, said | {"TANGGAL": "30-06-2026"}), as_of=DECEMBER)
    reached = [of(staff, day).items[0].measures[0].actual for day in (JUNE, DECEMBER)]
    assert reached == [3, None]
    text = {"NIP": NIP["clerk"], "TAHUN": "2026", "JENIS": "lampiran", "KODE": "konsekuensi", "ISI": "Dibahas bersama."}
    unsaid = upload(staff, "plan_texts", rows_of(Kind.PLAN_TEXTS, text))
    assert codes(unsaid) == [(2, "MULAI", "plan_several")]
    strange = upload(staff, "plan_texts", rows_of(Kind.PLAN_TEXTS, text | {"MULAI": "02-07-2026"}))
    assert codes(strange) == [(2, "MULAI", "plan_days_unknown")]
    taken(staff, "plan_texts", rows_of(Kind.PLAN_TEXTS, text | {"MULAI": "01-07-2026"}))
    assert [len(of(staff, day).annexes) for day in (JUNE, DECEMBER)] == [0, 1]


def test_a_cell_of_a_matrix_names_the_leader_s_plan(staff: Session) -> None:
    taken(staff, "plans", plans(*halves("school")))
    cell = {"NIP PIMPINAN": NIP["school"], "TAHUN": "2026", "KODE RHK": "R1", "NIP": NIP["clerk"]}
    cell |= {"JENIS": "langsung", "PORSI": "40"}
    assert codes(upload(staff, "matrix", rows_of(Kind.MATRIX, cell))) == [(2, "MULAI", "plan_several")]
    taken(staff, "matrix", rows_of(Kind.MATRIX, cell | {"MULAI": "01-07-2026"}))
    (item,) = of(staff, DECEMBER, "school").items
    leader = person_by_number(staff, NIP["school"], MOVED)
    assert leader is not None
    assert [one.item_id for one in matrix(staff, leader, 2026)] == [item.item_id]
