"""The two real providers as servers: each speaks the code flow, refuses, rotates its keys, and dies with its parent."""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from factories.ports import free_port
from factories.provider_pages import Walk, browser, walk
from factories.providers import RunningProvider
from joserfc import jwt
from joserfc.jwk import KeySet

from selaras.demo.providers.directory import Client, User

CALLBACK = "http://instansi.localhost:1/sign-in/callback"
VERIFIER = "v" * 50
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture(params=["nanoidp", "canaille"])
def provider(request: pytest.FixtureRequest) -> RunningProvider:
    return request.getfixturevalue(request.param)


def described(provider: RunningProvider) -> dict[str, str]:
    found: dict[str, str] = httpx.get(provider.provider.discovery, trust_env=False).json()
    return found


def ask(provider: RunningProvider, client: Client, user_name: str, password: str, **more: str) -> Walk:
    asked = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": CALLBACK,
        "scope": "openid profile email",
        "state": "s",
        "nonce": f"nonce-{client.client_id}-{time.monotonic_ns()}",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    start = f"{described(provider)['authorization_endpoint']}?{urlencode(asked | more)}"
    with browser() as client_:
        return walk(client_, start, CALLBACK, username=user_name, login=user_name, password=password)


def token_of(provider: RunningProvider, client: Client, reached: Walk, verifier: str = VERIFIER) -> httpx.Response:
    code = parse_qs(urlsplit(reached.location).query)["code"][0]
    return httpx.post(
        described(provider)["token_endpoint"],
        data={
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": verifier,
        },
        auth=(client.client_id, client.client_secret),
        trust_env=False,
    )


def somebody(provider: RunningProvider, user_name: str) -> User:
    return provider.users.get(user_name) or provider.add_user(user_name)


def test_the_code_flow_ends_in_a_token_that_its_published_keys_verify(provider):
    client, user = provider.register_client([CALLBACK]), somebody(provider, "198001012005011001")
    reached = ask(provider, client, user.user_name, user.password)
    assert reached.location.startswith(f"{CALLBACK}?code=")
    answer = token_of(provider, client, reached).json()
    keys = KeySet.import_key_set(httpx.get(described(provider)["jwks_uri"], trust_env=False).json())
    token = jwt.decode(answer["id_token"], keys, algorithms=["RS256"])
    assert token.header["alg"] == "RS256"
    assert (token.claims["iss"], token.claims["sub"]) == (provider.issuer, provider.subject(user))
    assert client.client_id in token.claims["aud"]
    asked = httpx.get(
        described(provider)["userinfo_endpoint"],
        headers={"Authorization": f"Bearer {answer['access_token']}"},
        trust_env=False,
    )
    assert asked.json()["preferred_username"] == user.user_name


def test_a_wrong_password_stays_at_the_provider(provider):
    client, user = provider.register_client([CALLBACK]), somebody(provider, "198001012005011001")
    reached = ask(provider, client, user.user_name, "salah-sekali")
    assert reached.answer.status_code == 200
    assert not reached.answer.is_redirect


def test_a_code_without_its_verifier_gives_no_token(provider):
    client, user = provider.register_client([CALLBACK]), somebody(provider, "198001012005011001")
    reached = ask(provider, client, user.user_name, user.password)
    assert token_of(provider, client, reached, "w" * 50).status_code in (400, 401)


def test_a_code_of_another_client_gives_no_token(provider):
    client, user = provider.register_client([CALLBACK]), somebody(provider, "198001012005011001")
    reached = ask(provider, client, user.user_name, user.password)
    assert token_of(provider, provider.register_client([CALLBACK]), reached).status_code in (400, 401)


def test_a_code_left_unused_is_not_in_the_way_of_the_next(provider):
    client, user = provider.register_client([CALLBACK]), somebody(provider, "198001012005011001")
    for _ in range(4):
        ask(provider, client, user.user_name, user.password)
    reached = ask(provider, client, user.user_name, user.password)
    assert token_of(provider, client, reached).status_code == 200
    assert token_of(provider, client, reached).status_code in (400, 401), "a code is good once"


def test_keys_rotate_while_it_runs_and_the_old_one_stays_published(provider):
    before = [key["kid"] for key in httpx.get(described(provider)["jwks_uri"], trust_env=False).json()["keys"]]
    provider.rotate_keys()
    after = [key["kid"] for key in httpx.get(described(provider)["jwks_uri"], trust_env=False).json()["keys"]]
    assert after[0] not in before
    assert before[0] in after


def test_an_untrusted_client_needs_consent(canaille):
    user = somebody(canaille, "198001012005011001")
    client = canaille.register_client([CALLBACK], trusted=False)
    reached = ask(canaille, client, user.user_name, user.password)
    assert reached.location.startswith(f"{CALLBACK}?code=")
    assert urlsplit(reached.asked[-1]).path == urlsplit(reached.asked[-2]).path == "/oauth/authorize"


STARTER = """
import sys, time
from pathlib import Path
from selaras.demo.providers.{name} import {kind}
from selaras.demo.providers.directory import Directory
from selaras.demo.providers.running import wait_until_it_answers
from selaras.servers.supervise import Supervisor
provider = {kind}(Path(sys.argv[1]), int(sys.argv[2]))
provider.write(Directory())
supervisor = Supervisor([provider.service()], logs=Path(sys.argv[1]))
supervisor.start()
wait_until_it_answers(provider)
print("answers", flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize(("name", "kind"), [("nanoidp", "NanoIdp"), ("canaille", "Canaille")])
def test_it_dies_with_its_parent_even_when_that_is_killed(name: str, kind: str, tmp_path: Path) -> None:
    port = free_port()
    text = textwrap.dedent(STARTER).format(name=name, kind=kind)
    with subprocess.Popen(
        [sys.executable, "-c", text, str(tmp_path), str(port)], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "answers\n"
        parent.kill()
    deadline = time.monotonic() + 90
    while _listens(port):
        assert time.monotonic() < deadline, f"{name} still answers"
        time.sleep(0.1)


def _listens(port: int) -> bool:
    try:
        httpx.get(f"http://127.0.0.1:{port}/", timeout=2, trust_env=False)
    except httpx.TransportError:
        return False
    return True
