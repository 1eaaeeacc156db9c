"""What the core may not name, what a regulation may not do, and which words may not stand in a table or the API."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from architecture.sources import CORE, Source, files, named, source, sources
from sqlalchemy import CheckConstraint, Column, MetaData, Table, Text

from selaras.api.description import description
from selaras.db.tables import load_tables
from selaras.regulation import load_registry
from selaras.regulation.purity import impurities

TEXT = (".py", ".toml", ".html", ".css", ".typ", ".yaml", ".mako")


@cache
def outsiders() -> frozenset[str]:
    """Every package above the core: regulations, packs, the console."""
    groups = ("selaras.regulations", "selaras.packs", "selaras.commands", "selaras.national")
    return frozenset(point.value.split(":")[0].split(".")[0] for name in groups for point in entry_points(group=name))


def naming(texts: Iterable[tuple[str, str]]) -> list[str]:
    """Places in the core's text that name a package above it."""
    names = re.compile(r"\b(" + "|".join(sorted(outsiders())) + r")\b|\binstansi_[a-z]")
    return [
        f"{name}:{number}: {line.strip()}"
        for name, text in texts
        for number, line in enumerate(text.splitlines(), 1)
        if names.search(line)
    ]


def test_the_core_names_no_plugin_pack_or_console() -> None:
    assert {"permenpan_6_2022", "pp46_2011", "selaras_admin", "instansi_sidoarjo"} <= outsiders()
    found = naming((path.name, path.read_text("utf-8")) for path in files(CORE) if path.suffix in TEXT)
    assert not found, named(found)


@pytest.mark.parametrize("text", ['if code == "pp46_2011":', "import selaras_admin.app", "# as instansi_sidoarjo does"])
def test_a_name_from_above_is_found(text: str) -> None:
    assert len(naming([("planted.py", text)])) == 1


@cache
def words_of_regulations() -> frozenset[str]:
    """Codes of outcomes and organisation ratings, names of columns and steps: what only a regulation says.

    Of those that appraise: a rulebook answers a question that its capability asks by those very names.
    """
    found: set[str] = set()
    for code in load_registry().codes("appraisal"):
        rules = load_registry().rules(code, on=load_registry().identity(code).in_force.start)
        for many in (rules.outcomes, rules.organisation_levels):
            found |= {one.code for one in many}
        # What the platform provides is a fact of its own, by a name of its own (`regulation.types.PROVIDED`).
        own = [column for column in rules.item_columns if not column.provided]
        for many in (rules.asked_columns, own, rules.person_steps, rules.item_steps):
            found |= {one.name for one in many}
    return frozenset(found)


def legal_words(metadata: MetaData) -> list[str]:
    """Tables, columns and checked values that speak the language of one regulation."""
    found = []
    for table in metadata.tables.values():
        names = {table.name, *(column.name for column in table.columns)}
        for check in table.constraints:
            if isinstance(check, CheckConstraint):
                names |= set(re.findall(r"'(\w+)'", str(check.sqltext)))
        found += [f"{table.name}: {word}" for word in sorted(names & words_of_regulations())]
    return found


def test_no_table_speaks_the_language_of_one_regulation() -> None:
    assert {"sangat_baik", "butuh_perbaikan", "rating_perilaku", "skp_score"} <= words_of_regulations()
    assert legal_words(load_tables()) == []


def test_a_table_that_does_is_found() -> None:
    planted = MetaData()
    Table("rating", planted, Column("rating_perilaku", Text))
    Table("result", planted, Column("label", Text), CheckConstraint("label IN ('sangat_baik', 'baik')"))
    assert legal_words(planted) == ["rating: rating_perilaku", "result: baik", "result: sangat_baik"]


def words_in(shape: object) -> set[str]:
    """Names of properties and allowed values, anywhere in a description of the API."""
    if isinstance(shape, list):
        return {word for one in shape for word in words_in(one)}
    if not isinstance(shape, dict):
        return set()
    own = set(shape.get("properties", {})) | {one for one in shape.get("enum", []) if isinstance(one, str)}
    return own | {word for one in shape.values() for word in words_in(one)}


def test_no_type_of_the_api_does() -> None:
    words = words_in(description())
    assert "person_id" in words
    assert words & words_of_regulations() == set()
    planted = {"components": {"schemas": {"Outcome": {"properties": {"skp_score": {}, "label": {"enum": ["baik"]}}}}}}
    assert words_in(planted) & words_of_regulations() == {"skp_score", "baik"}


# Generated input is written in the words of the forms that people fill in.
SPEAKS = ("platform/selaras/demo/",)


def literals(given: Iterable[Source]) -> list[str]:
    """Strings in the core's code that are a word of a regulation."""
    return [
        f"{one.name}:{node.lineno}: {node.value}"
        for one in given
        if one.name.startswith("platform/") and not one.name.startswith(SPEAKS)
        for node in ast.walk(one.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in words_of_regulations()
    ]


def test_no_code_of_the_core_decides_by_a_regulations_word() -> None:
    found = literals(sources("platform"))
    assert not found, named(found)
    planted = source('GOOD = outcome in ("baik", "sangat_baik")\n', "platform/selaras/web/planted.py")
    assert len(literals([planted])) == 2


def test_every_installed_regulation_is_pure() -> None:
    looked_at = [load_registry().loaded(code).folder for code in load_registry().codes()]
    assert all(list(folder.glob("*.py")) for folder in looked_at)
    assert [found for folder in looked_at for found in impurities(folder)] == []


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("SCORE = column.round(2)", "calls round"),
        ("SCORE = round(2.5)", "calls round"),
        ("DAY = date.today()", "calls today"),
        ("ROWS = [row for row in frame.iter_rows()]", "calls iter_rows"),
        ("SCORE = column.map_elements(len)", "calls map_elements"),
        ("from selaras.db.session import Database", "imports selaras.db.session"),
        ("import flask", "imports flask"),
    ],
)
def test_an_impure_regulation_is_found(tmp_path: Path, line: str, what: str) -> None:
    (tmp_path / "score.py").write_text(f"{line}\n")
    assert len(found := impurities(tmp_path)) == 1
    assert what in found[0]
