"""Secrets at rest: bound to their place, opened by their key alone, carried over to a newer one."""

from __future__ import annotations

import pytest

from selaras.errors import Misconfigured
from selaras.identity.vault import Vault, new_key

AGENCY, OTHER = "0198c0de-0000-7000-8000-000000000001", "0198c0de-0000-7000-8000-000000000002"


def test_a_secret_opens_only_in_its_own_place() -> None:
    vault = Vault(new_key())
    sealed = vault.seal(b"rahasia", AGENCY, "provider")
    assert b"rahasia" not in sealed
    assert sealed != vault.seal(b"rahasia", AGENCY, "provider"), "equal secrets must not look equal"
    assert vault.open(sealed, AGENCY, "provider") == b"rahasia"
    elsewhere = [(OTHER, "provider"), (AGENCY, "client"), (AGENCY + "provider",), (AGENCY, "", "provider"), ()]
    for context in elsewhere:
        with pytest.raises(Misconfigured, match="does not open"):
            vault.open(sealed, *context)


def test_an_altered_secret_does_not_open() -> None:
    vault = Vault(new_key())
    sealed = vault.seal(b"rahasia", AGENCY)
    for place in range(4, len(sealed)):
        altered = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(Misconfigured):
            vault.open(altered, AGENCY)
    for cut in (sealed[:-1], sealed[:16], sealed[:4], b""):
        with pytest.raises(Misconfigured):
            vault.open(cut, AGENCY)


def test_keys_are_changed_without_losing_a_secret() -> None:
    old, new = new_key(), new_key()
    sealed = Vault(old).seal(b"rahasia", AGENCY)
    both = Vault(f"{new}, {old}")
    assert both.open(sealed, AGENCY) == b"rahasia"
    assert both.needs_rotation(sealed)
    again = both.seal(both.open(sealed, AGENCY), AGENCY)
    assert not both.needs_rotation(again)
    assert Vault(new).open(again, AGENCY) == b"rahasia"
    with pytest.raises(Misconfigured) as refused:
        Vault(new).open(sealed, AGENCY)
    assert refused.value.code == "secret_key_missing"
    assert old not in str(refused.value)


@pytest.mark.parametrize(
    "keys",
    ["", " , ", "c2hvcnQ=", "not base64!", new_key()[:-4], f"{new_key()},c2hvcnQ="],
    ids=["none", "empty", "short", "not base64", "cut", "second short"],
)
def test_keys_that_are_none_are_refused(keys: str) -> None:
    with pytest.raises(Misconfigured, match="SELARAS_ENCRYPTION_KEYS") as refused:
        Vault(keys)
    assert not keys.strip(" ,") or keys not in str(refused.value), "a key never stands in a message"
