"""Progress and feedback out of files; the latest day's figure is what an aspect has reached."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from factories.uploads import NIP, codes, csv_file, staffed, taken, upload
from sqlalchemy.orm import Session

from selaras.clock import fixed
from selaras.errors import NotFound
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.monitoring.access import feedback_seen, progress_seen
from selaras.monitoring.queries import feedback_for, progress_for
from selaras.organisation.queries import person_by_number
from selaras.planning.queries import plan

JULY, STARTS, ENDS = date(2026, 7, 1), date(2026, 7, 1), date(2026, 9, 30)
PLAN_HEADER = (
    "NIP", "TAHUN", "KODE RHK", "JENIS", "RENCANA HASIL KERJA", "NIP PIMPINAN", "KODE RHK PIMPINAN", "KODE SASARAN",
    "ASPEK", "INDIKATOR", "TARGET", "SATUAN",
)  # fmt: skip
PROGRESS_HEADER = ("NIP", "TAHUN", "KODE RHK", "ASPEK", "TANGGAL", "REALISASI", "KETERANGAN", "BUKTI DUKUNG")
FEEDBACK_HEADER = ("NIP", "NIP PEMBERI", "HUBUNGAN", "KODE RHK", "NILAI PERILAKU", "TANGGAL", "ISI")
TEACHER = NIP["teacher"]


def progress(day: str, actual: str, **changed: str) -> tuple[str, ...]:
    cells = dict(
        zip(PROGRESS_HEADER, (TEACHER, "2026", "A", "kuantitas", day, actual, "", "https://x.test"), strict=True)
    )
    return tuple((cells | {name.replace("_", " "): one for name, one in changed.items()}).values())


def feedback(**changed: str) -> tuple[str, ...]:
    cells = (TEACHER, NIP["school"], "atasan", "", "Berorientasi Pelayanan", "05-07-2026", "Sudah baik.")
    return tuple(
        (
            dict(zip(FEEDBACK_HEADER, cells, strict=True))
            | {name.replace("_", " "): one for name, one in changed.items()}
        ).values()
    )


@pytest.fixture(autouse=True)
def october() -> Iterator[None]:
    with fixed(datetime(2026, 10, 1, 12, tzinfo=UTC)):
        yield


@pytest.fixture
def staff(session: Session) -> Session:
    staffed(session)
    rows = [
        (TEACHER, "2026", "A", "utama", "Mengajar", "", "", "", aspect, "", "10", "kelas")
        for aspect in ("kuantitas", "waktu")
    ]
    taken(session, "plans", csv_file(PLAN_HEADER, rows))
    return session


def reached(session: Session) -> dict[str, Decimal | None]:
    person = person_by_number(session, TEACHER, JULY)
    assert person is not None
    found = plan(session, person, 2026)
    assert found is not None
    return {one.aspect: one.actual for one in found.items[0].measures}


def test_the_latest_day_counts_whatever_the_order_of_rows(staff: Session) -> None:
    data = csv_file(PROGRESS_HEADER, [progress("30-09-2026", "9,5"), progress("31-07-2026", "3")])
    assert taken(staff, "progress", data).changed == {"progress.new": 2, "measures.changed": 1}
    assert reached(staff) == {"quantity": Decimal("9.5"), "time": None}
    assert taken(staff, "progress", data).changed == {}


def test_an_earlier_day_of_a_later_file_changes_no_figure_and_a_correction_does(staff: Session) -> None:
    taken(staff, "progress", csv_file(PROGRESS_HEADER, [progress("30-09-2026", "9")]))
    early = csv_file(PROGRESS_HEADER, [progress("01-08-2026", "4")])
    assert taken(staff, "progress", early).changed == {"progress.new": 1}
    corrected = csv_file(PROGRESS_HEADER, [progress("30-09-2026", "8")])
    assert taken(staff, "progress", corrected).changed == {"progress.changed": 1, "measures.changed": 1}
    assert reached(staff)["quantity"] == Decimal(8)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (progress("31-12-2025", "1"), (2, "TANGGAL", "day_outside_year")),
        (progress("02-10-2026", "1"), (2, "TANGGAL", "day_in_future")),
        (progress("kemarin", "1"), (2, "TANGGAL", "not_a_date")),
        (progress("30-09-2026", "sepuluh"), (2, "REALISASI", "not_a_number")),
        (progress("30-09-2026", ""), (2, "REALISASI", "empty")),
        (progress("30-09-2026", "1", KODE_RHK="Z"), (2, "KODE RHK", "unknown_item")),
        (progress("30-09-2026", "1", ASPEK="biaya"), (2, "ASPEK", "unknown_aspect")),
        (progress("30-09-2026", "1", NIP=NIP["clerk"]), (2, "KODE RHK", "unknown_item")),
        (progress("30-09-2026", "1", NIP="196012312000011001"), (2, "NIP", "unknown_person")),
        (progress("30-09-2026", "1", KETERANGAN="=cmd"), (2, "KETERANGAN", "formula")),
    ],
)
def test_progress_that_does_not_hold_is_refused(
    staff: Session, row: tuple[str, ...], problem: tuple[int, str, str]
) -> None:
    assert codes(upload(staff, "progress", csv_file(PROGRESS_HEADER, [row]))) == [problem]
    assert reached(staff)["quantity"] is None


def test_the_same_aspect_twice_on_a_day_names_both_rows(staff: Session) -> None:
    rows = [progress("30-09-2026", "1"), progress("30-09-2026", "2")]
    (problem,) = upload(staff, "progress", csv_file(PROGRESS_HEADER, rows)).problems
    assert (problem.row, problem.code, problem.params["other"]) == (3, "duplicate", "2")


def test_feedback_on_a_result_and_on_a_behaviour(staff: Session) -> None:
    rows = [
        feedback(),
        feedback(KODE_RHK="A", NILAI_PERILAKU="", TANGGAL="06-07-2026", NIP_PEMBERI=NIP["contract"], HUBUNGAN="rekan"),
    ]
    data = csv_file(FEEDBACK_HEADER, rows)
    assert taken(staff, "feedback", data).changed == {"feedback.new": 2}
    assert taken(staff, "feedback", data).changed == {}
    person = person_by_number(staff, TEACHER, JULY)
    assert person is not None
    second, first = feedback_for(staff, person, STARTS, ENDS)
    assert (first.relation, first.behaviour, first.giver_name) == ("superior", "Berorientasi Pelayanan", "School")
    assert (second.relation, second.item_title, second.behaviour) == ("peer", "Mengajar", None)
    assert feedback_for(staff, person, STARTS, date(2026, 7, 5)) == [first]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (feedback(NIP_PEMBERI=TEACHER), (2, "NIP PEMBERI", "feedback_to_oneself")),
        (feedback(HUBUNGAN="teman"), (2, "HUBUNGAN", "not_allowed")),
        (feedback(ISI=""), (2, "ISI", "empty")),
        (feedback(ISI="x" * 4001), (2, "ISI", "cell_too_long")),
        (feedback(KODE_RHK="Z"), (2, "KODE RHK", "unknown_item")),
        (feedback(NIP_PEMBERI="196012312000011001"), (2, "NIP PEMBERI", "unknown_person")),
    ],
)
def test_feedback_that_does_not_hold_is_refused(
    staff: Session, row: tuple[str, ...], problem: tuple[int, str, str]
) -> None:
    assert codes(upload(staff, "feedback", csv_file(FEEDBACK_HEADER, [row]))) == [problem]


def test_progress_and_feedback_are_seen_by_the_person_and_the_appraiser_only(staff: Session) -> None:
    taken(staff, "progress", csv_file(PROGRESS_HEADER, [progress("30-09-2026", "9")]))
    taken(staff, "feedback", csv_file(FEEDBACK_HEADER, [feedback()]))
    whom = person_by_number(staff, TEACHER, JULY)
    assert whom is not None

    def actor(key: str) -> Actor:
        held = frozenset({Permission.SEE_OWN, Permission.SEE_TEAM})
        return Actor(staff.info["tenant"], None, key, frozenset(), held, person_by_number(staff, NIP[key], JULY))

    assert progress_seen(staff, actor("school"), whom, STARTS, ENDS) == progress_for(staff, whom, STARTS, ENDS)
    assert [one.content for one in feedback_seen(staff, actor("teacher"), whom, STARTS, ENDS)] == ["Sudah baik."]
    for read in (progress_seen, feedback_seen):
        with pytest.raises(NotFound):
            read(staff, actor("contract"), whom, STARTS, ENDS)
