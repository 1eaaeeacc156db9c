"""Whatever happens in a meeting, in whatever order, sent once or twice: it ends where its events replay to."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from selaras.calibration import deciding
from selaras.calibration.ledger import replay_meeting
from selaras.calibration.rules import CHANGING, Happened, Kind, Seated, SeatRole, quorum, replay, standing_opposition
from selaras.clock import now
from selaras.errors import DomainError

from .conftest import WHY, Meeting

PEOPLE = [UUID(int=number) for number in range(1, 8)]
Sent = tuple[Callable[[], int], int]
_WORDS = (Kind.SUPPORTED, Kind.OPPOSED, Kind.WITHDRAWN)
SCALE = ("sangat_baik", "baik", "butuh_perbaikan", "kurang")


@st.composite
def histories(draw: st.DrawFn) -> list[Happened]:
    drawn = draw(st.lists(st.tuples(st.sampled_from(sorted(Kind)), st.sampled_from(PEOPLE), st.sampled_from(SCALE))))
    return [Happened(number, kind, None, person, to) for number, (kind, person, to) in enumerate(drawn, 1)]


@given(histories())
def test_a_replay_keeps_everybody_and_its_second_half_goes_on_from_the_first(events: list[Happened]) -> None:
    opening = dict.fromkeys(PEOPLE, "baik")
    whole = replay(opening, events)
    assert set(whole) == set(PEOPLE)
    assert sum(Counter(place.outcome for place in whole.values()).values()) == len(PEOPLE)
    first = events[: len(events) // 2]
    half = replay(opening, first)
    rest = replay({person: place.outcome for person, place in half.items()}, events[len(first) :])
    assert {person: place.outcome for person, place in rest.items()} == {
        person: place.outcome for person, place in whole.items()
    }


@given(histories())
def test_only_what_took_effect_moves_anybody(events: list[Happened]) -> None:
    whole = replay(dict.fromkeys(PEOPLE, "baik"), events)
    took = {Kind.AGREED, Kind.DECIDED}
    for person, place in whole.items():
        last = [one.to_outcome for one in events if one.person_id == person and one.kind in took]
        assert place.outcome == (last[-1] if last else "baik")
        touched = [one.number for one in events if one.person_id == person and one.kind in CHANGING]
        assert place.changed == (touched[-1] if touched else 0)


@given(st.integers(3, 60), st.integers(1, 100), st.randoms())
def test_the_quorum_is_rounded_up_and_never_one(seats: int, percent: int, chance: random.Random) -> None:
    at = now()
    sitting = [Seated(UUID(int=n + 1), SeatRole.MEMBER, at if chance.random() < 0.5 else None) for n in range(seats)]
    found = quorum(sitting, percent, at)
    assert found.needed >= 2
    assert (found.needed - 1) * 100 < seats * percent or found.needed == 2
    assert found.present == sum(one.seen_at is not None for one in sitting)


def test_the_last_word_about_a_proposal_counts() -> None:
    one, two = PEOPLE[:2]
    words = [(one, Kind.OPPOSED), (two, Kind.SUPPORTED), (one, Kind.SUPPORTED), (two, Kind.OPPOSED)]
    assert standing_opposition(words, [one, two]) == {two}
    assert standing_opposition(words, [one]) == frozenset()


def _anything(room: Meeting, chance: random.Random, heard: list[Sent]) -> None:
    """One command of somebody about somebody, wild or sensible; a refusal changes nothing.

    Now and then a browser comes back and sends what was kept long ago, because it never heard of it.
    """
    if heard and chance.random() < 0.25:
        act, number = chance.choice(heard)
        assert act() == number
        return
    who, about, key = chance.choice([1, 21, 41, 2, 30]), chance.randint(1, 60), uuid4()
    open_ = [one for one in room.look(1).cases if one.place.proposal is not None]
    proposal = chance.choice(open_).place.proposal if open_ else chance.randint(1, 50)
    to, seen = chance.choice(SCALE), chance.choice(SCALE[:2])
    word, held, take = chance.choice(list(_WORDS)), chance.random() < 0.7, chance.random() < 0.5
    acts = (
        lambda: room.propose(who, about, to, seen=seen, key=key),
        lambda: room.agree(who, proposal, key=key),
        lambda: room.decide(who, proposal, take=take, key=key),
        lambda: room.answer(who, proposal, word, key=key),
        lambda: room.set_aside(who, about, hold=held, key=key),
    )
    act = chance.choice(acts)
    for _ in range(chance.choice([1, 1, 2])):  # the answer was lost, so it is sent again
        try:
            heard.append((act, act()))
        except DomainError:
            continue


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_a_wild_meeting_ends_where_the_ledger_replays_to(opened: Meeting, seed: int) -> None:
    chance, heard = random.Random(seed), list[Sent]()
    for _ in range(40):
        if chance.random() < 0.1:
            _crash(opened, chance)
        _anything(opened, chance, heard)
    with opened.session() as session:
        found = replay_meeting(session, opened.id)
    assert found.sound
    assert found.events == opened.scalar("SELECT count(*) FROM selaras.calibration_event WHERE tenant_id = :tenant")
    seen = opened.look(1)
    assert {one.person_id: one.place.outcome for one in seen.cases} == {
        person: place.outcome for person, place in found.places.items()
    }
    for lamp in seen.lamps:
        assert sum(lamp["counts"].values()) == lamp["size"] == 20
    told = Counter(one.place.outcome for one in seen.cases)
    shown = {code: sum(lamp["counts"][code] for lamp in seen.lamps) for code in seen.lamps[0]["counts"]}
    assert told == Counter({code: people for code, people in shown.items() if people})


def _crash(room: Meeting, chance: random.Random) -> None:
    """The process dies after writing, before anything is kept."""

    def die() -> None:
        with room.session() as session:
            deciding.note(session, room.actor(1), room.id, uuid4(), room.person(chance.randint(1, 60)), WHY)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        die()


def test_what_was_tampered_with_is_shown(opened: Meeting) -> None:
    opened.agree(2, opened.propose(21, 45, "sangat_baik", seen="baik"))
    change = "UPDATE selaras.calibration_case SET {} = 'kurang' WHERE person_id = :person AND tenant_id = :tenant"
    with opened.session() as session:
        session.execute(text(change.format("outcome_now")), {"person": opened.person(45), "tenant": opened.tenant_id})
        found = replay_meeting(session, opened.id)
        assert [(one.kept, one.replayed) for one in found.differences] == [("kurang", "sangat_baik")]
        session.execute(text(change.format("outcome")), {"person": opened.person(46), "tenant": opened.tenant_id})
        assert replay_meeting(session, opened.id).opening_changed
        session.rollback()
