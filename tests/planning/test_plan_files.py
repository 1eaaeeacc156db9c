"""The whole plan out of files: models, sections, texts, matrices, assignments to teams and their leaders' inputs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest
from factories.uploads import NIP, OFFICE, SCHOOL, codes, csv_file, staffed, taken, upload
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from selaras.exchange.layouts import LAYOUTS, Kind
from selaras.exchange.report import ImportReport, Severity
from selaras.organisation.queries import person_by_number
from selaras.planning.assignments import AssignmentView, assignments_of
from selaras.planning.matrix import matrix, shares_of
from selaras.planning.queries import PlanView, plan
from selaras.planning.readiness import open_plans, readiness

JULY = date(2026, 7, 1)


def rows_of(kind: Kind, *rows: Mapping[str, str]) -> bytes:
    """A file with every column of the kind; cells that a row does not name stay empty."""
    header = [column.header for column in LAYOUTS[kind]]
    return csv_file(header, [{name: row.get(name, "") for name in header} for row in rows])


def result(who: str, code: str = "R1", **more: str) -> dict[str, str]:
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


SERVES = {"NIP_PIMPINAN": NIP["office"], "KODE_RHK_PIMPINAN": "R1"}
LED = result("office", PERSPEKTIF="Proses bisnis", MANUAL_INDIKATOR="Dihitung dari arsip")
PLANS = (LED, result("section", **SERVES), result("section", "R2", JENIS="tambahan", ASAL_PENUGASAN="unit lain"))


def texts(*rows: tuple[str, str, str, str, str]) -> bytes:
    header = ("NIP", "JENIS", "KODE", "KODE RHK", "ISI")
    return rows_of(Kind.PLAN_TEXTS, *({**dict(zip(header, row, strict=True)), "TAHUN": "2026"} for row in rows))


def assignment(who: str, **more: str) -> dict[str, str]:
    cells = {
        "KODE PENUGASAN": "TIM-1",
        "NIP": NIP[who],
        "PERAN": "anggota",
        "NIP KETUA": NIP["school"],
        "ASAL PENUGASAN": "unit lain",
        "UNOR ID": SCHOOL,
        "TUGAS": "Menyusun kurikulum",
        "DASAR": "SK 1/2026",
        "MULAI": "01-02-2026",
        "SELESAI": "30-11-2026",
    }
    return cells | {name.replace("_", " "): value for name, value in more.items()}


def said(who: str = "clerk", **more: str) -> dict[str, str]:
    cells = {
        "KODE PENUGASAN": "TIM-1",
        "NIP": NIP[who],
        "PERIODE": "2026-TW1",
        "NIP KETUA": NIP["school"],
        "TANGGAL": "31-03-2026",
        "ISI": "Draf selesai tepat waktu.",
    }
    return cells | {name.replace("_", " "): value for name, value in more.items()}


def of(session: Session, who: str) -> PlanView:
    person = person_by_number(session, NIP[who], JULY)
    assert person is not None
    found = plan(session, person, 2026)
    assert found is not None
    return found


def errors(report: ImportReport) -> list[tuple[int | None, str | None, str]]:
    return [(one.row, one.column, one.code) for one in report.problems if one.severity is Severity.ERROR]


@pytest.fixture
def staff(session: Session) -> Session:
    staffed(session)
    return session


@pytest.fixture
def planned(staff: Session) -> Session:
    taken(staff, "plans", rows_of(Kind.PLANS, *PLANS))
    return staff


def test_a_plan_has_the_form_of_its_holder_s_post(planned: Session) -> None:
    office, section = of(planned, "office"), of(planned, "section")
    assert (office.variant, office.model, office.items[0].perspective) == ("jpt", "kuantitatif", "proses_bisnis")
    assert office.items[0].measures[0].manual == "Dihitung dari arsip"
    assert (section.variant, section.items[1].origin, section.items[1].kind) == ("ja_jf", "other_unit", "additional")
    assert taken(planned, "plans", rows_of(Kind.PLANS, *PLANS)).changed == {}


def test_a_whole_plan_is_read_in_six_statements(planned: Session) -> None:
    person = person_by_number(planned, NIP["section"], JULY)
    assert person is not None
    said: list[str] = []
    engine = planned.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    assert plan(planned, person, 2026) is not None
    assert len(said) == 6


def test_a_plan_of_part_of_a_year_is_found_by_its_days(planned: Session) -> None:
    person = of(planned, "section").person_id
    planned.execute(text("UPDATE selaras.plan SET starts = '2026-01-01', ends = '2026-06-30'"))
    assert plan(planned, person, 2026, date(2026, 6, 30)) is not None
    assert plan(planned, person, 2026, date(2026, 9, 30)) is None


def test_a_head_may_be_given_the_leaders_form(staff: Session) -> None:
    row = result("section", FORMULIR="jpt", PERSPEKTIF="penerima layanan")
    assert codes(taken(staff, "plans", rows_of(Kind.PLANS, row))) == []
    assert of(staff, "section").variant == "jpt"
    clerk = upload(staff, "plans", rows_of(Kind.PLANS, result("clerk", FORMULIR="jpt")))
    assert errors(clerk) == [(2, "FORMULIR", "plan_variant")]


def test_columns_that_a_later_file_leaves_out_stay_as_they_are(planned: Session) -> None:
    header = ["NIP", "TAHUN", "KODE RHK", "JENIS", "RENCANA HASIL KERJA", "NIP PIMPINAN", "KODE RHK PIMPINAN"]
    header += ["KODE SASARAN", "ASPEK", "INDIKATOR", "TARGET", "SATUAN"]
    short = csv_file(header, [{name: LED.get(name, "") for name in header} | {"TARGET": "12"}])
    assert taken(planned, "plans", short).changed == {"measures.changed": 1}
    office = of(planned, "office")
    assert (office.model, office.items[0].perspective) == ("kuantitatif", "proses_bisnis")
    assert (office.items[0].measures[0].target, office.items[0].measures[0].manual) == (12, "Dihitung dari arsip")


def test_the_day_of_agreement_is_the_file_s(staff: Session) -> None:
    file = rows_of(Kind.PLANS, result("clerk", TANGGAL_PENETAPAN="29-01-2026"))
    taken(staff, "plans", file)
    agreed = of(staff, "clerk").agreed_at
    assert agreed is not None
    assert agreed.isoformat() == "2026-01-28T17:00:00+00:00"
    assert taken(staff, "plans", file).changed == {}
    some = rows_of(Kind.PLANS, result("clerk", TANGGAL_PENETAPAN="29-01-2026"), result("teacher"))
    assert errors(upload(staff, "plans", some)) == [(3, "TANGGAL PENETAPAN", "empty")]
    coming = rows_of(Kind.PLANS, result("clerk", TANGGAL_PENETAPAN="29-01-2099"))
    assert errors(upload(staff, "plans", coming)) == [(2, "TANGGAL PENETAPAN", "day_in_future")]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (result("clerk", MODEL="angka"), (2, "MODEL", "plan_word")),
        (result("clerk", BAGIAN="lain"), (2, "BAGIAN", "plan_word")),
        (result("clerk", PERSPEKTIF="proses bisnis"), (2, "PERSPEKTIF", "plan_not_asked")),
        (result("office", PERSPEKTIF="anggaran"), (2, "PERSPEKTIF", "plan_word")),
        (result("clerk", MANUAL_INDIKATOR="x"), (2, "MANUAL INDIKATOR", "plan_not_asked")),
        (result("clerk", ASAL_PENUGASAN="luar negeri"), (2, "ASAL PENUGASAN", "not_allowed")),
        (result("clerk", KODE_PENUGASAN="TIM-9"), (2, "KODE PENUGASAN", "assignment_unknown")),
        (result("clerk", ASPEK=""), (2, "ASPEK", "empty")),
    ],
)
def test_what_the_form_does_not_know_is_refused_in_its_row(
    staff: Session, row: dict[str, str], problem: tuple[int, str, str]
) -> None:
    report = upload(staff, "plans", rows_of(Kind.PLANS, row))
    assert (report.state, errors(report)) == ("refused", [problem])


def test_what_is_still_missing_is_a_warning(staff: Session) -> None:
    bare = result("clerk", MODEL="", INDIKATOR="", TARGET="")
    report = taken(staff, "plans", rows_of(Kind.PLANS, bare, result("teacher")))
    assert {(one.row, one.column, one.code) for one in report.problems} == {
        (2, "INDIKATOR", "plan_indicators"),
        (2, "TARGET", "plan_missing"),
        (2, "MODEL", "plan_choose"),
        (2, "KODE RHK PIMPINAN", "plan_superior_result"),
        (3, "KODE RHK PIMPINAN", "plan_superior_result"),
    }
    assert {one.severity for one in report.problems} == {Severity.WARNING}


def test_the_qualitative_model_has_expectations_instead_of_aspects(staff: Session) -> None:
    row = result(
        "office", MODEL="kualitatif", ASPEK="", INDIKATOR="", TARGET="", SATUAN="", PERSPEKTIF="penguatan internal"
    )
    row["EKSPEKTASI PIMPINAN"] = "Naskah siap pakai"
    assert codes(taken(staff, "plans", rows_of(Kind.PLANS, row))) == []
    (item,) = of(staff, "office").items
    assert (item.expectation, item.measures) == ("Naskah siap pakai", ())
    both = {**row, "ASPEK": "kuantitas"}
    assert errors(upload(staff, "plans", rows_of(Kind.PLANS, both))) == [(2, None, "plan_not_asked")]


def test_texts_of_a_plan_in_order_and_again(planned: Session) -> None:
    file = texts(
        (NIP["office"], "lampiran", "Dukungan sumber daya", "", "Anggaran"),
        (NIP["office"], "lampiran", "dukungan_sumber_daya", "", "Tim data"),
        (NIP["office"], "ekspektasi", "Loyal", "", "Menjaga rahasia jabatan"),
        (NIP["office"], "strategi", "pendorong", "R1", "Reviu bulanan"),
    )
    assert taken(planned, "plan_texts", file).changed == {"texts.new": 4}
    office = of(planned, "office")
    assert [one.content for one in office.annexes] == ["Anggaran", "Tim data"]
    assert [(one.code, one.content) for one in office.expectations] == [("loyal", "Menjaga rahasia jabatan")]
    assert [(one.code, one.content) for one in office.items[0].strategy] == [("pendorong", "Reviu bulanan")]
    assert taken(planned, "plan_texts", file).changed == {}
    shorter = texts((NIP["office"], "lampiran", "dukungan_sumber_daya", "", "Anggaran dan tim data"))
    assert taken(planned, "plan_texts", shorter).changed == {"texts.changed": 1, "texts.ended": 1}
    assert [one.content for one in of(planned, "office").annexes] == ["Anggaran dan tim data"]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ((NIP["clerk"], "lampiran", "konsekuensi", "", "x"), (2, "NIP", "plan_unknown")),
        ((NIP["office"], "lampiran", "lain", "", "x"), (2, "KODE", "term_unknown")),
        ((NIP["office"], "ekspektasi", "integritas", "", "x"), (2, "KODE", "term_unknown")),
        ((NIP["office"], "strategi", "pendorong", "", "x"), (2, "KODE RHK", "empty")),
        ((NIP["office"], "strategi", "pendorong", "R9", "x"), (2, "KODE RHK", "unknown_item")),
        ((NIP["office"], "catatan", "x", "", "x"), (2, "JENIS", "not_allowed")),
    ],
)
def test_texts_that_belong_nowhere_are_refused(
    planned: Session, row: tuple[str, str, str, str, str], problem: tuple[int, str, str]
) -> None:
    assert codes(upload(planned, "plan_texts", texts(row))) == [problem]


def cell(who: str, kind: str = "langsung", **more: str) -> dict[str, str]:
    cells = {"NIP PIMPINAN": NIP["office"], "TAHUN": "2026", "KODE RHK": "R1", "NIP": NIP[who], "JENIS": kind}
    return cells | {name.replace("_", " "): value for name, value in more.items()}


def test_a_matrix_has_direct_parts_and_supporting_outputs(planned: Session) -> None:
    file = rows_of(Kind.MATRIX, cell("section", PORSI="60"), cell("clerk", "tidak langsung", KELUARAN="Daftar arsip"))
    assert taken(planned, "matrix", file).changed == {"shares.new": 2}
    assert taken(planned, "matrix", file).changed == {}
    leader = of(planned, "office").person_id
    cells = [(one.person_name, one.kind, one.share, one.output) for one in matrix(planned, leader, 2026)]
    assert cells == [("Clerk", "supporting", None, "Daftar arsip"), ("Section", "direct", Decimal(60), None)]
    (own,) = shares_of(planned, of(planned, "section").person_id, 2026)
    assert (own.leader_name, own.item_code) == ("Office", "R1")


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (cell("section", PORSI="0"), (2, "PORSI", "share_outside")),
        (cell("section", PORSI="101"), (2, "PORSI", "share_outside")),
        (cell("section", "tidak langsung", PORSI="10", KELUARAN="x"), (2, "PORSI", "share_outside")),
        (cell("section", "tidak langsung"), (2, "KELUARAN", "empty")),
        (cell("office", PORSI="10"), (2, "NIP", "share_of_oneself")),
        (cell("section", KODE_RHK="R9"), (2, "KODE RHK", "unknown_item")),
    ],
)
def test_cells_that_do_not_hold_are_refused(
    planned: Session, row: dict[str, str], problem: tuple[int, str, str]
) -> None:
    assert errors(upload(planned, "matrix", rows_of(Kind.MATRIX, row))) == [problem]


def test_parts_above_the_whole_are_said(planned: Session) -> None:
    file = rows_of(Kind.MATRIX, cell("section", PORSI="60"), cell("clerk", PORSI="50"))
    report = taken(planned, "matrix", file)
    assert [(one.code, one.severity) for one in report.problems] == [("shares_above", Severity.WARNING)]


def held(session: Session, who: str) -> list[AssignmentView]:
    person = person_by_number(session, NIP[who], JULY)
    assert person is not None
    return assignments_of(session, person, date(2026, 1, 1), date(2026, 3, 31))


def test_assignments_across_units_and_agencies_with_their_leaders_words(staff: Session) -> None:
    abroad = assignment("teacher", KODE_PENUGASAN="TIM-2", ASAL_PENUGASAN="instansi lain", UNOR_ID="", NIP_KETUA="")
    abroad |= {"INSTANSI": "Kementerian X", "NAMA KETUA": "Ketua X", "SELESAI": ""}
    lead = assignment("school", PERAN="ketua", NIP_KETUA="")
    file = rows_of(Kind.ASSIGNMENTS, lead, assignment("clerk"), abroad)
    assert taken(staff, "assignments", file).changed == {"assignments.new": 3}
    assert taken(staff, "assignments", file).changed == {}
    inputs = rows_of(Kind.TEAM_INPUTS, said())
    assert taken(staff, "team_inputs", inputs).changed == {"team_inputs.new": 1}
    assert taken(staff, "team_inputs", rows_of(Kind.TEAM_INPUTS, said(ISI="Baik"))).changed == {
        "team_inputs.changed": 1
    }
    (clerk,) = held(staff, "clerk")
    assert (clerk.leader_name, clerk.place_name, clerk.until) == ("School", "SD 1", date(2026, 12, 1))
    assert [(one.period_code, one.giver_name, one.content) for one in clerk.inputs] == [("2026-TW1", "School", "Baik")]
    (teacher,) = held(staff, "teacher")
    assert (teacher.leader_name, teacher.place_name, teacher.until) == ("Ketua X", "Kementerian X", None)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (assignment("clerk", INSTANSI="Kementerian X"), (2, "INSTANSI", "assignment_agency")),
        (assignment("clerk", ASAL_PENUGASAN="instansi lain"), (2, "INSTANSI", "assignment_agency")),
        (assignment("clerk", NIP_KETUA=""), (2, "NIP KETUA", "assignment_leader")),
        (assignment("clerk", NIP_KETUA=NIP["clerk"]), (2, "NIP KETUA", "assignment_leader")),
        (assignment("clerk", SELESAI="31-01-2026"), (2, "SELESAI", "assignment_ends")),
        (assignment("clerk", UNOR_ID="nowhere"), (2, "UNOR ID", "unknown_unit")),
        (assignment("clerk", DASAR=""), (2, "DASAR", "empty")),
    ],
)
def test_assignments_that_do_not_hold_are_refused(
    staff: Session, row: dict[str, str], problem: tuple[int, str, str]
) -> None:
    assert errors(upload(staff, "assignments", rows_of(Kind.ASSIGNMENTS, row))) == [problem]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (said(PERIODE="triwulan 1"), (2, "PERIODE", "bad_period")),
        (said(KODE_PENUGASAN="TIM-9"), (2, "KODE PENUGASAN", "assignment_unknown")),
        (said("teacher"), (2, "KODE PENUGASAN", "assignment_unknown")),
        (said(NIP_KETUA=NIP["office"]), (2, "NIP KETUA", "not_the_leader")),
        (said(TANGGAL="31-12-2099"), (2, "TANGGAL", "day_in_future")),
    ],
)
def test_inputs_of_others_are_refused(staff: Session, row: dict[str, str], problem: tuple[int, str, str]) -> None:
    taken(staff, "assignments", rows_of(Kind.ASSIGNMENTS, assignment("clerk")))
    assert errors(upload(staff, "team_inputs", rows_of(Kind.TEAM_INPUTS, row))) == [problem]


def test_a_result_may_answer_an_assignment(staff: Session) -> None:
    taken(staff, "assignments", rows_of(Kind.ASSIGNMENTS, assignment("clerk")))
    taken(staff, "plans", rows_of(Kind.PLANS, result("clerk", KODE_PENUGASAN="TIM-1", ASAL_PENUGASAN="unit lain")))
    assert of(staff, "clerk").items[0].assignment_id == held(staff, "clerk")[0].assignment_id


def test_how_far_plans_are_is_one_statement_over_everybody(planned: Session) -> None:
    taken(planned, "plans", rows_of(Kind.PLANS, result("clerk", INDIKATOR="", MODEL="")))
    planned.execute(text("UPDATE selaras.plan SET agreed_at = '2026-01-20T03:00Z'"))
    found = readiness(planned, 2026, JULY, date(2026, 1, 31))
    assert (found.people, found.without_plan, found.agreed, found.agreed_late) == (7, 4, 3, 0)
    assert (found.without_model, found.without_result, found.without_indicator) == (1, 0, 1)
    late = readiness(planned, 2026, JULY, date(2026, 1, 19))
    assert late.agreed_late == 3
    still = {one.name: (one.state, one.without_indicator) for one in open_plans(planned, 2026, JULY)}
    assert still["Clerk"] == ("agreed", True)
    assert still["Teacher"] == (None, False)
    assert "Office" not in still
    assert readiness(planned, 2027, JULY).without_plan == 7


def test_units_are_known_to_assignments_by_their_national_id(staff: Session) -> None:
    taken(
        staff,
        "assignments",
        rows_of(Kind.ASSIGNMENTS, assignment("clerk", UNOR_ID=OFFICE, ASAL_PENUGASAN="unit sendiri")),
    )
    assert held(staff, "clerk")[0].place_name == "Dinas Pendidikan"


def test_a_closed_year_keeps_the_plans_that_its_results_rest_on(staff: Session) -> None:
    file = rows_of(Kind.PLANS, *PLANS)
    taken(staff, "plans", file)
    period = (
        "INSERT INTO selaras.period (tenant_id, code, kind, starts, ends, state)"
        " VALUES (selaras.tid(), '2026', 'year', '2026-01-01', '2026-12-31', 'closed')"
    )
    staff.execute(text(period))
    assert {code for _, _, code in codes(upload(staff, "plans", file))} == {"year_settled"}
