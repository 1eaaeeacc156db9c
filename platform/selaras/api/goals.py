"""Endpoints: goals of a year and their tree, how far results serve them, and rows of the role and result matrix."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import Response

from selaras.api import shapes_goals as shapes
from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.edge.access import needs
from selaras.edge.context import actor, day, session
from selaras.evaluation.service import refuse_settled
from selaras.identity.permissions import Permission
from selaras.planning.alignment import out_of_line, uneven_shares, unit_alignment
from selaras.planning.goals import GoalDraft, remove_goal, version_of, write_goal
from selaras.planning.sharing import ShareDraft, write_shares
from selaras.planning.tree import Node, branch, tree, walk

endpoints = endpoints_of("goals", "Goals, the performance tree, alignment")

_YEAR = "/goals/<int(min=2000,max=2100):year>"


@endpoints.route(_YEAR)
@needs(Permission.SEE_AGENCY)
@endpoints.response(200, schema_of(shapes.Goals))
def list_goals(year: int) -> Response:
    """The performance tree of a year, as a list."""
    return encoded(shapes.Goals(year, [_goal(one) for one in walk(tree(session(), year))]))


@endpoints.route(_YEAR, methods=["POST"])
@needs(Permission.MANAGE_GOALS)
@endpoints.arguments(schema_of(shapes.GoalRequest))
@endpoints.response(201, schema_of(shapes.Goal))
def add_goal(body: dict[str, Any], year: int) -> Response:
    """Write a new goal."""
    made = write_goal(session(), actor(), year, _draft(body))
    answer = encoded(_one(year, made))
    answer.status_code = 201
    return answer


@endpoints.route(f"{_YEAR}/<uuid:goal_id>")
@needs(Permission.SEE_AGENCY)
@endpoints.response(200, schema_of(shapes.Goal))
def show_goal(year: int, goal_id: UUID) -> Response:
    """One goal, with the version to send back with a change."""
    return encoded(_one(year, goal_id))


@endpoints.route(f"{_YEAR}/<uuid:goal_id>", methods=["PUT"])
@needs(Permission.MANAGE_GOALS)
@endpoints.arguments(schema_of(shapes.GoalRequest))
@endpoints.response(200, schema_of(shapes.Goal))
def put_goal(body: dict[str, Any], year: int, goal_id: UUID) -> Response:
    """Change a goal."""
    write_goal(session(), actor(), year, _draft(body), goal_id, body["version"])
    return encoded(_one(year, goal_id))


@endpoints.route(f"{_YEAR}/<uuid:goal_id>", methods=["DELETE"])
@needs(Permission.MANAGE_GOALS)
@endpoints.response(204)
def delete_goal(year: int, goal_id: UUID) -> Response:
    """Remove a goal that nothing hangs on."""
    remove_goal(session(), actor(), year, goal_id)
    return Response(status=204)


@endpoints.route(f"{_YEAR}/alignment")
@needs(Permission.SEE_AGENCY)
@endpoints.arguments(schema_of(shapes.AlignmentQuery), location="query")
@endpoints.response(200, schema_of(shapes.Alignment))
def show_alignment(query: dict[str, Any], year: int) -> Response:
    """How far people's results serve the goals, by unit, and what is out of line."""
    on, sees_results = day(), actor().holds_whole(Permission.SEE_RESULTS) and actor().inspection is None
    out = out_of_line(session(), year, on, what=query["what"], unit_id=query["unit_id"]) if sees_results else []
    units = unit_alignment(session(), year, on)
    return encoded(
        shapes.Alignment(
            year,
            [
                shapes.UnitAlignment(u.unit_id, u.name, u.people, u.results, u.aligned, u.activities, u.percent)
                for u in units
            ],
            [one.goal_id for one in walk(tree(session(), year)) if one.nobody],
            [shapes.OutOfLine(**asdict(one), reworded=one.reworded) for one in out],
            [shapes.Uneven(**asdict(one)) for one in (uneven_shares(session(), year) if sees_results else [])],
        )
    )


@endpoints.route("/matrix/<int(min=2000,max=2100):year>/<uuid:item_id>", methods=["PUT"])
@needs(Permission.AGREE_PLANS)
@endpoints.arguments(schema_of(shapes.MatrixRow))
@endpoints.response(204)
def put_matrix_row(body: dict[str, Any], year: int, item_id: UUID) -> Response:
    """Divide one of one's own results among the team."""
    refuse_settled(session(), str(year), actor().person_id)
    cells = [ShareDraft(one["person_id"], one["kind"], one["share"], one["output"]) for one in body["cells"]]
    write_shares(session(), actor(), year, item_id, cells, body["version"])
    return Response(status=204)


def _draft(body: dict[str, Any]) -> GoalDraft:
    return GoalDraft(**{name: value for name, value in body.items() if name != "version"})


def _one(year: int, goal_id: UUID) -> shapes.Goal:
    session().flush()
    return _goal(branch(tree(session(), year), goal_id)[-1], version_of(session(), goal_id))


def _goal(node: Node, version: str | None = None) -> shapes.Goal:
    names = [name for name in shapes.Goal.__dataclass_fields__ if name != "version"]
    return shapes.Goal(**{name: getattr(node, name) for name in names}, version=version)
