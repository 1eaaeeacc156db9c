"""Outages at the console: recorded for one agency or for all, journalled, and read by the agencies' clock."""

from __future__ import annotations

from datetime import date

from sqlalchemy import text

from selaras.tenancy.legal_clock import legal_clock

REASON = "Pusat data padam sejak pagi; semua instansi tidak dapat masuk."
TOLD = {"starts": "2026-11-20T08:00", "ends": "2026-11-20T17:00", "reason": REASON}


def test_an_operator_records_an_outage_and_the_agencies_clocks_follow(sign_in, plant, database, console_database):
    one, other = plant("Instansi Padam"), plant("Instansi Terang")
    operator = sign_in("support", name="Rina")
    answer = operator.post("/outages", {**TOLD, "agency": str(one.uuid)}, on="/outages")
    assert answer.status_code == 303, answer.text[-900:]
    page = operator.page("/outages")
    assert REASON in page
    assert "Rina" in page
    for planted, lost in ((one, {date(2026, 11, 20)}), (other, set())):
        with database.tenant(planted.tenant_id) as session:
            assert legal_clock(session).lost == lost
    everybody = {**TOLD, "starts": "2025-12-02T00:00", "ends": "2025-12-02T23:00", "agency": ""}
    assert operator.post("/outages", everybody, on="/outages").status_code == 303
    with database.tenant(other.tenant_id) as session:
        assert legal_clock(session).lost == {date(2025, 12, 2)}
    with console_database.platform() as session:
        noted = session.execute(
            text("SELECT subject FROM selaras.operator_entry WHERE action = 'outage.recorded' ORDER BY id DESC LIMIT 2")
        ).scalars()
        assert list(noted) == ["everybody", str(one.uuid)]


def test_what_cannot_be_an_outage_is_refused_in_words(sign_in):
    operator = sign_in("support")
    for changed in (
        {"ends": "2026-11-20T07:00"},
        {"ends": "2026-12-24T07:00"},
        {"starts": "2025-01-01T07:00"},
        {"reason": "padam"},
        {"starts": "kemarin"},
        {"agency": "x"},
    ):
        assert operator.post("/outages", {**TOLD, **changed}, on="/outages").status_code == 422, changed


def test_who_may_not_record_sees_only(sign_in):
    observer = sign_in("observer")
    assert "Catat gangguan ini" not in observer.page("/outages")
    assert observer.post("/outages", TOLD, on="/outages").status_code == 403
