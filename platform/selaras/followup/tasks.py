"""What waits for a person after a result: objections that one decides, tables of pay that one approves."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from selaras.followup.access import desk
from selaras.followup.improvement_plans import tasks as improvement_plans
from selaras.followup.pay.drafting import APPROVERS
from selaras.followup.pay.queries import waiting
from selaras.identity.permissions import Permission
from selaras.organisation.tasks import Asked, Source, Task


def objections_to_decide(session: Session, asked: Asked) -> Iterator[Task]:
    """All objections on one's desk that are not decided are one task, which waits since the first of them."""
    every = desk(session, asked.actor, asked.registry)
    found = [one for one in every if one.decided_at is None and one.withdrawn_at is None]
    if found:
        since = min(one.filed_at for one in found)
        yield Task("objections_to_decide", asked.person_id, since=since, count=len(found))


def pay_tables_to_answer(session: Session, asked: Asked) -> Iterator[Task]:
    """Tables of pay that somebody else has handed in; one task for all of them."""
    if not any(asked.actor.holds_whole(one) for one in APPROVERS):
        return
    found = waiting(session, asked.actor.account_id)
    if found:
        yield Task("pay_tables_to_answer", asked.person_id, since=min(found), count=len(found))


SOURCES = (
    Source(
        frozenset({"objections_to_decide"}),
        frozenset({Permission.SEE_TEAM, Permission.DECIDE_FOLLOWUP, Permission.ENDORSE_FOLLOWUP}),
        objections_to_decide,
    ),
    *improvement_plans.SOURCES,
    Source(frozenset({"pay_tables_to_answer"}), frozenset(APPROVERS), pay_tables_to_answer),
)
