"""The role and result matrix of the leader who is signed in: each own result, divided among the team."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge.access import needs
from selaras.edge.context import actor, day, session
from selaras.edge.fields import decimal_of_field
from selaras.errors import Conflict, Invalid
from selaras.evaluation.service import refuse_settled
from selaras.identity.permissions import Permission
from selaras.organisation.queries import PersonLine, team
from selaras.planning.matrix import ShareView, matrix
from selaras.planning.queries import ItemView, plan
from selaras.planning.sharing import ShareDraft, version, write_shares
from selaras.web.blueprint import pages
from selaras.web.pages import render, see


@dataclass(frozen=True)
class Row:
    """One of the leader's results with its cells by member; `whole`: the direct shares together, in percent."""

    item: ItemView
    cells: dict[UUID, ShareView]
    whole: Decimal | None
    seen: str


@pages.get("/team/matrix/<int(min=2000,max=2100):year>")
@needs(Permission.AGREE_PLANS)
def matrix_page(year: int) -> Response:
    """Every own result with a row of members."""
    return _page(year)


@pages.post("/team/matrix/<int(min=2000,max=2100):year>/<uuid:item_id>")
@needs(Permission.AGREE_PLANS)
def write_matrix(year: int, item_id: UUID) -> BaseResponse:
    """Save one row; what is refused comes back as written."""
    refuse_settled(session(), str(year), actor().person_id)
    try:
        write_shares(session(), actor(), year, item_id, list(_cells()), request.form.get("seen"))
    except (Invalid, Conflict) as error:
        return _page(year, error, item_id)
    return see("web.matrix_page", "matrix-saved", year=year)


def _cells() -> Iterator[ShareDraft]:
    for one in _members():
        kind = request.form.get(f"kind-{one.person_id}", "")
        if kind:
            share = decimal_of_field(request.form.get(f"share-{one.person_id}", ""), f"share-{one.person_id}")
            output = request.form.get(f"output-{one.person_id}", "").strip()
            yield ShareDraft(one.person_id, kind, share if kind == "direct" else None, output or None)


def _members() -> list[PersonLine]:
    person = actor().person_id
    return team(session(), person, day()) if person else []


def _rows(year: int) -> list[Row]:
    person = actor().person_id
    own = plan(session(), person, year) if person else None
    if own is None or person is None:
        return []
    cells: dict[UUID, dict[UUID, ShareView]] = {}
    for one in matrix(session(), person, year):
        cells.setdefault(one.item_id, {})[one.person_id] = one
    return [
        Row(item, held, _whole(held), version(_draft(one) for one in held.values()))
        for item in own.items
        if item.kind == "main"
        for held in [cells.get(item.item_id, {})]
    ]


def _draft(cell: ShareView) -> ShareDraft:
    return ShareDraft(cell.person_id, cell.kind, cell.share, cell.output)


def _whole(cells: dict[UUID, ShareView]) -> Decimal | None:
    shares = [one.share for one in cells.values() if one.share is not None]
    return sum(shares, Decimal(0)) if shares else None


def _page(year: int, error: Invalid | Conflict | None = None, wrong: UUID | None = None) -> Response:
    return render(
        "matrix.html",
        422 if error else 200,
        active="web.team",
        year=year,
        rows=_rows(year),
        members=_members(),
        error=error,
        wrong=wrong,
        form=request.form,
    )
