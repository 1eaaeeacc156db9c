"""The rating board: a team on one page, as a grid where the rule has one and as a list, and many confirmed at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.closing.queries import current_period
from selaras.edge.access import needs
from selaras.edge.context import actor, day, rules, session
from selaras.errors import Conflict, DomainError, Invalid, NotFound
from selaras.evaluation import giving
from selaras.evaluation.access import rateable
from selaras.evaluation.board import (
    CONTRADICTIONS,
    Board,
    Card,
    Preview,
    board,
    contradictions,
    exceptions,
    own_spread,
    preview,
)
from selaras.evaluation.briefing import is_due
from selaras.evaluation.giving import filled
from selaras.evaluation.procedure import procedure_on
from selaras.evaluation.queries import PeriodView, period_by_code, periods
from selaras.evaluation.wording import Quadrant, organisation_word, outcome_word, quadrant
from selaras.identity.permissions import Permission
from selaras.organisation.queries import person as person_on
from selaras.regulation import Rules
from selaras.web.blueprint import pages
from selaras.web.figures import bars
from selaras.web.pages import fragment, render, see, wants_fragment
from selaras.web.rating import evidence
from selaras.web.rating_form import Field, filled_fields, prefixed, read_form

SHOWN_PERIODS = 4


@dataclass(frozen=True)
class Line:
    """One person of the list: the card, the fields as they are shown, what was refused, and why to look closely."""

    card: Card
    fields: tuple[Field, ...]
    flags: tuple[str, ...]
    error: DomainError | None = None

    @property
    def contradicted(self) -> bool:
        """Whether feedback or evidence speak against the rating: such a one is given by itself, never with others."""
        return any(flag in CONTRADICTIONS for flag in self.flags)


@pages.get("/team/board")
@needs(Permission.RATE_TEAM)
def rating_board() -> Response:
    """A team and its ratings of a period, to be placed, previewed, kept and submitted."""
    period = _period(request.args.get("period"))
    return _page(board(session(), actor(), period)) if period else render("board.html", active="web.team", period=None)


@pages.post("/team/board/<period>")
@needs(Permission.RATE_TEAM)
def save_board(period: str) -> BaseResponse:
    """Keep what was changed as drafts, or hand in those who are ticked; refused as a whole, with what was written."""
    seen = board(session(), actor(), period_by_code(session(), period))
    chosen = rules(seen.period.ends)
    written = _written(seen, chosen)
    if "preview" in request.form:
        return _previewed(seen, chosen, written)
    attempt = session().begin_nested()
    refused = _keep(seen, chosen, written)
    if refused:
        attempt.rollback()
        return _page(board(session(), actor(), seen.period), written, refused)
    note = "ratings-submitted" if "submit" in request.form else "ratings-drafted"
    return see("web.rating_board", note, period=period)


@pages.get("/team/confirmation")
@needs(Permission.RATE_TEAM)
def confirmation() -> Response:
    """Who is not rated yet, exceptions first, to be confirmed together once each was looked at."""
    period = _period(request.args.get("period"))
    return _confirmation_page(period)


@pages.post("/team/confirmation/<period>")
@needs(Permission.RATE_TEAM)
def confirm_many(period: str) -> BaseResponse:
    """Submit one and the same rating for each person that was ticked by name; all of them or nobody.

    Whom feedback or evidence contradict is left out and stays on the list, to be rated alone.
    """
    seen = board(session(), actor(), period_by_code(session(), period))
    chosen = rules(seen.period.ends)
    inputs = read_form(_shown(chosen), request.form)
    picked = set(request.form.getlist("person"))
    cards = [card for card in seen.cards if str(card.person_id) in picked and not card.parted]
    try:
        if not cards or "looked" not in request.form:
            raise Invalid(
                "confirm_looked",
                "Tick each person whom you looked at, and say that you did; nobody is rated by themself.",
            )
        fitting = _fitting(seen, cards, inputs, chosen)
        with session().begin_nested():
            for card in fitting:
                _rate(card, period, inputs, chosen, request.form.get(f"seen.{card.person_id}"))
    except (Conflict, Invalid) as error:
        return _confirmation_page(seen.period, error)
    if len(fitting) < len(cards):
        return see("web.confirmation", "ratings-left-out", period=period, **inputs)
    return see("web.rating_board", "ratings-submitted", period=period)


def _fitting(seen: Board, cards: list[Card], inputs: Mapping[str, Any], chosen: Rules) -> list[Card]:
    """Those whom this rating fits; `Invalid` where feedback or evidence contradict it for everybody."""
    made = preview(session(), seen, {card.person_id: inputs for card in cards}, chosen)
    fitting = [card for card in cards if not contradictions(card, chosen, made.outcomes.get(card.person_id))]
    if not fitting:
        raise Invalid(
            "confirm_contradicted",
            "Feedback or evidence contradict this rating for everybody whom you ticked; rate them one by one.",
        )
    return fitting


@pages.get("/people/<uuid:person_id>/ratings/<period>/evidence")
@needs(Permission.RATE_TEAM)
def rating_evidence(person_id: UUID, period: str) -> Response:
    """What one rates somebody by, for the panel beside the board."""
    found = rateable(session(), actor(), person_id, period)
    person = person_on(session(), person_id, found.ends)
    return fragment("_board_panel.html", person=person, period=found.period, **evidence(person_id, found))


def _period(code: str | None) -> PeriodView | None:
    return period_by_code(session(), code) if code else current_period(session())


def _shown(chosen: Rules) -> tuple[Any, ...]:
    """The columns that the list asks for: those that a rating cannot do without."""
    return tuple(column for column in chosen.asked_columns if column.required)


def _written(seen: Board, chosen: Rules) -> dict[UUID, dict[str, Any]]:
    """Person → the values of the sent form on top of what stands in columns that the list does not show."""
    columns = _shown(chosen)
    names = {column.name for column in columns}
    found = {}
    for card in seen.cards:
        if f"seen.{card.person_id}" in request.form:
            kept = {name: value for name, value in filled(card.given.inputs).items() if name not in names}
            found[card.person_id] = kept | read_form(columns, request.form, f"{card.person_id}.")
    return found


def _keep(seen: Board, chosen: Rules, written: Mapping[UUID, dict[str, Any]]) -> dict[UUID, DomainError]:
    """Do what was asked for each person; what was refused, by person."""
    picked = set(request.form.getlist("person")) if "submit" in request.form else set()
    refused: dict[UUID, DomainError] = {}
    for card in seen.cards:
        inputs = written.get(card.person_id)
        if inputs is None or card.parted:
            continue
        version = request.form[f"seen.{card.person_id}"]
        try:
            if str(card.person_id) in picked:
                _rate(card, seen.period.code, inputs, chosen, version)
            elif inputs != filled(card.given.inputs):
                found = rateable(session(), actor(), card.person_id, seen.period.code)
                giving.save_draft(session(), actor(), found, card.person_id, inputs, chosen, seen=version)
        except (Conflict, Invalid, NotFound) as error:
            refused[card.person_id] = error
    return refused


def _rate(card: Card, code: str, inputs: Mapping[str, object], chosen: Rules, version: str | None) -> None:
    found = rateable(session(), actor(), card.person_id, code)
    reason = request.form.get(f"reason.{card.person_id}", "")
    giving.rate(session(), actor(), found, card.person_id, inputs, chosen, seen=version, reason=reason)


def _previewed(seen: Board, chosen: Rules, written: Mapping[UUID, dict[str, Any]]) -> Response:
    if wants_fragment():
        made = preview(session(), seen, {**seen.inputs(), **written}, chosen)
        return fragment("_board_preview.html", **_said(made, chosen, seen))
    return _page(seen, written)


def _page(
    seen: Board, written: Mapping[UUID, dict[str, Any]] | None = None, refused: Mapping[UUID, DomainError] | None = None
) -> Response:
    chosen = rules(seen.period.ends)
    inputs = {**seen.inputs(), **(written or {})}
    made = preview(session(), seen, inputs, chosen)
    table = quadrant(chosen.describe())
    lines = [_line(card, inputs[card.person_id], chosen, made, refused or {}) for card in seen.cards]
    lines.sort(key=lambda one: (not one.error, not one.card.open, not one.contradicted, not one.flags))
    return render(
        "board.html",
        409 if refused else 200,
        active="web.team",
        period=seen.period,
        periods=[one for one in periods(session()) if one.state == "open"],
        lines=lines,
        table=table,
        placed=_placed(seen, inputs, table) if table else {},
        columns=_shown(chosen),
        refused=refused,
        editable=seen.period.state == "open",
        briefing_due=is_due(session(), actor()),
        review=procedure_on(session(), day()).review,
        spreads=_spreads(seen.period),
        **_said(made, chosen, seen),
    )


def _line(
    card: Card, inputs: Mapping[str, Any], chosen: Rules, made: Preview, refused: Mapping[UUID, DomainError]
) -> Line:
    shown = prefixed(filled_fields(_shown(chosen), inputs), f"{card.person_id}.")
    flags = exceptions(card, chosen, outcome=made.outcomes.get(card.person_id))
    return Line(card, tuple(shown), flags, refused.get(card.person_id))


def _placed(
    seen: Board, inputs: Mapping[UUID, Mapping[str, Any]], table: Quadrant
) -> dict[tuple[str, str], list[Card]]:
    """Cell (row, column) → whoever stands there; ("", "") for those who are not rated completely."""
    rows, columns = {one.code for one in table.rows}, {one.code for one in table.columns}
    found: dict[tuple[str, str], list[Card]] = {}
    for card in seen.cards:
        row, column = (inputs[card.person_id].get(name) for name in (table.asked_row, table.asked_column))
        place = (str(row), str(column)) if row in rows and column in columns else ("", "")
        found.setdefault(place, []).append(card)
    return found


def _said(made: Preview, chosen: Rules, seen: Board) -> dict[str, Any]:
    """A preview with the words of its rule."""
    described = chosen.describe()
    people = [card for card in seen.cards if not card.parted]
    return {
        "preview": made,
        "bars": bars(described, made.counts),
        "organisation": organisation_word(described, made.rating),
        "came_to": {person: outcome_word(described, code) for person, code in made.outcomes.items()},
        "open_people": len(people) - len(made.outcomes),
    }


def _spreads(period: PeriodView) -> list[tuple[str, Any]]:
    """One's own ratings of former periods, as bars."""
    found = own_spread(session(), actor(), period)[:SHOWN_PERIODS]
    return [(one.period, bars(one.description, one.counts)) for one in found]


def _confirmation_page(period: PeriodView | None, error: DomainError | None = None) -> Response:
    if period is None:
        return render("confirm_ratings.html", active="web.team", period=None)
    seen, chosen = board(session(), actor(), period), rules(period.ends)
    source = request.form if request.method == "POST" else request.args
    proposed = read_form(_shown(chosen), source)
    complete = len(proposed) == len(_shown(chosen))
    cards = [card for card in seen.cards if card.given.state == "none" and not card.parted]
    made = preview(session(), seen, {card.person_id: proposed for card in cards}, chosen) if complete else None
    came_to = made.outcomes if made else {}
    word = next((outcome_word(chosen.describe(), code) for code in came_to.values()), None)
    lines = [Line(card, (), exceptions(card, chosen, proposed or None, came_to.get(card.person_id))) for card in cards]
    return render(
        "confirm_ratings.html",
        error.status if error else 200,
        active="web.team",
        period=period,
        fields=[replace(one, required=True) for one in filled_fields(_shown(chosen), proposed)],
        proposed=proposed if complete else None,
        word=word,
        lines=sorted(lines, key=lambda one: (not one.contradicted, not one.flags)),
        picked=set(request.form.getlist("person")),
        rules=chosen,
        error=error,
    )
