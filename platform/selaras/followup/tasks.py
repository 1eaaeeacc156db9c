"""What waits for a person after a result: objections that one decides."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from selaras.followup.access import desk
from selaras.followup.improvement_plans import tasks as improvement_plans
from selaras.identity.permissions import Permission
from selaras.organisation.tasks import Asked, Source, Task


def objections_to_decide(session: Session, asked: Asked) -> Iterator[Task]:
    """All objections on one's desk that are not decided are one task, which waits since the first of them."""
    every = desk(session, asked.actor, asked.registry)
    found = [one for one in every if one.decided_at is None and one.withdrawn_at is None]
    if found:
        since = min(one.filed_at for one in found)
        yield Task("objections_to_decide", asked.person_id, since=since, count=len(found))


SOURCES = (
    Source(
        frozenset({"objections_to_decide"}),
        frozenset({Permission.SEE_TEAM, Permission.DECIDE_FOLLOWUP, Permission.ENDORSE_FOLLOWUP}),
        objections_to_decide,
    ),
    *improvement_plans.SOURCES,
)
