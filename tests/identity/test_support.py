"""Support access: asked, approved, entered, watched, ended; and everything it must not do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from factories.operators import REASON, ask_support, make_operator, way_in
from factories.site import PERIOD, Home, Site, Visitor
from factories.site_fixtures import forget_attempts
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from selaras import clock
from selaras.db.session import Database
from selaras.edge.access import declared
from selaras.edge.support import ALLOWED
from selaras.errors import Conflict, Invalid, Refused
from selaras.identity.permissions import Permission, Role, ScopeKind, scopes_of
from selaras.identity.sessions import SessionStore
from selaras.identity.support import answering, asking
from selaras.identity.support.asking import Asker, Wish
from selaras.identity.support.queries import access, accesses, own_access, own_accesses, pages_seen, views
from selaras.identity.support.rules import Stage
from selaras.tenancy.queries import agency

MACHINES = ("/oauth/", "/scim/", "/sign-out/back-channel/")
"""Where no cookie counts: whoever asks there is nobody until a secret or a token is shown."""
PLACES = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")


@dataclass
class Helpdesk:
    """The console's side of one agency."""

    console: Database
    home: Home
    asker: Asker

    def ask(self, **more: Any) -> UUID:
        return ask_support(self.console, self.asker, self.home.tenant_id, **more)

    def do(self, act: Callable[..., Any], *given: object, by: Asker | None = None) -> Any:
        with self.console.platform() as session:
            return act(session, by or self.asker, *given)

    def stage(self, request_id: UUID) -> Stage:
        with self.console.platform() as session:
            return access(session, request_id).stage

    def admin(self) -> Visitor:
        return self.home.as_role(Role.AGENCY_ADMIN)

    def answer(self, request_id: UUID, word: str = "approval") -> None:
        assert self.admin().post(f"/support/{request_id}/{word}", on="/").status_code == 303

    def enter(self, request_id: UUID) -> Visitor:
        visitor = self.home.visitor()
        code = way_in(self.console, self.asker, request_id)
        entered = visitor.post("/support/enter", {"code": code}, on=f"/support/enter?code={code}")
        assert (entered.status_code, entered.location) == (303, "/"), entered.text[:600]
        return visitor

    def inside(self, **more: Any) -> tuple[UUID, Visitor]:
        asked = self.ask(**more)
        self.answer(asked)
        return asked, self.enter(asked)

    def ledger(self, request_id: UUID) -> list[tuple[str, str, dict[str, Any]]]:
        with self.home.database.tenant(self.home.tenant_id) as session:
            rows = session.execute(
                text(
                    "SELECT actor, action, payload FROM selaras.ledger_entry"
                    " WHERE tenant_id = :t AND subject = :s ORDER BY id"
                ),
                {"t": self.home.tenant_id, "s": f"support:{request_id}"},
            ).all()
        return [(row.actor, row.action, row.payload) for row in rows]


@pytest.fixture
def desk(site: Site, console_database: Database) -> Iterator[Helpdesk]:
    made = Helpdesk(console_database, site.closed, make_operator(console_database, "support", name="Rina Operator"))
    yield made
    made.do(asking.end_all_of, made.asker.id)


def test_approved_it_sees_what_an_auditor_sees_until_the_agency_ends_it(desk: Helpdesk) -> None:
    asked = desk.ask()
    assert desk.stage(asked) is Stage.ASKED
    waiting = desk.admin().page("/")
    assert "Rina Operator meminta akses dukungan." in waiting
    assert REASON in waiting
    with pytest.raises(Conflict):
        way_in(desk.console, desk.asker, asked)
    desk.answer(asked)
    assert "Rina Operator boleh masuk sampai" in desk.admin().page("/")
    visitor = desk.enter(asked)
    person = desk.home.person(4)
    page = visitor.page(f"/people/{person}")
    assert "Akses dukungan, hanya untuk melihat." in page
    assert "Rina Operator berada di dalam sampai" in page
    assert visitor.get("/team").status_code == 403
    assert "Akses dukungan, hanya untuk melihat." in visitor.get("/team").text
    assert "Rina Operator sedang berada di dalam sampai" in desk.admin().page("/")
    desk.answer(asked, "ending")
    gone = visitor.get(f"/people/{person}")
    assert gone.status_code == 403
    assert "Akses dukungan ini sudah berakhir" in gone.text
    assert visitor.get("/").status_code == 303
    assert desk.stage(asked) is Stage.ENDED
    with pytest.raises(Conflict):
        way_in(desk.console, desk.asker, asked)


def test_every_view_stands_in_the_agencys_ledger_and_the_routes_at_the_console(desk: Helpdesk) -> None:
    asked, visitor = desk.inside()
    person = desk.home.person(4)
    for path in ("/", f"/people/{person}", "/people?search=Budi", f"/people/{person}/receipts/{PERIOD}", "/people/x"):
        visitor.get(path)
    visitor.get(f"/people/{uuid4()}")
    desk.answer(asked, "ending")
    visitor.get("/people")
    told = desk.ledger(asked)
    assert [action for _, action, _ in told] == [
        "support.approved", "support.entered", *["support.view"] * 4, "support.ended_by_agency",
    ]  # fmt: skip
    seen = [payload for _, action, payload in told if action == "support.view"]
    assert {actor for actor, action, _ in told if action == "support.view"} == {f"support:{asked}"}
    assert [one["route"] for one in seen] == ["web.home", "web.person", "web.people", "web.receipt_page"]
    assert seen[1]["person_id"] == str(person)
    assert seen[3]["period"] == PERIOD
    assert len(seen[2]["query"]) == 64
    assert "Budi" not in str(told)
    assert REASON not in str(told)
    entered = told[1][2]
    assert (entered["operator"], entered["opened_by"]) == (str(desk.asker.id), "agency")
    with desk.console.platform() as session:
        routes = [one.route for one in pages_seen(session, desk.home.tenant_id, asked)]
    assert routes == ["/", "/people/…", "/people", "/people/…/receipts/…"]
    page = desk.admin().page(f"/support/{asked}")
    assert f"/people/{person}/receipts/{PERIOD}" in page
    assert page.count("<li") >= 8


def test_the_ledger_is_read_no_further_than_the_access(desk: Helpdesk) -> None:
    first, visitor = desk.inside()
    visitor.page("/people")
    desk.answer(first, "ending")
    second, visitor = desk.inside()
    visitor.page("/")
    with desk.home.database.tenant(desk.home.tenant_id) as session:
        assert [one.payload["route"] for one in views(session, first) if one.payload] == ["web.people"]
        assert [one.payload["route"] for one in views(session, second) if one.payload] == ["web.home"]
        assert views(session, uuid4()) == ()
    desk.answer(second, "ending")


def _address(rule: str, home: Home) -> str:
    values = {"person_id": home.person(4), "unit_id": home.unit(1), "period": PERIOD, "year": 2026, "number": 1}
    return PLACES.sub(lambda found: str(values.get(found[1], uuid4() if "_id" in found[1] else "hr")), rule)


def test_no_route_changes_anything_or_lets_a_file_out(desk: Helpdesk, site: Site) -> None:
    """Every route of the application, walked from the inside of a support access."""
    _, visitor = desk.inside(minutes=240)
    token = visitor.token("/")
    changes = files = 0
    for rule in site.app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if rule.endpoint in ALLOWED or rule.rule.startswith(MACHINES):
                continue
            answer = visitor.client.open(
                _address(rule.rule, desk.home),
                method=method,
                base_url=f"http://{desk.home.host}",
                data={"form_token": token} if method != "GET" else None,
            )
            forget_attempts(site.app)
            assert not answer.headers.get("Content-Disposition", "").startswith("attachment"), rule.rule
            files += "Berkas tidak keluar" in answer.text
            if method != "GET":
                changes += 1
                assert answer.status_code in (401, 403, 404, 429), (method, rule.rule, answer.status_code)
            elif "/api/" in rule.rule and declared(site.app.view_functions[rule.endpoint]) != frozenset():
                assert answer.status_code == 403, (rule.rule, answer.status_code)
    assert changes > 25
    assert files >= 1


def test_what_is_allowed_to_onlookers_is_there_and_little(site: Site) -> None:
    assert set(site.app.view_functions) >= ALLOWED
    assert len(ALLOWED) == 4


def test_the_documents_of_a_closed_period_do_not_leave(desk: Helpdesk) -> None:
    _, visitor = desk.inside()
    manager = desk.home.manager()
    for path in (f"/periods/{PERIOD}/document", f"/merit/{2026}/export"):
        if manager.get(path).status_code == 200:
            assert visitor.get(path).status_code == 403, path
    assert manager.get(f"/periods/{PERIOD}/document").status_code == 200


def test_a_way_in_counts_once_for_a_moment_and_at_its_own_agency(desk: Helpdesk, site: Site) -> None:
    asked = desk.ask()
    desk.answer(asked)
    code = way_in(desk.console, desk.asker, asked)
    assert desk.home.visitor().get(f"/support/enter?code={code}").status_code == 200
    refusals = [site.open.visitor().post("/support/enter", {"code": code})]
    with clock.fixed(clock.now() + timedelta(minutes=2)):
        refusals.append(desk.home.visitor().post("/support/enter", {"code": code}))
    assert desk.home.visitor().post("/support/enter", {"code": code}).status_code == 303
    refusals.append(desk.home.visitor().post("/support/enter", {"code": code}))
    refusals += [desk.home.visitor().post("/support/enter", {"code": made_up}) for made_up in ("", "x" * 43)]
    assert {one.status_code for one in refusals} == {403}
    said = {
        re.sub(f'value="[^"]+"|{one.headers["X-Request-Id"]}', "", one.text.split("<main")[1]) for one in refusals[1:]
    }
    assert len(said) == 1
    assert "Jalan masuk ini tidak (lagi) berlaku" in said.pop()
    assert [action for _, action, _ in desk.ledger(asked)].count("support.entered") == 1


def test_a_session_of_support_is_worth_nothing_at_another_agency(desk: Helpdesk, site: Site) -> None:
    _, visitor = desk.inside()
    token = visitor.client.get_cookie("selaras_session", domain=desk.home.host).value
    other = site.open.visitor()
    other.client.set_cookie("selaras_session", token, domain=site.open.host)
    assert other.get("/").status_code == 303
    store: SessionStore = site.app.extensions["selaras"].sessions
    forged = store.start(site.open.uuid, desk.asker.id, store.read(desk.home.uuid, token).proof)  # type: ignore[union-attr]  # there, or the test fails
    other.client.set_cookie("selaras_session", forged, domain=site.open.host)
    assert other.get("/").status_code == 404
    with site.open.database.tenant(site.open.tenant_id) as session:
        assert own_accesses(session) == ()


def test_it_ends_by_itself_in_the_middle_of_a_session(desk: Helpdesk) -> None:
    asked, visitor = desk.inside(minutes=15)
    with clock.fixed(clock.now() + timedelta(minutes=14)):
        assert visitor.get("/").status_code == 200
    with clock.fixed(clock.now() + timedelta(minutes=15, seconds=1)):
        assert visitor.get("/").status_code in (303, 403)
        assert desk.stage(asked) is Stage.OVER
        page = desk.admin().page("/")
        assert "Akses dukungan Rina Operator berakhir pada" in page
        assert f"/support/{asked}/note" in page
        assert desk.admin().post(f"/support/{asked}/note", on="/").status_code == 303
        assert f"/support/{asked}/note" not in desk.admin().page("/")
    assert [action for _, action, _ in desk.ledger(asked)][-1] == "support.noted"


def test_the_operator_may_end_it_inside_and_at_the_console(desk: Helpdesk) -> None:
    asked, visitor = desk.inside()
    left = visitor.post("/support/leave", on="/")
    assert (left.status_code, left.location) == (303, "/sign-in?note=support-left")
    assert visitor.get("/").status_code == 303
    assert (desk.stage(asked), desk.ledger(asked)[-1][1]) == (Stage.ENDED, "support.left")
    again, visitor = desk.inside()
    desk.do(asking.end, again)
    assert visitor.get("/").status_code == 403
    assert desk.home.manager().post("/support/leave", on="/").status_code == 404


def test_refused_nobody_enters_and_nobody_answers_twice(desk: Helpdesk) -> None:
    asked = desk.ask(urgent=True)
    desk.answer(asked, "refusal")
    assert desk.stage(asked) is Stage.REFUSED
    assert desk.admin().post(f"/support/{asked}/approval", on="/").status_code == 409
    with pytest.raises(Conflict):
        desk.do(asking.confirm, asked, by=make_operator(desk.console, "support"))
    with pytest.raises(Conflict):
        way_in(desk.console, desk.asker, asked)


def test_two_operators_open_what_is_urgent_and_the_agency_is_told_at_once(desk: Helpdesk) -> None:
    asked, second = desk.ask(urgent=True), make_operator(desk.console, "support", name="Sari Operator")
    with pytest.raises(Refused):
        desk.do(asking.confirm, asked)
    desk.do(asking.confirm, asked, by=second)
    page = desk.admin().page("/")
    assert "Dibuka tanpa instansi karena mendesak oleh dua operator: Rina Operator dan Sari Operator." in page
    visitor = desk.enter(asked)
    assert visitor.get("/people").status_code == 200
    assert desk.ledger(asked)[0][2]["opened_by"] == str(second.id)
    with pytest.raises(Refused):
        way_in(desk.console, second, asked)
    desk.answer(asked, "ending")
    assert visitor.get("/people").status_code == 403


def test_what_is_not_urgent_waits_for_the_agency_and_lapses(desk: Helpdesk) -> None:
    asked, second = desk.ask(), make_operator(desk.console, "support")
    with pytest.raises(Conflict) as refused:
        desk.do(asking.confirm, asked, by=second)
    assert refused.value.code == "support_not_urgent"
    with pytest.raises(Conflict):
        desk.ask()
    with clock.fixed(clock.now() + timedelta(hours=24, seconds=1)):
        assert desk.stage(asked) is Stage.LAPSED
        assert desk.admin().post(f"/support/{asked}/approval", on="/").status_code == 409
    desk.do(asking.end, asked)
    assert desk.stage(asked) is Stage.WITHDRAWN


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"minutes": 241}, "support_minutes"),
        ({"minutes": 14}, "support_minutes"),
        ({"reason": "mendesak"}, "support_reason"),
        ({"reason": "Periksa hasil pegawai 199001012015031002 segera"}, "support_reason_names_person"),
        ({"reason": "Periksa hasil pegawai 19900101 201503 1 002 segera"}, "support_reason_names_person"),
    ],
)
def test_a_request_says_why_and_for_how_long_and_names_nobody(desk: Helpdesk, wish: Any, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        desk.ask(**wish)
    assert refused.value.code == code


def test_only_the_agencys_administrator_answers(desk: Helpdesk, site: Site) -> None:
    asked = desk.ask()
    for role in {one for one in Role if ScopeKind.AGENCY in scopes_of(one)} - {Role.AGENCY_ADMIN}:
        visitor = desk.home.as_role(role)
        for word in ("approval", "refusal", "ending", "note"):
            assert visitor.post(f"/support/{asked}/{word}", on="/").status_code == 403, (role, word)
        sees = role is Role.AUDITOR
        assert visitor.get(f"/support/{asked}").status_code == (200 if sees else 403)
        assert ("meminta akses dukungan" in visitor.get("/").text) is False
    stranger = site.open.as_role(Role.AGENCY_ADMIN)
    assert stranger.get(f"/support/{asked}").status_code == 404
    assert stranger.post(f"/support/{asked}/approval", on="/").status_code == 404
    assert "Rina" not in stranger.page("/support")
    assert desk.stage(asked) is Stage.ASKED


def test_support_cannot_answer_for_the_agency(desk: Helpdesk) -> None:
    asked, _ = desk.inside()
    second = make_operator(desk.console, "support")
    with desk.console.platform() as session:
        other = asking.ask(session, second, agency(session, desk.home.tenant_id), Wish(REASON, "T-2", 60))
    with desk.home.database.tenant(desk.home.tenant_id) as session:
        actor = answering.acting(session, asked)
        assert Permission.APPROVE_SUPPORT not in actor.permissions
        for act in (answering.end, answering.take_note, partial(answering.decide, approve=True)):
            with pytest.raises(Refused):
                act(session, actor, other)
        assert own_access(session, asked).inside
        assert own_access(session, other).stage is Stage.ASKED


def test_neither_side_can_write_the_others_part(desk: Helpdesk) -> None:
    asked = desk.ask(urgent=True)
    forged = (
        "INSERT INTO selaras.support_answer (tenant_id, request_id, step, at) VALUES (:t, :r, 'approved', now())",
        "UPDATE selaras.support_request SET minutes = 240 WHERE id = :r",
        "DELETE FROM selaras.support_step WHERE request_id = :r",
    )
    for statement in forged:
        with pytest.raises(ProgrammingError, match="denied"), desk.console.platform() as session:
            session.execute(text(statement), {"t": desk.home.tenant_id, "r": asked})
    step = (
        "INSERT INTO selaras.support_step (request_id, requester_id, step, operator_id, operator_name, at)"
        " VALUES (:r, :o, 'confirmed', :o, 'x', now())"
    )
    values = {"r": asked, "o": desk.asker.id}
    with pytest.raises(ProgrammingError, match="denied"), desk.home.database.tenant(desk.home.tenant_id) as session:
        session.execute(text(step), values)
    with pytest.raises(IntegrityError, match="two_operators"), desk.console.platform() as session:
        session.execute(text(step), values)
    with pytest.raises(ProgrammingError, match="denied"), desk.home.database.tenant(desk.home.tenant_id) as session:
        session.execute(text("SELECT 1 FROM selaras.operator_account"))


def test_another_agency_cannot_answer_in_this_ones_name(desk: Helpdesk, site: Site) -> None:
    asked = desk.ask()
    ask_support(desk.console, make_operator(desk.console, "support"), site.open.tenant_id)
    foreign = "INSERT INTO selaras.support_answer (tenant_id, request_id, step, at) VALUES (:t, :r, 'approved', now())"
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        site.open.database.tenant(site.open.tenant_id) as session,
    ):
        session.execute(text(foreign), {"t": desk.home.tenant_id, "r": asked})
    with site.open.database.tenant(site.open.tenant_id) as session:
        session.execute(
            text("INSERT INTO selaras.support_answer (request_id, step, at) VALUES (:r, 'approved', now())"),
            {"r": asked},
        )
    assert desk.stage(asked) is Stage.ASKED
    with desk.console.platform() as session:
        assert {one.id: one.stage for one in accesses(session)}[asked] is Stage.ASKED
