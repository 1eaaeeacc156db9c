"""What is asked, set or decided is written down: hooks, settings, commands, decisions, changes."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, make_dataclass
from datetime import date
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import pytest
from architecture.sources import ROOT, named, written

from selaras.cli import COMMANDS, selaras
from selaras.config import Settings, variable
from selaras.exchange.layouts import LAYOUTS
from selaras.regulation import Rulebook, hookimpl, load_registry
from selaras.regulation.articles import newest_rules
from selaras.regulation.hookspecs import DEFAULT_HOOKS, LAW_HOOKS, Hooks
from selaras.tenancy.packs import load_packs

DOCS = ROOT / "docs"
DECISIONS = DOCS / "decisions"
OPERATING = (DOCS / "operating.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")


def settings_not_told(page: str, settings: type = Settings) -> list[str]:
    """Settings without a row `| `SELARAS_…` | … |` in a table that says something, and rows for none."""
    rows = dict(re.findall(r"^\| `(SELARAS_\w+)` \|(.+)\|$", page, re.MULTILINE))
    known = {variable(field.name) for field in fields(settings)}
    silent = {name for name, said in rows.items() if len(said.replace("|", "").strip()) < 20}
    return sorted((known - set(rows)) | (set(rows) - known) | silent)


def test_every_setting_is_documented() -> None:
    assert settings_not_told(OPERATING) == []


def test_a_setting_that_nobody_tells_is_found() -> None:
    more = make_dataclass("More", [("planted", str, "")], bases=(Settings,), frozen=True)
    assert settings_not_told(OPERATING, more) == ["SELARAS_PLANTED"]
    assert settings_not_told(OPERATING + "\n| `SELARAS_GONE` | what was removed long ago |\n") == ["SELARAS_GONE"]
    assert "SELARAS_TLS" in settings_not_told(re.sub(r"\| `SELARAS_TLS` \|.+\|", "| `SELARAS_TLS` | | |", OPERATING))


def hooks_not_told(specs: type) -> list[str]:
    """Hooks without a sentence, without types, or with a mark that says otherwise than the code."""
    found = []
    for name, hook in inspect.getmembers(specs, inspect.isfunction):
        said = inspect.getdoc(hook) or ""
        signature = inspect.signature(hook)
        typed = all(one.annotation is not one.empty for one in list(signature.parameters.values())[1:])
        if len(said) < 30 or not typed or signature.return_annotation is signature.empty:
            found.append(f"{name}: says too little")
        if ("Law." in said) != (name in LAW_HOOKS) or ("Default: none." in said) != (name in DEFAULT_HOOKS):
            found.append(f"{name}: its marks disagree with LAW_HOOKS or DEFAULT_HOOKS")
    return found


def test_every_hook_is_documented() -> None:
    assert len(inspect.getmembers(Hooks, inspect.isfunction)) > 10
    assert hooks_not_told(Hooks) == []


def test_a_hook_that_nobody_tells_is_found() -> None:
    class Planted:
        def silent(self, p: object) -> int: ...

        def identity(self) -> int:
            """Without its mark, though it is the law's alone."""

        def untyped(self, p) -> int:  # type: ignore[no-untyped-def]  # what passes through is not looked at
            """A sentence that is long enough to say something."""

    assert [one.split(":")[0] for one in hooks_not_told(Planted)] == ["identity", "silent", "untyped"]


def without_user(specs: type, answered: Iterable[object]) -> set[str]:
    """Hooks to which nothing installed answers anything: a hook ships with its first user."""
    names = {name for name, _ in inspect.getmembers(specs, inspect.isfunction)}
    return names - {name for plugin in answered for name in names if says_something(plugin, name)}


def says_something(plugin: object, hook: str) -> bool:
    """A rulebook answers every hook; what counts is an answer that is not empty. A pack's wrapper always counts."""
    answer = getattr(plugin, hook, None)
    if not hasattr(answer, "selaras_impl"):
        return False
    if isinstance(plugin, Rulebook):
        code, asked = plugin.identity().code, inspect.signature(answer).parameters
        rules = newest_rules(load_registry(), code)
        # Also what is only said where an agency chose it.
        chosen = [{}, *({one.name: choice} for one in rules.parameters if one.open for choice in one.choices)]
        values = [rules.parameters.at(rules.asked.on, None, one) for one in chosen]
        given = [{"p": one, "edition": rules.edition} for one in values]
        return any(answer(**{name: one[name] for name in asked}) for one in given)
    return True


def test_every_hook_has_a_user() -> None:
    plugins: list[object] = [load_registry().loaded(code).plugin for code in load_registry().codes()]
    plugins += [import_module(span.module) for pack in load_packs().values() for span in pack.code]
    assert without_user(Hooks, plugins) == set()

    class OnlyOne:
        @hookimpl
        def identity(self) -> None: ...

    assert "periods" in without_user(Hooks, [OnlyOne])
    talent = load_registry().loaded("permenpan_3_2020").plugin
    assert "item_steps" in without_user(Hooks, [talent])
    assert "person_steps" not in without_user(Hooks, [talent])


def commands_not_told(page: str, commands: Iterable[str]) -> list[str]:
    return [name for name in commands if f"`selaras {name}" not in page]


def test_every_command_is_in_the_readme() -> None:
    assert commands_not_told(README, [*COMMANDS, *selaras.list_commands(None)]) == []  # type: ignore[arg-type]  # given by name, or wrong on purpose
    assert commands_not_told(README, ["planted"]) == ["planted"]


def test_the_two_commands_stand_in_the_readme_and_ci_runs_one() -> None:
    for command in ("python3 run.py demo", "python3 run.py test"):
        assert f"\n{command}\n" in README
    assert "python3 run.py test" in (ROOT / ".ci" / "run").read_text("utf-8")


PARTS = ("Context", "Decision", "Consequences", "Measured")


def faulty_decisions(folder: Path) -> list[str]:
    """Gaps in the numbers, records the index does not name, and records without one of their four parts."""
    index = (folder / "README.md").read_text("utf-8")
    records = sorted(path for path in folder.glob("*.md") if path.name != "README.md")
    found = []
    for number, path in enumerate(records, 1):
        text = path.read_text("utf-8")
        if not path.name.startswith(f"{number:04}-") or not text.startswith(f"# {number}. "):
            found.append(f"{path.name}: is not number {number}")
        if f"]({path.name})" not in index:
            found.append(f"{path.name}: is not in the index")
        found += [f"{path.name}: no part “{part}”" for part in PARTS if f"**{part}.**" not in text]
    return found


def test_every_decision_has_its_record() -> None:
    assert faulty_decisions(DECISIONS) == []
    assert len(list(DECISIONS.glob("0*.md"))) >= 15


def test_a_faulty_decision_is_found(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("[first](0001-first.md)\n")
    (tmp_path / "0001-first.md").write_text("# 1. First\n\n" + " ".join(f"**{part}.** x" for part in PARTS))
    assert faulty_decisions(tmp_path) == []
    (tmp_path / "0003-third.md").write_text("# 3. Third\n\n**Context.** x **Decision.** y **Consequences.** z")
    found = faulty_decisions(tmp_path)
    assert [one.split(": ")[1].split(" ")[0] for one in found] == ["is", "is", "no"]


def dead_references(texts: Iterable[tuple[str, str]], root: Path) -> list[str]:
    """Pages of docs/ that are named somewhere and do not exist; links between pages that lead nowhere."""
    found = []
    for name, text in texts:
        for page in re.findall(r"\bdocs/[\w./-]*[\w]", text):
            if not (root / page).exists():
                found.append(f"{name}: {page}")
        if name.endswith(".md"):
            for target in re.findall(r"\]\((?!\w+:|#)([^)#\s]+)", text):
                if not (root / name).parent.joinpath(target).exists():
                    found.append(f"{name}: {target}")
    return found


def test_every_page_that_is_named_exists() -> None:
    texts = [one for one in written() if not one[0].startswith("tests/architecture/")]
    found = dead_references(texts, ROOT)
    assert not found, named(found)
    planted = [("README.md", "see docs/gone.md, [this](docs/nowhere.md) and [that](https://selaras.example)")]
    assert dead_references(planted, ROOT) == ["README.md: docs/gone.md", "README.md: docs/nowhere.md", *[
        "README.md: docs/nowhere.md"
    ]]  # fmt: skip


def unversioned(changelog: str, released: str) -> list[str]:
    """A version of the package that the changelog does not know."""
    heads: Mapping[str, str] = dict(re.findall(r"^## \[([\d.]+|Unreleased)\](?: - (\S+))?$", changelog, re.MULTILINE))
    missing = [] if released in heads else [f"{released} is not in the changelog"]
    dated = [one for one in heads.values() if one and one != "unreleased"]
    return missing + [one for one in dated if date.fromisoformat(one).year < 2026]


@pytest.mark.parametrize("changelog", ["# Changelog\n", "## [0.0.9] - 2026-01-01\n"])
def test_the_changelog_knows_the_version(changelog: str) -> None:
    assert unversioned((ROOT / "CHANGELOG.md").read_text("utf-8"), version("selaras")) == []
    assert unversioned(changelog, "0.1.0") == ["0.1.0 is not in the changelog"]


def unnamed_columns(page: str) -> list[str]:
    """Columns of the import layouts that the page does not name, as `kind: header`."""
    rows = {line.split("`")[1]: line for line in page.splitlines() if line.startswith("| `")}
    return [
        f"{kind.value}: {column.header}"
        for kind, columns in LAYOUTS.items()
        for column in columns
        if f"`{column.header}`" not in rows.get(kind.value, "")
    ]


def test_every_import_column_is_documented() -> None:
    page = (ROOT / "docs" / "imports.md").read_text(encoding="utf-8")
    assert unnamed_columns(page) == []
    assert unnamed_columns(page.replace("`NIP PEMBERI`", "")) == ["feedback: NIP PEMBERI"]
