"""A regent, who has no NIP, from the invitation in a mail to a rated official and a closed result."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from factories.carrying import carry
from factories.door import Door, sign_in
from factories.hostile_provider import HostileProvider, Orders, hostile_provider
from factories.post import Received, mail_server
from factories.site import PERIOD, site_settings
from factories.site_fixtures import fresh_agency
from sqlalchemy import text

from selaras.app import create_app
from selaras.channels.inviting import KIND, handler
from selaras.clock import fixed
from selaras.config import Settings, settings
from selaras.db.session import Database
from selaras.evaluation.queries import latest_outcome
from selaras.identity.actor import system
from selaras.identity.permissions import Role
from selaras.organisation.inviting import Wanted, invite
from selaras.organisation.queries import units
from selaras.translations import translations

IN_OFFICE = datetime(2026, 8, 3, 2, tzinfo=UTC)
ADDRESS = "bupati@contoh.go.id"
WHY = "Dinilai oleh pejabat penilai yang tidak ber-NIP."


@dataclass
class Place:
    """The agency, its mail server, its provider, and what its worker is given."""

    door: Door
    received: Received
    there: HostileProvider
    chosen: Settings
    urls: Any

    def deliver(self) -> int:
        handlers = {KIND: handler(self.chosen, translations("id").gettext)}
        return carry(self.door.database, self.urls.app, self.door.tenant_id, handlers)


@pytest.fixture(scope="module")
def place(
    console_database: Database, database: Database, urls: Any, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    files: Path = tmp_path_factory.mktemp("files")
    with pytest.MonkeyPatch.context() as patch, mail_server() as received, hostile_provider() as there:
        patch.setenv("SELARAS_FILES", str(files))
        settings.cache_clear()
        mail = {"smtp_host": "127.0.0.1", "smtp_port": received.port, "smtp_security": "none"}
        chosen = site_settings(urls, redis_url, files, **mail, smtp_from="selaras@contoh.go.id")
        app, made = create_app(chosen), fresh_agency(console_database)
        door = Door(app, database, made.tenant_id, made.uuid, made.slug)
        door.settle(40)
        yield Place(door, received, there, chosen, urls)
        settings.cache_clear()
        app.extensions["selaras"].database.close()


def told(there: HostileProvider, subject: str, email: str) -> None:
    there.orders = Orders(subject=subject, more={"preferred_username": subject, "email": email})


def test_invited_by_mail_signed_in_rated_closed(place: Place, urls: Any) -> None:
    door, there = place.door, place.there
    provider, admin = door.at(there), door.as_role(Role.AGENCY_ADMIN)
    with fixed(IN_OFFICE), door.database.tenant(door.tenant_id) as session:
        top = next(unit for unit in units(session, date(2026, 8, 3)) if unit.depth == 0)
        wanted = Wanted("Sri Rahayu", "Bupati Contoh", top.unit_id, ADDRESS)
        made = invite(session, system(door.tenant_id), wanted, date(2026, 8, 3))
    page = admin.post(f"/accounts/invitations/{made.id}/link", {"by_mail": "true"}, on="/accounts/invitations")
    assert page.headers["Location"].endswith("note=invitation-mailed")
    assert "dalam perjalanan" in admin.page("/accounts/invitations")
    assert place.deliver() == 1
    [mail] = place.received.mails
    assert (mail["To"], ADDRESS in admin.page("/accounts/invitations")) == (ADDRESS, True)
    link = re.search(r"https?://[^/\s]+(/invitations/([\w-]+))", mail.get_content())
    assert link, mail.get_content()
    kept = door.scalar("SELECT args::text FROM selaras.job WHERE tenant_id = :tenant AND kind = :k", k=KIND)
    assert link[2] not in kept, "the post holds it sealed"

    told(there, "orang-lain", "lain@contoh.go.id")
    assert sign_in(door.visitor(), provider, link[1]).status_code == 401
    assert door.refusals()[-1] == "invitation_email"
    regent = door.visitor()
    told(there, "bupati-1", ADDRESS.upper())
    assert sign_in(regent, provider, link[1]).status_code == 303
    assert regent.get("/api/v1/me").json["name"] == "Sri Rahayu"

    secretary = door.person(1)
    assert "Orang 1" in regent.page(f"/team?period={PERIOD}")
    inputs = {"rating_hasil_kerja": "sesuai", "rating_perilaku": "di_atas"}
    rating = f"/api/v1/people/{secretary}/ratings/{PERIOD}"
    rated = regent.send("PUT", rating, {"inputs": inputs, "reason": WHY})
    assert rated.status_code == 200, rated.text
    other = regent.send("PUT", f"/api/v1/people/{door.person(9)}/ratings/{PERIOD}", {"inputs": inputs, "reason": WHY})
    assert other.status_code == 404, "somebody else's team"
    door.close(urls)
    with door.database.tenant(door.tenant_id) as session:
        outcome = latest_outcome(session, secretary, PERIOD)
    assert outcome is not None
    assert (outcome.appraiser_name, outcome.outcome, outcome.state.value) == ("Sri Rahayu", "baik", "delivered")
    printed = regent.get(f"/people/{secretary}/receipts/{PERIOD}/evaluation")
    assert (printed.status_code, printed.data[:5]) == (200, b"%PDF-")


def test_the_api_invites_and_refuses_what_the_page_refuses(place: Place) -> None:
    door = place.door
    admin, body = door.as_role(Role.AGENCY_ADMIN), {"name": "Budi", "title": "Wakil Bupati"}
    made = admin.send("POST", "/api/v1/invitations", body)
    assert made.status_code == 201
    assert door.visitor().get("/invitations/" + made.json["link"].rsplit("/", 1)[1]).status_code == 200
    path = f"/api/v1/invitations/{made.json['id']}"
    anew = admin.send("POST", f"{path}/link", {"by_mail": True})
    assert (anew.status_code, anew.json["code"]) == (422, "invitation_email"), "there is no address"
    for email in ("bupati", "a@b", "a b@c.id", "é@contoh.go.id", "x" * 250 + "@contoh.go.id"):
        assert admin.send("POST", "/api/v1/invitations", {**body, "email": email}).json["code"] == "invitation_email"
    [line] = [one for one in admin.get("/api/v1/invitations").json["items"] if one["id"] == made.json["id"]]
    assert (line["state"], line["mail_to"]) == ("waiting", None)
    assert admin.send("POST", f"{path}/revocation").status_code == 204
    mailed = admin.send("POST", "/api/v1/invitations", {**body, "email": "wakil@contoh.go.id", "by_mail": True})
    assert (mailed.status_code, mailed.json["link"]) == (201, None)
    place.received.refuse["wakil@contoh.go.id"] = "550 no such user"
    assert place.deliver() == 1
    assert "tidak diterima (550)" in admin.page("/accounts/invitations")
    assert door.manager().send("POST", "/api/v1/invitations", body).status_code == 403
    with door.database.tenant(door.tenant_id) as session:
        names = session.execute(text("SELECT args::text FROM selaras.job WHERE tenant_id = :t"), {"t": door.tenant_id})
        assert not any("wakil@" in one for one in names.scalars()), "no address in the post"
