"""After the lock: the appraiser accepts by rating anew, or refuses; signatures; the close of the meeting."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import Range

from selaras.calibration import answering, ending, service
from selaras.calibration.minutes import _told, minutes
from selaras.calibration.queries import results
from selaras.calibration.rules import SeatRole
from selaras.errors import Conflict, Invalid, NotFound, Refused
from selaras.evaluation.changes import changes_of
from selaras.followup.models import RemunerationTable
from selaras.followup.pay_effect import PayEffect, pay_effect
from selaras.identity.actor import Actor
from selaras.tenancy.letterheads import Letterhead
from selaras.tenancy.queries import agency

from .conftest import PERIOD, WHY, Meeting

ABOVE = {"rating_hasil_kerja": "di_atas", "rating_perilaku": "di_atas"}
SAME = {"rating_hasil_kerja": "sesuai", "rating_perilaku": "di_atas"}


def refused(kind: type[Exception], code: str):
    return pytest.raises(kind, check=lambda error: error.code == code)


@pytest.fixture
def locked(opened: Meeting) -> Meeting:
    """Two people of unit 3 should stand higher; their appraiser is person 41."""
    for about in (45, 46):
        opened.agree(2, opened.propose(21, about, "sangat_baik", seen="baik"))
    opened.lock()
    return opened


def accept(room: Meeting, who: int, about: int, inputs: dict[str, object]) -> None:
    with room.session() as session:
        law = room.rules(session)
        answering.accept(session, room.actor(who), room.id, room.person(about), inputs, lambda _day: law)


def refuse(room: Meeting, who: int, about: int, reason: str) -> None:
    with room.session() as session:
        answering.refuse(session, room.actor(who), room.id, room.person(about), reason)


def test_the_appraiser_accepts_by_ratings_that_come_to_what_was_recommended(locked: Meeting) -> None:
    with refused(Invalid, "calibration_other_outcome"):
        accept(locked, 41, 45, SAME)
    stays = locked.scalar(
        "SELECT inputs ->> 'rating_hasil_kerja' FROM selaras.rating WHERE tenant_id = :tenant AND person_id = :person",
        person=locked.person(45),
    )
    assert stays == "sesuai"
    accept(locked, 41, 45, ABOVE)
    with locked.session() as session:
        told = {one.person_id: one.state for one in results(session, meeting_id=locked.id)}
    assert told == {locked.person(45): "accepted", locked.person(46): "waiting"}
    with locked.session() as session:
        (change,) = changes_of(session, locked.person(45))
    assert (change.cause, change.reason, change.by) == ("calibration", WHY, "Orang 41")
    with refused(Conflict, "calibration_result_answered"):
        accept(locked, 41, 45, ABOVE)


def test_the_appraiser_refuses_with_a_reason_that_is_kept(locked: Meeting) -> None:
    with refused(Invalid, "calibration_refusal"):
        refuse(locked, 41, 45, "tidak")
    refuse(locked, 41, 45, WHY)
    with locked.session() as session:
        assert [one.reason for one in results(session, meeting_id=locked.id, state="refused")] == [WHY]


@pytest.mark.parametrize("who", [21, 1, 45])
def test_nobody_else_answers(locked: Meeting, who: int) -> None:
    for act in (lambda: accept(locked, who, 45, ABOVE), lambda: refuse(locked, who, 45, WHY)):
        with refused(NotFound, "calibration_result_unknown"):
            act()


def test_the_minutes_are_signed_and_the_meeting_closed_when_nothing_waits(locked: Meeting) -> None:
    def sign(who: int, words: str | None = None) -> None:
        with locked.session() as session:
            ending.sign(session, locked.actor(who), locked.id, uuid4(), words=words)

    def close(who: int) -> None:
        with locked.session() as session:
            ending.close(session, locked.actor(who), locked.id, uuid4())

    with refused(Conflict, "calibration_no_minutes"):
        sign(1)
    locked.draft()
    sign(1)
    sign(21)
    with refused(Conflict, "calibration_signed"):
        sign(21)
    sign(41, "Saya tidak sependapat dengan keputusan tentang satu orang.")
    with refused(Conflict, "calibration_not_done"):
        close(1)
    accept(locked, 41, 45, ABOVE)
    refuse(locked, 41, 46, WHY)
    close(1)
    assert locked.scalar("SELECT state FROM selaras.calibration_meeting WHERE tenant_id = :tenant") == "closed"
    with locked.session() as session:
        from selaras.closing import service as closing  # noqa: PLC0415  # only here
        from selaras.identity.actor import system  # noqa: PLC0415  # only this test needs it

        closing.start(session, system(locked.tenant_id), PERIOD, locked.rules(session))


def test_the_minutes_tell_who_was_there_what_moved_and_why(locked: Meeting) -> None:
    with locked.session() as session:
        said = _told(session, locked.actor(1), locked.id)
        told = minutes(agency(session, locked.tenant_id), Letterhead(), said, locked.rules(session))
    present, moved, kept, _questions, _notes = told["tables"]
    assert ["Orang 1", "Ketua", "hadir", "0"] in present["rows"]
    assert ["Orang 2", "Fasilitator", "tidak hadir", "0"] in present["rows"]
    assert [row[2:4] for row in moved["rows"]] == [["Baik → Sangat Baik", "musyawarah"]] * 2
    assert all(WHY in row[4] for row in moved["rows"])
    assert kept["rows"] == []
    assert locked.draft()


def test_the_effect_on_pay_is_seen_after_the_lock_only_and_where_the_meeting_was_prepared_so(room: Meeting) -> None:
    def seen(who: Actor) -> tuple[PayEffect, ...]:
        with room.session() as session:
            return pay_effect(session, who, room.id, date(2026, 9, 30))

    with room.session() as session:
        session.execute(delete(RemunerationTable))
        session.add(
            RemunerationTable(
                name="Uji", kind="tpp", shape="quarter_to_next_quarter", effect="next_quarter", options={},
                percents={"sangat_baik": "100", "baik": "90"}, bases={str(n): 1_000_000 for n in range(1, 18)},
                source="Peraturan uji", certainty="sample", during=Range(date(2020, 1, 1), None),
            )
        )  # fmt: skip
    room.prepare(pay_shown=True)
    room.open()
    room.come(1, 21, 41)
    room.agree(2, room.propose(21, 45, "sangat_baik", seen="baik"))
    assert seen(room.actor(None)) == ()
    room.lock()
    [effect] = seen(room.actor(None))
    assert (effect.person_id, effect.before, effect.after) == (room.person(45), Decimal(900_000), Decimal(1_000_000))
    assert effect.difference == Decimal(100_000)
    with pytest.raises(Refused):
        seen(room.actor(1))


def test_the_chairs_role_comes_with_the_seat_and_ends_with_the_meeting(locked: Meeting) -> None:
    def chairs() -> list[object]:
        with locked.session() as session:
            rows = session.execute(
                text(
                    "SELECT a.id FROM selaras.role_grant g JOIN selaras.person a ON a.tenant_id = :t"
                    " AND a.account_id = g.account_id WHERE g.tenant_id = :t AND g.calibration_id = :m"
                    " AND g.role = 'calibration_chair' AND g.revoked_at IS NULL"
                ),
                {"t": locked.tenant_id, "m": locked.id},
            )
            return list(rows.scalars())

    assert chairs() == [locked.person(1)]
    first = locked.id
    locked.prepare({21: SeatRole.CHAIR, 1: SeatRole.MEMBER, 41: SeatRole.MEMBER})
    assert chairs() == [locked.person(21)]
    with locked.session() as session:
        service.cancel(session, locked.actor(None), locked.id)
    assert chairs() == []
    locked.id = first
    assert chairs() == [locked.person(1)]
