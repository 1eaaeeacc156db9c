"""The library's own contract of a storage, held against our tables: filters and sorting as its evaluator does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from scim2_models import ScimProvider
from scim2_server.testing import SEARCH_USERS, ScimStorageContract
from sqlalchemy import event
from sqlalchemy.orm import Session

from selaras.db.session import Database
from selaras.identity.actor import system
from selaras.identity.sessions import SessionStore, connect
from selaras.organisation.provisioning.resources import MOST, User, service
from selaras.organisation.provisioning.storage import AgencyStorage

DAY = date(2026, 10, 1)
NAMES = [
    'displayName eq "boss"',
    'displayName ne "Boss"',
    'not (displayName eq "Boss")',
    "displayName eq null",
    "displayName ne null",
    "displayName gt null",
    'displayName co "%"',
    'displayName co "_"',
    'displayName lt "c"',
    'displayName eq "émile"',
    'displayName eq "e\u0301mile"',
    'displayName ew "F"',
    'displayName sw ""',
    'urn:ietf:params:scim:schemas:core:2.0:User:displayName pr and not (userName eq "u0")',
]
OURS = ("userName", "displayName", "name", "active", "emails")


class TestAgencyStorage(ScimStorageContract):
    """Every rule of the library; what is asked of attributes that are not kept here is skipped by it."""

    @pytest.fixture
    def provider(self) -> ScimProvider:
        return service().provider

    @pytest.fixture
    def storage(self, session: Session, redis_url: str) -> AgencyStorage:
        store = SessionStore(connect(redis_url))
        return AgencyStorage(session, store, system(session.info["tenant"]), DAY)

    @pytest.fixture(autouse=True)
    def spoken(self, provider: ScimProvider) -> Iterator[None]:
        """Under the provider's policy, as the server speaks: what is not kept is left unread."""
        with provider:
            yield

    def search_users(self) -> list[dict[str, Any]]:
        """The users of the contract without what is not kept, and with the `active` that is always said."""
        kept = [{name: value for name, value in one.items() if name in OURS} for one in SEARCH_USERS]
        return [{"active": True, **one} for one in kept]

    @pytest.mark.parametrize("scim_filter", NAMES)
    def test_names_are_searched_as_the_evaluator_does(
        self, storage: Any, user_type: Any, user_model: Any, scim_filter: str
    ) -> None:
        """What the contract asks of `title`, asked of the name that is kept: wildcards, order, nothing, case."""
        for number, name in enumerate(("Boss", None, "", "50% off", "ÉMILE", "a_b")):
            storage.create(user_type, user_model(user_name=f"u{number}", display_name=name, active=True))
        stored = self.search(storage, [user_type], self.search_request([user_model])).resources
        request = self.search_request([user_model], filter=scim_filter)
        expected = [one.id for one in stored if request.filter.match(one)]
        page = self.search(storage, [user_type], request)
        assert sorted(one.id for one in page.resources) == sorted(expected)


@pytest.fixture
def counted(database: Database) -> Iterator[list[str]]:
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        said.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield said
    event.remove(database.engine, "before_cursor_execute", note)


def test_a_page_costs_the_same_number_of_statements_whatever_its_size(
    session: Session, redis_url: str, counted: list[str]
) -> None:
    storage = AgencyStorage(session, SessionStore(connect(redis_url)), system(session.info["tenant"]), DAY)
    kind = service().get_resource_type("User")
    for number in range(30):
        storage.create(kind, User(user_name=f"user-{number}", active=True))
    costs = []
    for size in (1, 30):
        counted.clear()
        request = ScimStorageContract.search_request([User], start_index=1, count=size, filter='userName sw "user"')
        assert len(storage.search([kind], request).resources) == size
        costs.append(len(counted))
    assert costs[0] == costs[1] == 4, counted
    assert MOST == 200
