"""Refusals of the database in our own words: its texts quote rows, which may be another agency's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from psycopg import Error, errors
from sqlalchemy.exc import DBAPIError

from selaras.errors import Conflict, DomainError, Invalid, Refused, Unavailable


@dataclass(frozen=True)
class Words:
    """What a person is told when a constraint refuses. `message` takes no parameter but `constraint`."""

    kind: type[DomainError]
    code: str
    message: str


_BY_STATE: tuple[tuple[type[Error], Words], ...] = (
    (
        errors.UniqueViolation,
        Words(
            Conflict, "database.duplicate", "This exists already ({constraint}). Reload and change the one there is."
        ),
    ),
    (
        errors.ExclusionViolation,
        Words(
            Conflict,
            "database.overlap",
            "Two of these would hold on the same day ({constraint}). End the first before the next begins.",
        ),
    ),
    (
        errors.ForeignKeyViolation,
        Words(
            Conflict,
            "database.reference",
            "Something that this refers to is not there, or something still refers to it ({constraint}). "
            "Reload and try again.",
        ),
    ),
    (
        errors.NotNullViolation,
        Words(Invalid, "database.incomplete", "A value is missing that must be there. Complete it and try again."),
    ),
    (
        errors.CheckViolation,
        Words(Invalid, "database.not_allowed", "A value is not among those allowed ({constraint}). Correct it."),
    ),
    (
        errors.DataError,
        Words(Invalid, "database.value", "A value does not fit its field. Correct it and try again."),
    ),
    (
        errors.InsufficientPrivilege,
        Words(Refused, "database.walled", "This lies outside your agency, so nothing was changed."),
    ),
    (
        errors.LockNotAvailable,
        Words(Unavailable, "database.busy", "Somebody else is changing the same rows. Try again in a moment."),
    ),
    (
        errors.TransactionRollback,
        Words(Unavailable, "database.busy", "Somebody else changed the same rows first. Try again."),
    ),
    (
        errors.QueryCanceled,
        Words(Unavailable, "database.too_long", "This took too long and was stopped; nothing was changed."),
    ),
    (
        errors.OperationalError,
        Words(Unavailable, "database.unreachable", "The database cannot be reached; nothing was changed. Try again."),
    ),
)
_ANYTHING = Words(Unavailable, "database.failed", "The database refused this and nothing was changed.")


def sentences() -> list[str]:
    """Every message of the tables above, to be translated: no call with an exception's name in it is found there."""
    return [words.message for _, words in _BY_STATE] + [_ANYTHING.message]


def refusal(error: DBAPIError, words: Mapping[str, Words] | None = None) -> DomainError:
    """The DomainError for an error of the database, without a single value of a row.

    `words` says it better for some constraints, by their name.
    """
    cause = error.orig
    constraint = cause.diag.constraint_name if isinstance(cause, Error) else None
    if words and constraint is not None and constraint in words:
        return _made(words[constraint], constraint)
    general = next((said for state, said in _BY_STATE if isinstance(cause, state)), _ANYTHING)
    return _made(general, constraint or "-")


@contextmanager
def in_words(words: Mapping[str, Words] | None = None) -> Iterator[None]:
    """Raise what the database refuses within the block as a DomainError; the original is not chained to it."""
    try:
        yield
    except DBAPIError as error:
        raise refusal(error, words) from None


def _made(words: Words, constraint: str) -> DomainError:
    return words.kind(words.code, words.message, constraint=constraint)
