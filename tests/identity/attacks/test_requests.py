"""Requests that claim to be for another host, to come from a page of ours, or that would lead somebody elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
from factories.attacks import Verdict, attacker_at, with_address
from factories.site import PERIOD, Home, Site, Visitor

CLOSE = f"/periods/{PERIOD}/close"


def close(visitor: Visitor, token: str, **headers: str) -> Any:
    sent = {"form_token": token, "without_unrated": "true"}
    return visitor.client.post(CLOSE, base_url=f"http://{visitor.host}", data=sent, headers=headers)


def closes(home: Home) -> int:
    return int(home.scalar("SELECT count(*) FROM selaras.close WHERE tenant_id = :tenant"))


@pytest.mark.attack(
    "Host header of nobody",
    "A host name that no agency has, also behind a forwarded header, a user name or an address that names an agency.",
    status=404,
)
@pytest.mark.parametrize(
    ("host", "headers"),
    [
        ("elsewhere.localhost", {}),
        ("elsewhere.localhost", {"X-Forwarded-Host": "{host}"}),
        ("elsewhere.localhost", {"Forwarded": "host={host}"}),
        ("elsewhere.localhost", {"X-Original-Host": "{host}", "X-Host": "{host}"}),
        ("{host}.evil.example", {}),
        ("evil.example/{host}", {}),
        ("{host}@evil.example", {}),
        ("{host} evil.example", {}),
    ],
)
def test_a_host_of_nobody(site: Site, verdict: Verdict, host: str, headers: dict[str, str]) -> None:
    attacker = attacker_at(site.closed)
    named = {name: value.format(host=site.closed.host) for name, value in headers.items()}
    asked = {"HTTP_HOST": host.format(host=site.closed.host)}
    verdict(attacker.client.get("/sign-in", headers=named, environ_overrides=asked), site.closed, attacker)


@pytest.mark.attack(
    "Forwarded host of B with a session of A",
    "Somebody signed in at agency A asks with a forwarded header for agency B's people.",
    status=200,
)
@pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Original-Host", "X-Host", "X-HTTP-Host-Override"])
def test_a_forwarded_host_changes_nothing(site: Site, verdict: Verdict, header: str) -> None:
    manager = with_address(site.closed.manager())
    answer = manager.get("/api/v1/agency", headers={header: site.open.host})
    assert answer.json["slug"] == site.closed.slug
    verdict(answer, site.closed, manager)


@pytest.mark.attack(
    "Change without a form (CSRF)",
    "A page of another site makes the browser of a signed-in manager send a change, without a token of our pages.",
    status=403,
    code="form_foreign",
)
@pytest.mark.parametrize("token", ["", "made-up", "eyJhIjoxfQ.c2lnbmVk"])
def test_a_change_without_a_token(site: Site, verdict: Verdict, token: str) -> None:
    manager = with_address(site.open.manager())
    verdict(close(manager, token), site.open, manager)
    assert closes(site.open) == 0


@pytest.mark.attack(
    "Form of another session (CSRF)",
    "The token of a form that the attacker got in a session of their own, or at another agency.",
    status=403,
    code="form_foreign",
)
@pytest.mark.parametrize("whose", ["another session", "another agency", "before signing in"])
def test_a_change_with_a_foreign_token(site: Site, verdict: Verdict, whose: str) -> None:
    manager = with_address(site.open.manager())
    token = {
        "another session": lambda: site.open.manager().token("/"),
        "another agency": lambda: site.closed.manager().token("/"),
        "before signing in": lambda: site.open.visitor().token("/sign-in"),
    }[whose]()
    verdict(close(manager, token), site.open, manager)
    assert closes(site.open) == 0


@pytest.mark.attack(
    "Form sent from another site (CSRF)",
    "A stolen but valid form token, sent by the browser with another origin or as a cross-site request.",
    status=403,
    code="form_foreign",
)
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://{other}"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_change_from_elsewhere(site: Site, verdict: Verdict, headers: dict[str, str]) -> None:
    manager = with_address(site.open.manager())
    named = {name: value.format(other=site.closed.host) for name, value in headers.items()}
    verdict(close(manager, manager.token("/"), **named), site.open, manager)
    assert closes(site.open) == 0
