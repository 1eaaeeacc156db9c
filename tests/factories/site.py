"""A whole site for tests of pages and API: agencies in different states, their accounts, visitors with a browser."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from factories.staff import create_staff, make_breach
from selaras.app import create_app
from selaras.closing import jobs, service
from selaras.config import Settings
from selaras.db.session import Database, tenant_of
from selaras.edge import agency_limits, hosts
from selaras.identity.actor import system
from selaras.identity.permissions import Role, ScopeKind, scopes_of
from selaras.identity.service import ensure_account, grant_role
from selaras.identity.sessions import Proof
from selaras.jobs.carrying import Carrier
from selaras.jobs.watch import Watch
from selaras.organisation.accounts import account_of, give_accounts
from selaras.regulation import load_registry
from selaras.tenancy.queries import agency, rules_on

# What a process remembers for fifteen seconds would be asked for anew in the middle of a test that counts statements.
hosts.SECONDS = agency_limits.SECONDS = 3600.0
PERIOD = "2026-TW3"
ENCRYPTION_KEY = base64.b64encode(b"a key for tests, of 32 bytes....").decode()
TOKEN = re.compile(r'name="form_token" value="([^"]+)"')


class Visitor:
    """Somebody with a browser at one host: keeps cookies, and sends forms with the token of the page they stand on."""

    def __init__(self, app: Flask, host: str) -> None:
        self.host = host
        self.address = "127.0.0.1"
        self.client = app.test_client()

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, base_url=f"http://{self.host}", **more)

    def page(self, path: str) -> str:
        response = self.get(path)
        assert response.status_code == 200, (path, response.status_code, response.text[:600])
        return response.text

    def token(self, path: str = "/sign-in") -> str:
        found = TOKEN.search(self.get(path, follow_redirects=True).text)
        assert found, path
        return found[1]

    def post(self, path: str, data: dict[str, Any] | None = None, *, on: str = "/sign-in", **more: Any) -> TestResponse:
        """Send a form as if it stood on the page `on`."""
        sent = {"form_token": self.token(on), **(data or {})}
        return self.client.post(path, base_url=f"http://{self.host}", data=sent, **more)

    def send(self, method: str, path: str, json: object = None, **more: Any) -> TestResponse:
        """A change through the API, with its token."""
        headers = {"X-Form-Token": self.get("/api/v1/me").json["form_token"], **more.pop("headers", {})}
        return self.client.open(path, method=method, base_url=f"http://{self.host}", json=json, headers=headers, **more)

    def sign_in_as(self, agency: UUID, account_id: UUID) -> Visitor:
        """As if the agency's identity provider had just said who this is; the real flow is in tests/identity."""
        held = self.client.application.extensions["selaras"]
        token = held.sessions.start(agency, account_id, Proof(method="oidc"))
        self.client.set_cookie(f"{held.cookies}_session", token, domain=self.host, httponly=True, samesite="Lax")
        return self


@dataclass
class Home:
    """One agency of the site."""

    app: Flask
    database: Database
    tenant_id: int
    uuid: UUID
    slug: str

    @property
    def host(self) -> str:
        return f"{self.slug}.localhost"

    def visitor(self) -> Visitor:
        return Visitor(self.app, self.host)

    def as_person(self, n: int) -> Visitor:
        with self.database.tenant(self.tenant_id) as session:
            account = account_of(session, self.person(n), date(2026, 10, 1))
        return self.visitor().sign_in_as(self.uuid, account)

    def as_role(self, role: Role) -> Visitor:
        return self.as_account(f"{role.value}@{self.slug}")

    def as_account(self, subject: str) -> Visitor:
        return self.visitor().sign_in_as(self.uuid, self.account(subject))

    def account(self, subject: str) -> UUID:
        found: UUID = self.scalar(
            "SELECT id FROM selaras.account WHERE tenant_id = :tenant AND subject = :subject", subject=subject
        )
        return found

    def manager(self) -> Visitor:
        return self.as_role(Role.PERFORMANCE_MANAGER)

    def official(self) -> Visitor:
        return self.as_role(Role.AUTHORISED_OFFICIAL)

    def scalar(self, query: str, **values: object) -> Any:
        with self.database.tenant(self.tenant_id) as session:
            return session.execute(text(query), {"tenant": self.tenant_id, **values}).scalar_one()

    def person(self, n: int) -> UUID:
        found: UUID = self.scalar(
            "SELECT id FROM selaras.person WHERE tenant_id = :tenant AND source_id = :source", source=f"person-{n}"
        )
        return found

    def unit(self, n: int) -> UUID:
        found: UUID = self.scalar(
            "SELECT id FROM selaras.unit WHERE tenant_id = :tenant AND source_id = :source", source=f"unit-{n}"
        )
        return found

    def settle(self, people: int, prepare: Callable[[Session], None] | None = None) -> Home:
        """Staff the agency with a rated quarter; everybody has an account, and each granted role has one of its own."""
        with self.database.tenant(self.tenant_id) as session:
            if people:
                create_staff(session, people)
            if prepare:
                prepare(session)
            give_accounts(session, date(2026, 10, 1))
            for role in Role:
                account = ensure_account(session, f"{role.value}@{self.slug}", f"Akun {role.value}")
                if ScopeKind.AGENCY in scopes_of(role):
                    grant_role(session, account, role, Range(date(2015, 1, 1), None))
        return self

    def close(self, urls: Any) -> Home:
        """Close the quarter as far as it goes, with a real carrier."""
        with self.database.tenant(self.tenant_id) as session:
            rules = rules_on(session, agency(session, self.tenant_id), date(2026, 9, 30), load_registry())
            service.start(session, system(self.tenant_id), PERIOD, rules)
        self.carry(urls)
        return self

    def carry(self, urls: Any) -> None:
        job = self.scalar(
            "UPDATE selaras.job_envelope SET state = 'admitted' WHERE tenant_id = :tenant RETURNING job_id"
        )
        watch = Watch(urls.app)
        try:
            Carrier(self.database, watch, {"close": jobs.run}, lambda: False).carry(self.tenant_id, job)
        finally:
            watch.close()


@dataclass
class Site:
    """The application with its agencies: one whose quarter is closed, one whose close waits, one open, one empty."""

    app: Flask
    settings: Settings
    closed: Home
    waiting: Home
    open: Home
    empty: Home


def leave_one_unrated(session: Session) -> None:
    """Take person 3's rating away, and let person 15 rise in that place, so that the unit keeps its distribution."""
    one = "person_id IN (SELECT id FROM selaras.person WHERE tenant_id = :tenant AND source_id = :source)"
    gone = f"DELETE FROM selaras.rating WHERE tenant_id = :tenant AND {one}"
    risen = (
        'UPDATE selaras.rating SET inputs = \'{"rating_hasil_kerja": "di_atas", "rating_perilaku": "di_atas"}\''
        f" WHERE tenant_id = :tenant AND {one}"
    )
    session.execute(text(gone), {"tenant": tenant_of(session), "source": "person-3"})
    session.execute(text(risen), {"tenant": tenant_of(session), "source": "person-15"})


def site_settings(urls: Any, redis_url: str, files: Path, **more: Any) -> Settings:
    return Settings(
        app_database_url=urls.app,
        redis_url=redis_url,
        secret_key="a key for tests only",
        encryption_keys=ENCRYPTION_KEY,
        files=files,
        **more,
    )


def build_site(make_tenant: Callable[[], Any], database: Database, urls: Any, redis_url: str, files: Path) -> Site:
    chosen = site_settings(urls, redis_url, files)
    app = create_app(chosen)
    homes = [
        Home(app, database, tenant.tenant_id, tenant.uuid, tenant.slug) for tenant in (make_tenant() for _ in range(4))
    ]
    closed, waiting, opened, empty = homes
    closed.settle(60).close(urls)
    waiting.settle(40, make_breach).close(urls)
    opened.settle(40, leave_one_unrated)
    empty.settle(0)
    return Site(app, chosen, closed, waiting, opened, empty)


def without_its_own(answer: TestResponse) -> str:
    """What a page says, without the token and the reference that every answer has for itself."""
    return re.sub(f'value="[^"]+"|{answer.headers["X-Request-Id"]}', "", answer.text.split("<main")[1])
