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
from canaille.backends.memory.backend import MemoryBackend
from flask import Flask
from werkzeug.serving import make_server

from selaras import clock

LOOPBACK = "127.0.0.1"
# A client that Canaille does not trust lives at a domain that is none of ours (RFC 2606).
ELSEWHERE = "https://aplikasi.example"


class Memory(MemoryBackend):  # type: ignore[misc]  # Canaille carries no types
    """Canaille's backend in memory, which takes several conditions for alternatives; all of them must hold.

    Else a code would be found by its client alone, and be another one of that client's.
    """

    # By the name of its module Canaille finds the models that belong to a backend.
    __module__ = MemoryBackend.__module__

    def do_query(self, model: Any, *arguments: Any, **conditions: Any) -> list[Any]:
        """The instances that fulfil every condition."""
        found = list(super().do_query(model, *arguments, **conditions))
        for name, value in conditions.items():
            alone = {one.id for one in super().do_query(model, **{name: value})}
            found = [one for one in found if one.id in alone]
        return found


def main(path: Path) -> None:
    """Serve until told to stop."""
    state = json.loads(path.read_text())
    settings = _settings(state)
    app = create_app(settings, backend=Memory(settings))
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
    filled: dict[str, Any] = {}

    def look() -> None:
        now = path.stat().st_mtime_ns
        if filled.get("at") != now:
            _fill(app, json.loads(path.read_text()), filled)
            filled["at"] = now

    with app.app_context(), app.backend.session():  # type: ignore[attr-defined]  # set by Canaille
        look()
    app.before_request(look)


def _fill(app: Flask, state: dict[str, Any], filled: dict[str, Any]) -> None:
    """Take over keys, and whichever users and clients are new or changed since `filled`."""
    app.config["CANAILLE_OIDC"]["ACTIVE_JWKS"] = state["keys"]["active"]
    app.config["CANAILLE_OIDC"]["INACTIVE_JWKS"] = state["keys"]["inactive"]
    for user in state["users"]:
        if filled.get(f"user {user['user_name']}") != user:
            _save(models.User, _user(user), user_name=user["user_name"])
            filled[f"user {user['user_name']}"] = user
    for client in state["clients"]:
        if filled.get(f"client {client['client_id']}") != client:
            made = _save(models.Client, _client(client), client_id=client["client_id"])
            # Its audience is itself, which it can name only once it is saved.
            made.audience = [made]
            Backend.instance.save(made)
            filled[f"client {client['client_id']}"] = client


def _save(kind: Any, values: dict[str, Any], **key: str) -> Any:
    made = Backend.instance.get(kind, **key) or kind(**key)
    for name, value in values.items():
        setattr(made, name, value)
    Backend.instance.save(made)
    return made


def _user(user: dict[str, Any]) -> dict[str, Any]:
    given, _, family = user["name"].rpartition(" ")
    return {
        **({"id": user["subject"]} if user["subject"] else {}),
        "formatted_name": user["name"],
        "given_name": given,
        "family_name": family,
        "emails": [f"{user['user_name']}@surel.example"],
        "password": user["password"],
    }


def _client(client: dict[str, Any]) -> dict[str, Any]:
    return {
        "client_secret": client["client_secret"],
        "client_id_issued_at": clock.now(),
        "client_name": client["name"],
        "client_uri": client["redirect_uris"][0] if client["trusted"] else ELSEWHERE,
        "redirect_uris": client["redirect_uris"],
        "post_logout_redirect_uris": client["post_logout_redirect_uris"],
        "grant_types": ["authorization_code"],
        "response_types": ["code"],
        "scope": ["openid", "profile", "email"],
        "token_endpoint_auth_method": "client_secret_basic",
        # Without it the algorithm follows from whichever key comes first.
        "id_token_signed_response_alg": "RS256",
    }


if __name__ == "__main__":
    # Nothing that this process writes is for others.
    os.umask(0o077)
    main(Path(sys.argv[1]))
