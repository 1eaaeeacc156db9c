"""How much may be asked of the console before anybody is known: by address, and from everywhere together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from factories.attacks import with_address
from factories.site import Visitor
from flask import Flask

from selaras.clock import fixed
from selaras_admin.app import create_console, process_of

HOST = "console.localhost"
# Nobody answers there: a sign-in that is begun ends at once, and counts all the same.
NOWHERE = {"operator_issuer": "http://127.0.0.1:9", "operator_client_id": "x", "operator_acr": "urn:example:mfa"}


@pytest.fixture(scope="module")
def console(console_settings) -> Iterator[Flask]:
    made = create_console(replace(console_settings, **NOWHERE))
    yield made
    process_of(made).database.close()


@pytest.fixture(autouse=True)
def _own_clock(_clock: None) -> Iterator[None]:
    """Windows of a minute are counted by Redis' own clock."""
    with fixed(datetime.now(UTC)):
        yield


@pytest.fixture(autouse=True)
def _from_zero(console: Flask) -> Iterator[None]:
    def forget() -> None:
        for key in process_of(console).redis.scan_iter("LIMITS*selaras_console*"):
            process_of(console).redis.delete(key)

    forget()
    yield
    forget()


@pytest.fixture
def anybody(console: Flask) -> Callable[[], Visitor]:
    return lambda: with_address(Visitor(console, HOST))


@pytest.mark.parametrize("path", ["/sign-in/provider", "/sign-in/callback?code=x&state=y"])
def test_the_steps_of_signing_in_are_limited_by_address(anybody, path: str) -> None:
    one, other = anybody(), anybody()
    answers = [one.get(path) for _ in range(31)]
    assert {each.status_code for each in answers[:30]} <= {401, 403, 503}
    assert answers[30].status_code == 429
    assert 1 <= int(answers[30].headers["Retry-After"]) <= 62
    assert "Tunggu" in answers[30].text
    assert other.get(path).status_code != 429, "another address is not held up"
    assert one.get("/sign-in").status_code == 200, "the page itself says what to do"


def test_signing_in_is_limited_from_everywhere_together(anybody) -> None:
    answers = [anybody().get("/sign-in/callback?code=x&state=y").status_code for _ in range(121)]
    assert 429 not in answers[:120]
    assert answers[120] == 429


def test_logout_tokens_and_pages_for_nobody_are_limited_by_address(anybody, operator) -> None:
    one = anybody()
    told = [one.client.post("/sign-out/back-channel", base_url=f"http://{HOST}", data={"logout_token": "x"})
            for _ in range(61)]  # fmt: skip
    assert 429 not in [each.status_code for each in told[:60]]
    assert told[60].status_code == 429
    flood = anybody()
    assert [flood.get("/sign-in").status_code for _ in range(301)] == [200] * 300 + [429]
    operator.client.environ_base["REMOTE_ADDR"] = flood.address
    assert operator.get("/").status_code == 200, "whoever is signed in does not count for their address"
