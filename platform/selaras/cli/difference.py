"""`selaras regulation diff`: reading both sides' inputs, writing the table, printing the summary and the receipts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from pathlib import Path

import click
import polars as pl
from rich.console import Console
from rich.table import Table

from selaras.cli.appraise import check_explain, check_out, choice, read_inputs, receipt_line, receipt_of, write_frames
from selaras.cli.options import Language, default_day
from selaras.regulation import Receipt, Registry, Rules, load_registry
from selaras.regulation.difference import Difference, Side, difference

_WIDTH = 160
_FIRST = 10


@dataclass(frozen=True)
class Wanted:
    """One side as it was asked for."""

    regulation: str
    on: datetime | None
    known: datetime | None
    edition: str | None
    choices: tuple[str, ...]

    def rules(self, registry: Registry) -> Rules:
        """Raises NotFound or Invalid for what cannot be asked."""
        return registry.rules(
            self.regulation,
            on=self.on.date() if self.on else default_day(registry, self.regulation),
            known=self.known.date() if self.known else None,
            edition=self.edition,
            overrides=dict(choice(one) for one in self.choices),
        )


@dataclass(frozen=True)
class _Read:
    """One side with the inputs that it reads."""

    side: Side
    people: pl.DataFrame
    items: pl.DataFrame | None


def compare(
    wanted: tuple[Wanted, Wanted],
    people: Path,
    items: Path | None,
    out: Path,
    explain: tuple[str, ...],
    lang: Language,
) -> None:
    """Both sides are read and computed before anything is written; a fault of either ends with exit code 2."""
    registry = load_registry()
    rules = [one.rules(registry) for one in wanted]
    check_out(out, people, items)
    a, b = (_read(one, people, items, lang) for one in rules)
    check_explain(a.people, explain)
    found = difference(a.side, b.side)
    write_frames({out: found.people})
    click.echo(str(out))
    console = Console(width=_WIDTH, highlight=False)
    _summary(console, found, (a.side.rules, b.side.rules), lang)
    for person in explain:
        _receipts(console, (a, b), person, lang)


def _read(rules: Rules, people: Path, items: Path | None, lang: Language) -> _Read:
    person_frame, item_frame = read_inputs(rules, people, items, lang, mention_ignored=False)
    return _Read(Side(rules, rules.appraise(person_frame, item_frame)), person_frame, item_frame)


def _summary(console: Console, found: Difference, rules: tuple[Rules, Rules], lang: Language) -> None:
    words = {
        "id": (
            "{n} dari {all} orang berubah, {k} berganti hasil",
            "dari",
            "menjadi",
            "orang",
            "langkah pertama berbeda",
        ),
        "en": ("{n} of {all} people change, {k} to another outcome", "from", "to", "people", "first step that differs"),
    }[lang]
    changed = found.people.filter("changed")
    for name, one in zip("AB", rules, strict=True):
        console.print(f"{name}: {one.code}, edition {one.edition}, {one.asked.on}, rule hash {one.hash[:12]}")
    others = changed.filter(~pl.col("outcome_a").eq_missing(pl.col("outcome_b"))).height
    console.print(words[0].format(n=changed.height, all=found.people.height, k=others))
    labels = [{level.code: level.label[lang] for level in one.outcomes} for one in rules]
    table = Table(*words[1:4])
    for old, new, people in found.moves.iter_rows():
        table.add_row(labels[0].get(old, old or "-"), labels[1].get(new, new or "-"), str(people))
    console.print(table)
    by_step = changed.drop_nulls("step").group_by("step").agg(people=pl.len()).sort("people", "step", descending=True)
    if by_step.height:
        steps = {step.name: step.label[lang] for step in (*rules[0].item_steps, *rules[0].person_steps)}
        table = Table(words[4], words[3])
        for step, people in by_step.head(_FIRST).iter_rows():
            table.add_row(f"{steps[step]} ({step})", str(people))
        console.print(table)


def _receipts(console: Console, sides: tuple[_Read, _Read], person: str, lang: Language) -> None:
    receipts = [receipt_of(one.side.rules, one.side.appraisal, one.people, one.items, person) for one in sides]
    table = Table(title=person, title_justify="left", show_lines=False)
    for name, one in zip("AB", sides, strict=True):
        table.add_column(f"{name}: {one.side.rules.code}, {one.side.rules.edition}", ratio=1)
    same_rule = sides[0].side.rules.code == sides[1].side.rules.code
    table.add_column("", width=1)
    for left, right in zip_longest(*(_lines(one, lang) for one in receipts), fillvalue=""):
        table.add_row(left, right, "≠" if same_rule and left != right else "")
    console.print(table)


def _lines(receipt: Receipt, lang: Language) -> list[str]:
    lines = [receipt_line(line, lang).strip() for line in receipt.lines]
    outcome = receipt.outcome_label[lang] if receipt.outcome_label else receipt.outcome or "-"
    return [*lines, f"=> {outcome}" + ("" if receipt.score is None else f" ({receipt.score:.4f})")]
