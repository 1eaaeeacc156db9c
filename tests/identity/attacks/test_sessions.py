"""A session is taken from somebody, planted on somebody, or carried to where it does not belong."""

from __future__ import annotations

import pytest
from factories.attacks import Verdict, attacker_at
from factories.site import Site

COOKIE = "selaras_session"


@pytest.mark.attack(
    "Cookie of A at B",
    "The session cookie of somebody signed in at agency A is set in a browser for agency B's host.",
    status=303,
    code="/sign-in",
    ledger="session_foreign",
)
def test_a_cookie_of_another_agency(site: Site, verdict: Verdict) -> None:
    manager = site.closed.manager()
    held = manager.client.get_cookie(COOKIE, domain=site.closed.host)
    assert held is not None
    attacker = attacker_at(site.open)
    attacker.client.set_cookie(COOKIE, held.value, domain=site.open.host)
    verdict(attacker.get("/people"), site.open, attacker)
    assert manager.get("/people").status_code == 200, "it is still good where it belongs"


@pytest.mark.attack(
    "Cookie of A with B's mark",
    "The random part of a session token of agency A behind the mark of agency B's tokens.",
    status=303,
    code="/sign-in",
)
def test_a_cookie_of_another_agency_in_disguise(site: Site, verdict: Verdict) -> None:
    theirs = site.closed.manager().client.get_cookie(COOKIE, domain=site.closed.host)
    own = site.open.manager().client.get_cookie(COOKIE, domain=site.open.host)
    assert theirs is not None
    assert own is not None
    attacker = attacker_at(site.open)
    disguised = f"{own.value.partition('.')[0]}.{theirs.value.partition('.')[2]}"
    attacker.client.set_cookie(COOKIE, disguised, domain=site.open.host)
    verdict(attacker.get("/people"), site.open, attacker)
