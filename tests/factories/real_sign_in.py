"""Agencies of the site connected to the real providers, and a browser's way through them over plain HTTP."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from uuid import UUID

import httpx
from sqlalchemy import text

from factories.provider_pages import Walk, walk
from factories.providers import RunningProvider
from factories.signing_in import CALLBACK, connect
from factories.site import Home
from selaras.demo.providers.directory import User

# Product → the claim in which it tells a person's name.
NAMES = {"nanoidp": "attributes.name", "canaille": "name"}


@dataclass
class Ready:
    """An agency that is served, connected to a real provider, and one of its people who can sign in there."""

    home: Home
    port: int
    running: RunningProvider
    provider_id: UUID
    user: User

    @property
    def origin(self) -> str:
        return f"http://{self.home.host}:{self.port}"

    def enter(self, client: httpx.Client, *, password: str = "", next_: str = "/people") -> Walk:
        """From the sign-in page to the callback, or to where the provider's pages end."""
        page = client.get(f"{self.origin}/sign-in?next={next_}")
        assert page.status_code == 200
        assert f"/sign-in/with/{self.provider_id}" in page.text
        given = password or self.user.password
        start = f"{self.origin}/sign-in/with/{self.provider_id}?next={next_}"
        name = self.user.user_name
        return walk(client, start, f"{self.origin}{CALLBACK}", username=name, login=name, password=given)

    def arrive(self, client: httpx.Client, reached: Walk) -> httpx.Response:
        """Back at the agency."""
        return client.get(reached.location)

    def refusals(self) -> list[str]:
        query = (
            "SELECT payload->>'reason' FROM selaras.ledger_entry"
            " WHERE tenant_id = :tenant AND action = 'sign_in.refused' ORDER BY at"
        )
        with self.home.database.tenant(self.home.tenant_id) as session:
            return list(session.execute(text(query), {"tenant": self.home.tenant_id}).scalars())


def made_ready(home: Home, port: int, running: RunningProvider, number: str, **more: object) -> Ready:
    """A client of the agency's own at the provider, and the agency connected to it."""
    origin = f"http://{home.host}:{port}"
    client = running.register_client([f"{origin}{CALLBACK}"], [f"{origin}/sign-out/done"], **more)  # type: ignore[arg-type]  # given by name, or wrong on purpose
    provider_id = connect(home, running.issuer, client.client_id, client.client_secret, name_claim=NAMES[running.name])
    user = running.users.get(number) or running.add_user(number)
    return Ready(home, port, running, provider_id, user)


def number_of(home: Home, n: int) -> str:
    return str(
        home.scalar(
            "SELECT number FROM selaras.person_number WHERE tenant_id = :tenant AND person_id = :person",
            person=home.person(n),
        )
    )


def hrefs(page: httpx.Response) -> list[str]:
    """Where the links of a page lead."""
    return [unescape(one) for one in re.findall(r'href="([^"]+)"', page.text)]
