"""Signing in at the console: who can, from where, and what no other cookie opens."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from selaras.config import Settings
from selaras.edge.context import Process
from selaras.identity.sessions import Proof, SessionStore, key_of
from selaras_admin.app import create_console, process_of
from selaras_admin.operators import REALM

HOST = "console.localhost"


def _develop(visitor, who, onward: str = "", **more):
    return visitor.post("/sign-in/development", {"operator": str(who.id), "next": onward}, **more)


def _routes(chosen: Settings) -> set[str]:
    app = create_console(chosen)
    process_of(app).database.close()
    return {rule.rule for rule in app.url_map.iter_rules()}


@pytest.mark.parametrize(
    ("changes", "there"),
    [
        ({}, True),
        ({"console_address": "localhost:8701"}, True),
        ({"console_address": "[::1]:8701"}, True),
        ({"development_sign_in": False}, False),
        ({"console_address": "0.0.0.0:8701"}, False),
        ({"console_address": "10.1.2.3:8701"}, False),
        ({"trusted_proxies": 1}, False),
    ],
)
def test_the_development_route_exists_only_where_nobody_else_can_reach_it(console_settings, changes, there):
    assert ("/sign-in/development" in _routes(replace(console_settings, **changes))) is there


def test_without_it_the_page_says_what_to_set_up(console_settings):
    app = create_console(replace(console_settings, development_sign_in=False))
    page = app.test_client().get("/sign-in", base_url=f"http://{HOST}")
    assert page.status_code == 200
    assert "Belum ada cara masuk" in page.text
    assert '<button class="choice"' not in page.text
    assert app.test_client().post("/sign-in/development", base_url=f"http://{HOST}").status_code == 404
    process_of(app).database.close()


@pytest.mark.parametrize("headers", [{"X-Forwarded-For": "10.0.0.9"}, {"Via": "1.1 proxy"}])
def test_a_client_behind_a_proxy_finds_no_way_in(stranger, everything, headers):
    assert _develop(stranger, everything, headers=headers).status_code == 404


def test_a_client_elsewhere_finds_no_way_in(stranger, everything):
    answer = _develop(stranger, everything, environ_overrides={"REMOTE_ADDR": "10.0.0.9"})
    assert answer.status_code == 404
    page = stranger.get("/sign-in", environ_overrides={"REMOTE_ADDR": "10.0.0.9"})
    assert "Belum ada cara masuk" in page.text


def test_whoever_is_not_signed_in_is_taken_there_and_back(stranger, everything):
    answer = stranger.get("/regions?period=2026-TW2")
    assert answer.status_code == 303
    assert answer.location == "/sign-in?next=/regions?period%3D2026-TW2"
    signed = _develop(stranger, everything, "/regions?period=2026-TW2")
    assert (signed.status_code, signed.location) == (303, "/regions?period=2026-TW2")
    assert _develop(stranger, everything, "//evil.example", on="/").location == "/"


def test_the_cookie_and_the_key_are_the_consoles_own(stranger, everything, process: Process):
    answer = _develop(stranger, everything)
    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if "_session=" in one)
    assert cookie.startswith("selaras_console_session=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Domain=" not in cookie
    token = cookie.split("=", 1)[1].split(";")[0]
    assert process.redis.exists(f"selaras_console:{REALM}:session:{key_of(token)}") == 1
    assert f"selaras_console:{REALM}:session:{key_of(token)}".startswith("selaras_console:")


def test_under_tls_the_cookie_is_bound_to_the_host(console_settings):
    app = create_console(replace(console_settings, tls=True))
    page = app.test_client().get("/sign-in", base_url=f"https://{HOST}")
    cookie = page.headers["Set-Cookie"]
    assert cookie.startswith("__Host-selaras_console_form=")
    assert "Secure" in cookie
    assert "max-age=" in page.headers["Strict-Transport-Security"]
    process_of(app).database.close()


def test_an_agencys_session_is_worth_nothing_here(stranger, everything, process: Process):
    agencies = SessionStore(process.redis)
    for agency, account in ((uuid4(), uuid4()), (REALM, everything.id), (uuid4(), everything.id)):
        token = agencies.start(agency, account, Proof(method="demonstration"))
        for name in ("selaras_session", "selaras_console_session"):
            stranger.client.set_cookie(name, token, domain=HOST)
            assert stranger.get("/").status_code == 303


def test_an_operators_session_is_worth_nothing_at_an_agency(operator, process: Process):
    token = operator.client.get_cookie("selaras_console_session", domain=HOST).value
    agencies = SessionStore(process.redis)
    assert process.sessions.read(REALM, token) is not None
    assert agencies.read(REALM, token) is None
    assert agencies.read(uuid4(), token) is None


def test_a_session_of_somebody_unknown_shows_nothing(stranger, process: Process):
    token = process.sessions.start(REALM, uuid4(), Proof(method="development"))
    stranger.client.set_cookie("selaras_console_session", token, domain=HOST)
    assert stranger.get("/").status_code == 303


def test_signing_out_ends_the_session_on_the_server(operator):
    token = operator.client.get_cookie("selaras_console_session", domain=HOST).value
    assert operator.get("/").status_code == 200
    assert operator.post("/sign-out", on="/").status_code == 303
    operator.client.set_cookie("selaras_console_session", token, domain=HOST)
    assert operator.get("/").status_code == 303


def test_a_form_from_elsewhere_is_refused(stranger):
    for data in ({}, {"form_token": "made-up"}):
        answer = stranger.client.post("/sign-in/development", base_url=f"http://{HOST}", data=data)
        assert answer.status_code == 403
    token = stranger.token()
    answer = stranger.client.post(
        "/sign-in/development",
        base_url=f"http://{HOST}",
        data={"form_token": token},
        headers={"Origin": "http://agency-1.localhost"},
    )
    assert answer.status_code == 403
    assert stranger.get("/").status_code == 303


@pytest.mark.parametrize("host", ["sidoarjo.localhost", "localhost", "127.0.0.1", "console.localhost.evil.example", ""])
def test_another_host_learns_nothing(app, host):
    answer = app.test_client().get("/", base_url="http://console.localhost", headers={"Host": host})
    assert answer.status_code == 404
    assert answer.mimetype == "text/plain"
    assert "Set-Cookie" not in answer.headers
    assert app.test_client().get("/sign-in", headers={"Host": host}).text == answer.text


def test_the_host_is_known_with_any_port_and_case(app):
    answer = app.test_client().get("/sign-in", headers={"Host": "Console.Localhost:9999"})
    assert answer.status_code == 200
