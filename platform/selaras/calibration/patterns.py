"""How each appraiser of a period rates beside others who rate comparable people: findings with names and words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import polars as pl
from sqlalchemy.orm import Session

from selaras.db.bulk import read_frame
from selaras.db.session import tenant_of
from selaras.evaluation.queries import PeriodView
from selaras.fairness.appraisers import Finding, findings
from selaras.fairness.saying import in_words
from selaras.fairness.thresholds import DEFAULT, Thresholds
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.organisation.queries import names_of
from selaras.regulation import Label, Rules

# The tone that every regulation gives the outcome of who did what was expected.
AS_EXPECTED = "b"

_INPUTS = """
    SELECT person_id, inputs FROM selaras.rating
    WHERE tenant_id = %(tenant)s AND period_id = %(period)s AND segment = 1
"""


@dataclass(frozen=True)
class PatternView:
    """One finding, whose it is, and what it means in words."""

    appraiser_id: UUID
    name: str
    finding: Finding
    words: Label


def patterns(
    session: Session,
    actor: Actor,
    period: PeriodView,
    rules: Rules,
    everybody: pl.DataFrame,
    thresholds: Thresholds = DEFAULT,
) -> tuple[PatternView, ...]:
    """Every pattern of every appraiser whose team can be judged, the clearest first. `everybody`: see `standing`.

    Nothing follows from a finding by itself: it is a question to ask, and may have a good answer.
    """
    actor.require_whole(Permission.MANAGE_CALIBRATION)
    codes = [level.code for level in rules.outcomes]
    levels = {code: len(codes) - 1 - place for place, code in enumerate(codes)}
    rated = everybody.with_columns(
        level=pl.col("outcome").replace_strict(levels, default=None, return_dtype=pl.Int64)
    ).filter(pl.col("level").is_not_null())
    inputs = read_frame(
        session,
        _INPUTS,
        {"tenant": tenant_of(session), "period": period.id},
        {"person": pl.String, "inputs": pl.String},
    )
    with_inputs = rated.join(inputs, on="person", how="left", maintain_order="left").with_columns(_alike(rules))
    found = findings(
        with_inputs.select("person", "appraiser_id", "group_key", "level", "alike"), _middle(rules, rated), thresholds
    )
    names = names_of(session, [UUID(one.appraiser_id) for one in found])
    return tuple(
        PatternView(UUID(one.appraiser_id), names.get(UUID(one.appraiser_id), ""), one, in_words(one)) for one in found
    )


def _middle(rules: Rules, rated: pl.DataFrame) -> int:
    for place, level in enumerate(rules.outcomes):
        if level.tone == AS_EXPECTED:
            return len(rules.outcomes) - 1 - place
    return int(Counter(rated.get_column("level").to_list()).most_common(1)[0][0])


def _alike(rules: Rules) -> pl.Expr:
    """Whether all dimensions of a rating stand at the same level: columns that share one list of codes."""
    dimensions = _dimensions(rules)
    if len(dimensions) < 2:
        return pl.lit(None, dtype=pl.Boolean).alias("alike")
    values = [pl.col("inputs").str.json_path_match(f"$.{name}") for name in dimensions]
    return pl.all_horizontal(values[0] == other for other in values[1:]).alias("alike")


def _dimensions(rules: Rules) -> Sequence[str]:
    coded = [one for one in rules.person_columns if one.allowed and not one.provided and one.better]
    shared = Counter(one.allowed for one in coded).most_common(1)
    return [one.name for one in coded if shared and one.allowed == shared[0][0]]
