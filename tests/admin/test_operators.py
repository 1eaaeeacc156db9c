"""Operators at the console: who may what, nobody grants to themselves, the last administrator stays; leavers."""

from __future__ import annotations

import re
import threading
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from factories.operators import SERVER, SINCE, make_operator
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import Range

from selaras.clock import fixed
from selaras.edge.access import declared
from selaras.errors import Conflict, Invalid, Refused
from selaras.identity.operators import service
from selaras.identity.operators.queries import operator, operator_by_login, operators
from selaras.identity.operators.roles import PERMISSIONS, OperatorPermission, OperatorRole
from selaras.identity.operators.service import at_console
from selaras.identity.sessions import Proof, key_of
from selaras_admin.operators import REALM, day

PLACES = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")


def _everybody(rule: str) -> str:
    return PLACES.sub(lambda found: "support" if found[1] in ("role", "key") else str(uuid4()), rule)


@pytest.mark.parametrize("role", ["observer", "rollout", "support", "administrator", ""])
def test_every_route_is_refused_to_the_wrong_role(app, sign_in, role):
    """The whole map: a view answers 403 exactly to whoever lacks its permission, whatever the method."""
    visitor = sign_in(role) if role else sign_in("observer", until=date(2020, 1, 2))
    held = PERMISSIONS[OperatorRole(role)] if role else frozenset()
    walked = refused = 0
    for rule in app.url_map.iter_rules():
        needed = declared(app.view_functions[rule.endpoint])
        if not needed:
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            sent = {"form_token": visitor.token("/sign-in" if not held else "/")} if method != "GET" else None
            answer = visitor.client.open(
                _everybody(rule.rule), method=method, base_url=f"http://{visitor.host}", data=sent
            )
            walked += 1
            refused += answer.status_code == 403
            assert (answer.status_code == 403) is not bool(needed & held), (role, method, rule.rule)
    assert walked > 22
    assert refused > 0


def test_no_role_holds_what_another_office_decides():
    assert frozenset().union(*PERMISSIONS.values()) == frozenset(OperatorPermission)
    assert OperatorPermission.GIVE_SUPPORT not in PERMISSIONS[OperatorRole.ADMINISTRATOR]
    assert OperatorPermission.MANAGE_OPERATORS not in PERMISSIONS[OperatorRole.SUPPORT]


def test_a_refusal_says_whom_to_ask(sign_in):
    page = sign_in("observer").get("/operators")
    assert page.status_code == 403
    assert "mengelola operator" in page.text
    assert "pengelola kinerja" not in page.text


def test_an_operator_is_added_with_roles_by_date(sign_in, console_database):
    admin = sign_in("administrator")
    login = f"baru-{uuid4().hex[:6]}@contoh.example"
    data = {"login": login, "name": "Dewi Baru", "role": ["support", "observer"], "from": "2026-11-23"}
    answer = admin.post("/operators", data, on="/operators")
    assert answer.status_code == 303, answer.text[-900:]
    assert "Dewi Baru" in admin.page("/operators")
    with console_database.platform() as session:
        assert operator_by_login(session, login, date(2026, 11, 22)).roles == frozenset()
        assert operator_by_login(session, login, date(2026, 11, 23)).roles == {"support", "observer"}
    assert admin.post("/operators", data, on="/operators").status_code == 409
    for wrong, code in (({"login": "dua kata"}, 422), ({"role": "raja"}, 422), ({"until": "2026-11-01"}, 422)):
        sent = {**data, "login": f"x-{uuid4().hex[:6]}", **wrong}
        refused = admin.post("/operators", sent, on="/operators")
        assert refused.status_code == code, wrong
        with console_database.platform() as session:
            assert sent["login"] not in {one.login for one in operators(session, SINCE)}, "half of it was kept"


def test_nobody_grants_rights_to_themselves(sign_in, console_database):
    admin = sign_in("administrator")
    answer = admin.post(f"/operators/{admin.who.id}/roles", {"role": "support"}, on="/operators")
    assert answer.status_code == 403
    assert "Tidak seorang pun memberi hak kepada dirinya sendiri" in answer.text
    with console_database.platform() as session:
        found = operator(session, admin.who.id, day())
        assert found is not None
        assert found.roles == {"administrator"}
    with pytest.raises(Refused), console_database.platform() as session:
        service.grant_role(session, at_console(admin.who.id), admin.who.id, "support", Range(SINCE, None))
    assert admin.get("/support").status_code == 403


def test_rights_count_by_date_and_are_looked_up_at_every_request(sign_in, console_database):
    visitor = sign_in("rollout", until=date(2026, 11, 23))
    assert visitor.get("/rollouts").status_code == 200
    with fixed(datetime(2026, 11, 22, 17, 1, tzinfo=UTC)):
        # 00.01 of the next day at the operators'; the session goes on, the right does not.
        visitor.sign_in(visitor.who)
        assert visitor.get("/rollouts").status_code == 403
    admin = sign_in("administrator")
    other = sign_in("support")
    assert other.get("/support").status_code == 200
    assert admin.post(f"/operators/{other.who.id}/roles/support/end", on="/operators").status_code == 303
    assert other.get("/support").status_code == 403
    assert admin.post(f"/operators/{other.who.id}/roles/support/end", on="/operators").status_code == 409


def test_a_leaver_is_out_at_once_and_everywhere(sign_in, process, console_database):
    admin, leaver = sign_in("administrator"), sign_in("support", "observer")
    assert leaver.get("/").status_code == 200
    assert admin.post(f"/operators/{leaver.who.id}/removal", on="/operators").status_code == 303
    assert leaver.get("/").status_code == 303
    assert process.sessions.of_account(REALM, leaver.who.id) == []
    assert "dikeluarkan" in admin.page(f"/operators/{leaver.who.id}")
    # Also where a session had been kept: the account is looked up at every request.
    assert leaver.sign_in(leaver.who).get("/").status_code == 303
    assert admin.post(f"/operators/{leaver.who.id}/removal", on="/operators").status_code == 409
    assert admin.post(f"/operators/{leaver.who.id}/roles", {"role": "support"}, on="/operators").status_code == 409


def _retire_other_administrators(console_database, *kept: UUID) -> None:
    with console_database.platform() as session:
        session.execute(
            text("UPDATE selaras.operator_account SET active = false WHERE NOT id = ANY(:kept)"), {"kept": list(kept)}
        )


@pytest.fixture
def few(console_database):
    """Only the administrators that the test makes; the others are back afterwards."""
    with console_database.platform() as session:
        before = [one.id for one in operators(session, SINCE) if one.active]
    yield lambda *kept: _retire_other_administrators(console_database, *kept)
    with console_database.platform() as session:
        session.execute(text("UPDATE selaras.operator_account SET active = true WHERE id = ANY(:ids)"), {"ids": before})


def test_the_last_administrator_stays(sign_in, console_database, few):
    admin = sign_in("administrator")
    few(admin.who.id)
    for address in ("removal", "roles/administrator/end"):
        answer = admin.post(f"/operators/{admin.who.id}/{address}", on="/operators")
        assert answer.status_code == 409
        assert "administrator operator yang terakhir" in answer.text
    second = make_operator(console_database, "administrator")
    assert admin.post(f"/operators/{admin.who.id}/removal", on="/operators").status_code == 303
    assert admin.get("/").status_code == 303
    with pytest.raises(Conflict), console_database.platform() as session:
        service.remove_operator(session, SERVER, second.id, day())


def test_two_administrators_cannot_remove_each_other_at_once(console_database, few):
    first, second = (make_operator(console_database, "administrator") for _ in range(2))
    few(first.id, second.id)
    outcomes, together = [], threading.Barrier(2)

    def remove(whom: UUID) -> None:
        try:
            with console_database.platform() as session:
                session.execute(text("SELECT 1"))
                together.wait(10)
                service.remove_operator(session, SERVER, whom, date(2026, 11, 22))
            outcomes.append("removed")
        except Conflict as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=remove, args=(whom,)) for whom in (first.id, second.id)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(20)
    assert sorted(outcomes) == ["operator_last", "removed"]


def test_whoever_comes_back_is_bound_anew(console_database):
    made = make_operator(console_database, "observer", login=f"kembali-{uuid4().hex[:6]}")
    with console_database.platform() as session:
        session.execute(
            text("UPDATE selaras.operator_account SET issuer = 'https://lama.example', subject = :s WHERE id = :id"),
            {"id": made.id, "s": uuid4().hex},
        )
        service.remove_operator(session, SERVER, made.id, day())
        login = operator(session, made.id, day()).login  # type: ignore[union-attr]  # there, or the test fails
        again = service.add_operator(session, SERVER, login, "Kembali", ["support"], Range(SINCE, None))
        view = operator(session, again, day())
    assert again == made.id
    assert view is not None
    assert (view.bound, view.active, view.roles) == (False, True, {"support"})


@pytest.mark.parametrize("login", ["", "  ", "dua kata", "x" * 201, "baris\nbaru"])
def test_a_name_that_no_provider_gives_is_refused(console_database, login):
    with pytest.raises(Invalid), console_database.platform() as session:
        service.add_operator(session, SERVER, login, "X", ["observer"], Range(SINCE, None))


def test_sessions_are_listed_and_ended(sign_in, process):
    visitor, admin = sign_in("observer"), sign_in("administrator")
    elsewhere = process.sessions.start(REALM, visitor.who.id, Proof(method="oidc"))
    page = visitor.page("/sessions")
    keys = re.findall(r'action="/sessions/([0-9a-f]{64})/end"', page)
    assert set(keys) == {one.key for one in process.sessions.of_account(REALM, visitor.who.id)}
    assert len(keys) == 2
    assert page.count("yang ini") == 1
    assert visitor.post(f"/sessions/{key_of(elsewhere)}/end", on="/sessions").status_code == 303
    assert process.sessions.read(REALM, elsewhere) is None
    (left,) = set(keys) - {key_of(elsewhere)}
    assert admin.post(f"/sessions/{left}/end", on="/sessions").status_code == 404
    assert admin.post(f"/operators/{visitor.who.id}/sessions/{left}/end", on="/operators").status_code == 303
    assert visitor.get("/").status_code == 303


def test_the_journal_tells_what_was_done_and_by_whom(sign_in):
    admin = sign_in("administrator", name="Admin Jurnal")
    login = f"jurnal-{uuid4().hex[:6]}"
    admin.post("/operators", {"login": login, "name": "Tercatat", "role": "rollout"}, on="/operators")
    page = admin.page("/journal")
    assert "operator ditambahkan: Tercatat" in page
    assert "peran diberikan: Tercatat · Penerapan" in page
    assert "Admin Jurnal" in page
    older = re.search(r'href="(/journal\?before=[^"]+)"', page)
    if older:
        assert "Lebih awal" in page
        assert admin.get(older[1]).status_code == 200
