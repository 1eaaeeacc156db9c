"""Receipts: how an outcome came about, line by line, each with its article and certainty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from selaras.regulation.types import Certainty, Label


@dataclass(frozen=True)
class ReceiptLine:
    """One line. `part`: `input` or `step` of an item (then `item` names it) or of the person."""

    step: str
    label: Label
    value: float | int | str | bool | None
    article: str
    certainty: Certainty | Literal[""]
    part: Literal["input", "step"]
    item: str | None = None
    unit: str = ""
    value_label: Label | None = None

    @property
    def left_empty(self) -> bool:
        """An input that nobody filled in: it says nothing, and some forms have dozens of them."""
        return self.part == "input" and self.value is None


@dataclass(frozen=True)
class Receipt:
    """The whole way from the inputs to the outcome of one person, with the rule's version."""

    regulation: str
    title: Label
    edition: str
    rule_hash: str
    lines: tuple[ReceiptLine, ...]
    outcome: str | None
    outcome_label: Label | None
    score: float | None


def receipt_from_steps(
    description: Mapping[str, Any],
    person: Mapping[str, Any],
    items: Sequence[Mapping[str, Any]] = (),
) -> Receipt:
    """The receipt of a stored outcome, without computing anything again.

    `description` is `Rules.describe()` as stored for the rule's hash; `person` and each of `items` map names of
    columns and steps to their stored values (an item also has its key `item`). Absent names are left out, and,
    where there is an outcome, steps without a value.
    """
    outcome = person.get(description["outcome_step"])
    score_step = description["score_step"]
    labels = {level["code"]: level["label"] for level in description["outcomes"]}
    return Receipt(
        regulation=description["code"],
        title=description["title"],
        edition=description["edition"],
        rule_hash=description["hash"],
        lines=tuple(_lines(description, person, items)),
        outcome=outcome,
        outcome_label=labels.get(outcome),
        score=person.get(score_step) if score_step else None,
    )


def _lines(
    description: Mapping[str, Any], person: Mapping[str, Any], items: Sequence[Mapping[str, Any]]
) -> Iterator[ReceiptLine]:
    words = _words(description)
    decided = person.get(description["outcome_step"]) is not None
    item_steps = _told(description["item_steps"], items, decided)
    for row in items:
        yield from _rows(description["item_columns"], row, "input", row.get("item"), {})
        yield from _rows(item_steps, row, "step", row.get("item"), words)
    outcomes = {level["code"]: level["label"] for level in description["outcomes"]}
    yield from _rows(description["person_columns"], person, "input", None, {})
    steps = _told(description["person_steps"], [person], decided)
    yield from _rows(steps, person, "step", None, words, {description["outcome_step"]: outcomes})


def _told(
    steps: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]], decided: bool
) -> list[Mapping[str, Any]]:
    """Without the steps of ways that the outcome did not take: empty in every row. An open outcome tells all."""
    return [one for one in steps if not decided or any(row.get(one["name"]) is not None for row in rows)]


def _words(description: Mapping[str, Any]) -> dict[str, Label]:
    """What the codes of the columns are called: a step that passes one on calls it the same."""
    columns = (*description["item_columns"], *description["person_columns"])
    return {code: label for column in columns for code, label in (column.get("labels") or {}).items()}


def _rows(
    described: Sequence[Mapping[str, Any]],
    values: Mapping[str, Any],
    part: Literal["input", "step"],
    item: str | None,
    words: Mapping[str, Label],
    own_words: Mapping[str, Mapping[str, Label]] | None = None,
) -> Iterator[ReceiptLine]:
    for one in described:
        name = one["name"]
        if name not in values:
            continue
        value = values[name]
        if value is None and one.get("provided"):
            continue
        labels = (own_words or {}).get(name) or one.get("labels") or words
        yield ReceiptLine(
            step=name,
            label=one["label"],
            value=value,
            article=one["article"],
            certainty=one.get("certainty", ""),
            part=part,
            item=item,
            unit=one.get("unit", ""),
            value_label=labels.get(value) if isinstance(value, str) else None,
        )
