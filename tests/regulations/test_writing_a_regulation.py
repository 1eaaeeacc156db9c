"""The page for plugin authors: its files, taken from it, make a regulation that works."""

from __future__ import annotations

import re
import sys
from datetime import date
from importlib import import_module
from pathlib import Path

import polars as pl
import pytest

from selaras.cli.case import read_cases
from selaras.regulation import Registry
from selaras.regulation.cases import run_cases
from selaras.regulation.editions import golden_breaches, golden_text
from selaras.regulation.hookspecs import DEFAULT_HOOKS, LAW_HOOKS, Hooks
from selaras.regulation.types import CERTAINTIES

PAGE = Path(__file__).parents[2] / "docs" / "writing-a-regulation.md"
FILE = re.compile(r"^```(?:yaml|python)\n# (contoh_1999/\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    for name, content in FILE.findall(PAGE.read_text(encoding="utf-8")):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.startswith("contoh_1999")]:
        monkeypatch.delitem(sys.modules, name)
    return Registry({"contoh_1999": import_module("contoh_1999").rulebook})


def test_the_examples_of_the_page_pass(example: Registry) -> None:
    cases = read_cases(example.loaded("contoh_1999").folder / "cases" / "examples.yaml")
    results = run_cases(example, cases)
    assert len(results) == 3
    assert [result.failures for result in results] == [(), (), ()]


def test_the_regulation_of_the_page_appraises(example: Registry) -> None:
    rules = example.rules("contoh_1999", on=date(2005, 12, 31))
    people = pl.DataFrame({"person": ["1", "2"]})
    items = pl.DataFrame({"person": ["1"], "item": ["a"], "points": [100.0]})
    assert rules.appraise(people, items).outcomes.rows() == [("1", "baik", 110.0), ("2", None, None)]


def test_the_release_of_the_page_is_recorded(example: Registry) -> None:
    loaded = example.loaded("contoh_1999")
    (loaded.folder / "golden.yaml").write_text(golden_text(loaded.folder, loaded.identity, loaded.parameters))
    assert golden_breaches(loaded.folder, loaded.identity, loaded.parameters) == []


def test_every_hook_is_documented_and_no_other() -> None:
    hooks = {name for name in vars(Hooks) if not name.startswith("_")}
    rows = dict(re.findall(r"^\| `(\w+)` \|([^|]*)\|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert set(rows) - set(CERTAINTIES) == hooks
    rows = {name: rows[name] for name in hooks}
    assert {name for name, marks in rows.items() if "law" in marks} == LAW_HOOKS
    assert {name for name, marks in rows.items() if "default" in marks} == DEFAULT_HOOKS
    assert all(getattr(Hooks, name).__doc__ for name in hooks)


def test_every_hook_has_a_user() -> None:
    """A hook ships only with its user: somewhere the core asks for it."""
    core = Path(sys.modules["selaras.regulation"].__path__[0])
    asked = set(re.findall(r"hook\.(\w+)\(", "".join(path.read_text() for path in core.glob("*.py"))))
    assert {name for name in vars(Hooks) if not name.startswith("_")} <= asked
