"""Reads: the words of the rules under which outcomes were set, by the rules' hashes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.evaluation.rules import WHOLE
from selaras.regulation import Label, combined_description
from selaras.tenancy.models import RuleText


def descriptions(session: Session, hashes: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Rule hash → the rule as it stood (`Rules.describe()`), for those hashes that are known."""
    wanted = set(hashes)
    if not wanted:
        return {}
    rows = session.execute(select(RuleText.hash, RuleText.description).where(RuleText.hash.in_(wanted)))
    return {row.hash: row.description for row in rows}


def stored_description(description: dict[str, Any], segment: int) -> dict[str, Any]:
    """The words by which an outcome's stored steps are read: those of the combining rule for one that was combined."""
    return combined_description(description) if segment == WHOLE else description


@dataclass(frozen=True)
class Word:
    """A code of the rule with its label in both languages and the tone (sb, b, bp, k, sk) of its colour and shape."""

    code: str
    label: Label
    tone: str


@dataclass(frozen=True)
class Quadrant:
    """A rule whose outcome follows from two ratings: their columns, their codes, and the cells.

    `cells[row code][column code]` is the outcome; `rows` are codes of the first rating, `columns` of the second.
    `row_name` and `column_name` are the columns or steps that count, `asked_*` the columns that the appraiser fills in.
    """

    row_label: Label
    column_label: Label
    rows: tuple[Word, ...]
    columns: tuple[Word, ...]
    cells: dict[str, dict[str, Word]]
    article: str
    certainty: str
    row_name: str
    column_name: str
    asked_row: str = ""
    asked_column: str = ""


def outcome_words(description: Mapping[str, Any]) -> list[Word]:
    """Every outcome of the rule, from the best to the worst."""
    return [Word(one["code"], one["label"], one["tone"]) for one in description["outcomes"]]


def outcome_word(description: Mapping[str, Any] | None, code: str) -> Word:
    """An outcome's word; an unknown one stands for itself."""
    found = (one for one in (outcome_words(description) if description else []) if one.code == code)
    return next(found, Word(code, {"id": code, "en": code}, "b"))


def organisation_word(description: Mapping[str, Any] | None, code: str | None) -> Word | None:
    """The word of an organisation's rating, or None without one."""
    levels = description["organisation_levels"] if description else []
    return next((Word(one["code"], one["label"], one["tone"]) for one in levels if one["code"] == code), None)


def limit_label(description: Mapping[str, Any] | None, rating: str | None, code: str) -> Label:
    """What a limit of the distribution demands, for an organisation of this rating."""
    rule = (description or {}).get("distribution") or {"limits": {}}
    limits = (*rule.get("everywhere", ()), *rule["limits"].get(rating or "", ()))
    found = (one["label"] for one in limits if one["code"] == code)
    return next(found, Label(id=code, en=code))


def quadrant(description: Mapping[str, Any]) -> Quadrant | None:
    """The table of two ratings that the rule declares among its parameters; None for a rule without one."""
    coded = [one for one in description["person_columns"] if one["type"] == "code" and one["required"]]
    if len(coded) != 2:
        return None
    first, second = coded
    for parameter in description["parameters"].values():
        table = parameter.get("value")
        if _is_table(table, set(first["allowed"]), set(second["allowed"])):
            return _drawn(description, first, second, parameter)
    return None


def _is_table(table: object, rows: set[str], columns: set[str]) -> bool:
    return (
        isinstance(table, dict)
        and set(table) == rows
        and all(isinstance(row, dict) and set(row) == columns for row in table.values())
    )


def _counting(description: Mapping[str, Any], column: str) -> str:
    """Whose value counts: the step that stands in the column's place, or the column itself."""
    steps = description["person_steps"]
    return next((step["name"] for step in steps if step.get("instead_of") == column), column)


def _drawn(
    description: Mapping[str, Any], first: Mapping[str, Any], second: Mapping[str, Any], parameter: Mapping[str, Any]
) -> Quadrant:
    rows, columns = (
        tuple(Word(code, column["labels"].get(code, {"id": code, "en": code}), "") for code in column["allowed"])
        for column in (first, second)
    )
    cells = {
        row: {column: outcome_word(description, code) for column, code in line.items()}
        for row, line in parameter["value"].items()
    }
    return Quadrant(
        row_label=first["label"],
        column_label=second["label"],
        rows=rows,
        columns=tuple(reversed(columns)),
        cells=cells,
        article=parameter.get("article", ""),
        certainty=parameter.get("certainty", ""),
        row_name=_counting(description, first["name"]),
        column_name=_counting(description, second["name"]),
        asked_row=first["name"],
        asked_column=second["name"],
    )
