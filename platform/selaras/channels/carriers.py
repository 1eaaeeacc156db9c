"""What a carrier of messages is, and how one says that it could not: never, or not now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True)
class Letter:
    """One message, worded. `stop` is the address by which its reader wants no more of them."""

    id: UUID
    to: str
    subject: str
    body: str
    stop: str


class AddressRefused(Exception):
    """The next server does not take this address, and will not tomorrow; `code` is its answer's number."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotNow(Exception):
    """It may go later. `all_of_them`: the server itself is away, so nothing else need be tried now."""

    def __init__(self, code: str, *, all_of_them: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.all_of_them = all_of_them


class Carrier(Protocol):
    """Takes a letter to its address, or raises one of the two above."""

    def carry(self, letter: Letter) -> None:
        """Hand one letter over; returning means that the next server has taken it."""
        ...

    def close(self) -> None:
        """Let go of whatever is held."""
        ...
