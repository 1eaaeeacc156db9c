"""What may stand in the ledger: ids, codes, numbers and hashes; never a name, an identity number or free text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum
from uuid import UUID

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/+=-]{0,127}")
# A national identity number (NIK) has 16 digits, a civil servant's number (NIP, NI PPPK) has 18.
_PERSON_NUMBER = re.compile(r"\d{16}|\d{18}")


def code(value: str, where: str) -> str:
    """The value, if it is a code or an id; ValueError names the place, never the value."""
    if not _CODE.fullmatch(value) or _PERSON_NUMBER.fullmatch(value):
        raise ValueError(
            f"the ledger takes only ids, codes, numbers and salted hashes; {where} holds something else "
            "(keep the text in its own table and put salted(session, text) here)"
        )
    return value


def payload(values: Mapping[str, object]) -> dict[str, object]:
    """The payload as plain JSON values; ValueError names the first key that holds a text or an identity number."""
    return {code(key, "a key"): _plain(value, f"“{key}”") for key, value in values.items()}


def _plain(value: object, where: str) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Enum):
        return _plain(value.value, where)
    if isinstance(value, UUID | Decimal | date):
        return code(str(value).replace(" ", "T"), where)
    if isinstance(value, str):
        return code(value, where)
    return _plain_many(value, where)


def _plain_many(value: object, where: str) -> object:
    if isinstance(value, Mapping):
        return {code(str(key), where): _plain(one, where) for key, one in value.items()}
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, bytes):
        return [_plain(one, where) for one in value]
    raise ValueError(f"the ledger cannot hold a {type(value).__name__}; {where} holds one")
