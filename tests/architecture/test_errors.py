"""Refusals: one code, one sentence; and every sentence gets what it speaks of."""

from __future__ import annotations

import ast
import re
import string
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from architecture.sources import Source, dotted, named, source, sources

from selaras import errors

FAMILY = frozenset(
    name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, errors.DomainError)
)


@dataclass(frozen=True)
class Refusal:
    """One place where a refusal is made with a code that stands in the text."""

    place: str
    code: str
    sentence: str
    params: frozenset[str]
    open: bool


def refusals(given: Iterable[Source]) -> Iterator[Refusal]:
    for one in given:
        for call, called in one.calls():
            texts = [item.value for item in call.args if isinstance(item, ast.Constant) and isinstance(item.value, str)]
            if called.split(".")[-1] in FAMILY and len(texts) == 2:
                names = {item.arg for item in call.keywords}
                yield Refusal(
                    f"{one.name}:{call.lineno}", texts[0], texts[1], frozenset(names - {None}), None in names
                )  # fmt: skip


def ambiguous(given: Iterable[Source]) -> list[str]:
    """Codes that stand for more than one sentence: a program could not tell what happened."""
    seen: dict[str, dict[str, str]] = defaultdict(dict)
    for one in refusals(given):
        seen[one.code].setdefault(one.sentence, one.place)
    return [f"{code}: {', '.join(places.values())}" for code, places in seen.items() if len(places) > 1]


def unfilled(given: Iterable[Source]) -> list[str]:
    """Sentences that name what they are not given: they would fail in the moment they are needed."""
    found = []
    for one in refusals(given):
        named_in = (field for _, field, _, _ in string.Formatter().parse(one.sentence) if field)
        wanted = {re.split(r"[.\[]", field)[0] for field in named_in}
        if not one.open and wanted - one.params:
            found.append(f"{one.place}: {one.code} lacks {', '.join(sorted(wanted - one.params))}")
    return found


def wordless(given: Iterable[Source]) -> list[str]:
    """Exceptions of Python's own that are raised where a person would read them: at the edges."""
    edges = ("platform/selaras/web/", "platform/selaras/api/", "platform/selaras/cli/", "admin/")
    return [
        f"{one.name}:{node.lineno}"
        for one in given
        if one.name.startswith(edges)
        for node in ast.walk(one.tree)
        if isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Call)
        and dotted(node.exc.func) in ("Exception", "RuntimeError", "ValueError", "KeyError")
    ]


def test_one_code_one_sentence() -> None:
    assert len(list(refusals(sources()))) > 150
    found = ambiguous(sources())
    assert not found, named(found)


def test_every_sentence_gets_what_it_speaks_of() -> None:
    found = unfilled(sources())
    assert not found, named(found)


def test_no_edge_raises_what_nobody_can_read() -> None:
    assert wordless(sources()) == []


def test_faults_are_found() -> None:
    twice = 'NotFound("nobody", "There is nobody.")\nNotFound("nobody", "Nobody called {name}.", name=1)\n'
    assert ambiguous([source(twice)]) == ["nobody: planted.py:1, planted.py:2"]
    slip = source('errors.Invalid("bad", "{value!r} is bad.", vale=1)\n')
    assert unfilled([slip]) == ["planted.py:1: bad lacks value"]
    assert unfilled([source('Invalid("bad", "{value} is bad.", **params)\n')]) == []
    assert wordless([source("raise ValueError('no')\n", "platform/selaras/web/planted.py")]) != []
