"""Signing in at the console: who can, from where, and what no other cookie opens."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from selaras.edge.context import Process
from selaras.errors import Misconfigured
from selaras.identity.sessions import Proof, SessionStore
from selaras_admin.app import create_console, process_of
from selaras_admin.operators import REALM

HOST = "console.localhost"


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
    token = process.sessions.start(REALM, uuid4(), Proof(method="oidc"))
    stranger.client.set_cookie("selaras_console_session", token, domain=HOST)
    assert stranger.get("/").status_code == 303


def test_a_session_begun_by_a_provider_that_was_replaced_is_over(stranger, everything, process: Process):
    token = process.sessions.start(REALM, everything.id, Proof(method="oidc", provider_id=uuid4(), subject="x"))
    stranger.client.set_cookie("selaras_console_session", token, domain=HOST)
    assert stranger.get("/").status_code == 303


def test_signing_out_ends_the_session_on_the_server(operator):
    token = operator.client.get_cookie("selaras_console_session", domain=HOST).value
    assert operator.get("/").status_code == 200
    assert operator.post("/sign-out", on="/").status_code == 303
    operator.client.set_cookie("selaras_console_session", token, domain=HOST)
    assert operator.get("/").status_code == 303


def test_a_form_from_elsewhere_is_refused(operator):
    for data in ({}, {"form_token": "made-up"}):
        answer = operator.client.post("/sign-out", base_url=f"http://{HOST}", data=data)
        assert answer.status_code == 403
    sent = {"form_token": operator.token("/")}
    elsewhere = {"Origin": "http://agency-1.localhost"}
    answer = operator.client.post("/sign-out", base_url=f"http://{HOST}", data=sent, headers=elsewhere)
    assert answer.status_code == 403
    assert operator.get("/").status_code == 200


def test_whoever_is_not_signed_in_is_taken_there_and_back(stranger):
    answer = stranger.get("/regions?period=2026-TW2")
    assert answer.status_code == 303
    assert answer.location == "/sign-in?next=/regions?period%3D2026-TW2"


def test_without_a_provider_the_page_says_what_to_set_up(stranger, console_settings):
    page = stranger.get("/sign-in")
    assert page.status_code == 200
    assert "SELARAS_OPERATOR_ISSUER" in page.text
    for path in ("/sign-in/provider", "/sign-in/callback?code=x&state=y"):
        assert stranger.get(path).status_code == 404
    assert stranger.post("/sign-out/back-channel", {"logout_token": "x"}).status_code == 404


def test_nobody_is_let_in_without_being_asked_who_they_are(app):
    """There is no way of development any more, whatever the settings say."""
    assert not [rule.rule for rule in app.url_map.iter_rules() if "development" in rule.rule]


@pytest.mark.parametrize(
    "changes", [{}, {"operator_client_id": "x"}, {"operator_client_id": "x", "operator_acr": " , "}]
)
def test_a_provider_without_client_or_second_factor_is_refused_at_start(console_settings, changes):
    with pytest.raises(Misconfigured) as refused:
        create_console(replace(console_settings, operator_issuer="https://idp.example", **changes))
    assert refused.value.code == ("operator_second_factor_missing" if changes else "setting_missing")


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
