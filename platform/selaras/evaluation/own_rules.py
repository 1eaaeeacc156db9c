"""The agency's own rules of evaluation that travel in packs: who is comparable, how ratings are given, choices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from selaras.errors import Invalid
from selaras.evaluation.models import RankingRule
from selaras.evaluation.rating_models import RatingProcedure
from selaras.evaluation.rule_choices import refuse_unopen
from selaras.tenancy.models import RulebookChoice
from selaras.tenancy.own_rules import Dated, OwnRules, Taking, dated_rules
from selaras.tenancy.pack_fields import Fields
from selaras.tenancy.pack_rules import CHOICE, RANKING, ranking_said, read_ranking
from selaras.tenancy.rule_rows import RuleRow, stored


def _ranking(taking: Taking, row: RuleRow) -> None:
    read_ranking(Fields(taking.origin, RANKING, row.values))


def _procedure(taking: Taking, row: RuleRow) -> None:
    fields = Fields(taking.origin, "rating_procedure", row.values)
    fields.flag("review")
    fields.flag("briefing")
    fields.refuse_rest()


def _choice(taking: Taking, row: RuleRow) -> None:
    fields = Fields(taking.origin, CHOICE, row.values)
    regulation, chosen = fields.text("regulation"), fields.table("parameters").values()
    fields.refuse_rest()
    if regulation not in taking.registry.codes():
        raise Invalid(
            "rules.regulation_missing",
            "The pack chooses what {regulation} leaves open, which is not installed here. Have the operator install "
            "it, or take that choice out of the pack.",
            regulation=regulation,
        )
    first = max(row.first, taking.registry.identity(regulation).in_force.start)
    refuse_unopen(taking.session, taking.registry, regulation, chosen, first, row.ends)


def _chosen(values: Mapping[str, Any]) -> Mapping[str, Any] | None:
    # A choice of nothing is what stays when everything was given back to the law: the same as none.
    return values if values["parameters"] else None


_WHO = "an account of this agency"

OWN_RULES: tuple[OwnRules, ...] = (
    dated_rules(
        RANKING,
        {"id": "Siapa diperingkat terhadap siapa", "en": "Who is ranked against whom"},
        Dated(
            RankingRule,
            {
                "group_by": "attributes",
                "minimum_size": "minimum_size",
                "pooling": "pooling",
                "families": "families",
            },
            {
                "origin": "where the rule came from, said anew",
                "places": "locations begin with units of this agency",
                "account_id": _WHO,
                "reason": "the agency's own words about its own decision",
                "made_at": "when it was taken, said anew",
            },
            lambda taking: {"origin": taking.origin},
            said=ranking_said,
        ),
        _ranking,
    ),
    dated_rules(
        "rating_procedure",
        {"id": "Cara penilaian diberikan", "en": "How ratings are given"},
        Dated(
            RatingProcedure,
            {"review": "review", "briefing": "briefing"},
            {"account_id": _WHO, "reason": "the agency's own words about its own decision"},
            lambda taking: {"account_id": taking.account_id, "reason": taking.reason},
        ),
        _procedure,
    ),
    dated_rules(
        CHOICE,
        {"id": "Pilihan aturan", "en": "Choices of rules"},
        Dated(
            RulebookChoice,
            {"regulation": "regulation", "parameters": "parameters"},
            {"account_id": _WHO, "reason": "the agency's own words about its own decision"},
            lambda taking: {"account_id": taking.account_id, "reason": taking.reason},
            said=_chosen,
            kept=lambda values: {**values, "parameters": stored(values["parameters"])},
        ),
        _choice,
        apart="regulation",
    ),
)
