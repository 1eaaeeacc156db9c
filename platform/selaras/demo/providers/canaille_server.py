"""The process that is Canaille: the product itself, on a loopback port, filled from a file. Run with `python -m`."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from canaille import create_app
from canaille.app import models
from canaille.backends import Backend
from flask import Flask
from werkzeug.serving import make_server

from selaras import clock

LOOPBACK = "127.0.0.1"
# A client that Canaille does not trust lives at a domain that is none of ours (RFC 2606).
ELSEWHERE = "https://aplikasi.example"


def main(path: Path) -> None:
    """Serve until told to stop."""
    state = json.loads(path.read_text())
    app = create_app(_settings(state))
    _follow(app, path)
    make_server(LOOPBACK, state["port"], app, threaded=True).serve_forever()


def _settings(state: dict[str, Any]) -> dict[str, Any]:
    return {
        "SECRET_KEY": state["secret_key"],
        "SERVER_NAME": f"{LOOPBACK}:{state['port']}",
        "PREFERRED_URL_SCHEME": "http",
        "CANAILLE": {
            "DATABASE": "memory",
            "NAME": "Canaille",
            "ENABLE_PASSWORD_RECOVERY": False,
            "CAPTCHA_ENABLED": False,
            "SMTP": None,
        },
        "CANAILLE_OIDC": {
            "ACTIVE_JWKS": state["keys"]["active"],
            "INACTIVE_JWKS": state["keys"]["inactive"],
            "USERINFO_MAPPING": {"SUB": "{{ user.id }}", "PREFERRED_USERNAME": "{{ user.user_name }}"},
        },
    }


def _follow(app: Flask, path: Path) -> None:
    """Fill it now, and again before a request that finds the file changed."""
    seen: list[int] = []

    def look() -> None:
        now = path.stat().st_mtime_ns
        if seen[:1] != [now]:
            _fill(app, json.loads(path.read_text()))
            seen[:] = [now]

    with app.app_context(), app.backend.session():  # type: ignore[attr-defined]  # set by Canaille
        look()
    app.before_request(look)


def _fill(app: Flask, state: dict[str, Any]) -> None:
    app.config["CANAILLE_OIDC"]["ACTIVE_JWKS"] = state["keys"]["active"]
    app.config["CANAILLE_OIDC"]["INACTIVE_JWKS"] = state["keys"]["inactive"]
    for user in state["users"]:
        if not Backend.instance.get(models.User, user_name=user["user_name"]):
            Backend.instance.save(_user(user))
    for client in state["clients"]:
        if not Backend.instance.get(models.Client, client_id=client["client_id"]):
            _save_client(client)


def _user(user: dict[str, Any]) -> Any:
    given, _, family = user["name"].rpartition(" ")
    return models.User(
        id=user["subject"] or None,
        user_name=user["user_name"],
        formatted_name=user["name"],
        given_name=given,
        family_name=family,
        emails=[f"{user['user_name']}@surel.example"],
        password=user["password"],
    )


def _save_client(client: dict[str, Any]) -> None:
    made = models.Client(
        client_id=client["client_id"],
        client_secret=client["client_secret"],
        client_id_issued_at=clock.now(),
        client_name=client["name"],
        client_uri=client["redirect_uris"][0] if client["trusted"] else ELSEWHERE,
        redirect_uris=client["redirect_uris"],
        post_logout_redirect_uris=client["post_logout_redirect_uris"],
        grant_types=["authorization_code"],
        response_types=["code"],
        scope=["openid", "profile", "email"],
        token_endpoint_auth_method="client_secret_basic",  # noqa: S106  # a way, not a secret
        # Without it the algorithm follows from whichever key comes first.
        id_token_signed_response_alg="RS256",  # noqa: S106  # a way as well
    )
    Backend.instance.save(made)
    # Its audience is itself, which it can name only once it is saved.
    made.audience = [made]
    Backend.instance.save(made)


if __name__ == "__main__":
    # Nothing that this process writes is for others.
    os.umask(0o077)
    main(Path(sys.argv[1]))
