"""What waits for one person: the contract by which every capability says its part of "what is next"."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.identity.vault import Vault
from selaras.organisation.queries import PersonLine
from selaras.regulation import Registry, Rules


@dataclass(frozen=True)
class Task:
    """One thing that waits for one person; worded at the edge from `code` and `params`, like a notice.

    `due`: the last day by the law or by who asked, in the agency's zone; `article` says where the law names it.
    `since`: somebody else has been waiting for it from then on. `count`: how many things are meant: twelve plans to
    decide are one task. `params` are plain texts and numbers, which fill the sentence and the address.
    """

    code: str
    subject_id: UUID
    params: Mapping[str, str | int] = field(default_factory=dict)
    due: date | None = None
    article: str | None = None
    since: datetime | None = None
    count: int = 1


@dataclass(frozen=True)
class Asked:
    """Who asks, and on which day of the agency; `law(day)` gives the rules of a day, `team()` those whom one appraises.

    Both are read once and then known. `person_id` is the account's own id for an office. `zone` is the agency's;
    `vault` holds the server's keys.
    """

    actor: Actor
    person_id: UUID
    day: date
    zone: str
    law: Callable[[date], Rules]
    team: Callable[[], tuple[PersonLine, ...]]
    registry: Registry
    vault: Vault | None = None


class Finding(Protocol):
    """Finds tasks of one person in a constant number of statements, however many people, plans or years there are."""

    def __call__(self, session: Session, asked: Asked) -> Iterable[Task]: ...


@dataclass(frozen=True)
class Source:
    """What a capability contributes: the codes it may give, who is asked (any of the permissions), and how to find.

    `office`: it waits also for an account that belongs to none of the people, as an administrator's does.
    """

    codes: frozenset[str]
    needs: frozenset[Permission]
    find: Finding
    office: bool = False


def legal_day(rules: Rules, names: tuple[str, ...], last: date) -> tuple[date | None, str | None]:
    """The day of the first of some deadlines that a regulation names, for a period's last day, and its article."""
    known = {one.name: one for one in rules.deadlines}
    found = next((known[name] for name in names if name in known), None)
    return (found.after(last), found.source.article) if found else (None, None)
