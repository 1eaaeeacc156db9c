"""Signing in at a provider in tests: connecting an agency to one, and a browser's way there and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID

import httpx
from werkzeug.test import TestResponse

from factories.hostile_provider import HostileProvider, Orders
from factories.site import Home, Visitor
from selaras.identity import providers
from selaras.identity.actor import system
from selaras.identity.oidc.checks import passed
from selaras.identity.providers import Wanted

CALLBACK = "/sign-in/callback"


def connect(home: Home, issuer: str, client_id: str, secret: str, **more: Any) -> UUID:
    """A provider of the agency, checked and switched on as an operator would."""
    held, actor = home.app.extensions["selaras"], system(home.tenant_id)
    wanted = Wanted(name={"id": "Penyedia"}, issuer=issuer, client_id=client_id, client_secret=secret, **more)
    with home.database.tenant(home.tenant_id) as session:
        made = providers.register(session, actor, held.vault, wanted)
        found = providers.check(session, actor, held.vault, held.egress, made)
        assert passed(found), [check for check in found if check.state == "bad"]
        providers.switch_on(session, actor, made)
    return made


def query_of(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def begin(visitor: Visitor, provider_id: UUID, next_: str = "") -> str:
    """Where the agency sends a browser that wants to sign in."""
    answer = visitor.get(f"/sign-in/with/{provider_id}" + (f"?{urlencode({'next': next_})}" if next_ else ""))
    assert answer.status_code == 303, answer.text[:500]
    return str(answer.headers["Location"])


def at_provider(there: str) -> dict[str, str]:
    """What the hostile provider, which asks nobody for a password, sends back through the browser."""
    answer = httpx.get(there, trust_env=False)
    assert answer.status_code == 302, answer.text
    return query_of(answer.headers["location"])


def come_back(visitor: Visitor, back: Mapping[str, str], **more: Any) -> TestResponse:
    """The browser arrives at the agency's callback."""
    return visitor.get(f"{CALLBACK}?{urlencode(back)}", **more)


def sign_in(visitor: Visitor, provider_id: UUID, next_: str = "") -> TestResponse:
    """There and back."""
    return come_back(visitor, at_provider(begin(visitor, provider_id, next_)))


def orders_for(user_name: str, subject: str = "", **more: Any) -> Orders:
    """The provider says that this is who signed in."""
    return Orders(subject=subject or f"sub-of-{user_name}", more={"preferred_username": user_name}, **more)


def connect_hostile(home: Home, provider: HostileProvider, **more: Any) -> UUID:
    provider.orders = Orders()
    return connect(home, provider.issuer, provider.client_id, provider.client_secret, **more)
