"""The random attacker: every attack on every relation, in a seeded order, each in a transaction that is rolled back."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import psycopg
from psycopg import errors

from selaras.tenancy.isolation.attacks import READING, Attack, Attempt
from selaras.tenancy.isolation.attacks_writing import WRITING
from selaras.tenancy.isolation.rows import Rows
from selaras.tenancy.isolation.targets import Connection, Target

ATTACKS: tuple[Attack, ...] = (*READING, *WRITING)

_BLUNDERS = (
    errors.UndefinedTable,
    errors.UndefinedColumn,
    errors.UndefinedFunction,
    errors.AmbiguousColumn,
    errors.SyntaxError,
    errors.DatatypeMismatch,
    errors.GroupingError,
)
"""Errors that tell that the attack itself is wrong: it would never get through, and its zero would mean nothing."""


@dataclass(frozen=True)
class Leak:
    """An attack that got through."""

    attack: str
    target: str
    what: str


@dataclass
class Tally:
    """What came of the attacks. `refused`: the database said no; `empty`: nothing came back; both are as wanted."""

    attacks: int = 0
    refused: int = 0
    empty: int = 0
    leaks: list[Leak] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    targets: Counter[str] = field(default_factory=Counter)


def attack(
    connection: Connection,
    targets: Sequence[Target],
    rows: Rows,
    tenants: tuple[int, int],
    *,
    attacks: int,
    seed: int,
    kinds: Sequence[Attack] = ATTACKS,
    until_leak: bool = False,
) -> Tally:
    """Attack `attacks` times over the app's connection (autocommit), from either agency against the other.

    Each relation meets each kind of attack before any pair comes round again. `until_leak`: the first one is enough.
    """
    chance = random.Random(seed)  # noqa: S311  # a schedule that can be repeated, not a secret
    tally = Tally()
    for kind, target in itertools.islice(_schedule(kinds, targets, chance), attacks):
        mine, theirs = chance.sample(tenants, 2)
        _one(kind, Attempt(connection, target, targets, rows, mine, theirs, chance), tally)
        if until_leak and tally.leaks:
            break
    return tally


def _schedule(
    kinds: Sequence[Attack], targets: Sequence[Target], chance: random.Random
) -> Iterator[tuple[Attack, Target]]:
    pairs = list(itertools.product(kinds, targets))
    while pairs:
        chance.shuffle(pairs)
        yield from pairs


def _one(kind: Attack, attempt: Attempt, tally: Tally) -> None:
    tally.attacks += 1
    tally.kinds[kind.__name__] += 1
    tally.targets[attempt.target.name] += 1
    attempt.connection.execute("BEGIN")
    try:
        attempt.enter(attempt.mine)
        what = kind(attempt)
    except _BLUNDERS as error:
        raise AssertionError(f"the attack {kind.__name__} on {attempt.target.name} is wrong: {error}") from error
    except psycopg.Error:
        tally.refused += 1
    else:
        if what is None:
            tally.empty += 1
        else:
            tally.leaks.append(Leak(kind.__name__, attempt.target.name, what))
    finally:
        attempt.connection.execute("ROLLBACK")
