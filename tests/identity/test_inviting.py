"""An appraiser without a NIP: invited, bound by one sign-in, leads a unit, is printed without a number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from conftest import Tenant
from factories.door import Door, doors, sign_in
from factories.hostile_provider import HostileProvider, Orders, hostile_provider
from factories.site import Visitor
from factories.site_fixtures import fresh_agency
from factories.staff import create_staff
from factories.uploads import people_file, staffed, taken
from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.clock import fixed, now
from selaras.db.session import Database
from selaras.errors import Conflict, Invalid, Refused
from selaras.evaluation.evaluation_document import facts_of
from selaras.evaluation.unit_ratings import setters
from selaras.identity.actor import Actor, system
from selaras.identity.permissions import PERMISSIONS, Role
from selaras.organisation.inviting import Wanted, invite
from selaras.organisation.queries import leaders, person, superior_of, units
from selaras.organisation.standing import standing

LINK = re.compile(r"https?://[^<\s]+(/invitations/[\w-]+)")
FORM = {"name": "Sri Rahayu", "title": "Bupati Contoh", "days": "14"}


@pytest.fixture(scope="module")
def there() -> Iterator[HostileProvider]:
    with hostile_provider() as made:
        yield made


@pytest.fixture(scope="module")
def app(
    console_database: Database, database: Database, urls: Any, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Door]:
    files = tmp_path_factory.mktemp("files")
    with doors(lambda: fresh_agency(console_database), database, urls, redis_url, files, count=1) as (made,):
        yield made


@pytest.fixture
def door(app: Door, tenant: Tenant) -> Door:
    """A fresh agency of the same application."""
    fresh = Door(app.app, app.database, tenant.tenant_id, tenant.uuid, tenant.slug)
    fresh.settle(0)
    return fresh


def link(answer: object) -> str:
    found = LINK.search(answer.text)  # type: ignore[attr-defined]  # there, or the test fails
    assert found, answer.text[:600]  # type: ignore[attr-defined]  # there, or the test fails
    return found[1]


def test_the_link_binds_one_sign_in_once(door: Door, there: HostileProvider) -> None:
    provider = door.at(there)
    admin = door.as_role(Role.AGENCY_ADMIN)
    answer = admin.post("/accounts/invitations", {**FORM, "roles": ["auditor"]}, on="/accounts/invitations")
    assert answer.status_code == 201
    path = link(answer)
    assert path not in admin.page("/accounts/invitations"), "it is shown once"
    assert door.scalar("SELECT count(*) FROM selaras.invitation WHERE tenant_id = :tenant AND token_hash = :t",
                       t=path.rsplit("/", 1)[1]) == 0  # fmt: skip
    guest = door.visitor()
    page = guest.page(path)
    assert "Sri Rahayu" in page
    assert "Bupati Contoh" in page
    there.orders = Orders(subject="bupati-1", more={"preferred_username": "bupati"})
    came = sign_in(guest, provider, path)
    assert came.status_code == 303
    me = guest.get("/api/v1/me").json
    assert me["name"] == "Sri Rahayu"
    assert "auditor" in me["roles"]
    again = Visitor(door.app, door.host)
    there.orders = Orders(subject="somebody-else", more={"preferred_username": "lain"})
    assert again.get(path).status_code == 404
    assert sign_in(again, provider, path).status_code == 401
    assert door.refusals()[-1] == "invitation_invalid"
    there.orders = Orders(subject="bupati-1", more={"preferred_username": "bupati"})
    later = door.visitor()
    assert sign_in(later, provider).status_code == 303
    assert later.get("/api/v1/me").json["name"] == "Sri Rahayu"
    actions = [one.action for one in door.entries()]
    assert {"invitation.create", "invitation.accept"} <= set(actions)


def test_a_link_that_is_old_or_taken_back_and_one_of_our_own_people(door: Door, there: HostileProvider) -> None:
    provider, admin = door.at(there), door.as_role(Role.AGENCY_ADMIN)
    first = link(admin.post("/accounts/invitations", FORM, on="/accounts/invitations"))
    one = door.scalar("SELECT id FROM selaras.invitation WHERE tenant_id = :tenant")
    second = link(admin.post(f"/accounts/invitations/{one}/link", on="/accounts/invitations"))
    assert door.visitor().get(first).status_code == 404, "a new link ends the one before"
    with fixed(now() + timedelta(days=15)):
        assert door.visitor().get(second).status_code == 404
    door.person_called("pegawai.kita")
    there.orders = Orders(subject="p-1", more={"preferred_username": "pegawai.kita"})
    assert sign_in(door.visitor(), provider, second).status_code == 401
    assert door.refusals()[-1] == "account_linked_elsewhere"
    assert door.visitor().get(second).status_code == 200, "it is still there for whom it was meant"
    assert admin.post(f"/accounts/invitations/{one}/revocation", on="/accounts/invitations").status_code == 303
    assert door.visitor().get(second).status_code == 404
    there.orders = Orders(subject="bupati-2", more={"preferred_username": "x"})
    assert sign_in(door.visitor(), provider, second).status_code == 401
    manager = door.as_role(Role.PERFORMANCE_MANAGER)
    assert manager.get("/accounts/invitations").status_code == 403


def test_the_unit_reports_to_whoever_holds_its_office(session: Session) -> None:
    staffed(session)
    actor, day = system(session.info["tenant"]), date(2026, 2, 1)
    top = next(unit for unit in units(session, day) if unit.depth == 0)
    secretary = top.head_id
    assert secretary is not None
    assert superior_of(session, secretary, day) is None
    made = invite(session, actor, Wanted("Budi", "Wali Kota", top.unit_id), day)
    assert superior_of(session, secretary, day) == made.person_id
    assert leaders(session, day)[top.unit_id] == made.person_id
    stands = standing(session, made.account_id, day)
    assert stands is not None
    assert stands.has_team
    view = person(session, made.person_id, day)
    assert (view.line.number, view.line.position_title, view.line.unit_name) == (None, "Wali Kota", "Kota")
    report = taken(session, "people", people_file(), as_of=date(2026, 3, 1))
    assert report.changed == {}, "the import knows that they are none of its people"
    assert superior_of(session, secretary, date(2026, 3, 1)) == made.person_id
    with pytest.raises(Conflict):
        invite(session, actor, Wanted("Lain", "Wali Kota", top.unit_id), day)


def test_they_rate_and_set_the_ratings_of_units(session: Session) -> None:
    create_staff(session, 40)
    day = date(2026, 9, 1)
    top = next(unit for unit in units(session, day) if unit.depth == 0)
    made = invite(session, system(session.info["tenant"]), Wanted("Budi", "Bupati", top.unit_id), day)
    below = [unit for unit in units(session, day) if unit.parent_id == top.unit_id]
    assert below
    assert {setters(session, day)[unit.unit_id].person_id for unit in below} == {made.person_id}


def test_documents_print_the_title_and_no_number(session: Session) -> None:
    staffed(session)
    day = date(2026, 2, 1)
    made = invite(session, system(session.info["tenant"]), Wanted("Budi", "Wali Kota"), day)
    facts = facts_of(person(session, made.person_id, day))
    assert (facts["name"], facts["post"]) == ("Budi", "Wali Kota")
    assert "number" not in facts
    member = session.execute(
        text("SELECT id FROM selaras.person WHERE tenant_id = :t AND source_id = 'p-clerk'"),
        {"t": session.info["tenant"]},
    ).scalar_one()
    assert facts_of(person(session, member, day))["number"]


def test_who_may_invite_and_what_is_refused(session: Session) -> None:
    day = date(2026, 2, 1)
    held = PERMISSIONS[Role.AGENCY_ADMIN]
    keeper = Actor(session.info["tenant"], None, "A", frozenset(), held)
    for wanted in (
        Wanted("", "Bupati"),
        Wanted("A", "x" * 300),
        Wanted("A", "B", days=0),
        Wanted("A", "B", until=date(2026, 1, 1)),
        Wanted("A", "B", roles=("employee",)),
    ):
        with pytest.raises(Invalid):
            invite(session, keeper, wanted, day)
    with pytest.raises(Refused):
        invite(session, Actor(session.info["tenant"], None, "A", frozenset(), frozenset()), Wanted("A", "B"), day)
