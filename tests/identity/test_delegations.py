"""Plt, Plh and mandates: whom a delegate acts for, and until when; never oneself, never one's own superiors."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from factories.site import PERIOD, Home, Site
from factories.staff import create_staff
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from selaras.clock import today
from selaras.errors import Conflict, Invalid, Refused
from selaras.evaluation.rule_choices import choose
from selaras.identity.actor import Actor, system
from selaras.identity.permissions import Permission, Role
from selaras.organisation import delegation
from selaras.organisation.accounts import account_of
from selaras.organisation.authority import authority_of
from selaras.organisation.delegation import Delegating
from selaras.organisation.standing import actor_on
from selaras.regulation import load_registry

DAY = date(2026, 11, 2)
LETTER = "Surat Perintah 800/77"
GOOD = {"inputs": {"rating_hasil_kerja": "di_atas", "rating_perilaku": "sesuai"}, "reason": "dinilai oleh Plh"}
RATE_AND_AGREE = frozenset({Permission.SEE_TEAM, Permission.RATE_TEAM, Permission.AGREE_PLANS})


def person(session: Session, n: int) -> UUID:
    query = text("SELECT id FROM selaras.person WHERE tenant_id = :t AND source_id = :s")
    found: UUID = session.execute(query, {"t": session.info["tenant"], "s": f"person-{n}"}).scalar_one()
    return found


def entered(home: Home, kind: str, delegate: int, principal: int) -> str:
    now = today("Asia/Makassar")
    body = {
        "kind": kind,
        "delegate_id": str(home.person(delegate)),
        "principal_id": str(home.person(principal)),
        "basis": LETTER,
        "since": now.isoformat(),
        "until": (now + timedelta(days=3)).isoformat(),
    }
    made = home.as_role(Role.AGENCY_ADMIN).send("POST", "/api/v1/delegations", body)
    assert made.status_code == 201, made.text
    return str(made.json["id"])


def ended(home: Home, made: str) -> None:
    admin = home.as_role(Role.AGENCY_ADMIN)
    assert admin.send("POST", f"/api/v1/delegations/{made}/revocation", {"reason": "kembali"}).status_code == 204


def rated(home: Home, rater: int, n: int) -> TestResponse:
    return home.as_person(rater).send("PUT", f"/api/v1/people/{home.person(n)}/ratings/{PERIOD}", GOOD)


def test_a_plh_sees_and_rates_the_team_while_it_lasts_and_the_ledger_says_for_whom(site: Site) -> None:
    home = site.open
    path = f"/api/v1/people/{home.person(25)}"
    assert home.as_person(5).get(path).status_code == 404
    made = entered(home, "plh", 5, 21)
    assert home.as_person(5).get(path).status_code == 200
    assert "Orang 25" in home.as_person(5).page(f"/team?period={PERIOD}")
    assert "Plh" in home.as_person(5).page("/my-access")
    assert rated(home, 5, 25).status_code == 200
    payload = home.scalar(
        "SELECT payload FROM selaras.ledger_entry WHERE tenant_id = :tenant AND action = 'rating.set'"
        " ORDER BY id DESC LIMIT 1"
    )
    assert (payload["acting_as"], payload["acting_for"], payload["delegation"]) == ("plh", str(home.person(21)), made)
    assert rated(home, 5, 3).status_code in (403, 404), "a colleague of one's own unit is not the principal's"
    ended(home, made)
    assert home.as_person(5).get(path).status_code == 404
    refused = rated(home, 5, 25)
    assert (refused.status_code, refused.json["code"]) == (403, "grant_expired")


def test_nobody_acts_on_themself_or_on_their_superiors(site: Site) -> None:
    home = site.open
    made = entered(home, "plh", 25, 1)
    assert rated(home, 25, 2).status_code == 200
    assert rated(home, 25, 21).status_code in (403, 404), "person 21 is the delegate's own superior"
    ended(home, made)
    made = entered(home, "plh", 30, 21)
    assert rated(home, 30, 30).status_code in (403, 404)
    assert rated(home, 30, 31).status_code == 200
    ended(home, made)


def test_a_mandate_sees_and_does_not_appraise(site: Site) -> None:
    home = site.open
    made = entered(home, "mandate", 6, 21)
    assert home.as_person(6).get(f"/api/v1/people/{home.person(26)}").status_code == 200
    assert rated(home, 6, 26).status_code in (403, 404)
    ended(home, made)
    assert rated(home, 6, 26).json["code"] == "permission_missing", "a mandate never let anybody rate"


def test_the_page_enters_and_ends(site: Site) -> None:
    home = site.open
    admin = home.as_role(Role.AGENCY_ADMIN)
    number = {
        n: home.scalar(
            "SELECT number FROM selaras.person_number WHERE tenant_id = :tenant AND person_id = :p", p=home.person(n)
        )
        for n in (7, 21)
    }
    last = today("Asia/Makassar") + timedelta(days=2)
    form = {"kind": "plh", "delegate": number[7], "principal": number[21], "basis": "x", "last": last.isoformat()}
    short = admin.post("/delegations", form)
    assert short.status_code == 422
    assert number[7] in short.text
    assert admin.post("/delegations", {**form, "basis": LETTER}).status_code == 303
    assert admin.post("/delegations", {**form, "basis": LETTER}).status_code == 409
    assert LETTER in admin.page("/delegations")
    [one] = [one for one in admin.get("/api/v1/delegations").json["items"] if one["delegate_name"] == "Orang 7"]
    assert admin.post(f"/delegations/{one['id']}/revocation", {"reason": "kembali"}).status_code == 303
    assert home.manager().get("/delegations").status_code == 403
    assert home.as_person(5).get("/delegations").status_code == 403


def test_a_plt_acts_for_the_team_of_a_vacant_post(session: Session) -> None:
    create_staff(session, 40)
    admin = system(int(session.info["tenant"]))
    unit = session.execute(
        text("SELECT id FROM selaras.unit WHERE tenant_id = :t AND source_id = 'unit-2'"), {"t": admin.tenant_id}
    ).scalar_one()
    wanted = Delegating("plt", person(session, 5), LETTER, DAY, DAY + timedelta(days=90), unit_id=unit)
    with pytest.raises(Conflict) as headed:
        delegation.delegate(session, admin, wanted, DAY)
    assert headed.value.code == "delegation_headed"
    values = {"t": admin.tenant_id, "head": person(session, 21), "above": person(session, 1)}
    session.execute(text("DELETE FROM selaras.appointment WHERE tenant_id = :t AND person_id = :head"), values)
    session.execute(
        text("UPDATE selaras.reporting_line SET superior_id = :above WHERE tenant_id = :t AND superior_id = :head"),
        values,
    )
    delegation.delegate(session, admin, wanted, DAY)
    account = account_of(session, person(session, 5), DAY)
    plt = actor_on(session, account, DAY, authority=lambda _: RATE_AND_AGREE)
    assert isinstance(plt, Actor)
    covered = {n for n in range(1, 41) if acts(session, plt, n)}
    assert covered == set(range(22, 41))
    assert actor_on(session, account, DAY + timedelta(days=90), authority=lambda _: RATE_AND_AGREE).delegations == ()


def acts(session: Session, actor: Actor, n: int) -> bool:
    return delegation.acting_for(session, actor, Permission.RATE_TEAM, person(session, n), DAY) is not None


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"kind": "pjs"}, "delegation_kind"),
        ({"kind": "plt"}, "delegation_for"),
        ({"until": DAY}, "delegation_days"),
        ({"since": DAY - timedelta(days=1)}, "delegation_days"),
        ({"basis": "x"}, "delegation_said"),
    ],
)
def test_what_cannot_be_entered_says_why(session: Session, change: dict[str, object], code: str) -> None:
    create_staff(session, 25)
    fine: dict[str, object] = {
        "kind": "plh",
        "delegate_id": person(session, 5),
        "principal_id": person(session, 21),
        "basis": LETTER,
        "since": DAY,
        "until": DAY + timedelta(days=3),
    }
    with pytest.raises(Invalid) as refused:
        delegation.delegate(session, system(int(session.info["tenant"])), Delegating(**{**fine, **change}), DAY)  # type: ignore[arg-type]  # given by name, or wrong on purpose
    assert refused.value.code == code
    itself = Delegating(**{**fine, "principal_id": fine["delegate_id"]})  # type: ignore[arg-type]  # given by name, or wrong on purpose
    with pytest.raises(Refused) as own:
        delegation.delegate(session, system(int(session.info["tenant"])), itself, DAY)
    assert own.value.code == "delegation_own"


def test_what_each_kind_may_do_is_the_agency_s_choice(session: Session) -> None:
    registry, actor = load_registry(), system(int(session.info["tenant"]))
    assert authority_of(session, registry, "plh", DAY) == RATE_AND_AGREE
    assert authority_of(session, registry, "mandate", DAY) == {Permission.SEE_TEAM, Permission.AGREE_PLANS}
    narrow = {"appraises": {"plt": "yes", "plh": "no", "mandate": "no"}}
    choose(session, actor, registry, "se_bkn_1_2021", narrow, start=DAY, reason="Pembacaan sempit UU 30/2014 Ps 14.")
    assert authority_of(session, registry, "plh", DAY) == {Permission.SEE_TEAM, Permission.AGREE_PLANS}
    assert authority_of(session, registry, "plt", DAY) == RATE_AND_AGREE
    assert authority_of(session, registry, "plh", date(2020, 1, 1)) == {Permission.SEE_TEAM}
