"""The articles of a regulation: which parameters, steps and answers rest on each, and which examples touch it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from selaras.regulation.appraisal import Engine
from selaras.regulation.casefile import shipped_cases
from selaras.regulation.cases import touched
from selaras.regulation.formula import formula, number
from selaras.regulation.parameters import DatedValue, Parameter
from selaras.regulation.plan_types import (
    Aspect,
    Term,
)
from selaras.regulation.registry import Registry
from selaras.regulation.rules import Rules
from selaras.regulation.steps import Columns, ItemAggregates, Step
from selaras.regulation.telling import PARAMETER, Noted, told
from selaras.regulation.types import (
    Column,
    Consequence,
    Deadline,
    StepInfo,
)

# What a regulation answers besides its steps, with the hook that answers it.
_ANSWERS = {"distribution": "distribution_rule", "headcounts": "distribution_rule", "objection": "objection"}


@dataclass(frozen=True)
class StepTold:
    """One step in words: `lines` of its formula (empty where it cannot be told), what it `reads`, its `parameters`."""

    info: StepInfo
    level: str
    lines: tuple[str, ...]
    said: str
    reads: frozenset[str]
    parameters: frozenset[str]

    @property
    def key(self) -> str:
        """As `touched` names it."""
        return f"combine.{self.info.name}" if self.level in ("segment", "combined") else self.info.name


@dataclass
class Article:
    """What rests on one article. `cases` are ids of examples; `others` are labels (id, en) of what is not computed."""

    name: str
    parameters: list[tuple[Parameter, DatedValue]] = field(default_factory=list)
    steps: list[StepTold] = field(default_factory=list)
    others: list[tuple[str, str]] = field(default_factory=list)
    cases: list[str] = field(default_factory=list)

    @property
    def is_computed(self) -> bool:
        """Whether an example could touch it."""
        return bool(self.steps or self.parameters)


@dataclass(frozen=True)
class Told:
    """A regulation, article by article.

    `touches` maps each example's id to the articles that it touches, `answers` what is asked besides steps to the
    parameters that it reads; `named` are the steps (and answers) that examples expect.
    """

    rules: Rules
    steps: tuple[StepTold, ...]
    articles: tuple[Article, ...]
    cases: tuple[Mapping[str, Any], ...]
    touches: Mapping[str, tuple[str, ...]]
    answers: Mapping[str, frozenset[str]]
    named: frozenset[str]

    @property
    def computed_parameters(self) -> frozenset[str]:
        """Parameters that a step, the distribution or the objection reads."""
        return frozenset[str]().union(*(step.parameters for step in self.steps), *self.answers.values())

    @property
    def untouched(self) -> tuple[str, ...]:
        """Articles that are computed, but touched by no example."""
        return tuple(one.name for one in self.articles if one.is_computed and not one.cases)

    @property
    def reached(self) -> frozenset[str]:
        """Keys of the steps that examples expect, and of those that these read, and so on."""
        by_key = {step.key: step for step in self.steps}
        waiting, found = list(self.named), set[str]()
        while waiting:
            key = waiting.pop()
            if key in by_key and key not in found:
                found.add(key)
                prefix = key.removesuffix(by_key[key].info.name)
                waiting += [prefix + name for name in by_key[key].reads]
        return frozenset(found)

    @property
    def homeless(self) -> tuple[str, ...]:
        """Examples that touch no article."""
        return tuple(case for case, articles in self.touches.items() if not articles)


def newest_rules(registry: Registry, code: str) -> Rules:
    """The rules on the last day on which something of them changed; the same whenever it is asked."""
    loaded = registry.loaded(code)
    force = loaded.identity.in_force
    days = {force.start, *(one.valid_from for one in loaded.identity.editions), *loaded.parameters.change_days()}
    last = max(day for day in days if day in force)
    if force.end is not None and last >= force.end:
        last = force.end - timedelta(days=1)
    return registry.rules(code, on=last)


def tell(registry: Registry, code: str) -> Told:
    """The regulation as it stands, with the examples that its package ships."""
    rules = newest_rules(registry, code)
    steps = tuple(tell_steps(rules))
    cases = tuple(shipped_cases(registry.loaded(code).folder))
    articles = _collect(rules, steps)
    reads = _parameters_of_answers(rules)
    touches: dict[str, tuple[str, ...]] = {}
    named: set[str] = set()
    for case in cases:
        names = touched(registry, case)
        named |= names
        found = {name for name, one in articles.items() if _is_touched(one, names, steps, reads)}
        found |= {str(one) for one in case.get("articles", ())}
        touches[str(case["id"])] = tuple(sorted(found, key=article_key(rules.legal_basis)))
        for name in found:
            articles.setdefault(name, Article(name)).cases.append(str(case["id"]))
    ordered = sorted(articles, key=article_key(rules.legal_basis))
    return Told(rules, steps, tuple(articles[name] for name in ordered), cases, touches, reads, frozenset(named))


def tell_steps(rules: Rules) -> Iterator[StepTold]:
    """Every step of the rules in words: of items, of people, and where segments are combined, of these."""
    yield from _tell_engine(rules, rules.engine, ("item", "person"))
    if rules.combination:
        yield from _tell_engine(rules, rules.combination.engine, ("segment", "combined"))


def _tell_engine(rules: Rules, engine: Engine, levels: tuple[str, str]) -> Iterator[StepTold]:
    words = partial(_word, rules)
    item_names = frozenset(step.name for step, _ in engine.steps.item)
    tables = ((engine.steps.item, engine.item_columns), (engine.steps.person, engine.person_columns))
    for level, (steps, columns) in zip(levels, tables, strict=True):
        seen = frozenset({*(column.name for column in columns), *(step.name for step, _ in steps)})
        for step, expr in steps:
            noted = Noted(rules.values)
            _call(step, seen, item_names, noted)
            yield StepTold(
                info=step.info,
                level=level,
                lines=_lines(rules, step, seen, item_names, words),
                said=" ".join((step.function.__doc__ or "").split()),
                reads=frozenset(_stem(name) for name in expr.meta.root_names()),
                parameters=frozenset(noted.read),
            )


def article_key(legal_basis: Iterable[str]) -> Any:
    """A sort key: by the legal basis that the article belongs to, then by its numbers as numbers."""
    basis = tuple(legal_basis)

    def key(name: str) -> tuple[Any, ...]:
        place = next((n for n, one in enumerate(basis) if name.startswith(one)), len(basis))
        parts = re.split(r"(\d+)", name)
        return (place, *((0, int(one), "") if one.isdigit() else (1, 0, one) for one in parts))

    return key


def _lines(rules: Rules, step: Step, seen: frozenset[str], item_names: frozenset[str], words: Any) -> tuple[str, ...]:
    """With parameters by name if the formula can be built so, else with their values, else nothing."""
    for stand in (True, False):
        with suppress(Exception):  # a step may do with a number what a name does not allow, and some have no words
            with told():
                expr = _call(step, seen, item_names, Noted(rules.values, stand=stand))
            return tuple(formula(expr, words))
    return ()


def _call(step: Step, seen: frozenset[str], item_names: frozenset[str], p: Noted) -> Any:
    columns = Columns(step.name, seen)
    namespaces = {"item": columns, "person": columns, "items": ItemAggregates(step.name, item_names, {}), "p": p}
    return step(**namespaces)


def _word(rules: Rules, name: str) -> str:
    """The Indonesian label of a column or step; a parameter also shows its value."""
    if name.startswith(PARAMETER):
        return _parameter_word(rules, name.removeprefix(PARAMETER))
    described: list[Column | StepInfo] = [*rules.item_columns, *rules.person_columns]
    described += [*rules.item_steps, *rules.person_steps]
    if rules.combination:
        described += [*rules.combination.columns, *rules.combination.segment_steps, *rules.combination.steps]
    label = next((one.label["id"] for one in described if one.name == name), name)
    return label.partition(" (")[0]


def _parameter_word(rules: Rules, path: str) -> str:
    name, *keys = path.split(".")
    if not name:
        return ""
    value: Any = getattr(rules.values, name)
    for key in keys:
        value = value[key] if key in value else next(v for k, v in value.items() if str(k) == key)
    label = rules.parameters[name].label["id"] + (f" ({', '.join(keys)})".replace("_", " ") if keys else "")
    return f"{label} [{number(value)}]" if isinstance(value, int | float) else label


def _stem(name: str) -> str:
    return name.split(".")[1] if name.startswith("items.") else name


def _collect(rules: Rules, steps: tuple[StepTold, ...]) -> dict[str, Article]:
    found: dict[str, Article] = {}

    def at(name: str) -> Article:
        return found.setdefault(name, Article(name))

    for parameter in rules.parameters:
        for value in parameter.values:
            at(value.source.article).parameters.append((parameter, value))
    for step in steps:
        at(step.info.article).steps.append(step)
    for article, label_id, label_en in _others(rules):
        at(article).others.append((label_id, label_en))
    return found


def _others(rules: Rules) -> Iterator[tuple[str, str, str]]:
    identity = rules.identity
    yield identity.in_force_source.article, "Masa berlaku", "Time in force"
    for one in identity.covers:
        first, _, rest = one.employment.partition("_")
        whom = f"{first.upper()} {rest.replace('_', ' ')}".strip()
        yield one.source.article, f"Berlaku bagi {whom}", f"Covers {whom}"
    for column in (*rules.person_columns, *rules.item_columns):
        if column.article:
            yield column.article, f"Masukan: {column.label['id']}", f"Input: {column.label['en']}"
    yield from _parts_of_form(rules)
    followed: list[Deadline | Consequence] = [*rules.deadlines, *rules.consequences]
    for follows in followed:
        yield follows.source.article, follows.label["id"], follows.label["en"]


def _parts_of_form(rules: Rules) -> Iterator[tuple[str, str, str]]:
    form = rules.form
    listed: dict[str, Sequence[Term | Aspect]] = {"Bagian": form.sections, "Model": form.models, "Aspek": form.aspects}
    listed |= {"Perspektif": form.perspectives, "Lampiran": form.annexes}
    for word, terms in listed.items():
        for term in terms:
            yield term.source.article, f"{word} rencana: {term.label['id']}", f"Plan: {term.label['en']}"
    if rules.behaviours:
        yield rules.behaviours.source.article, rules.behaviours.title["id"], rules.behaviours.title["en"]


def _parameters_of_answers(rules: Rules) -> dict[str, frozenset[str]]:
    found = {}
    for ask, hook in _ANSWERS.items():
        noted = Noted(rules.values)
        rules.ask(hook, noted)
        found[ask] = frozenset(noted.read)
    return found


def _is_touched(
    article: Article, names: frozenset[str], steps: tuple[StepTold, ...], reads: Mapping[str, frozenset[str]]
) -> bool:
    if any(step.key in names for step in article.steps):
        return True
    read = {name for step in steps if step.key in names for name in step.parameters}
    read |= {name for ask in names for name in reads.get(ask, ())}
    return any(parameter.name in read for parameter, _ in article.parameters)
