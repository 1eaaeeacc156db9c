"""Endpoints: what is next for whoever asks."""

from __future__ import annotations

from flask import Response

from selaras.agenda.rules import Next
from selaras.api import shapes_agenda as shapes
from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.edge.access import needs
from selaras.edge.task_words import next_for_me, worded
from selaras.identity.permissions import Permission

endpoints = endpoints_of("agenda", "What is next")


@endpoints.route("/next")
@needs(Permission.SEE_AGENCY, Permission.SEE_OWN)
@endpoints.response(200, schema_of(shapes.NextTasks))
def list_next() -> Response:
    """What waits for whoever asks, the most urgent first; empty for an account that belongs to nobody."""
    return encoded(shapes.NextTasks([_task(one) for one in next_for_me()]))


def _task(one: Next) -> shapes.NextTask:
    task, said = one.task, worded(one.task)
    return shapes.NextTask(
        code=task.code,
        subject_id=task.subject_id,
        title=said.title,
        action=said.action,
        page=said.address,
        urgency=one.urgency,
        due=task.due,
        days_left=one.days_left,
        article=task.article,
        since=task.since,
        count=task.count,
        params=dict(task.params),
    )
