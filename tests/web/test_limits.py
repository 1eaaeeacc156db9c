"""How much may be asked, by session, client, address and agency; nobody waits for their neighbours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from factories.site import Home, Site, Visitor, site_settings
from flask import Flask
from werkzeug.test import TestResponse

from selaras.app import create_app
from selaras.edge import limits
from selaras.identity import clients
from selaras.identity.access_limits import BOUNDS, DEFAULTS, limits_of, set_limits
from selaras.identity.actor import system
from selaras.identity.permissions import Role

LEAST = {name: least for name, (least, _) in BOUNDS.items()}


@pytest.fixture
def tight(site: Site) -> Iterator[Home]:
    """An agency with the least limits that it may set."""
    yield _limited(site.open, LEAST)
    _limited(site.open, vars(DEFAULTS))


def _limited(home: Home, values: dict[str, int]) -> Home:
    with home.database.tenant(home.tenant_id) as session:
        set_limits(session, system(home.tenant_id), values)
        assert vars(limits_of(session)) == values
    home.app.extensions["selaras"].limits.forget(home.tenant_id)
    return home


def statuses(visitor: Visitor, path: str, times: int, **more: object) -> list[int]:
    return [visitor.get(path, **more).status_code for _ in range(times)]


def secret(home: Home, kind: str = "token") -> clients.Shown:
    with home.database.tenant(home.tenant_id) as session:
        return clients.create(session, system(home.tenant_id), "A", kind, ["people:read"], days=1)


def test_a_session_that_asks_too_much_waits_and_its_neighbours_do_not(tight: Home) -> None:
    busy, neighbour = tight.as_role(Role.AUDITOR), tight.as_role(Role.AUDITOR)
    answers = [busy.get("/sessions") for _ in range(61)]
    assert [one.status_code for one in answers] == [200] * 60 + [429]
    told = answers[-1]
    assert 1 <= int(told.headers["Retry-After"]) <= 61
    assert f"Tunggu {told.headers['Retry-After']} detik" in told.text
    assert neighbour.get("/sessions").status_code == 200, "another session at the same address"
    api = busy.get("/api/v1/me", headers={"Accept-Language": "en"})
    assert (api.status_code, api.mimetype, api.json["code"]) == (429, "application/problem+json", "http_429")
    assert f"Wait {api.headers['Retry-After']} seconds" in api.json["detail"]


def test_a_form_that_comes_too_often_is_kept(tight: Home) -> None:
    busy = tight.as_role(Role.AUDITOR)
    token = busy.token("/sessions")
    statuses(busy, "/sessions", 60)
    answer = busy.client.post(
        "/language",
        base_url=f"http://{tight.host}",
        data={"form_token": token, "language": "en", "note": "ditulis" * 9},
    )
    assert answer.status_code == 429
    assert "ditulis" * 9 in answer.text


def test_files_of_ours_and_other_agencies_are_not_counted(site: Site, tight: Home) -> None:
    busy = tight.as_role(Role.AUDITOR)
    asset = re.search(r'href="(/assets/[^"]+css)"', busy.page("/"))[1]
    assert statuses(busy, asset, 70) == [200] * 70
    assert busy.get("/").status_code == 200
    assert set(statuses(busy, "/", 60)) == {200, 429}
    assert site.closed.as_role(Role.AUDITOR).get("/").status_code == 200


def test_an_address_counts_only_who_has_not_shown_who_they_are(tight: Home) -> None:
    """An office behind one address: strangers at it are held up, whoever is signed in goes on."""
    colleague = tight.as_role(Role.AUDITOR)
    strangers = [tight.visitor() for _ in range(3)]
    answers = [one.get("/sign-in").status_code for _ in range(101) for one in strangers]
    assert answers.count(200) == 300
    assert answers[-1] == 429
    assert colleague.get("/").status_code == 200
    elsewhere = {"environ_base": {"REMOTE_ADDR": "203.0.113.9"}}
    assert tight.visitor().get("/sign-in", **elsewhere).status_code == 200
    made_up = tight.visitor()
    made_up.client.set_cookie("selaras_session", "made-up", domain=tight.host)
    assert made_up.get("/").status_code == 429, "a cookie of nobody begins no count of its own"


def test_a_client_counts_by_its_token_and_wrong_tokens_by_their_address(tight: Home) -> None:
    one, other = secret(tight), secret(tight)
    visitor = tight.visitor()

    def ask(token: str) -> TestResponse:
        return visitor.get("/api/v1/people", headers={"Authorization": f"Bearer {token}"})

    assert [ask(one.secret).status_code for _ in range(61)] == [200] * 60 + [429]
    assert ask(other.secret).status_code == 200
    guesses = [ask(f"slr_guess-{n}").status_code for n in range(301)]
    assert guesses == [401] * 300 + [429]


def test_the_token_endpoint_is_limited_for_each_client_and_address(site: Site) -> None:
    home, shown = site.empty, secret(site.empty, "oauth")

    def exchange(client_id: object) -> int:
        form = {"grant_type": "client_credentials", "client_id": str(client_id), "client_secret": "wrong"}
        return home.visitor().client.post("/oauth/token", base_url=f"http://{home.host}", data=form).status_code

    assert [exchange(shown.client_id) for _ in range(61)] == [401] * 60 + [429]
    others = [exchange(f"client-{n}") for n in range(245)]
    assert (others[0], others[-1]) == (401, 429)


def test_uploads_and_documents_are_limited_apart(site: Site) -> None:
    manager = site.empty.manager()
    token = manager.token("/imports")
    sent = {"form_token": token}
    answers = [
        manager.client.post("/imports", base_url=f"http://{site.empty.host}", data=sent).status_code for _ in range(31)
    ]
    assert 429 not in answers[:30]
    assert answers[30] == 429
    assert manager.get("/imports").status_code == 200


def app_of(site: Site, urls: object, redis_url: str, files: Path, **more: object) -> Flask:
    return create_app(site_settings(urls, redis_url, files, **more))


def test_an_agency_as_a_whole_is_bounded_by_the_instance(site: Site, urls, redis_url, tmp_path) -> None:
    app = app_of(site, urls, redis_url, tmp_path, agency_requests=20)
    answers = [Visitor(app, site.waiting.host).get("/sign-in").status_code for _ in range(21)]
    assert answers == [200] * 20 + [429]
    assert Visitor(app, site.closed.host).get("/sign-in").status_code == 200
    app.extensions["selaras"].database.close()


@pytest.mark.parametrize(("proxies", "address"), [(1, "198.51.100.7"), (2, "203.0.113.5")])
def test_behind_proxies_the_address_before_them_counts(
    site: Site, urls, redis_url, tmp_path, proxies: int, address: str
) -> None:
    """What a caller writes into the header itself lies further left and is believed by nobody."""
    app = app_of(site, urls, redis_url, tmp_path, trusted_proxies=proxies)
    headers = {
        "X-Forwarded-For": "192.0.2.66, 203.0.113.5, 198.51.100.7",
        "X-Forwarded-Host": ", ".join([site.waiting.host] * proxies),
        "X-Forwarded-Proto": ", ".join(["http"] * proxies),
    }
    assert Visitor(app, "inner.localhost").get("/sign-in", headers=headers).status_code == 200
    counted = [key.decode() for key in app.extensions["selaras"].redis.scan_iter("LIMITS*/address/*")]
    assert [key for key in counted if f"{site.waiting.uuid}:{address}/" in key]
    app.extensions["selaras"].database.close()


def test_every_count_names_its_agency_and_no_person(site: Site, tight: Home) -> None:
    tight.visitor().get("/sign-in/callback?code=198501012010011001&state=198501012010011001")
    keys = [key.decode() for key in site.app.extensions["selaras"].redis.scan_iter("LIMITS*")]
    assert keys
    assert all(re.match(r"LIMITS:LIMITER/selaras(_console)?:limit/[0-9a-f-]{36}:", key) for key in keys), keys
    assert not any("198501012010011001" in key for key in keys)


def test_ordinary_use_of_an_office_behind_one_address_is_not_held_up() -> None:
    """The figures of decision 41: 3,000 people at one address, a tenth of whom sign in within the same minute."""
    people, requests_to_sign_in = 300, 4
    assert people * requests_to_sign_in <= DEFAULTS.address_requests
    assert people <= int(limits.SIGN_IN.split()[0])
