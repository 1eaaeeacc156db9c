"""A meeting from its opening to its lock: who may say what, what takes effect, what is refused in words."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.calibration import deciding, service
from selaras.calibration.looking import changes
from selaras.calibration.queries import replayed
from selaras.calibration.rules import Kind, Recusal, SeatRole
from selaras.clock import fixed, now
from selaras.errors import Conflict, Invalid, NotFound, Refused

from .conftest import WHY, Meeting


def refused(kind: type[Exception], code: str):
    return pytest.raises(kind, check=lambda error: error.code == code)


def test_the_room_holds_everybody_who_is_rated_as_a_close_would_appraise_them(opened: Meeting) -> None:
    seen = opened.look(1)
    assert len(seen.cases) == 60
    counts = {outcome: sum(one.place.outcome == outcome for one in seen.cases) for outcome in ("sangat_baik", "baik")}
    assert counts["sangat_baik"] == 9
    assert seen.meeting.effect == "recommends"
    assert {lamp["size"] for lamp in seen.lamps} == {20}
    assert sum(lamp["counts"]["sangat_baik"] for lamp in seen.lamps) == 9
    assert (seen.quorum.present, seen.quorum.needed, seen.quorum.seats) == (3, 3, 3)


def test_a_move_that_everybody_agrees_to_takes_effect_and_lights_the_lamps_anew(opened: Meeting) -> None:
    about = 45  # of unit 3: person 21 neither rates them nor is rated by them
    before = next(one for one in opened.look(21).cases if one.person_id == opened.person(about))
    assert before.place.outcome == "baik"
    proposal = opened.propose(21, about, "sangat_baik")
    there = next(one for one in opened.look(1).cases if one.person_id == opened.person(about))
    assert (there.place.outcome, there.place.proposed) == ("baik", "sangat_baik")
    opened.agree(2, proposal)
    after = opened.look(1)
    assert next(one for one in after.cases if one.person_id == opened.person(about)).place.outcome == "sangat_baik"
    assert sum(lamp["counts"]["sangat_baik"] for lamp in after.lamps) == 10


def test_whoever_has_a_tie_to_the_person_has_no_say(opened: Meeting) -> None:
    seen = {one.person_id: one.recused for one in opened.look(21).cases}
    assert seen[opened.person(21)] is Recusal.SELF
    assert seen[opened.person(22)] is Recusal.SUBORDINATE
    assert seen[opened.person(1)] is Recusal.SUPERIOR
    assert seen[opened.person(45)] is None
    with refused(Refused, "calibration_recused_subordinate"):
        opened.propose(21, 22, "sangat_baik", seen="baik")
    with opened.session() as session:
        deciding.declare_interest(
            session, opened.actor(21), opened.id, uuid4(), opened.person(45), "Saudara kandung saya sendiri."
        )
    with refused(Refused, "calibration_recused_interest"):
        opened.propose(21, 45, "sangat_baik", seen="baik")


def test_where_one_opposes_the_chair_decides(opened: Meeting) -> None:
    proposal = opened.propose(21, 5, "sangat_baik", seen="baik")
    opened.answer(41, proposal, Kind.OPPOSED)
    with refused(Conflict, "calibration_opposed"):
        opened.agree(2, proposal)
    # Person 5 is led by the chair, who has no say about them: so nobody can decide against the opposition.
    with refused(Refused, "calibration_recused_subordinate"):
        opened.decide(1, proposal, take=True)
    opened.answer(41, proposal, Kind.SUPPORTED)
    opened.agree(2, proposal)
    contested = opened.propose(41, 25, "sangat_baik", seen="baik")
    opened.answer(1, contested, Kind.OPPOSED)
    with refused(Refused, "calibration_not_chair"):
        opened.decide(41, contested, take=True)
    opened.decide(1, contested, take=False)
    places = {one.person_id: one.place for one in opened.look(1).cases}
    assert places[opened.person(5)].outcome == "sangat_baik"
    assert places[opened.person(25)].outcome == "baik"
    assert places[opened.person(25)].proposal is None


def test_nothing_is_decided_without_a_quorum(opened: Meeting) -> None:
    with opened.session() as session:
        deciding.come_or_go(session, opened.actor(41), opened.id, uuid4(), come=False)
    with refused(Conflict, "calibration_no_quorum"):
        opened.propose(21, 45, "sangat_baik", seen="baik")
    opened.come(41)
    assert opened.propose(21, 45, "sangat_baik", seen="baik")


def test_a_dropped_connection_is_absence_after_two_minutes(opened: Meeting) -> None:
    with fixed(now() + timedelta(minutes=3)), refused(Conflict, "calibration_no_quorum"):
        opened.propose(21, 45, "sangat_baik", seen="baik")


def test_the_same_sent_twice_is_kept_once(opened: Meeting) -> None:
    key = uuid4()
    first = opened.propose(21, 45, "sangat_baik", seen="baik", key=key)
    assert opened.propose(21, 45, "sangat_baik", seen="baik", key=key) == first
    assert opened.agree(2, first, key=(again := uuid4())) == opened.agree(2, first, key=again)
    assert (
        opened.scalar(
            "SELECT count(*) FROM selaras.calibration_event WHERE tenant_id = :tenant AND person_id IS NOT NULL"
        )
        == 2
    )


def test_the_second_device_is_told_who_was_first(opened: Meeting) -> None:
    opened.propose(21, 45, "sangat_baik", seen="baik")
    with pytest.raises(Conflict, match="Orang 21 was first") as told:
        opened.propose(1, 45, "butuh_perbaikan", seen="baik")
    assert told.value.code == "calibration_moved"


@pytest.mark.parametrize(
    ("change", "code"),
    [({"to_outcome": "hebat"}, "calibration_outcome"), ({"to_outcome": "baik"}, "calibration_outcome"),
     ({"reason": "suka"}, "calibration_reason"), ({"words": "karena"}, "calibration_words")],
)  # fmt: skip
def test_junk_is_refused_in_words(opened: Meeting, change: dict[str, str], code: str) -> None:
    values = {"to_outcome": "sangat_baik", "reason": "evidence_new", "words": WHY} | change
    move = deciding.Move(opened.person(45), "baik", **values)
    with opened.session() as session, refused(Invalid, code):
        deciding.propose(session, opened.actor(21), opened.id, uuid4(), opened.rules(session), move)


def test_whoever_has_no_seat_sees_no_meeting(opened: Meeting) -> None:
    for act in (
        lambda session: changes(session, opened.actor(30), opened.id, 0),
        lambda session: deciding.note(session, opened.actor(30), opened.id, uuid4(), None, WHY),
    ):
        with opened.session() as session, refused(NotFound, "calibration_unknown"):
            act(session)
    with refused(NotFound, "calibration_unknown"):
        opened.look(30)


def test_the_lock_waits_for_open_proposals_and_held_people_and_hands_over_what_moved(opened: Meeting) -> None:
    first = opened.propose(21, 45, "sangat_baik", seen="baik")
    with opened.session() as session:
        deciding.set_aside(session, opened.actor(41), opened.id, uuid4(), opened.person(7), hold=True)
    with refused(Conflict, "calibration_unsettled"):
        opened.lock()
    opened.agree(2, first)
    with refused(Refused, "calibration_not_chair"):
        opened.lock(21)
    with opened.session() as session:
        deciding.set_aside(session, opened.actor(41), opened.id, uuid4(), opened.person(7), hold=False)
    assert opened.lock() == 1
    waiting = opened.scalar(
        "SELECT appraiser_id FROM selaras.calibration_result WHERE tenant_id = :tenant AND state = 'waiting'"
    )
    assert waiting == opened.person(41)
    assert (
        opened.scalar("SELECT count(*) FROM selaras.notice WHERE tenant_id = :tenant AND code = 'calibration_result'")
        == 1
    )
    with refused(Conflict, "calibration_state"):
        opened.propose(21, 46, "sangat_baik", seen="baik")


def look_up(session: Session, room: Meeting) -> dict[int, UUID]:
    """Number → person, as the table has it."""
    query = text("SELECT number, person_id FROM selaras.calibration_case WHERE tenant_id = :t AND meeting_id = :m")
    rows = session.execute(query, {"t": room.tenant_id, "m": room.id})
    return {number: person for number, person in rows}


def test_a_blind_meeting_shows_numbers_until_the_lock(room: Meeting) -> None:
    room.prepare(blind=True)
    room.open()
    room.come(1, 21, 41)
    seen = room.look(21).cases
    assert {one.name for one in seen} == {None}
    assert sorted(one.number for one in seen) == list(range(1, 61))
    assert {one.person_id for one in seen} == {None}
    with room.session() as session:
        assert {one.person_id for one in changes(session, room.actor(21), room.id, 0).events} == {None}
        kept = look_up(session, room)
    assert [kept[number] for number in sorted(kept)] != sorted(kept.values())
    room.lock()
    assert None not in {one.name for one in room.look(21).cases}


def test_two_meetings_do_not_speak_of_one_person(opened: Meeting) -> None:
    first = opened.id
    opened.prepare()
    with refused(Conflict, "calibration_twice"):
        opened.open()
    opened.id = first


def test_the_agenda_is_narrowed_to_groups_and_units(room: Meeting) -> None:
    unit = room.scalar("SELECT id FROM selaras.unit WHERE tenant_id = :tenant AND source_id = 'unit-2'")
    room.prepare(unit_id=unit, group_keys=("jf",))
    assert room.open() == 9  # of ten at even numbers the head is no functional officer
    lamps = room.look(1).lamps
    assert [lamp["size"] for lamp in lamps] == [20]


def test_a_meeting_needs_a_chair_and_two_members(room: Meeting) -> None:
    for seats in (
        {1: SeatRole.CHAIR, 21: SeatRole.MEMBER},
        {1: SeatRole.MEMBER, 21: SeatRole.MEMBER, 41: SeatRole.MEMBER},
    ):
        with refused(Invalid, "calibration_seats"):
            room.prepare(seats)


def test_only_the_performance_manager_prepares(room: Meeting) -> None:
    with room.session() as session, refused(Refused, "permission_missing"):
        service.prepare(session, room.actor(21), "2026-TW3", service.Wanted("Rapat"))


def test_a_close_waits_until_the_meeting_is_done(opened: Meeting) -> None:
    from selaras.closing import service as closing  # noqa: PLC0415  # only this test needs it
    from selaras.identity.actor import system  # noqa: PLC0415  # only this test needs it

    with opened.session() as session, refused(Conflict, "close_uncalibrated"):
        closing.start(session, system(opened.tenant_id), "2026-TW3", opened.rules(session))
    opened.lock()
    with opened.session() as session:
        closing.start(session, system(opened.tenant_id), "2026-TW3", opened.rules(session))


def test_the_events_alone_say_where_everybody_stands(opened: Meeting) -> None:
    opened.agree(2, opened.propose(21, 45, "sangat_baik", seen="baik"))
    opened.decide(1, opened.propose(41, 26, "butuh_perbaikan", seen="baik"), take=True)
    with opened.session() as session:
        told = replayed(session, opened.id)
        rows = session.execute(
            text("SELECT person_id, outcome_now, changed FROM selaras.calibration_case WHERE tenant_id = :tenant"),
            {"tenant": opened.tenant_id},
        )
        assert {person: (outcome, changed) for person, outcome, changed in rows} == {
            person: (place.outcome, place.changed) for person, place in told.items()
        }


def test_what_was_sent_before_answers_the_same_also_after_the_lock_and_never_something_else(opened: Meeting) -> None:
    key = uuid4()
    number = opened.propose(21, 45, "sangat_baik", seen="baik", key=key)
    with refused(Conflict, "calibration_key_used"):
        opened.propose(21, 46, "sangat_baik", seen="baik", key=key)
    with refused(Conflict, "calibration_key_used"):
        opened.propose(1, 45, "sangat_baik", seen="baik", key=key)
    opened.agree(2, number)
    opened.lock()
    assert opened.propose(21, 45, "sangat_baik", seen="baik", key=key) == number


def test_of_oneself_one_learns_nothing_while_the_meeting_talks(opened: Meeting) -> None:
    proposal = opened.propose(21, 41, "sangat_baik" if stands(opened, 41) != "sangat_baik" else "baik")
    (own,) = [one for one in opened.look(41).cases if one.person_id == opened.person(41)]
    assert (own.place.proposal, own.place.outcome) == (None, own.opened_with)
    assert opened.look(41).proposals == ()
    with opened.session() as session:
        told = {one.number: one for one in changes(session, opened.actor(41), opened.id, 0).events}
    assert (told[proposal].text, told[proposal].by_id, told[proposal].to_outcome) == (None, None, None)


def stands(room: Meeting, who: int) -> str:
    return next(one.place.outcome for one in room.look(1).cases if one.person_id == room.person(who))
