"""Whether the answers of a regulation fit together, asked once at load."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import polars as pl

from selaras.errors import Invalid, Misconfigured
from selaras.regulation.combining import SEGMENT_FACTS
from selaras.regulation.segmentation import CAUSES
from selaras.regulation.types import Column

if TYPE_CHECKING:
    from selaras.regulation.rules import Rules


def check(rules: Rules) -> None:
    """Run every answer once, the steps on one empty row; raises Misconfigured or Invalid in words. Used at load."""
    codes = {level.code for level in rules.outcomes}
    _refuse_strangers(rules, "consequences", {one.outcome for one in rules.consequences} - codes)
    if rules.distribution:
        named = {outcome for limit in rules.distribution.all_limits for outcome in limit.outcomes}
        _refuse_strangers(rules, "distribution_rule", named - codes)
        rated = {level.code for level in rules.organisation_levels} if rules.distribution.needs_rating else set()
        _refuse_strangers(rules, "distribution_rule", set(rules.distribution.limits) ^ rated)
    kinds = {step.name: step.kind for step in rules.person_steps}
    wanted = {(rules.scale.step, "code"), (rules.scale.score_step, "number")}
    _refuse_strangers(rules, "outcome_scale", {step for step, kind in wanted if step and kinds.get(step) != kind})
    _check_columns(rules)
    _check_combination(rules)
    _check_survey(rules)
    _ = (
        rules.form,
        rules.behaviours,
        rules.periods,
        rules.deadlines,
        rules.objection,
        rules.calibration,
        rules.describe(),
    )


def _check_survey(rules: Rules) -> None:
    if rules.survey and rules.behaviours:
        named = set(rules.survey.columns(one.code for one in rules.behaviours.behaviours))
        _refuse_strangers(rules, "survey", named - {column.name for column in rules.person_columns})


def _check_combination(rules: Rules) -> None:
    _refuse_strangers(rules, "segmentation", set(rules.segmentation.causes) - set(CAUSES))
    combination = rules.combination
    if combination is None:
        return
    wrong = {c.name for c in combination.columns if SEGMENT_FACTS.get(c.name, c.type) != c.type}
    kinds = {step.name: step.kind for step in combination.steps}
    wanted = {(combination.engine.scale.step, "code"), (combination.engine.scale.score_step, "number")}
    wrong |= {step for step, kind in wanted if step and kinds.get(step) != kind}
    _refuse_strangers(rules, "combining_steps", wrong)
    _computable(rules, lambda: combination.combine(_one_row(combination.columns)))


def _check_columns(rules: Rules) -> None:
    for columns in (rules.person_columns, rules.item_columns):
        names = [column.name for column in columns]
        twice = {name for name in names if names.count(name) > 1}
        _refuse_strangers(rules, "columns", twice | {n for c in columns for n in c.requires if n not in names})
    _computable(rules, lambda: rules.appraise(_one_row(rules.person_columns), _one_row(rules.item_columns)))


def _computable(rules: Rules, compute: Callable[[], object]) -> None:
    try:
        compute()
    except (pl.exceptions.PolarsError, Invalid) as error:
        raise Misconfigured(
            "regulation.steps_fail",
            "The steps of {regulation}, edition {edition}, cannot be computed: {problem}",
            regulation=rules.code,
            edition=rules.edition,
            problem=str(error),
        ) from error


def _one_row(columns: tuple[Column, ...]) -> pl.DataFrame:
    empty = {column.name: pl.Series([None], dtype=column.dtype) for column in columns}
    return pl.DataFrame({"person": ["1"], "item": ["1"], **empty})


def _refuse_strangers(rules: Rules, hook: str, names: set[str]) -> None:
    if names:
        raise Misconfigured(
            "regulation.unknown_code",
            "{regulation}: the answer to {hook} names what nothing else declares (or declares it twice): {names}.",
            regulation=rules.code,
            hook=hook,
            names=", ".join(sorted(names)),
        )
