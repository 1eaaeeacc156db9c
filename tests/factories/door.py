"""An agency with a way in: accounts, providers switched on, and a browser that walks to a provider and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import Range
from werkzeug.test import TestResponse

from factories.hostile_provider import HostileProvider
from factories.site import Home, Visitor, site_settings
from selaras.app import create_app
from selaras.db.session import Database
from selaras.identity import providers
from selaras.identity.actor import system
from selaras.identity.permissions import Role
from selaras.identity.service import ensure_account, grant_role


@dataclass
class Door(Home):
    """One agency whose people sign in at providers."""

    def provider(self, issuer: str, client_id: str, client_secret: str, *, on: bool = True, **more: Any) -> UUID:
        """A provider of this agency, checked, and as a rule switched on."""
        held = self.app.extensions["selaras"]
        wanted = providers.Wanted(
            **{"name": {"id": "SSO Instansi"}, **more}, issuer=issuer, client_id=client_id, client_secret=client_secret
        )
        with self.database.tenant(self.tenant_id) as session:
            actor = system(self.tenant_id)
            made = providers.register(session, actor, held.vault, wanted)
            providers.check(session, actor, held.vault, held.egress, made)
            if on:
                providers.switch_on(session, actor, made)
        return made

    def at(self, there: HostileProvider, **more: Any) -> UUID:
        return self.provider(there.issuer, there.client_id, there.client_secret, **more)

    def person_called(self, user_name: str, name: str = "Ani") -> UUID:
        with self.database.tenant(self.tenant_id) as session:
            made = ensure_account(session, user_name, name)
            grant_role(session, made, Role.AUDITOR, Range(date(2015, 1, 1), None))
            return made

    def refusals(self) -> list[str]:
        """The reasons in this agency's ledger, the oldest first."""
        return [row.payload["reason"] for row in self.entries() if row.action.endswith(".refused")]

    def entries(self) -> list[Any]:
        with self.database.tenant(self.tenant_id) as session:
            query = "SELECT actor, action, subject, payload FROM selaras.ledger_entry WHERE tenant_id = :t ORDER BY at"
            return list(session.execute(text(query), {"t": self.tenant_id}))


def leave(visitor: Visitor, provider_id: UUID, next_: str = "") -> str:
    """The provider's address to which the browser is led."""
    answer = visitor.get(f"/sign-in/with/{provider_id}", query_string={"next": next_} if next_ else None)
    assert answer.status_code == 303, (answer.status_code, answer.text[:400])
    return str(answer.headers["Location"])


def back(visitor: Visitor, there: str) -> TestResponse:
    """Through a provider that asks nothing, and back here."""
    return visitor.get(returned(httpx.get(there, trust_env=False).headers["location"]))


def returned(location: str) -> str:
    """The part of a callback's address that our application sees."""
    parts = urlsplit(location)
    return f"{parts.path}?{parts.query}"


def sign_in(visitor: Visitor, provider_id: UUID, next_: str = "") -> TestResponse:
    return back(visitor, leave(visitor, provider_id, next_))


@contextmanager
def doors(
    make_tenant: Callable[[], Any], database: Database, urls: Any, redis_url: str, files: Path, count: int = 2
) -> Iterator[list[Door]]:
    """One application with some agencies, each with an account per role."""
    app = create_app(site_settings(urls, redis_url, files))
    made = [make_tenant() for _ in range(count)]
    found = [Door(app, database, one.tenant_id, one.uuid, one.slug) for one in made]
    for door in found:
        door.settle(0)
    yield found
    app.extensions["selaras"].database.close()
