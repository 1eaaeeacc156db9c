"""Closing a quarter: what it writes, what blocks it, what happens when it is asked twice."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from factories.staff import make_breach
from sqlalchemy import select, text

from selaras import clock
from selaras.closing import service
from selaras.closing.rules import Stage
from selaras.errors import Conflict, Invalid, NotFound, Refused
from selaras.evaluation import queries
from selaras.evaluation import service as evaluation
from selaras.evaluation.models import OutcomeEvent
from selaras.evaluation.rules import OutcomeState
from selaras.identity.actor import Actor, system
from selaras.identity.permissions import Permission
from selaras.jobs.carrying import ATTEMPTS

from .conftest import PERIOD, Closing


def test_a_quarter_is_closed(closing: Closing, files) -> None:
    closing.staff(60)
    closing.start()
    closing.carry()
    seen = closing.overview()
    assert seen.state == "set"
    assert seen.counts == {"sangat_baik": 9, "baik": 42, "butuh_perbaikan": 6, "kurang": 3}
    assert seen.appraised == seen.total == seen.people == 60
    assert [stage.stage for stage in seen.stages if stage.done] == list(Stage)
    assert {check.valid for check in seen.checks} == {True}
    assert len(seen.checks) == 3
    assert seen.pay_base > seen.pay_amount > 0
    assert {group.group_key: group.people for group in seen.groups} == {
        "administrator": 3,
        "jf": 27,
        "pelaksana": 30,
    }
    assert closing.scalar("SELECT count(*) FROM selaras.notice WHERE tenant_id = :tenant") == 60
    assert closing.scalar("SELECT evaluated FROM selaras.close_summary WHERE tenant_id = :tenant") == 60
    assert closing.scalar("SELECT sum(people) FROM selaras.outcome_summary WHERE tenant_id = :tenant") == 60
    assert sorted(path.read_bytes()[:2] for path in files.rglob("*") if path.is_file()) == [b"%P", b"PK"]


def test_the_receipt_explains_the_outcome_by_article(closing: Closing) -> None:
    closing.staff(20)
    closing.start()
    closing.carry()
    with closing.database.tenant(closing.tenant_id) as session:
        person = session.execute(
            text("SELECT id FROM selaras.person WHERE tenant_id = :t AND source_id = 'person-2'"),
            {"t": closing.tenant_id},
        ).scalar_one()
        (line,) = queries.history(session, person)
        assert (line.outcome, line.state, line.organisation_rating) == ("sangat_baik", OutcomeState.DELIVERED, "baik")
        receipt = queries.receipt(session, person, PERIOD)
    assert receipt.receipt.outcome == "sangat_baik"
    values = {one.step: one.value for one in receipt.receipt.lines}
    assert values["rating_hasil_kerja"] == values["rating_perilaku"] == "di_atas"
    assert any("6/2022" in one.article for one in receipt.receipt.lines if one.part == "step")


def test_the_head_of_a_rated_unit_is_rated_by_it(closing: Closing) -> None:
    closing.staff(20)
    closing.start()
    closing.carry()
    with closing.database.tenant(closing.tenant_id) as session:
        head = session.execute(
            text("SELECT id FROM selaras.person WHERE tenant_id = :t AND source_id = 'person-1'"),
            {"t": closing.tenant_id},
        ).scalar_one()
        told = queries.receipt(session, head, PERIOD).receipt
    values = {one.step: one.value for one in told.lines}
    assert values["rating_hasil_kerja"] == values["rating_perilaku"] == "di_atas"
    assert (values["led_unit_rating"], values["hasil_kerja"], told.outcome) == ("baik", "sesuai", "baik")
    (line,) = [one for one in told.lines if one.step == "hasil_kerja"]
    assert line.value_label == {"id": "Sesuai ekspektasi", "en": "Meets expectation"}
    assert "SE MenPANRB 3/2023" in line.article


def test_a_breach_blocks_until_the_official_gives_a_reason(closing: Closing) -> None:
    closing.staff(60, make_breach)
    closing.start()
    closing.carry()
    seen = closing.overview()
    assert seen.state == "blocked"
    assert closing.scalar("SELECT state FROM selaras.outcome_batch WHERE tenant_id = :tenant") == "drafted"
    breach = seen.checks[0]
    assert breach.breached
    assert set(breach.violations) == {"B_not_largest", "no_BP_or_K"}
    official = closing.official()
    with closing.database.tenant(closing.tenant_id) as session, pytest.raises(Invalid):
        service.override(session, official, PERIOD, breach.unit_id, "terlalu pendek")
    with closing.database.tenant(closing.tenant_id) as session:
        manager = Actor(closing.tenant_id, official.account_id, "x", frozenset(), frozenset({Permission.CLOSE_PERIOD}))
        with pytest.raises(Refused):
            service.override(session, manager, PERIOD, breach.unit_id, "Alasan yang cukup panjang dan jelas.")
    with closing.database.tenant(closing.tenant_id) as session:
        service.override(session, official, PERIOD, breach.unit_id, "Unit ini mencapai seluruh target nasional.")
    closing.carry()
    seen = closing.overview()
    assert seen.state == "set"
    assert seen.checks[0].override_reason == "Unit ini mencapai seluruh target nasional."
    ledger = "SELECT count(*) FROM selaras.ledger_entry WHERE tenant_id = :tenant AND action = 'distribution.override'"
    assert closing.scalar(ledger) == 1
    words = closing.scalar("SELECT string_agg(payload::text, '') FROM selaras.ledger_entry WHERE tenant_id = :tenant")
    assert "target nasional" not in str(words)


def test_a_blocked_close_can_be_withdrawn_and_done_again(closing: Closing) -> None:
    closing.staff(60, make_breach)
    closing.start()
    closing.carry()
    with closing.database.tenant(closing.tenant_id) as session:
        service.withdraw(session, system(closing.tenant_id), PERIOD)
    for table in ("outcome", "outcome_steps", "distribution_check", "ranking_group", "close_stage"):
        assert closing.scalar(f"SELECT count(*) FROM selaras.{table} WHERE tenant_id = :tenant") == 0
    assert closing.overview().state == "none"
    closing.start()
    closing.carry()
    assert closing.overview().state == "blocked"


def test_a_set_close_cannot_be_withdrawn(closing: Closing) -> None:
    closing.staff(20)
    closing.start()
    closing.carry()
    with closing.database.tenant(closing.tenant_id) as session, pytest.raises(Conflict):
        service.withdraw(session, system(closing.tenant_id), PERIOD)


def test_whoever_comes_second_is_told(closing: Closing) -> None:
    closing.staff(20)
    results: list[object] = []
    gate = threading.Barrier(2)

    def close() -> None:
        gate.wait()
        try:
            results.append(closing.start())
        except Conflict as refusal:
            results.append(refusal.code)

    both = [threading.Thread(target=close) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sum(result == "close_under_way" for result in results) == 1
    assert closing.scalar("SELECT count(*) FROM selaras.close WHERE tenant_id = :tenant") == 1


def test_running_it_twice_changes_nothing(closing: Closing) -> None:
    closing.staff(40)
    closing.start()
    closing.carry()
    before = closing.scalar(FINGERPRINT)
    with pytest.raises(Conflict):
        closing.start()
    with closing.database.tenant(closing.tenant_id) as session, pytest.raises(Conflict):
        service.resume(session, system(closing.tenant_id), PERIOD)
    assert closing.scalar(FINGERPRINT) == before


FINGERPRINT = """
    SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM (
        SELECT row(o.*)::text AS t FROM selaras.outcome o WHERE tenant_id = :tenant
        UNION ALL SELECT row(s.*)::text FROM selaras.outcome_steps s WHERE tenant_id = :tenant
        UNION ALL SELECT row(l.*)::text FROM selaras.ledger_entry l WHERE tenant_id = :tenant
        UNION ALL SELECT row(j.*)::text FROM selaras.job j WHERE tenant_id = :tenant
    ) rows
"""


def test_a_period_is_not_closed_before_it_has_ended(closing: Closing) -> None:
    closing.staff(20)
    with clock.fixed(datetime(2026, 9, 30, 16, 59, tzinfo=UTC)), pytest.raises(Conflict, match="lasts until"):
        closing.start()
    # A minute later it is October in Jakarta.
    with clock.fixed(datetime(2026, 9, 30, 17, 0, tzinfo=UTC)):
        assert closing.start()


def test_resuming_a_close_that_runs_adds_no_second_job(closing: Closing) -> None:
    closing.staff(20)
    closing.start()
    with closing.database.tenant(closing.tenant_id) as session:
        service.resume(session, system(closing.tenant_id), PERIOD)
    assert closing.scalar("SELECT count(*) FROM selaras.job WHERE tenant_id = :tenant") == 1


def test_nobody_is_closed_before_being_rated(closing: Closing) -> None:
    def forget(session) -> None:
        session.execute(
            text(
                "DELETE FROM selaras.rating WHERE tenant_id = :t AND person_id ="
                " (SELECT id FROM selaras.person WHERE tenant_id = :t AND source_id = 'person-5')"
            ),
            {"t": closing.tenant_id},
        )

    closing.staff(20, forget)
    with pytest.raises(Conflict, match="1 of 20 people have no rating"):
        closing.start()
    closing.start(without_unrated=True)
    closing.carry()
    seen = closing.overview()
    assert (seen.people, seen.appraised, seen.state) == (20, 19, "set")


def test_no_predikat_before_the_organisation_is_rated(closing: Closing) -> None:
    def unset(session) -> None:
        session.execute(text("DELETE FROM selaras.organisation_rating WHERE tenant_id = :t"), {"t": closing.tenant_id})

    closing.staff(20, unset)
    with pytest.raises(Conflict, match="no organisation rating"):
        closing.start()


def test_a_person_accepts_or_objects_once_it_is_delivered(closing: Closing) -> None:
    closing.staff(20)
    closing.start()
    closing.carry()
    with closing.database.tenant(closing.tenant_id) as session:
        person = session.execute(
            text("SELECT id FROM selaras.person WHERE tenant_id = :t AND source_id = 'person-3'"),
            {"t": closing.tenant_id},
        ).scalar_one()
        actor = Actor(closing.tenant_id, None, "x", frozenset(), frozenset(), person_id=person)
        with pytest.raises(Invalid):
            evaluation.object_to(session, actor, PERIOD, "tidak setuju")
        evaluation.object_to(session, actor, PERIOD, "Realisasi bulan Agustus belum dihitung.")
        evaluation.object_to(session, actor, PERIOD, "Realisasi bulan Agustus belum dihitung.")
        assert queries.latest_outcome(session, person, PERIOD).state is OutcomeState.OBJECTED
        with pytest.raises(Conflict):
            evaluation.accept(session, actor, PERIOD)
        assert len(session.scalars(select(OutcomeEvent)).all()) == 1
        stranger = Actor(closing.tenant_id, None, "x", frozenset(), frozenset())
        with pytest.raises(NotFound):
            evaluation.accept(session, stranger, PERIOD)


def test_ratings_are_shut_while_a_close_is_under_way(closing: Closing) -> None:
    closing.staff(20)
    closing.start()
    with closing.database.tenant(closing.tenant_id) as session, pytest.raises(Conflict, match="closing"):
        evaluation.open_for_rating(session, PERIOD)


def test_a_reason_does_not_outlive_the_distribution_it_was_written_for(closing: Closing) -> None:
    closing.staff(60, make_breach)
    closing.start()
    closing.carry()
    unit = closing.overview().checks[0].unit_id
    official = closing.official()
    with closing.database.tenant(closing.tenant_id) as session:
        # Only the reason, as if another unit still waited: otherwise the close would go on.
        evaluation.override_distribution(session, official, PERIOD, unit, "Alasan untuk sebaran yang pertama saja.")
    with closing.database.tenant(closing.tenant_id) as session:
        service.withdraw(session, system(closing.tenant_id), PERIOD)
    closing.start()
    closing.carry()
    seen = closing.overview()
    assert (seen.state, seen.checks[0].override_reason) == ("blocked", None)
    ledger = "SELECT count(*) FROM selaras.ledger_entry WHERE tenant_id = :tenant AND action = 'distribution.override'"
    assert closing.scalar(ledger) == 1


def test_of_two_answers_at_once_one_is_kept(closing: Closing) -> None:
    closing.staff(20)
    closing.start()
    closing.carry()
    person = closing.scalar("SELECT id FROM selaras.person WHERE tenant_id = :tenant AND source_id = 'person-3'")
    actor = Actor(closing.tenant_id, None, "x", frozenset(), frozenset(), person_id=person)
    refused: list[str] = []

    def accept() -> None:
        try:
            with closing.database.tenant(closing.tenant_id) as session:
                evaluation.accept(session, actor, PERIOD)
        except Conflict as refusal:
            refused.append(refusal.code)

    with closing.database.tenant(closing.tenant_id) as session:
        evaluation.object_to(session, actor, PERIOD, "Realisasi bulan Agustus belum dihitung.")
        session.flush()
        second = threading.Thread(target=accept)
        second.start()
        second.join(0.5)
    second.join()
    assert refused == ["outcome_not_open"]
    assert closing.scalar("SELECT count(*) FROM selaras.outcome_event WHERE tenant_id = :tenant") == 1


def test_a_close_waits_for_a_rating_that_is_being_written(closing: Closing) -> None:
    closing.staff(20)
    with closing.database.tenant(closing.tenant_id) as session:
        evaluation.open_for_rating(session, PERIOD)
        starting = threading.Thread(target=closing.start)
        starting.start()
        starting.join(0.5)
        assert starting.is_alive()
    starting.join()
    assert closing.overview().state == "running"


def test_a_reason_in_any_script_does_not_stop_the_determination(closing: Closing, files) -> None:
    closing.staff(60, make_breach)
    closing.start()
    closing.carry()
    unit = closing.overview().checks[0].unit_id
    official = closing.official()
    with closing.database.tenant(closing.tenant_id) as session:
        service.override(session, official, PERIOD, unit, "Kantor ꦲꦏ꧀ꦱꦫ mencapai seluruh target \x01 nasional 中.")
    closing.carry()
    assert closing.overview().state == "set"
    assert sorted(path.read_bytes()[:2] for path in files.rglob("*") if path.is_file()) == [b"%P", b"PK"]


def test_a_close_whose_job_was_given_up_is_seen_to_wait_and_goes_on(closing: Closing) -> None:
    closing.staff(20)
    closing.start()
    job = closing.admit()
    with closing.database.tenant(closing.tenant_id) as session:
        attempts = text("UPDATE selaras.job_envelope SET attempts = :most WHERE tenant_id = :t AND job_id = :job")
        session.execute(attempts, {"most": ATTEMPTS, "t": closing.tenant_id, "job": job})
    closing.carry()
    seen = closing.overview()
    assert (seen.state, seen.problem["code"]) == ("blocked", "job_gave_up")
    with closing.database.tenant(closing.tenant_id) as session:
        service.resume(session, system(closing.tenant_id), PERIOD)
    closing.carry()
    assert (closing.overview().state, closing.overview().problem) == ("set", None)
