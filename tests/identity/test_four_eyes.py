"""Whoever is made an administrator is so once a second one agreed; nobody gets around it alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from factories.door import Door, doors
from factories.site import Visitor
from factories.site_fixtures import fresh_agency
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import Range

from selaras.clock import fixed, now, today
from selaras.db.session import Database
from selaras.errors import Refused
from selaras.identity import roles
from selaras.identity.actor import Actor, system
from selaras.identity.permissions import PERMISSIONS, Role
from selaras.identity.roles import Granting
from selaras.identity.service import ensure_account, grant_role

WHY = "Penugasan sebagai admin instansi tahun ini"
NO = "Belum ada surat penugasan untuk itu"


@pytest.fixture(scope="module")
def door(
    console_database: Database, database: Database, urls: Any, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Door]:
    files = tmp_path_factory.mktemp("files")
    with doors(lambda: fresh_agency(console_database), database, urls, redis_url, files, count=1) as (made,):
        second(made, "admin.kedua")
        yield made


def second(door: Door, name: str) -> UUID:
    with door.database.tenant(door.tenant_id) as session:
        made = ensure_account(session, name, name.title())
        grant_role(session, made, Role.AGENCY_ADMIN, Range(date(2015, 1, 1), None))
        return made


def newcomer(door: Door, name: str) -> UUID:
    with door.database.tenant(door.tenant_id) as session:
        return ensure_account(session, name, name.title())


def asked(admin: Visitor, account: UUID) -> str:
    body = {"account_id": str(account), "role": "agency_admin", "reason": WHY}
    made = admin.send("POST", "/api/v1/roles", body)
    assert (made.status_code, made.json["state"]) == (202, "waiting"), made.text
    return str(made.json["id"])


def roles_of(door: Door, account: UUID) -> set[str]:
    found = door.scalar(
        "SELECT array_agg(role) FROM selaras.role_grant WHERE tenant_id = :tenant AND account_id = :a", a=account
    )
    return set(found or ())


def test_one_asks_and_another_agrees(door: Door) -> None:
    first, other = door.as_role(Role.AGENCY_ADMIN), door.as_account("admin.kedua")
    ani = newcomer(door, "ani")
    form = {"account": "ani", "role": "agency_admin", "reason": WHY}
    assert first.post("/access", form, on="/access").headers["Location"].endswith("note=role-asked")
    assert roles_of(door, ani) == set()
    assert first.post("/access", form, on="/access").status_code == 409, "asked already"
    assert "menunggu admin lain" in first.page("/access")
    [waiting] = [one for one in other.get("/api/v1/role-requests").json["items"] if one["state"] == "waiting"]
    path = f"/access/requests/{waiting['id']}"
    assert f"{path}/approval" not in first.page("/access"), "whoever asked has no button"
    assert first.post(f"{path}/approval", on="/access").status_code == 403
    assert [one["code"] for one in other.get("/api/v1/next").json["items"]] == ["roles_to_answer"]
    assert first.get("/api/v1/next").json["items"] == []
    assert f"{path}/approval" in other.page("/access")
    assert other.post(f"{path}/approval", on="/access").status_code == 303
    assert roles_of(door, ani) == {"agency_admin"}
    assert other.get("/api/v1/next").json["items"] == []
    late = other.send("POST", f"/api/v1/role-requests/{waiting['id']}/approval")
    assert (late.status_code, late.json["code"]) == (409, "role_request_over")
    told = [(one.action, one.actor) for one in door.entries() if one.action.startswith("role.")]
    assert (("role.ask", str(door.account(f"agency_admin@{door.slug}")))) in told
    assert (("role.grant", str(door.account("admin.kedua")))) in told


def test_it_is_refused_taken_back_or_expires(door: Door) -> None:
    first, other = door.as_role(Role.AGENCY_ADMIN), door.as_account("admin.kedua")
    budi = newcomer(door, "budi")
    one = asked(first, budi)
    assert other.send("POST", f"/api/v1/role-requests/{one}/refusal", {"reason": "x"}).status_code == 422
    assert other.send("POST", f"/api/v1/role-requests/{one}/refusal", {"reason": NO}).status_code == 204
    two = asked(first, budi)
    assert first.post(f"/access/requests/{two}/refusal", {"reason": NO}, on="/access").status_code == 303
    three = asked(first, budi)
    with fixed(now() + timedelta(days=15)):
        assert door.as_account("admin.kedua").send("POST", f"/api/v1/role-requests/{three}/approval").status_code == 409
    states = {row["id"]: row["state"] for row in first.get("/api/v1/role-requests").json["items"]}
    assert (states[one], states[two], states[three]) == ("refused", "withdrawn", "waiting")
    assert roles_of(door, budi) == set()
    auditor = door.as_role(Role.AUDITOR)
    assert auditor.get("/api/v1/role-requests").status_code == 403
    assert auditor.post(f"/access/requests/{three}/approval", on="/access").status_code == 403


def test_whoever_takes_the_others_role_away_is_not_alone_thereafter(door: Door) -> None:
    """Also not by an invitation, a group of the directory or a file: none of them makes an administrator."""
    day = today("Asia/Makassar")
    with door.database.tenant(door.tenant_id) as session:
        held = PERMISSIONS[Role.AGENCY_ADMIN]
        who = door.account(f"agency_admin@{door.slug}")
        admin = Actor(door.tenant_id, who, "Admin", frozenset({"agency_admin"}), held)
        wish = Granting(ensure_account(session, "kawan", "Kawan"), Role.AGENCY_ADMIN, WHY, day)
        ended = (
            "UPDATE selaras.role_grant SET during = daterange(lower(during), :day)"
            " WHERE tenant_id = :t AND account_id <> :a AND role = 'agency_admin'"
        )
        session.execute(text(ended), {"t": door.tenant_id, "a": who, "day": day})
        assert roles.second_needed(session, admin, wish, day)
        with pytest.raises(Refused) as alone:
            roles.grant(session, admin, wish, day)
        assert alone.value.code == "role_second"
        assert not roles.second_needed(session, admin, wish, day + timedelta(days=32)), "alone for a month"
        assert not roles.second_needed(session, system(door.tenant_id), wish, day), "the operator on the server"
        session.rollback()
    admin_page = door.as_role(Role.AGENCY_ADMIN)
    invitation = {"name": "Sri", "title": "Bupati", "days": "14", "roles": ["agency_admin"]}
    assert admin_page.post("/accounts/invitations", invitation, on="/accounts/invitations").status_code == 422
    assert 'value="agency_admin"' not in admin_page.page("/accounts/invitations")
