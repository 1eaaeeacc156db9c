"""Goals and plans out of files: cascading, aspects, and every reference that does not hold."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from factories.uploads import NIP, OFFICE, TOP, codes, csv_file, staffed, taken, upload
from sqlalchemy.orm import Session

from selaras.errors import NotFound
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.organisation.queries import person_by_number
from selaras.planning.access import plan_seen
from selaras.planning.queries import PlanView, goals, plan

JULY = date(2026, 7, 1)
GOAL_HEADER = ("KODE", "UNOR ID", "TAHUN", "SASARAN", "INDIKATOR", "TARGET", "SATUAN", "KODE INDUK")
GOALS = (
    ("S1", TOP, "2026", "Layanan baik", "Indeks", "87,5", "poin", ""),
    ("S1.1", OFFICE, "2026", "Sekolah baik", "Persen sekolah", "90", "persen", "S1"),
)
PLAN_HEADER = (
    "NIP", "TAHUN", "KODE RHK", "JENIS", "RENCANA HASIL KERJA", "NIP PIMPINAN", "KODE RHK PIMPINAN", "KODE SASARAN",
    "ASPEK", "INDIKATOR", "TARGET", "SATUAN",
)  # fmt: skip


def row(who: str, code: str, aspect: str, **changed: str) -> dict[str, str]:
    cells = (
        NIP.get(who, who),
        "2026",
        code,
        "utama",
        f"Hasil {code}",
        "",
        "",
        "",
        aspect,
        "Indikator",
        "10",
        "dokumen",
    )
    return dict(zip(PLAN_HEADER, cells, strict=True)) | {name.replace("_", " "): one for name, one in changed.items()}


OWN = {"NIP_PIMPINAN": NIP["office"], "KODE_RHK_PIMPINAN": "R1"}
PLANS = (
    row("section", "A", "kuantitas", **OWN),
    row("section", "A", "waktu", TARGET="12", SATUAN="bulan", **OWN),
    row("office", "R1", "kualitas", KODE_SASARAN="S1.1", TARGET="87,5"),
    row("section", "B", "biaya", JENIS="tambahan", TARGET=""),
)


def goal_file(rows: tuple[tuple[str, ...], ...] = GOALS) -> bytes:
    return csv_file(GOAL_HEADER, rows)


def plan_file(*rows: dict[str, str]) -> bytes:
    return csv_file(PLAN_HEADER, rows or PLANS)


def of(session: Session, key: str) -> PlanView | None:
    found = person_by_number(session, NIP[key], JULY)
    assert found is not None
    return plan(session, found, 2026)


@pytest.fixture
def staff(session: Session) -> Session:
    staffed(session)
    taken(session, "goals", goal_file())
    return session


def test_goals_serve_each_other_across_units(staff: Session) -> None:
    first, second = goals(staff, 2026)
    assert (first.code, first.target, first.parent_id) == ("S1", Decimal("87.5"), None)
    assert (second.code, second.parent_id) == ("S1.1", first.goal_id)
    assert goals(staff, 2026, second.unit_id) == [second]
    assert taken(staff, "goals", goal_file()).changed == {}


def test_a_changed_target_changes_one_goal(staff: Session) -> None:
    changed = goal_file(((*GOALS[0][:5], "88", *GOALS[0][6:]), GOALS[1]))
    assert taken(staff, "goals", changed).changed == {"goals.changed": 1}
    assert goals(staff, 2026)[0].target == Decimal(88)


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ((("S2", "nowhere", "2026", "x", "y", "", "", ""),), (2, "UNOR ID", "unknown_unit")),
        ((("S2", TOP, "2026", "x", "y", "", "", "S9"),), (2, "KODE INDUK", "unknown_goal")),
        ((("S2", TOP, "2025", "x", "y", "", "", "S1"),), (2, "KODE INDUK", "unknown_goal")),
        ((("S1", TOP, "2026", "x", "y", "", "", "S1.1"),), (2, "KODE INDUK", "goal_circle")),
        ((("S2", TOP, "2026", "x", "y", "", "", "S2"),), (2, "KODE INDUK", "goal_circle")),
        ((("S2", TOP, "2026", "x", "", "", "", ""),), (2, "INDIKATOR", "empty")),
        ((("S2", TOP, "2026", "x", "y", "banyak", "", ""),), (2, "TARGET", "not_a_number")),
        ((("S2", TOP, "26", "x", "y", "", "", ""),), (2, "TAHUN", "out_of_range")),
        ((GOALS[0], GOALS[0]), (3, "KODE", "duplicate")),
    ],
)
def test_goals_that_do_not_hold_are_refused(
    staff: Session, rows: tuple[tuple[str, ...], ...], problem: tuple[int, str, str]
) -> None:
    assert codes(upload(staff, "goals", goal_file(rows))) == [problem]


def test_plans_hold_items_measures_and_what_they_serve(staff: Session) -> None:
    assert taken(staff, "plans", plan_file()).changed == {"plans.new": 2, "items.new": 3, "measures.new": 4}
    section = of(staff, "section")
    assert section is not None
    assert (section.state, section.appraiser_name, section.year) == ("agreed", "Office", 2026)
    first, second = section.items
    assert (first.code, first.kind, first.parent_title, second.kind) == ("A", "main", "Hasil R1", "additional")
    assert [(one.aspect, one.target, one.actual, one.measure) for one in first.measures] == [
        ("quantity", Decimal(10), None, "dokumen"),
        ("time", Decimal(12), None, "bulan"),
    ]
    assert [(one.aspect, one.target) for one in second.measures] == [("cost", None)]
    office = of(staff, "office")
    assert office is not None
    assert office.items[0].goal_code == "S1.1"


def test_the_same_plans_again_change_nothing_and_a_change_changes_one(staff: Session) -> None:
    taken(staff, "plans", plan_file())
    assert taken(staff, "plans", plan_file()).changed == {}
    changed = plan_file(*PLANS[:3], row("section", "B", "biaya", JENIS="tambahan", TARGET="5"))
    assert taken(staff, "plans", changed).changed == {"measures.changed": 1}


def test_a_superior_s_result_of_an_earlier_file_is_found(staff: Session) -> None:
    taken(staff, "plans", plan_file(PLANS[2]))
    taken(staff, "plans", plan_file(*PLANS[:2]))
    section = of(staff, "section")
    assert section is not None
    assert section.items[0].parent_title == "Hasil R1"


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ((row("196012312000011001", "A", "waktu"),), (2, "NIP", "unknown_person")),
        ((row("123", "A", "waktu"),), (2, "NIP", "number_shape")),
        ((row("clerk", "A", "cepat"),), (2, "ASPEK", "not_allowed")),
        ((row("clerk", "A", "waktu", JENIS="lain"),), (2, "JENIS", "not_allowed")),
        ((row("clerk", "A", "waktu", KODE_SASARAN="S9"),), (2, "KODE SASARAN", "unknown_goal")),
        ((row("clerk", "A", "waktu", **OWN),), (2, "KODE RHK PIMPINAN", "unknown_item")),
        ((row("clerk", "A", "waktu", NIP_PIMPINAN=NIP["office"]),), (2, "KODE RHK PIMPINAN", "empty")),
        ((row("clerk", "A", "waktu", KODE_RHK_PIMPINAN="R1"),), (2, "NIP PIMPINAN", "empty")),
        ((row("clerk", "A", "waktu"), row("clerk", "A", "waktu")), (3, "ASPEK", "duplicate")),
        (
            (row("clerk", "A", "waktu"), row("clerk", "A", "biaya", RENCANA_HASIL_KERJA="Lain")),
            (3, "RENCANA HASIL KERJA", "inconsistent"),
        ),
        ((row("clerk", "A", "waktu", TARGET="sepuluh"),), (2, "TARGET", "not_a_number")),
        ((row("clerk", "A", "waktu", RENCANA_HASIL_KERJA="=1"),), (2, "RENCANA HASIL KERJA", "formula")),
    ],
)
def test_plans_that_do_not_hold_are_refused(
    staff: Session, rows: tuple[dict[str, str], ...], problem: tuple[int, str, str]
) -> None:
    report = upload(staff, "plans", plan_file(*rows))
    assert (report.state, codes(report)) == ("refused", [problem])
    assert of(staff, "clerk") is None


def test_a_plan_is_seen_by_the_person_and_the_appraiser_only(staff: Session) -> None:
    taken(staff, "plans", plan_file())
    whom = person_by_number(staff, NIP["section"], JULY)
    assert whom is not None

    def actor(key: str) -> Actor:
        held = frozenset({Permission.SEE_OWN, Permission.SEE_TEAM})
        return Actor(staff.info["tenant"], None, key, frozenset(), held, person_by_number(staff, NIP[key], JULY))

    assert plan_seen(staff, actor("section"), whom, 2026, JULY) == plan_seen(staff, actor("office"), whom, 2026, JULY)
    with pytest.raises(NotFound):
        plan_seen(staff, actor("clerk"), whom, 2026, JULY)
