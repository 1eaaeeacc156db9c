"""The two bearer tokens of every call: the gateway's for the agency's keys, and the operator's from single sign-on."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from selaras.exchange.national.border import Answer, Ask, Halted, Stop
from siasn.answers import read, text_of

# A token is renewed a little before its end: requests travel, and clocks differ.
MARGIN = timedelta(seconds=30)


def claims(token: str) -> dict[str, Any]:
    """What a token says of itself, unverified: it is the other side that judges it. Empty for what is no token."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        found = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, binascii.Error):
        return {}
    return found if isinstance(found, dict) else {}


def end_of(token: str) -> datetime | None:
    """When a token ends by its own word."""
    end = claims(token).get("exp")
    return datetime.fromtimestamp(end, UTC) if isinstance(end, int) else None


class Tokens:
    """Gets both, keeps them for as long as they hold, and gets the gateway's anew when asked to."""

    def __init__(self, settings: Mapping[str, str], ask: Ask, today: Callable[[], datetime]) -> None:
        self._settings, self._ask, self._today = settings, ask, today
        self._gateway = self._operator = ""
        self._gateway_end = self._operator_end = datetime.min.replace(tzinfo=UTC)

    def headers(self) -> dict[str, str]:
        """As every call carries them; `Halted` where one of the two cannot be had."""
        return {"Authorization": f"Bearer {self.gateway()}", "Auth": f"bearer {self.operator()}"}

    def forget(self) -> None:
        """Neither is used again."""
        self._gateway = self._operator = ""

    def gateway(self) -> str:
        """The token of the agency's keys (client credentials)."""
        if not self._gateway or self._today() + MARGIN >= self._gateway_end:
            keys = f"{self._settings['consumer_key']}:{self._settings['consumer_secret']}".encode()
            basic = {"Authorization": "Basic " + base64.b64encode(keys).decode()}
            form = {"grant_type": "client_credentials"}
            self._gateway, self._gateway_end = self._granted("token_url", form, basic, Stop.KEYS_REFUSED)
        return self._gateway

    def operator(self) -> str:
        """The operator's: by their password where the agency was given that way, else the one that they lent."""
        if self._settings.get("operator_password"):
            return self._by_password()
        lent = self._settings.get("operator_token", "")
        end = end_of(lent)
        if not lent or (end is not None and self._today() + MARGIN >= end):
            raise Halted(Stop.TOKEN_EXPIRED)
        return lent

    def _by_password(self) -> str:
        if not self._operator or self._today() + MARGIN >= self._operator_end:
            form = {
                "grant_type": "password",
                "client_id": self._settings.get("client_id", ""),
                "username": self._settings.get("operator", ""),
                "password": self._settings["operator_password"],
            }
            self._operator, self._operator_end = self._granted("sign_in_url", form, {}, Stop.TOKEN_EXPIRED)
        return self._operator

    def _granted(
        self, where: str, form: Mapping[str, str], headers: Mapping[str, str], refused: Stop
    ) -> tuple[str, datetime]:
        sent = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        answer = self._ask("POST", self._settings[where], sent, urlencode(form).encode())
        found = self._read(answer, refused)
        seconds = found.get("expires_in")
        holds = timedelta(seconds=seconds if isinstance(seconds, int) else 300)
        return str(found["access_token"]), self._today() + holds

    def _read(self, answer: Answer, refused: Stop) -> dict[str, Any]:
        if answer.status in (400, 401, 403):
            raise Halted(refused, said=text_of(answer))
        found = read(answer, self._today())
        if not found.get("access_token"):
            raise Halted(refused, said=text_of(answer))
        return found
