"""Results handed over: kept apart from our own, in their own regulation's words, withdrawn as a whole."""

from __future__ import annotations

import json
from datetime import date

import pytest
from conftest import Tenant
from factories.actors import whole
from factories.uploads import NIP, codes, csv_file, people_file, staffed, taken, upload
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from selaras.db.session import Database
from selaras.errors import Conflict, DomainError, Invalid, Refused
from selaras.evaluation.handovers import (
    HandedOver,
    handed_over,
    handover,
    handovers,
    refuse_handed_over,
    withdraw_handover,
)
from selaras.evaluation.models import OutcomeBatch, Period, Rating
from selaras.exchange.handing_over import HEADER, hand_over, numbers_in
from selaras.exchange.kinds.history import MOST_LINES
from selaras.exchange.layouts import LAYOUTS, Kind
from selaras.exchange.queries import batch
from selaras.identity.actor import Actor
from selaras.organisation.queries import person_by_number

TEACHER, CLERK = NIP["teacher"], NIP["clerk"]
REASON = "Berkas tahun yang keliru dikirim kepada kami."
LINE = {"item": None, "label": {"id": "Nilai", "en": "Score"}, "value": 85.5, "value_label": None, "unit": "poin",
        "article": "Ps 1"}  # fmt: skip


def row(**changed: str) -> dict[str, str]:
    plain = dict.fromkeys(HEADER, "") | {
        "NIP": TEACHER,
        "PERIODE": "2019",
        "REGULASI": "pp46_2011",
        "PREDIKAT": "Baik",
        "NILAI": "85,25",
        "PEJABAT PENILAI": "Siti Rahma",
        "NIP PENILAI": NIP["top"],
        "UNIT KERJA": "SD 7",
        "TANGGAL PENETAPAN": "31-12-2019",
        "INSTANSI ASAL": "Pemerintah Kota Lama",
        "DOKUMEN": "SK 12/2020",
    }
    return plain | {name.replace("_", " "): value for name, value in changed.items()}


def file(*rows: dict[str, str]) -> bytes:
    return csv_file(HEADER, rows)


@pytest.fixture
def staff(session: Session) -> Session:
    staffed(session)
    return session


def of(session: Session, number: str = TEACHER) -> list[HandedOver]:
    person = person_by_number(session, number, date(2026, 9, 30))
    assert person
    return handed_over(session, person)


def me(session: Session) -> Actor:
    return whole(session)


def test_a_result_from_elsewhere_is_told_with_its_source(staff: Session) -> None:
    report = taken(staff, "history", file(row(), row(PERIODE="2018", PREDIKAT="sangat_baik", NILAI="")))
    assert report.changed == {"handed_over_results.new": 2}
    newest, older = of(staff)
    assert (newest.period_code, newest.starts, newest.ends) == ("2019", date(2019, 1, 1), date(2019, 12, 31))
    assert (newest.word.code, newest.word.label["id"], newest.score) == ("baik", "Baik", 85.25)
    assert (newest.appraiser_name, newest.appraiser_number, newest.unit_name) == ("Siti Rahma", NIP["top"], "SD 7")
    assert (newest.source_agency, newest.source_document) == ("Pemerintah Kota Lama", "SK 12/2020")
    assert (newest.set_on, newest.lines, newest.handover_id) == (date(2019, 12, 31), (), report.batch_id)
    assert newest.title["en"] != newest.regulation
    assert (older.word.code, older.score) == ("sangat_baik", None)


def test_the_same_file_twice_changes_nothing_and_another_result_is_refused(staff: Session) -> None:
    taken(staff, "history", file(row()))
    assert taken(staff, "history", file(row(UNIT_KERJA="SD VII"))).changed == {}
    assert len(handovers(staff)) == 1
    refused = upload(staff, "history", file(row(PREDIKAT="Cukup")))
    assert codes(refused) == [(2, "NIP", "handed_over_already")]
    assert "Pemerintah Kota Lama" in refused.problems[0].message


def test_two_parts_of_one_period_are_two_results(staff: Session) -> None:
    taken(staff, "history", file(row(), row(BAGIAN="2", PREDIKAT="Cukup")))
    assert [(one.segment, one.word.code) for one in of(staff)] == [(1, "baik"), (2, "cukup")]
    assert codes(upload(staff, "history", file(row(NIP=CLERK), row(NIP=CLERK, BAGIAN="1")))) == [
        (3, "NIP", "duplicate")
    ]


def test_a_regulation_that_is_not_installed_keeps_its_own_words(staff: Session) -> None:
    report = taken(staff, "history", file(row(REGULASI="pp10_1966", PERIODE="1975", PREDIKAT="Amat baik")))
    assert [(one.code, one.severity) for one in report.problems] == [("regulation_elsewhere", "warning")]
    (one,) = of(staff)
    assert (one.word.code, one.word.label) == ("Amat baik", {"id": "Amat baik", "en": "Amat baik"})


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"PREDIKAT": "Istimewa"}, ("PREDIKAT", "outcome_unknown")),
        ({"PERIODE": "2019/2020"}, ("PERIODE", "bad_period")),
        ({"PERIODE": "1990"}, ("PERIODE", "bad_period")),
        ({"PERIODE": "2098"}, ("PERIODE", "period_not_over")),
        ({"NIP": "198505052010051009"}, ("NIP", "unknown_person_near")),
        ({"NIP": "123"}, ("NIP", "number_shape")),
        ({"INSTANSI_ASAL": ""}, ("INSTANSI ASAL", "empty")),
        ({"DOKUMEN": ""}, ("DOKUMEN", "empty")),
        ({"NILAI": "1.234"}, ("NILAI", "ambiguous_number")),
        ({"TANGGAL_PENETAPAN": "01-01-2099"}, ("TANGGAL PENETAPAN", "day_in_future")),
        ({"RINCIAN": "{}"}, ("RINCIAN", "bad_lines")),
        ({"RINCIAN": json.dumps([LINE] * (MOST_LINES + 1))[:50]}, ("RINCIAN", "bad_lines")),
        ({"RINCIAN": json.dumps([LINE | {"value": [1]}])}, ("RINCIAN", "bad_lines")),
        ({"RINCIAN": json.dumps([LINE | {"article": "\u202ePs"}])}, ("RINCIAN", "bad_lines")),
        ({"RINCIAN": json.dumps([LINE | {"article": "\0"}])}, ("RINCIAN", "bad_lines")),
        ({"RINCIAN": json.dumps([LINE | {"article": "\ud800"}])}, ("RINCIAN", "bad_lines")),
        ({"RINCIAN": '[{"value": NaN}]'}, ("RINCIAN", "bad_lines")),
        ({"RINCIAN": "[" * 20_000}, ("RINCIAN", "bad_lines")),
        ({"BAGIAN": "400"}, ("BAGIAN", "out_of_range")),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_taken(
    staff: Session, changed: dict[str, str], expected: tuple[str, str]
) -> None:
    report = upload(staff, "history", file(row(NIP=CLERK), row(**changed)))
    assert report.state == "refused"
    assert codes(report) == [(3, *expected)]
    assert of(staff, CLERK) == []


def test_nobody_gets_a_second_result_of_a_period_that_was_set_here(staff: Session) -> None:
    period = Period(code="2019", kind="year", starts=date(2019, 1, 1), ends=date(2019, 12, 31), state="closed")
    staff.add(period)
    staff.flush()
    rule = staff.execute(
        text(
            "INSERT INTO selaras.rule_text (hash, regulation, edition, description)"
            " VALUES ('h', 'pp46_2011', '1', '{}') RETURNING id"
        )
    ).scalar_one()
    set_here = OutcomeBatch(period_id=period.id, rule_id=rule, state="set")
    staff.add(set_here)
    staff.flush()
    staff.execute(
        text(
            "INSERT INTO selaras.outcome"
            " (tenant_id, period_id, person_id, segment, revision, batch_id, unit_id, outcome)"
            " SELECT :t, :p, person_id, 1, 1, :b, unit_id, 'baik' FROM selaras.appointment WHERE tenant_id = :t"
        ),
        {"t": staff.info["tenant"], "p": period.id, "b": set_here.id},
    )
    assert codes(upload(staff, "history", file(row(PERIODE="2018"), row()))) == [(3, "NIP", "own_outcome")]
    set_here.state = "withdrawn"
    staff.flush()
    taken(staff, "history", file(row()))


def test_no_close_gives_a_second_result_where_one_was_handed_over(staff: Session) -> None:
    taken(staff, "history", file(row(REGULASI="permenpan_6_2022", PERIODE="2026-TW2", NILAI="", TANGGAL_PENETAPAN="")))
    period = Period(code="2026-TW2", kind="quarter", starts=date(2026, 4, 1), ends=date(2026, 6, 30))
    staff.add(period)
    staff.flush()
    refuse_handed_over(staff, period.id, "2026-TW2")
    person = person_by_number(staff, TEACHER, date(2026, 6, 30))
    staff.add(Rating(period_id=period.id, person_id=person, inputs={}))
    staff.flush()
    with pytest.raises(Conflict, match="1 people who are rated in 2026-TW2"):
        refuse_handed_over(staff, period.id, "2026-TW2")


def test_a_wrong_hand_over_is_withdrawn_whole_with_its_reason(staff: Session) -> None:
    taken(staff, "history", file(row(NIP=CLERK)))
    report = taken(staff, "history", file(row(), row(PERIODE="2018")))
    nobody = Actor(int(staff.info["tenant"]), None, "x", frozenset(), frozenset())
    with pytest.raises(Refused):
        withdraw_handover(staff, nobody, report.batch_id, REASON)
    with pytest.raises(Invalid):
        withdraw_handover(staff, me(staff), report.batch_id, "keliru")
    assert withdraw_handover(staff, me(staff), report.batch_id, REASON) == 2
    assert (of(staff), len(of(staff, CLERK))) == ([], 1)
    view = handover(staff, report.batch_id)
    assert view
    assert (view.state, view.results, view.reason) == ("withdrawn", 2, REASON)
    with pytest.raises(Conflict):
        withdraw_handover(staff, me(staff), report.batch_id, REASON)
    assert taken(staff, "history", file(row())).changed == {"handed_over_results.new": 1}


def test_the_ledger_has_both_and_no_name(staff: Session) -> None:
    report = taken(staff, "history", file(row()))
    withdraw_handover(staff, me(staff), report.batch_id, REASON)
    entries = staff.execute(
        text("SELECT action, payload FROM selaras.ledger_entry WHERE tenant_id = :t AND subject = :s ORDER BY id"),
        {"t": staff.info["tenant"], "s": f"handover:{report.batch_id}"},
    ).all()
    assert [(one.action, one.payload["results"]) for one in entries] == [("handover.take", 1), ("handover.withdraw", 1)]
    assert "Siti" not in str(entries)


def test_not_even_the_app_s_own_role_can_edit_one(staff: Session) -> None:
    taken(staff, "history", file(row()))
    with pytest.raises(ProgrammingError, match="permission denied"), staff.begin_nested():
        staff.execute(text("UPDATE selaras.handed_over_result SET outcome = 'baik' WHERE tenant_id = 1"))


def test_a_preview_hands_nothing_over(staff: Session) -> None:
    report = upload(staff, "history", file(row()), preview=True)
    assert (report.state, report.changed) == ("previewed", {"handed_over_results.new": 1})
    assert (of(staff), handovers(staff)) == ([], [])
    assert batch(staff, whole(staff), report.batch_id).state == "previewed"


def test_what_one_agency_hands_over_another_takes_and_hands_on(
    tenant: Tenant, two_tenants: tuple[Tenant, Tenant], database: Database
) -> None:
    """The file is all that crosses: each has the same people, and only its own rows."""
    first, second, third = tenant, *two_tenants
    for one in (first, second, third):
        with database.tenant(one.tenant_id) as session:
            staffed(session)
    with database.tenant(first.tenant_id) as session:
        lines = json.dumps([LINE])
        taken(session, "history", file(row(RINCIAN=lines), row(NIP=CLERK)))
        unknown = "199912312022031001"
        made = hand_over(session, me(session), [TEACHER, unknown], to=second.uuid)
        assert (made.results, made.people, made.unknown, made.undecided) == (1, 1, 1, 0)
        assert CLERK.encode() not in made.data
    with database.tenant(second.tenant_id) as session:
        taken(session, "history", made.data)
        again = hand_over(session, me(session), [TEACHER], to=third.uuid)
        assert again.data == made.data
    with database.tenant(third.tenant_id) as session:
        taken(session, "history", again.data)
        (one,) = of(session)
        assert (one.source_agency, one.lines) == ("Pemerintah Kota Lama", (LINE,))
    with database.tenant(first.tenant_id) as session:
        payload = session.execute(
            text("SELECT payload FROM selaras.ledger_entry WHERE tenant_id = :t AND action = 'handover.give'"),
            {"t": first.tenant_id},
        ).scalar_one()
        assert (payload["to"], payload["results"]) == (str(second.uuid), 1)


def test_only_who_may_exchange_files_hands_over(staff: Session) -> None:
    nobody = Actor(int(staff.info["tenant"]), None, "x", frozenset(), frozenset())
    with pytest.raises(Refused):
        hand_over(staff, nobody, [TEACHER])


def test_numbers_are_read_from_any_list_of_people() -> None:
    assert numbers_in("asn.csv", people_file()) == tuple(sorted(NIP.values()))
    assert numbers_in("nip.csv", f"nip\n'{TEACHER}\n{CLERK}\n".encode()) == tuple(sorted((TEACHER, CLERK)))
    for data in (b"NAMA\nAni\n", b"NIP\n", b""):
        with pytest.raises(DomainError):
            numbers_in("x.csv", data)


def test_the_export_has_the_columns_of_the_import() -> None:
    assert tuple(column.header for column in LAYOUTS[Kind.HISTORY]) == HEADER
