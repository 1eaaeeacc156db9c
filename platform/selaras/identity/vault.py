"""Secrets at rest: sealed with a key from the settings, bound to what they are for; keys can be changed at any time."""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from collections.abc import Iterator

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from selaras.config import variable
from selaras.errors import Misconfigured

_BYTES, _NAME, _NONCE = 32, 4, 12


class Vault:
    """AES-256-GCM. The first key of the settings seals; every key opens what it sealed.

    `context` (the agency's uuid, what the secret is for) is authenticated with the secret: moved to another agency's
    row, it does not open.
    """

    def __init__(self, keys: str) -> None:
        listed = list(_read(keys))
        self._newest = listed[0][0]
        self._ciphers = {name: AESGCM(key) for name, key in listed}

    def seal(self, plain: bytes, *context: str) -> bytes:
        """The secret as it may lie in the database: the key's name, a nonce, and what only that key opens."""
        nonce = secrets.token_bytes(_NONCE)
        return self._newest + nonce + self._ciphers[self._newest].encrypt(nonce, plain, _bound(context))

    def open(self, sealed: bytes, *context: str) -> bytes:
        """The secret again. `Misconfigured` without its key, or where something else was put in its place."""
        name, nonce, kept = sealed[:_NAME], sealed[_NAME : _NAME + _NONCE], sealed[_NAME + _NONCE :]
        cipher = self._ciphers.get(name)
        if cipher is None:
            raise Misconfigured(
                "secret_key_missing",
                "A secret was sealed with key {key}, which is not among those of {variable}. Put that key back behind "
                "the newest one, or enter the secret anew.",
                key=name.hex(),
                variable=variable("encryption_keys"),
            )
        try:
            return cipher.decrypt(nonce, kept, _bound(context))
        except (InvalidTag, ValueError):
            raise Misconfigured(
                "secret_altered",
                "A sealed secret does not open: it was altered, or belongs to another place. Enter the secret anew.",
            ) from None

    def needs_rotation(self, sealed: bytes) -> bool:
        """Whether an older key than the newest sealed it."""
        return sealed[:_NAME] != self._newest


def new_key() -> str:
    """A key for the setting, at random."""
    return base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def _read(keys: str) -> Iterator[tuple[bytes, bytes]]:
    found = False
    for text in filter(None, (part.strip() for part in keys.split(","))):
        try:
            key = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != _BYTES:
            raise _unusable()
        found = True
        yield hashlib.sha256(b"selaras key name\0" + key).digest()[:_NAME], key
    if not found:
        raise _unusable()


def _unusable() -> Misconfigured:
    return Misconfigured(
        "encryption_keys_unusable",
        "{variable} takes keys of 32 bytes in base64, separated by commas, the newest first. Make one with "
        "“selaras identity new-key”.",
        variable=variable("encryption_keys"),
    )


def _bound(context: tuple[str, ...]) -> bytes:
    # As JSON, so that ("a", "b") and ("ab",) are two things.
    return msgspec.json.encode(context)
