"""Messengers through the agency's own gateway: a small signed POST with an address and a text without personal data."""

from __future__ import annotations

import hashlib
import hmac

import msgspec

from selaras.channels.carriers import AddressRefused, Letter, NotNow
from selaras.channels.settings import Gateway
from selaras.clock import now
from selaras.errors import DomainError
from selaras.identity.egress import Egress

TIMESTAMP, SIGNATURE = "X-Selaras-Timestamp", "X-Selaras-Signature"
_OF_THE_ADDRESS = frozenset({404, 410, 422})


class Messenger:
    """One agency's gateway. It answers 2xx for what it has taken, 404, 410 or 422 for an address that it cannot use."""

    def __init__(self, gateway: Gateway, egress: Egress) -> None:
        self._gateway = gateway
        self._egress = egress

    def carry(self, letter: Letter) -> None:
        """Post one message."""
        body = msgspec.json.encode({"id": str(letter.id), "to": letter.to, "text": letter.body})
        stamp = str(int(now().timestamp()))
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": str(letter.id),
            TIMESTAMP: stamp,
            SIGNATURE: f"sha256={signature(self._gateway.secret, stamp, body)}",
        }
        try:
            answer = self._egress.send("POST", self._gateway.url, headers=headers, body=body)
        except DomainError as error:
            raise NotNow(error.code, all_of_them=True) from None
        if answer.status in _OF_THE_ADDRESS:
            raise AddressRefused(str(answer.status))
        if not 200 <= answer.status < 300:
            raise NotNow(str(answer.status), all_of_them=answer.status in (401, 403, 429, 503))

    def close(self) -> None:
        """Nothing is held between two messages."""


def signature(secret: bytes, stamp: str, body: bytes) -> str:
    """HMAC-SHA256 (hex) over the timestamp, a dot and the body."""
    return hmac.new(secret, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
