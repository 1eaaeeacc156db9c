"""In a real Chromium: the pages on which rights are given and taken, each in the state in which it shows most."""

from __future__ import annotations

from datetime import timedelta

import pytest
from factories.across import LEADER, SUPERIOR, WORKER, Between, between
from factories.browsing import IN_A_BROWSER
from factories.site import PERIOD, Home, Site
from factories.walking import faults_of, port, signed_in

from selaras.clock import today
from selaras.identity.permissions import Role

__all__ = ["between", "port", "signed_in"]

pytestmark = [*IN_A_BROWSER, pytest.mark.slow]


def office(home: Home, role: Role) -> str:
    return f"{role.value}@{home.slug}"


def user(home: Home, n: int) -> str:
    found: str = home.scalar(
        "SELECT a.subject FROM selaras.account a JOIN selaras.person p ON p.tenant_id = :tenant AND p.account_id = a.id"
        " WHERE a.tenant_id = :tenant AND p.id = :p",
        p=home.person(n),
    )
    return found


def prepared(between: Between) -> list[tuple[str, Home, str, str]]:
    giving, receiving = between.giving, between.receiving
    said = between.agreed()
    between.offered()
    ended = between.agreed()
    end = {"reason": "Penugasan dihentikan lebih awal."}
    assert giving.official().send("POST", f"/api/v1/input-grants/{ended}/end", end).status_code == 204
    path = f"/api/v1/granted-inputs/{said}/inputs/2026-TW4"
    words = "Ia menyelesaikan dua bab peta jalan dan memimpin rapat mingguan dengan instansi mitra."
    assert receiving.as_person(LEADER).send("PUT", path, {"content": words}).status_code == 204
    between.carry(receiving)
    official = {home.slug: office(home, Role.AUTHORISED_OFFICIAL) for home in (giving, receiving)}
    new = f"/input-grants/new?assignment={between.assignment()}"
    return [
        ("grants giving", giving, official[giving.slug], "/input-grants"),
        ("grants receiving", receiving, official[receiving.slug], "/input-grants"),
        ("grants none", between.third, office(between.third, Role.AUTHORISED_OFFICIAL), "/input-grants"),
        ("grant offer", giving, official[giving.slug], new),
        ("home of an official", receiving, official[receiving.slug], "/"),
        ("leader", receiving, user(receiving, LEADER), "/granted-inputs"),
        ("leader none", receiving, user(receiving, LEADER + 2), "/granted-inputs"),
        ("beside the rating", giving, user(giving, SUPERIOR), f"/people/{giving.person(WORKER)}/ratings/{PERIOD}"),
    ]


def delegated(home: Home) -> list[tuple[str, Home, str, str]]:
    now = today("Asia/Makassar")
    body = {"kind": "plh", "delegate_id": str(home.person(6)), "principal_id": str(home.person(21))}
    body |= {"basis": "Surat Perintah 800/77", "since": now.isoformat(), "until": (now + timedelta(days=9)).isoformat()}
    admin = home.as_role(Role.AGENCY_ADMIN)
    assert admin.send("POST", "/api/v1/delegations", body).status_code == 201
    form = {"name": "Budi Contoh", "title": "Bupati", "days": "14"}
    assert admin.post("/accounts/invitations", form, on="/accounts/invitations").status_code == 201
    who = office(home, Role.AGENCY_ADMIN)
    return [
        ("delegations", home, who, "/delegations"),
        ("invitations", home, who, "/accounts/invitations"),
        ("access", home, who, "/access"),
    ]


def test_they_are_accessible_light_and_fit_a_narrow_screen(site: Site, between: Between, signed_in) -> None:
    faults: list[str] = []
    for name, home, who, address in [*prepared(between), *delegated(site.open)]:
        page = signed_in(home, who)
        faults += faults_of(page, name, address)
        page.close()
    assert faults == []
