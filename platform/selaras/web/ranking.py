"""Ranking of a period: each group's ranks, each unit's distribution with its arithmetic, and how appraisers rate."""

from __future__ import annotations

from flask import Response, request

from selaras.calibration.patterns import PatternView, patterns
from selaras.calibration.ranking import (
    RankedGroup,
    UnitSuggestion,
    group_sizes,
    ranked_group,
    standing,
    unit_suggestions,
)
from selaras.edge.access import needs
from selaras.edge.context import actor, rules, session
from selaras.errors import Conflict
from selaras.evaluation.queries import period_by_code
from selaras.evaluation.ranking import Basis, Ties
from selaras.identity.permissions import Permission
from selaras.web.blueprint import pages
from selaras.web.group_words import BASES, PATTERNS, TIES, GroupNames
from selaras.web.pages import render

SHOWN = 200


@pages.get("/periods/<period>/ranking")
@needs(Permission.MANAGE_CALIBRATION)
def ranking_page(period: str) -> Response:
    """The groups of a period, the ranks of one, and what the distribution suggests for each judged unit."""
    here = actor()
    here.require_whole(Permission.MANAGE_CALIBRATION)
    found = period_by_code(session(), period)
    law = rules(found.ends)
    asked = request.args
    scored = any(asked.get("by") == one for one in Basis)
    basis = Basis(asked["by"]) if scored else Basis.OUTCOME_THEN_SCORE
    ties = Ties(asked["ties"]) if any(asked.get("ties") == one for one in Ties) else Ties.SKIP
    empty: Conflict | None = None
    sizes: dict[str, int] = {}
    chosen: RankedGroup | None = None
    units: tuple[UnitSuggestion, ...] = ()
    try:
        everybody = standing(session(), found, law)
        sizes = group_sizes(everybody)
        key = asked.get("group") or next(iter(sizes))
        chosen = ranked_group(session(), here, law, everybody, key, basis, ties, SHOWN)
        units = unit_suggestions(session(), here, found, law, everybody)
    except Conflict as nobody:
        empty = nobody
    return render(
        "ranking.html",
        active="web.periods_page",
        period=found,
        rules=law,
        sizes=sizes,
        chosen=chosen,
        basis=basis,
        ties=ties,
        bases=BASES,
        tie_rules=TIES,
        units=units,
        codes={level.code: level for level in law.outcomes},
        ratings={level.code: level for level in law.organisation_levels},
        names=GroupNames(session()),
        empty=empty,
        scored=_scored(chosen),
    )


def _scored(chosen: RankedGroup | None) -> bool:
    return chosen is not None and any(row.score is not None for row in chosen.rows)


@pages.get("/periods/<period>/rating-patterns")
@needs(Permission.MANAGE_CALIBRATION)
def rating_patterns(period: str) -> Response:
    """How each appraiser rates beside others of comparable people: questions to ask, nothing follows by itself."""
    here = actor()
    here.require_whole(Permission.MANAGE_CALIBRATION)
    found = period_by_code(session(), period)
    law = rules(found.ends)
    empty: Conflict | None = None
    listed: tuple[PatternView, ...] = ()
    try:
        listed = patterns(session(), here, found, law, standing(session(), found, law))
    except Conflict as nobody:
        empty = nobody
    return render(
        "rating_patterns.html",
        active="web.periods_page",
        period=found,
        shown=[one for one in listed if one.finding.shown],
        others=[one for one in listed if not one.finding.shown][:SHOWN],
        judged=len({one.appraiser_id for one in listed}),
        pattern_words=PATTERNS,
        empty=empty,
    )
