"""Keys of a campaign: answers sealed by HPKE (RFC 9180), and the key that opens them locked by the agency's phrase."""

from __future__ import annotations

import base64
import hmac
import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from selaras.errors import Invalid

_SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_PHRASE_BYTES: Final = 20  # 160 bits: nobody finds it by trying, so nothing hangs on how slowly it is tried
BALLOT_BYTES: Final = 1536
"""Every answer is filled up to this length before it is sealed: its length tells nothing of what was written."""


@dataclass(frozen=True)
class Keys:
    """What a new campaign gets: the private key is locked by `phrase`, which is shown once and kept nowhere."""

    public: bytes
    locked: bytes
    token: bytes
    phrase: str


class Ballot(msgspec.Struct, frozen=True):
    """What is within the seal: whom it is about, from which perspective, behaviour → answer, and a comment."""

    subject: UUID
    perspective: str
    answers: dict[str, int]
    comment: str


def new_keys() -> Keys:
    """The keys of one campaign."""
    private, phrase = X25519PrivateKey.generate(), _phrase()
    locked = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(_plain(phrase)))
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return Keys(public, locked, secrets.token_bytes(32), phrase)


def unlock(locked: bytes, phrase: str) -> bytes:
    """The private key without its phrase; `Invalid` where the phrase is another one."""
    try:
        private = load_pem_private_key(locked, _plain(phrase))
    except (ValueError, TypeError):
        raise Invalid(
            "survey_phrase",
            "The phrase does not open this survey. Write it as it was shown when the survey was opened.",
            field="phrase",
        ) from None
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def place(token: bytes, rater: UUID, subject: UUID) -> UUID:
    """Where the ballot of a rater about a subject lies; without the token key it says nothing about either."""
    return UUID(bytes=hmac.digest(token, rater.bytes + subject.bytes, sha256)[:16], version=4)


def seal(public: bytes, campaign: UUID, ballot: Ballot) -> bytes:
    """The ballot as it lies in the database, always of the same length."""
    plain = msgspec.json.encode(ballot)
    if len(plain) > BALLOT_BYTES:
        raise Invalid("survey_comment_long", "The comment is too long; shorten it.", field="comment")
    return _SUITE.encrypt(plain.ljust(BALLOT_BYTES), X25519PublicKey.from_public_bytes(public), campaign.bytes)


class Opener:
    """Opens the ballots of one campaign with its unlocked private key."""

    def __init__(self, key: bytes, campaign: UUID) -> None:
        private = load_pem_private_key(key, None)
        if not isinstance(private, X25519PrivateKey):
            raise TypeError("the key of a campaign is an X25519 key")
        self._private, self._campaign = private, campaign
        self._decode = msgspec.json.Decoder(Ballot).decode

    def open(self, sealed: bytes) -> Ballot:
        """What was answered; raises where the ballot was sealed for another campaign or altered."""
        return self._decode(_SUITE.decrypt(sealed, self._private, self._campaign.bytes).rstrip())


def _phrase() -> str:
    """In groups of four, so that it can be written down and read out."""
    text = base64.b32encode(secrets.token_bytes(_PHRASE_BYTES)).decode()
    return "-".join(text[n : n + 4] for n in range(0, len(text), 4))


def _plain(phrase: str) -> bytes:
    """As it counts: without blanks, hyphens and case."""
    return "".join(phrase.upper().replace("-", " ").split()).encode()
