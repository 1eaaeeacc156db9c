"""Sessions are found again by their account and by their provider's own session, and end where they are asked to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from selaras.clock import fixed, now
from selaras.identity.sessions import ABSOLUTE, IDLE, Proof, SessionStore, connect

PROVIDER = uuid4()
HERE, ELSEWHERE = uuid4(), uuid4()


@pytest.fixture
def store(redis_url: str) -> Iterator[SessionStore]:
    connection = connect(redis_url)
    yield SessionStore(connection, prefix=f"test-{uuid4().hex}")
    connection.close()


def proof(subject: str, session: str) -> Proof:
    return Proof(method="oidc", provider_id=PROVIDER, subject=subject, provider_session=session)


def begin(store: SessionStore, account: UUID, subject: str = "s", session: str = "1", agency: UUID = HERE) -> str:
    return store.start(agency, account, proof(subject, session), address="192.0.2.7", agent="Peramban/1")


def test_an_account_sees_its_own_sessions_and_ends_one(store: SessionStore) -> None:
    mine, other = uuid4(), uuid4()
    first, second, foreign = begin(store, mine), begin(store, mine, session="2"), begin(store, other)
    listed = store.of_account(HERE, mine)
    assert [held.signed_in.address for held in listed] == ["192.0.2.7"] * 2
    assert all(timedelta(0) < held.idle_left <= IDLE for held in listed)
    assert store.of_account(ELSEWHERE, mine) == []
    (theirs,) = store.of_account(HERE, other)
    assert not store.end_one(HERE, mine, theirs.key), "a key of somebody else's session ends nothing"
    assert store.end_one(HERE, mine, listed[0].key)
    assert [store.read(HERE, token) is None for token in (first, second, foreign)] == [False, True, False]
    assert store.end_all(HERE, mine) == 1
    assert store.of_account(HERE, mine) == []
    assert store.read(HERE, foreign) is not None


def test_a_provider_ends_one_of_its_sessions_or_all_of_a_subject(store: SessionStore) -> None:
    account = uuid4()
    first, second = begin(store, account, "ani", "1"), begin(store, account, "ani", "2")
    budi, same_elsewhere = begin(store, uuid4(), "budi", "3"), begin(store, account, "ani", "1", ELSEWHERE)
    assert store.end_at_provider(HERE, uuid4(), session="1") == 0, "another provider's sid is another sid"
    assert store.end_at_provider(HERE, PROVIDER, session="1") == 1
    assert store.read(HERE, first) is None
    assert store.end_at_provider(HERE, PROVIDER, subject="ani") == 1
    assert store.read(HERE, second) is None
    assert store.read(HERE, budi) is not None
    assert store.read(ELSEWHERE, same_elsewhere) is not None


def test_a_session_ends_no_later_than_the_providers(store: SessionStore) -> None:
    account = uuid4()
    token = store.start(HERE, account, Proof(method="oidc", until=now() + timedelta(minutes=5)))
    with fixed(now() + timedelta(minutes=4)):
        assert store.read(HERE, token) is not None
    with fixed(now() + timedelta(minutes=6)):
        assert store.read(HERE, token) is None
    long = store.start(HERE, account, Proof(method="oidc", until=now() + 2 * ABSOLUTE))
    found = store.read(HERE, long)
    assert found is not None
    assert found.until == found.since + ABSOLUTE
