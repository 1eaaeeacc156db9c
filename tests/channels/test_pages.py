"""Messages and channels through HTTP: what one was told, choosing, opting out by a link, the agency's settings."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

import pytest
from factories.site import Home, Site

from selaras.channels.choices import choices_of
from selaras.channels.composing import opt_out_token
from selaras.channels.rules import Channel
from selaras.channels.sending import Outgoing
from selaras.identity.permissions import Role
from selaras.notices.service import tell


def told(home: Home, person: UUID) -> None:
    with home.database.tenant(home.tenant_id) as session:
        tell(session, person, "objection_decided", uuid4(), {"period": "2026-TW3", "upheld": True})


def with_gateway(home: Home) -> None:
    answer = home.as_role(Role.AGENCY_ADMIN).send(
        "PUT",
        "/api/v1/channel-settings",
        {"gateway_url": "http://localhost:9/messages", "gateway_secret": "sixteen characters and more"},
    )
    assert answer.status_code == 200, answer.text


def test_messages_are_listed_and_read(site: Site) -> None:
    home = site.open
    person = home.person(3)
    told(home, person)
    visitor = home.as_person(3)
    page = visitor.page("/messages")
    assert "Keberatan Anda telah diputus" in page
    assert visitor.get("/api/v1/me/notices").json["items"][0]["code"] == "objection_decided"
    assert visitor.post("/notices", on="/messages").status_code == 303
    assert visitor.get("/api/v1/me/notices").json["items"][0]["read_at"]
    assert "Keberatan Anda telah diputus" in visitor.page("/messages")


def test_nobody_sees_the_messages_of_others(site: Site) -> None:
    home = site.open
    told(home, home.person(4))
    assert home.as_person(5).get("/api/v1/me/notices").json["items"] == []
    notice = home.as_person(4).get("/api/v1/me/notices").json["items"][0]
    path = f"/api/v1/me/notices/{notice['code']}/{notice['subject_id']}/read"
    assert home.as_person(5).send("POST", path).status_code == 204
    assert home.as_person(4).get("/api/v1/me/notices").json["items"][0]["read_at"] is None


def test_choosing_on_the_page_and_by_the_api(site: Site) -> None:
    home = site.open
    with_gateway(home)
    visitor = home.as_person(6)
    assert 'name="messenger"' in visitor.page("/messages")
    wrong = visitor.post("/messages/channels", {"messenger": "each", "number": ""}, on="/messages")
    assert (wrong.status_code, "Tulis nomor tempat Anda dihubungi." in wrong.text) == (422, True)
    saved = visitor.post("/messages/channels", {"messenger": "each", "number": "0812 3456 7890"}, on="/messages")
    assert saved.status_code == 303
    [shown] = visitor.get("/api/v1/me/channels").json["items"]
    assert (shown["channel"], shown["mode"], shown["address"]) == ("messenger", "each", "+6281234567890")
    refused = visitor.send("PUT", "/api/v1/me/channels", {"number": "call me"})
    assert (refused.status_code, refused.json["code"]) == (422, "channels_unusable")
    assert visitor.send("PUT", "/api/v1/me/channels", {"messenger": "off"}).json["items"][0]["mode"] == "off"


def opted(home: Home, person: UUID) -> str:
    with home.database.tenant(home.tenant_id) as session:
        [found] = choices_of(session, person, ["email"], "each")
    return found.mode.value


def link(site: Site, home: Home, person: UUID, agency: UUID | None = None) -> str:
    one = Outgoing(uuid4(), person, Channel.EMAIL, "x@example.go.id", 1, ())
    return f"/messages/opt-out/{opt_out_token(site.settings.secret_key, agency or home.uuid, one)}"


def test_opting_out_by_the_link_of_a_mail(site: Site) -> None:
    home = site.open
    person, stranger = home.person(7), home.visitor()
    address = link(site, home, person)
    # A mail program that looks at the address changes nothing; a button, or the program's own (RFC 8058), does.
    assert "<form" in stranger.page(address)
    assert opted(home, person) == "each"
    one_click = stranger.client.post(
        address,
        base_url=f"http://{home.host}",
        data={"List-Unsubscribe": "One-Click"},
        headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://mail.example.com"},
    )
    assert one_click.status_code == 200
    assert opted(home, person) == "off"


@pytest.mark.parametrize("change", ["another agency", "altered"])
def test_a_link_of_another_agency_or_an_altered_one_does_nothing(site: Site, change: str) -> None:
    home = site.open
    person = home.person(8)
    address = link(site, home, person, site.closed.uuid if change == "another agency" else None)
    if change == "altered":
        address = f"{address[:-2]}AA"
    answer = home.visitor().client.post(address, base_url=f"http://{home.host}", data={})
    assert (answer.status_code, opted(home, person)) == (404, "each")


def test_the_administrator_sets_the_channels(site: Site) -> None:
    home = site.closed
    admin = home.as_role(Role.AGENCY_ADMIN)
    page = admin.page("/channels")
    assert re.search(r'name="quiet_from"[^>]+value="18:00"', page)
    form = {
        "sender_name": "BKPSDM Contoh",
        "email_mode": "daily",
        "quiet_from": "17:30",
        "quiet_until": "06:00",
        "digest_at": "08:00",
        "gateway_url": "http://localhost:9/messages",
        "gateway_secret": "short",
    }
    refused = admin.post("/channels", form, on="/channels")
    assert (refused.status_code, "Isi 16 sampai 200 karakter." in refused.text) == (422, True)
    assert admin.post("/channels", form | {"gateway_secret": "long enough a secret"}, on="/channels").status_code == 303
    # The secret stays for the same gateway, and must be given anew for another.
    assert admin.post("/channels", form | {"gateway_secret": ""}, on="/channels").status_code == 303
    other = form | {"gateway_secret": "", "gateway_url": "http://localhost:9/other"}
    assert admin.post("/channels", other, on="/channels").status_code == 422
    assert admin.post("/channels", form | {"digest_at": "noon"}, on="/channels").status_code == 422
    shown = admin.get("/api/v1/channel-settings").json
    assert (shown["email_mode"], shown["quiet_from"], shown["working_days"]) == ("daily", "17:30", False)
    assert "long enough" not in admin.get("/api/v1/channel-settings").text + admin.page("/channels")
    sealed = home.scalar("SELECT gateway_secret FROM selaras.channel_setting WHERE tenant_id = :tenant")
    assert b"long enough" not in bytes(sealed)
    entries = "SELECT count(*) FROM selaras.ledger_entry WHERE tenant_id = :tenant AND action = 'channels.set'"
    assert home.scalar(entries) == 2


@pytest.mark.parametrize("role", [Role.PERFORMANCE_MANAGER, Role.AUDITOR, Role.AUTHORISED_OFFICIAL])
def test_nobody_else_sets_them(site: Site, role: Role) -> None:
    visitor = site.closed.as_role(role)
    assert visitor.get("/channels").status_code == 403
    assert visitor.send("PUT", "/api/v1/channel-settings", {}).status_code == 403
