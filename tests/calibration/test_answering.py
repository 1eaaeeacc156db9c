"""After the lock: the appraiser accepts by rating anew, or refuses; signatures; the close of the meeting."""

from __future__ import annotations

from uuid import uuid4

import pytest

from selaras.calibration import answering, ending
from selaras.calibration.minutes import _told, minutes
from selaras.calibration.queries import results
from selaras.errors import Conflict, Invalid, NotFound
from selaras.evaluation.changes import changes_of
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
        from selaras.identity.actor import system  # noqa: PLC0415

        closing.start(session, system(locked.tenant_id), PERIOD, locked.rules(session))


def test_the_minutes_tell_who_was_there_what_moved_and_why(locked: Meeting) -> None:
    with locked.session() as session:
        told = minutes(
            agency(session, locked.tenant_id), _told(session, locked.actor(1), locked.id), locked.rules(session)
        )
    present, moved, kept, _questions, _notes = told["tables"]
    assert ["Orang 1", "Ketua", "hadir", "0"] in present["rows"]
    assert ["Orang 2", "Fasilitator", "tidak hadir", "0"] in present["rows"]
    assert [row[2:4] for row in moved["rows"]] == [["Baik → Sangat Baik", "musyawarah"]] * 2
    assert all(WHY in row[4] for row in moved["rows"])
    assert kept["rows"] == []
    assert locked.draft()
