"""Accounts on pages and by the API: found, closed, opened, refused; groups mapped by whoever grants roles."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from factories.site import Home, Site
from sqlalchemy import text

from selaras.identity.permissions import Role
from selaras.identity.service import ensure_account
from selaras.translations import translations

API = "/api/v1/accounts"


def admin(home: Home) -> Any:
    return home.as_role(Role.AGENCY_ADMIN)


def of_person(home: Home, n: int) -> UUID:
    found: UUID = home.scalar(
        "SELECT account_id FROM selaras.person WHERE tenant_id = :tenant AND source_id = :s", s=f"person-{n}"
    )
    return found


def group(home: Home, name: str, *members: UUID) -> UUID:
    with home.database.tenant(home.tenant_id) as session:
        made: UUID = session.execute(
            text("INSERT INTO selaras.directory_group (tenant_id, display_name) VALUES (:t, :n) RETURNING id"),
            {"t": home.tenant_id, "n": name},
        ).scalar_one()
        for one in members:
            session.execute(
                text("INSERT INTO selaras.directory_member (tenant_id, group_id, account_id) VALUES (:t, :g, :a)"),
                {"t": home.tenant_id, "g": made, "a": one},
            )
    return made


def test_accounts_are_found_and_paged(site: Site) -> None:
    visitor = admin(site.closed)
    seen: list[str] = []
    after = None
    while True:
        page = visitor.get(API, query_string={"limit": 25, **({"after": after} if after else {})}).json
        seen += [one["user_name"] for one in page["items"]]
        after = page["next"]
        if after is None:
            break
    kept = site.closed.scalar("SELECT count(*) FROM selaras.account WHERE tenant_id = :tenant AND deleted_at IS NULL")
    assert len(seen) == len(set(seen)) == kept > 60
    assert seen == sorted(seen)
    number = next(one for one in seen if one.isdigit())
    found = visitor.get(API, query_string={"search": number[:10]}).json["items"]
    assert number in [one["user_name"] for one in found]
    assert len(visitor.get(API, query_string={"search": "audit"}).json["items"]) == 1
    assert visitor.get(API, query_string={"search": "%"}).json["items"] == []
    assert {one["source"] for one in visitor.get(API, query_string={"source": "import"}).json["items"]} == {"import"}
    assert visitor.get(API, query_string={"state": "nonsense"}).status_code == 422
    page = visitor.page("/accounts?search=auditor")
    assert "Auditor internal" in page or "auditor@" in page
    assert "Tidak ada akun seperti itu" in visitor.page("/accounts?search=zzzz")


def test_closing_says_what_it_will_do_and_does_it(site: Site) -> None:
    home = site.open
    leader = home.as_person(1)
    assert leader.get("/api/v1/me").status_code == 200
    visitor, one = admin(home), of_person(home, 1)
    page = visitor.page(f"/accounts/{one}")
    assert "1 sesi berakhir seketika" in page
    assert "tidak dapat menilai lagi" in page
    answer = visitor.post(f"/accounts/{one}/closing", on=f"/accounts/{one}")
    assert answer.status_code == 303
    assert leader.get("/api/v1/me").status_code == 401
    assert "ditutup oleh admin" in visitor.page(f"/accounts/{one}?note=account-closed")
    assert [item["id"] for item in visitor.get(API, query_string={"state": "closed"}).json["items"]] == [str(one)]
    assert visitor.send("POST", f"{API}/{one}/opening").json["active"] is True
    assert home.as_person(1).get("/api/v1/me").status_code == 200
    assert leader.get("/api/v1/me").status_code == 401, "what ended stays ended"


def test_nobody_closes_themselves_or_the_last_administrator(site: Site) -> None:
    home = site.waiting
    own = home.account(f"{Role.AGENCY_ADMIN.value}@{home.slug}")
    visitor = admin(home)
    refused = visitor.post(f"/accounts/{own}/closing", on=f"/accounts/{own}")
    assert refused.status_code == 403
    assert "akun Anda sendiri" in refused.text
    with home.database.tenant(home.tenant_id) as session:
        other = ensure_account(session, "wakil.admin", "Wakil Admin")
        session.execute(
            text(
                "INSERT INTO selaras.role_grant (tenant_id, account_id, role, during)"
                " VALUES (:t, :a, 'agency_admin', '[2020-01-01,)')"
            ),
            {"t": home.tenant_id, "a": other},
        )
    second = home.as_account("wakil.admin")
    assert second.send("POST", f"{API}/{own}/closing").json["active"] is False
    third = home.as_account("wakil.admin")
    again = third.send("POST", f"{API}/{other}/closing")
    assert (again.status_code, again.json["code"]) == (403, "account_own")
    with home.database.tenant(home.tenant_id) as session:
        session.execute(
            text("UPDATE selaras.account SET active = true WHERE tenant_id = :t AND id = :a"),
            {"t": home.tenant_id, "a": own},
        )
        session.execute(
            text("UPDATE selaras.account SET active = false, inactive_cause = 'page' WHERE tenant_id = :t AND id = :a"),
            {"t": home.tenant_id, "a": other},
        )
        keeper = ensure_account(session, "pengelola.akun", "Pengelola Akun")
    assert keeper


def test_whoever_has_left_is_not_let_in_by_hand(site: Site) -> None:
    home = site.open
    one = of_person(home, 20)
    with home.database.tenant(home.tenant_id) as session:
        values = {"t": home.tenant_id, "a": one}
        session.execute(
            text("UPDATE selaras.person SET left_on = '2026-01-01' WHERE tenant_id = :t AND account_id = :a"), values
        )
        session.execute(
            text("UPDATE selaras.account SET active = false, inactive_cause = 'left' WHERE tenant_id = :t AND id = :a"),
            values,
        )
    answer = admin(home).send("POST", f"{API}/{one}/opening")
    assert (answer.status_code, answer.json["code"]) == (409, "account_holder_left")


@pytest.mark.parametrize("role", [Role.PERFORMANCE_MANAGER, Role.AUDITOR, Role.AUTHORISED_OFFICIAL])
def test_others_may_not(site: Site, role: Role) -> None:
    home = site.closed
    one = of_person(home, 3)
    visitor = home.as_role(role)
    assert visitor.get("/accounts").status_code == 403
    assert visitor.send("POST", f"{API}/{one}/closing").status_code == 403
    assert visitor.get("/api/v1/directory-groups").status_code == 403


def test_another_agency_s_accounts_and_groups_are_none(site: Site) -> None:
    theirs, theirs_group = of_person(site.closed, 4), group(site.closed, "milik lain")
    visitor = admin(site.open)
    assert visitor.get(f"/accounts/{theirs}").status_code == 404
    assert visitor.send("POST", f"{API}/{theirs}/closing").status_code == 404
    put = visitor.send("PUT", f"/api/v1/directory-groups/{theirs_group}/roles", json={"roles": ["auditor"]})
    assert put.status_code == 404
    assert "milik lain" not in visitor.page("/accounts/groups")


def test_a_group_is_mapped_on_its_page(site: Site) -> None:
    home = site.open
    one = of_person(home, 6)
    made = group(home, "Tim Kepegawaian <b>", one)
    visitor = admin(home)
    page = visitor.page("/accounts/groups")
    assert "Tim Kepegawaian &lt;b&gt;" in page
    answer = visitor.post(
        f"/accounts/groups/{made}", {"roles": ["auditor", "performance_manager"]}, on="/accounts/groups"
    )
    assert answer.status_code == 303
    held = visitor.get(f"{API}/{one}").json["roles"]
    assert held == [
        {"role": "auditor", "origin": "directory"},
        {"role": "performance_manager", "origin": "directory"},
    ]
    assert translations("id").gettext("by the agency's directory") in visitor.page(f"/accounts/{one}")
    wrong = visitor.post(f"/accounts/groups/{made}", {"roles": ["employee"]}, on="/accounts/groups")
    assert wrong.status_code == 422
    gone = visitor.send("PUT", f"/api/v1/directory-groups/{made}/roles", json={"roles": []})
    assert gone.status_code == 200
    assert visitor.get(f"{API}/{one}").json["roles"] == []
