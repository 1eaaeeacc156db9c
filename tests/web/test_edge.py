"""The edge: hosts, sessions, tokens, permissions, walls, headers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from factories.declared import declared_at, example
from factories.hostile_provider import hostile_provider
from factories.signing_in import connect_hostile, orders_for, sign_in
from factories.site import PERIOD, Home, Site, Visitor, site_settings
from factories.site_fixtures import forget_attempts
from sqlalchemy import text
from werkzeug.routing import Rule
from werkzeug.routing.converters import UUIDConverter

from selaras import clock
from selaras.app import create_app
from selaras.edge.access import declared, public
from selaras.edge.context import after_commit, session
from selaras.errors import Conflict, Misconfigured
from selaras.identity.permissions import Permission, Role
from selaras.identity.service import ensure_account
from selaras.identity.sessions import ABSOLUTE, Proof, SessionStore

PARAMETERS = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")


def test_an_unknown_host_learns_nothing(site: Site) -> None:
    for path in ("/", "/sign-in", "/people", "/assets/x/selaras.css", "/api/v1/agency", "/nothing"):
        response = Visitor(site.app, "elsewhere.localhost").get(path)
        assert response.status_code == 404
        assert "Set-Cookie" not in response.headers
        assert "Contoh" not in response.text


def test_a_forwarded_host_is_ignored_unless_configured(site: Site, urls, redis_url, tmp_path) -> None:
    forwarded = {"X-Forwarded-Host": site.closed.host, "X-Forwarded-For": "203.0.113.9"}
    assert Visitor(site.app, "elsewhere.localhost").get("/sign-in", headers=forwarded).status_code == 404
    behind = create_app(site_settings(urls, redis_url, tmp_path, trusted_proxies=1))
    assert Visitor(behind, "elsewhere.localhost").get("/sign-in", headers=forwarded).status_code == 200
    behind.extensions["selaras"].database.close()


def test_a_suspended_agency_is_told_so_and_shows_nothing(site: Site, console_database) -> None:
    manager = site.empty.manager()
    switch = text("UPDATE selaras.agency SET status = :to WHERE tenant_id = :tenant")
    for status, answer in (("suspended", 403), ("active", 200)):
        with console_database.platform() as platform:
            platform.execute(switch, {"to": status, "tenant": site.empty.tenant_id})
        site.app.extensions["selaras"].hosts.forget()
        response = manager.get("/")
        assert response.status_code == answer
        assert ("ditangguhkan" in response.text) == (answer == 403)


def test_it_refuses_to_start_with_a_role_that_the_walls_do_not_bind(site: Site, urls) -> None:
    for url in (urls.admin, urls.migrator):
        with pytest.raises(Misconfigured, match="Refusing to start"):
            create_app(replace(site.settings, app_database_url=url))


def test_every_view_declares_who_may_use_it(site: Site) -> None:
    undeclared = [name for name, view in site.app.view_functions.items() if declared(view) is None]
    assert undeclared == []


def test_a_view_that_declares_nothing_is_refused_to_everybody(site: Site, urls, redis_url, tmp_path) -> None:
    app = create_app(site_settings(urls, redis_url, tmp_path))
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    account = site.closed.account(f"performance_manager@{site.closed.slug}")
    visitor = Visitor(app, site.closed.host).sign_in_as(site.closed.uuid, account)
    assert visitor.get("/forgotten").status_code == 403
    app.extensions["selaras"].database.close()


@pytest.mark.parametrize(("status", "kept"), [(200, 1), (303, 1), (400, 0), (422, 0), (500, 0)])
def test_an_answer_that_refuses_keeps_nothing(site: Site, urls, redis_url, tmp_path, status: int, kept: int) -> None:
    """Also where the view returns it: a page that says what went wrong is no success."""
    app = create_app(site_settings(urls, redis_url, tmp_path))
    done = []

    @public
    def write() -> tuple[str, int]:
        ensure_account(session(), f"written-{status}", "Ditulis")
        session().flush()
        after_commit(lambda: done.append(status))
        return "written", status

    app.add_url_rule("/write", "write", write)
    assert Visitor(app, site.closed.host).get("/write").status_code == status
    app.extensions["selaras"].database.close()
    query = "SELECT count(*) FROM selaras.account WHERE tenant_id = :tenant AND subject = :subject"
    assert site.closed.scalar(query, subject=f"written-{status}") == kept
    assert len(done) == kept


def test_who_is_not_signed_in_is_taken_to_sign_in_and_back(site: Site) -> None:
    response = site.closed.visitor().get("/people?search=a")
    assert response.status_code == 303
    assert response.headers["Location"] == "/sign-in?next=/people?search%3Da"
    assert site.closed.visitor().get("/api/v1/people").status_code == 401
    with way_in(site) as way:
        assert sign_in(site.closed.visitor(), way, "/people?search=a").headers["Location"] == "/people?search=a"


@contextmanager
def way_in(site: Site) -> Iterator[UUID]:
    """A provider of the agency that says who its performance manager is."""
    with hostile_provider() as there:
        way = connect_hostile(site.closed, there)
        there.orders = orders_for(f"performance_manager@{site.closed.slug}")
        yield way


def test_the_cookie_is_host_only_and_hidden_from_scripts(site: Site, urls, redis_url, tmp_path) -> None:
    with way_in(site) as way:
        response = sign_in(site.closed.visitor(), way)
    (cookie,) = [c for c in response.headers.getlist("Set-Cookie") if c.startswith("selaras_session=")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Domain" not in cookie
    tls = create_app(site_settings(urls, redis_url, tmp_path, tls=True))
    secure = tls.test_client().get("/sign-in", base_url=f"https://{site.closed.host}")
    (form,) = [c for c in secure.headers.getlist("Set-Cookie") if "selaras_form" in c]
    assert form.startswith("__Host-selaras_form=")
    assert "Secure" in form
    assert "Strict-Transport-Security" in secure.headers
    tls.extensions["selaras"].database.close()


def test_a_session_is_worth_nothing_at_another_agency(site: Site) -> None:
    visitor = site.closed.manager()
    token = visitor.client.get_cookie("selaras_session", domain=site.closed.host).value
    other = site.open.visitor()
    other.client.set_cookie("selaras_session", token, domain=site.open.host)
    assert other.get("/").status_code == 303
    store: SessionStore = site.app.extensions["selaras"].sessions
    assert store.read(site.open.uuid, token) is None
    assert store.read(site.closed.uuid, token) is not None


def test_signing_out_ends_the_session_on_the_server(site: Site) -> None:
    visitor = site.closed.manager()
    token = visitor.client.get_cookie("selaras_session", domain=site.closed.host).value
    assert visitor.post("/sign-out", on="/").status_code == 303
    assert site.app.extensions["selaras"].sessions.read(site.closed.uuid, token) is None
    assert visitor.get("/").status_code == 303


def test_a_session_ends_after_half_an_hour_of_silence_and_after_twelve_hours(site: Site) -> None:
    held = site.app.extensions["selaras"]
    nowhere = uuid4()
    token = held.sessions.start(nowhere, uuid4(), Proof(method="test"))
    (key,) = held.redis.scan_iter(f"selaras:{nowhere}:session:*")
    assert token.encode() not in key
    assert 1795 < held.redis.ttl(key) <= 1800
    with clock.fixed(clock.now() + ABSOLUTE - timedelta(minutes=10)):
        assert held.sessions.read(nowhere, token) is not None
        assert held.redis.ttl(key) <= 600
    with clock.fixed(clock.now() + ABSOLUTE):
        assert held.sessions.read(nowhere, token) is None
    assert not held.redis.exists(key)


def test_an_account_that_is_switched_off_is_out_at_once(site: Site) -> None:
    visitor = site.empty.as_role(Role.AUDITOR)
    assert visitor.get("/").status_code == 200
    switch = "UPDATE selaras.account SET active = :on WHERE tenant_id = :tenant AND subject = :s RETURNING 1"
    subject = f"auditor@{site.empty.slug}"
    site.empty.scalar(switch, on=False, s=subject)
    assert visitor.get("/").status_code == 303
    site.empty.scalar(switch, on=True, s=subject)


def test_a_change_without_the_token_of_the_page_changes_nothing(site: Site) -> None:
    visitor, other = site.open.manager(), site.open.manager()
    base = f"http://{site.open.host}"
    close = f"/periods/{PERIOD}/close"
    foreign = other.token("/")
    for data in ({}, {"form_token": "made-up"}, {"form_token": foreign}):
        response = visitor.client.post(close, base_url=base, data={**data, "without_unrated": "true"})
        assert (response.status_code, "form_foreign" in response.text) == (403, True)
    cross = {"Origin": "https://evil.example"}
    assert visitor.post(close, {"without_unrated": "true"}, on="/", headers=cross).status_code == 403
    site_header = {"Sec-Fetch-Site": "cross-site"}
    assert visitor.post(close, {"without_unrated": "true"}, on="/", headers=site_header).status_code == 403
    assert site.open.scalar("SELECT count(*) FROM selaras.close WHERE tenant_id = :tenant") == 0


def test_without_redis_it_says_so_and_shows_nothing(site: Site, urls, tmp_path) -> None:
    gone = create_app(site_settings(urls, f"unix://{tmp_path}/gone.sock", tmp_path))
    visitor = Visitor(gone, site.closed.host)
    visitor.client.set_cookie("selaras_session", "anything", domain=site.closed.host)
    response = visitor.get("/people")
    assert response.status_code == 503
    assert "tidak dapat dihubungi" in response.text
    assert "Orang" not in response.text
    fresh = Visitor(gone, site.closed.host)
    assert fresh.get("/sign-in/callback?code=1&state=1").status_code == 503
    assert visitor.get("/api/v1/people").json["code"] == "session_store_unreachable"
    gone.extensions["selaras"].database.close()


def test_headers_allow_nothing_inline(site: Site) -> None:
    response = site.closed.manager().get("/")
    policy = response.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert not re.search(r"<style|\sstyle=|<script>|\son\w+=", response.text)


def test_a_raised_error_takes_everything_back(site: Site, urls, redis_url, tmp_path) -> None:
    app = create_app(site_settings(urls, redis_url, tmp_path))

    @app.get("/half")
    @public
    def half() -> str:
        ensure_account(session(), "half-done", "Half")
        raise Conflict("half", "Half.")

    @app.get("/whole")
    @public
    def whole() -> str:
        ensure_account(session(), "whole", "Whole")
        return "done"

    visitor = Visitor(app, site.empty.host)
    assert visitor.get("/half").status_code == 409
    assert visitor.get("/whole").status_code == 200
    count = "SELECT count(*) FROM selaras.account WHERE tenant_id = :tenant AND subject = :s"
    assert site.empty.scalar(count, s="half-done") == 0
    assert site.empty.scalar(count, s="whole") == 1
    app.extensions["selaras"].database.close()


def _ids(rule: Rule) -> set[str]:
    """The arguments of a route's address that are ids."""
    return {name for name, converter in rule._converters.items() if isinstance(converter, UUIDConverter)}


def _filled(rule: Rule, home: Home) -> str:
    values = {name: uuid4() for name in _ids(rule)}
    values |= {"person_id": home.person(4), "unit_id": home.unit(1), "period": PERIOD, "year": 2026, "number": 1}
    return PARAMETERS.sub(lambda found: str(values.get(found[1], "x")), rule.rule)


SEATED = frozenset({Permission.CHAIR_CALIBRATION})


def test_ids_of_another_agency_lead_nowhere_on_any_route(site: Site) -> None:
    """Every route with an id, walked by somebody of one agency who may do everything there, with another's ids."""
    walked, led, spec = [], [], declared_at(site)
    holders = (Role.AGENCY_ADMIN, Role.APPOINTING_OFFICIAL)
    visitors = [site.open.manager(), site.open.official(), site.open.as_person(1), *map(site.open.as_role, holders)]
    for rule in site.app.url_map.iter_rules():
        # Only an auditor whose audit is under way comes so far: tests/identity/test_audits.py.
        if not _ids(rule) or "audit" in rule.endpoint or not declared(site.app.view_functions[rule.endpoint]):
            continue
        path = _filled(rule, site.waiting)
        forget_attempts(site.app)
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            answers = {_ask(spec, visitor, method, rule, path) for visitor in visitors}
            walked.append((method, rule.rule))
            # A message of one's own is marked as read, where there is none nothing is; an upload without a file is
            # refused before anything is looked up; the chair's acts are refused to whoever has no seat in a meeting.
            if answers == {403} and declared(site.app.view_functions[rule.endpoint]) == SEATED:
                continue
            if not {404} <= answers <= {404, 403} and not rule.rule.endswith(("/read", "/evidence", "/import")):
                led.append((method, rule.rule, answers))
    assert led == []
    assert len(walked) >= 60


def _ask(spec: dict[str, Any], visitor: Visitor, method: str, rule: Rule, path: str) -> int:
    if method == "GET":
        return visitor.get(path).status_code
    template = PARAMETERS.sub(lambda found: "{" + found[1] + "}", rule.rule)
    json = example(spec, method, template) if "/api/" in path else None
    said = {"reason": "x" * 30, "content": "x" * 30, "period": PERIOD}
    form = None if json is not None else said | {"rating_hasil_kerja": "sesuai", "rating_perilaku": "sesuai"}
    token = visitor.get("/api/v1/me").json["form_token"]
    return visitor.client.open(
        path, method=method, base_url=f"http://{visitor.host}", json=json, data=form, headers={"X-Form-Token": token}
    ).status_code
