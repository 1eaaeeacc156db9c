"""Attacks go through HTTP, each from an address of its own; a hostile provider is connected to two of the agencies."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from factories.attacks import verdict
from factories.hostile_provider import HostileProvider, hostile_provider
from factories.signing_in import connect_hostile, orders_for
from factories.site import Site

__all__ = ["verdict"]


@pytest.fixture(scope="module")
def running_hostile() -> Iterator[HostileProvider]:
    with hostile_provider() as made:
        yield made


@pytest.fixture(scope="module")
def connected(site: Site, running_hostile: HostileProvider) -> dict[str, UUID]:
    """Agency → its row of the hostile provider."""
    return {home.slug: connect_hostile(home, running_hostile) for home in (site.closed, site.open)}


@pytest.fixture
def hostile(site: Site, running_hostile: HostileProvider, connected: dict[str, UUID]) -> HostileProvider:
    """Answers rightly, for the performance manager of the first agency, until an attack says otherwise."""
    running_hostile.orders = orders_for(f"performance_manager@{site.closed.slug}")
    return running_hostile
