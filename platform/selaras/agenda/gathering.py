"""The one place where everything that may wait for a person comes together."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from selaras.agenda.rules import Next, ordered
from selaras.calibration import tasks as calibration
from selaras.errors import Misconfigured
from selaras.evaluation import tasks as evaluation
from selaras.followup import tasks as followup
from selaras.monitoring import tasks as monitoring
from selaras.organisation import administering_tasks as organisation
from selaras.organisation.helpdesk import tasks as helpdesk
from selaras.organisation.tasks import Asked, Source, Task
from selaras.planning import tasks as planning

# A capability's `SOURCES` are added here; what they may say gets its words in `edge/task_words.py`.
SOURCES: Final[tuple[Source, ...]] = (
    *helpdesk.SOURCES,
    *organisation.SOURCES,
    *planning.SOURCES,
    *monitoring.SOURCES,
    *evaluation.SOURCES,
    *calibration.SOURCES,
    *followup.SOURCES,
)


def gather(session: Session, asked: Asked, sources: tuple[Source, ...] = SOURCES) -> tuple[Next, ...]:
    """Everything that waits for a person, the most urgent first; only what the actor may do is asked for."""
    held, office = asked.actor.permissions, asked.actor.person_id is None
    wanted = [one for one in sources if one.needs & held and (one.office or not office)]
    found = [task for one in wanted for task in _of(one, session, asked)]
    return ordered(found, asked.day)


def _of(source: Source, session: Session, asked: Asked) -> list[Task]:
    found = list(source.find(session, asked))
    if strange := {one.code for one in found} - source.codes:
        raise Misconfigured("task_undeclared", "A source gives {codes}, which it does not declare.", codes=strange)
    return found
