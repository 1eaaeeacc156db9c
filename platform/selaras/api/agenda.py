"""Endpoints: what is next for whoever asks, how far their team is, and how far the agency is."""

from __future__ import annotations

from typing import Any

from flask import Response

from selaras.agenda.access import funnel_seen, own_team, waiting_seen
from selaras.agenda.jobs import ask
from selaras.agenda.rules import Next
from selaras.api import shapes_agenda as shapes
from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.closing.queries import current_period
from selaras.edge.access import needs
from selaras.edge.context import actor, day, session
from selaras.edge.task_words import next_for_me, worded
from selaras.errors import NotFound
from selaras.evaluation.queries import period_by_code
from selaras.identity.permissions import Permission

endpoints = endpoints_of("agenda", "What is next")


@endpoints.route("/next")
@needs(Permission.SEE_AGENCY, Permission.SEE_OWN)
@endpoints.response(200, schema_of(shapes.NextTasks))
def list_next() -> Response:
    """What waits for whoever asks, the most urgent first; for an office's account what waits for offices."""
    return encoded(shapes.NextTasks([_task(one) for one in next_for_me()]))


@endpoints.route("/team/state")
@needs(Permission.SEE_TEAM)
@endpoints.arguments(schema_of(shapes.TeamQuery), location="query")
@endpoints.response(200, schema_of(shapes.TeamState))
def show_team_state(query: dict[str, Any]) -> Response:
    """How far everybody of one's team is in a period, whoever needs one first."""
    code = query["period"]
    period = period_by_code(session(), code) if code else current_period(session())
    if period is None:
        raise NotFound("period_none", "No period has been opened yet.")
    found = own_team(session(), actor(), period, day())
    members = [shapes.TeamMember(**{**vars(one), "stage": one.stage.value}) for one in found.members]
    counts = {stage.value: people for stage, people in found.counts.items()}
    return encoded(shapes.TeamState(period.code, counts, found.needing, members))


@endpoints.route("/periods/<period>/funnel")
@needs(Permission.SEE_AGENCY)
@endpoints.arguments(schema_of(shapes.FunnelQuery), location="query")
@endpoints.response(200, schema_of(shapes.Funnel))
def show_funnel(query: dict[str, Any], period: str) -> Response:
    """How far the people of a period are, by unit, and for whom most, or longest, is waiting."""
    view, unit = period_by_code(session(), period), query["unit"]
    found = funnel_seen(session(), actor(), view, unit, day())
    waiting = waiting_seen(session(), actor(), view, unit, day(), query["order"])
    return encoded(
        shapes.Funnel(
            period=view.code,
            counted_at=found.counted_at,
            tops=[shapes.FunnelUnit(**vars(one)) for one in found.tops],
            units=[shapes.FunnelUnit(**vars(one)) for one in found.units],
            rows=found.rows,
            waiting=[shapes.AppraiserWaitedFor(**vars(one)) for one in waiting],
        )
    )


@endpoints.route("/periods/<period>/funnel", methods=["POST"])
@needs(Permission.SEE_AGENCY)
@endpoints.response(202, schema_of(shapes.Counting))
def count_funnel(period: str) -> Response:
    """Have a period counted anew; it is counted once an hour by itself."""
    view = period_by_code(session(), period)
    return encoded(shapes.Counting(ask(session(), actor(), view.code), view.code), 202)


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
