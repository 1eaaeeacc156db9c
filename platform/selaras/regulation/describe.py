"""A rule described as plain data: what is stored once per rule hash and printed by `selaras regulation show`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from selaras.regulation.types import Column

if TYPE_CHECKING:
    from selaras.regulation.rules import Rules


def describe(rules: Rules) -> dict[str, Any]:
    """JSON-able; depends on nothing but what `rules.hash` covers and on labels."""
    identity = rules.identity
    return {
        "code": rules.code,
        "subject": rules.subject,
        "title": dict(rules.title),
        "edition": rules.edition,
        "hash": rules.hash,
        "legal_basis": list(rules.legal_basis),
        "in_force": {
            "from": identity.in_force.start.isoformat(),
            "to": identity.in_force.end.isoformat() if identity.in_force.end else None,
            **asdict(identity.in_force_source),
        },
        "covers": [{"employment": one.employment, **asdict(one.source)} for one in identity.covers],
        "periods": list(rules.periods),
        "deadlines": [asdict(one) for one in rules.deadlines],
        "objection": asdict(rules.objection) if rules.subject == "appraisal" else None,
        "person_columns": [described_column(one) for one in rules.person_columns],
        "item_columns": [described_column(one) for one in rules.item_columns],
        "item_steps": [asdict(one) for one in rules.item_steps],
        "person_steps": [asdict(one) for one in rules.person_steps],
        "outcome_step": rules.scale.step,
        "score_step": rules.scale.score_step,
        "outcomes": [asdict(one) for one in rules.outcomes],
        "organisation_levels": [asdict(one) for one in rules.organisation_levels],
        "distribution": asdict(rules.distribution) if rules.distribution else None,
        "consequences": [asdict(one) for one in rules.consequences],
        "combining": rules.combination.describe() if rules.combination else None,
        "parameters": _parameters(rules),
    }


def described_column(column: Column) -> dict[str, Any]:
    """A declared column, JSON-able."""
    return {**asdict(column), "allowed": list(column.allowed), "requires": list(column.requires)}


def _parameters(rules: Rules) -> dict[str, Any]:
    chosen = rules.asked.overrides
    return {
        name: {
            "label": dict(rules.parameters[name].label),
            "unit": rules.parameters[name].unit,
            "open": rules.parameters[name].open,
            "choices": list(rules.parameters[name].choices),
            **dated,
            **({"chosen": chosen[name]} if name in chosen else {}),
        }
        for name, dated in rules.parameters_in_force.items()
    }
