"""The DomainError family: what happened, where, why and what to do, as a stable code with parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar


def in_english(params: Mapping[str, object]) -> dict[str, object]:
    """The parameters of a sentence for a reader of the log or a terminal: of a label in two languages the English."""
    return {name: value.get("en", value) if isinstance(value, Mapping) else value for name, value in params.items()}


class DomainError(Exception):
    """A refusal that a person can act on.

    `code` is stable (part of the API); `message` is an English `str.format` template and the message id of its
    translation; `params` fill it: plain values, or labels in both languages.
    `status` is the HTTP status that the edge answers with (RFC 9457).
    """

    status: ClassVar[int] = 400

    def __init__(self, code: str, message: str, /, **params: object) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.params = params

    def __str__(self) -> str:
        return self.message.format(**in_english(self.params))


class Fault:
    """One of several things wrong with an input: where (`items.0.title`), and a sentence as a `DomainError` has it.

    `final`: it only matters when the input is handed in, not while it is being written.
    """

    def __init__(self, code: str, message: str, /, *, field: str, final: bool = False, **params: object) -> None:
        self.code = code
        self.message = message
        self.field = field
        self.final = final
        self.params = params

    def __str__(self) -> str:
        return f"{self.field}: {self.message.format(**in_english(self.params))}"


class Invalid(DomainError):
    """The input cannot be used; it names the field and the remedy. `faults`: where there are several, all of them."""

    status = 422

    def __init__(self, code: str, message: str, /, *, faults: Sequence[Fault] = (), **params: object) -> None:
        super().__init__(code, message, **params)
        self.faults = tuple(faults)


class Unauthenticated(DomainError):
    """Nobody is signed in."""

    status = 401


class Refused(DomainError):
    """The person is known and may not do this."""

    status = 403


class NotFound(DomainError):
    """There is no such thing here, or it belongs to somebody else: the two are never told apart."""

    status = 404


class Conflict(DomainError):
    """The thing is not in a state in which this can be done, or somebody else was first."""

    status = 409


class Unavailable(DomainError):
    """A server that is needed cannot be reached; nothing was changed."""

    status = 503


class Misconfigured(DomainError):
    """The instance itself is set up wrongly; an operator must act before it may start."""

    status = 500
