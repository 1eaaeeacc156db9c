"""The gate of fairness: planted unfairness is asked about, the chair answers in writing, else nothing closes."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from calibration.conftest import Meeting
from selaras.calibration import ending, gate
from selaras.calibration.minutes import _told, minutes
from selaras.errors import Conflict, Invalid, NotFound, Refused
from selaras.tenancy.letterheads import Letterhead
from selaras.tenancy.queries import agency

ANSWER = "Bukti dukung setiap orang dilihat ulang; selisih ini berasal dari target yang belum tercapai."
RATE = "UPDATE selaras.rating SET inputs = jsonb_build_object('rating_hasil_kerja', {0}, 'rating_perilaku', {0})"
OF = " WHERE tenant_id = :tenant AND person_id IN (SELECT id FROM selaras.person WHERE tenant_id = :tenant AND {0})"
NUMBER = "substr(source_id, 8)::int"
# Three earlier quarters in which the best outcome of unit 1 goes round: even numbers, odd numbers, even numbers.
PAST = """
    WITH made AS (
        INSERT INTO selaras.period (tenant_id, code, kind, starts, ends, state) VALUES
        (:tenant, '2025-TW4', 'quarter', '2025-10-01', '2025-12-31', 'closed'),
        (:tenant, '2026-TW1', 'quarter', '2026-01-01', '2026-03-31', 'closed'),
        (:tenant, '2026-TW2', 'quarter', '2026-04-01', '2026-06-30', 'closed') RETURNING id, code
    ), batch AS (
        INSERT INTO selaras.outcome_batch (tenant_id, period_id, rule_id, state)
        SELECT :tenant, id, 1, 'set' FROM made RETURNING id, period_id
    )
    INSERT INTO selaras.outcome (tenant_id, person_id, period_id, segment, revision, batch_id, unit_id, outcome)
    SELECT :tenant, p.id, made.id, 1, 1, batch.id, u.id,
           CASE WHEN (substr(p.source_id, 8)::int + CASE made.code WHEN '2026-TW1' THEN 1 ELSE 0 END) % 2 = 0
           THEN 'sangat_baik' ELSE 'baik' END
    FROM made JOIN batch ON batch.period_id = made.id
    JOIN selaras.unit u ON u.tenant_id = :tenant AND u.source_id = 'unit-1'
    JOIN selaras.person p ON p.tenant_id = :tenant AND substr(p.source_id, 8)::int <= 20
"""
LOWERED = """
    WITH meeting AS (
        INSERT INTO selaras.calibration_meeting (tenant_id, period_id, name, group_keys, state, opened_at, locked_at)
        SELECT :tenant, id, 'Rapat lalu', '[]', 'closed', now(), now() FROM selaras.period
        WHERE tenant_id = :tenant AND code = '2026-TW2' RETURNING id
    )
    INSERT INTO selaras.calibration_result
    (tenant_id, meeting_id, person_id, from_outcome, to_outcome, proposal, state)
    SELECT :tenant, id, :person, 'sangat_baik', 'baik', 1, 'accepted' FROM meeting
"""


def run(room: Meeting, *statements: str, **values: object) -> None:
    with room.session() as session:
        for one in statements:
            session.execute(text(one), {"tenant": room.tenant_id, **values})


def open_and_come(room: Meeting) -> None:
    room.prepare()
    room.open()
    room.come(1, 21, 41)


def answer(room: Meeting, who: int, words: str = ANSWER, *, number: int = 1, key: UUID | None = None) -> int:
    with room.session() as session:
        return gate.answer_warning(session, room.actor(who), room.id, number, words, key or uuid4())


def found(room: Meeting) -> list[gate.WarningView]:
    with room.session() as session:
        return gate.warnings(session, room.id)


def test_where_everybody_is_treated_alike_nothing_is_asked(opened: Meeting) -> None:
    assert opened.lock() == 0
    assert found(opened) == []
    opened.draft()


@pytest.fixture
def unfair(room: Meeting) -> Meeting:
    """Women are rated low, men as expected; sex has nothing to do with posts or units."""
    run(
        room,
        f"UPDATE selaras.person SET sex = CASE WHEN ({NUMBER} / 2) % 2 = 0 THEN 'F' ELSE 'M' END"
        " WHERE tenant_id = :tenant",
        RATE.format("'sesuai'") + " WHERE tenant_id = :tenant",
        RATE.format("'di_bawah'") + OF.format("sex = 'F'"),
    )
    open_and_come(room)
    room.lock()
    return room


def test_a_planted_gap_waits_for_the_chairs_words(unfair: Meeting) -> None:
    (one,) = found(unfair)
    assert (one.kind, one.figures["trait"], one.figures["value"]) == ("trait", "sex", "F")
    assert one.figures["thresholds"]["error_rate"] == 0.05
    assert "Perempuan" in one.words["id"]
    with pytest.raises(Conflict) as waiting:
        unfair.draft()
    assert waiting.value.code == "calibration_unanswered"
    with pytest.raises(Refused):
        answer(unfair, 21)
    with pytest.raises(Invalid):
        answer(unfair, 1, "Sudah.")
    with pytest.raises(NotFound):
        answer(unfair, 1, number=7)
    key = uuid4()
    number = answer(unfair, 1, key=key)
    assert answer(unfair, 1, key=key) == number
    assert found(unfair)[0].answer == ANSWER
    written = "SELECT count(*) FROM selaras.ledger_entry WHERE tenant_id = :tenant AND action = 'calibration.explained'"
    assert unfair.scalar(written) == 1


def test_the_answers_stand_in_the_minutes_and_stay_once_somebody_signed(unfair: Meeting) -> None:
    with unfair.session() as session, pytest.raises(Conflict) as refused:
        ending.close(session, unfair.actor(1), unfair.id, uuid4())
    assert refused.value.code == "calibration_unanswered"
    answer(unfair, 1)
    unfair.draft()
    answer(unfair, 1, ANSWER + " Lihat catatan.")  # the minutes have to be drafted anew
    with unfair.session() as session, pytest.raises(Conflict) as stale:
        ending.sign(session, unfair.actor(21), unfair.id, uuid4())
    assert stale.value.code == "calibration_no_minutes"
    unfair.draft()
    with unfair.session() as session:
        told = _told(session, unfair.actor(1), unfair.id)
        said = minutes(agency(session, unfair.tenant_id), Letterhead(), told, unfair.rules(session))
    questions = next(table for table in said["tables"] if table["title"].startswith("Pertanyaan"))
    assert questions["rows"][0][1].endswith("Lihat catatan.")
    for who in (1, 21, 41):
        with unfair.session() as session:
            ending.sign(session, unfair.actor(who), unfair.id, uuid4())
    with pytest.raises(Conflict) as late:
        answer(unfair, 1)
    assert late.value.code == "calibration_warning_settled"
    with unfair.session() as session:
        ending.close(session, unfair.actor(1), unfair.id, uuid4())
    assert len(found(unfair)) == 1


def test_turns_and_people_lowered_again_are_asked_about(room: Meeting) -> None:
    odd = f"{NUMBER} <= 20 AND {NUMBER} % 2 = 1"
    run(room, PAST, RATE.format("'sesuai'") + " WHERE tenant_id = :tenant", RATE.format("'di_atas'") + OF.format(odd))
    run(room, LOWERED, person=room.person(5))
    open_and_come(room)
    room.agree(1, room.propose(21, 5, "baik"))
    assert room.lock() == 1
    warnings = {one.kind: one for one in found(room)}
    assert warnings["lowered_twice"].figures["people"] == [str(room.person(5))]
    assert warnings["turns"].figures["again"] == 0
    assert "Unit 1" in warnings["turns"].words["id"]
    for one in found(room):
        answer(room, 1, number=one.number)
    room.draft()
