"""What the tests of the house look at: our files and their syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
CORE = ROOT / "platform" / "selaras"
PACKAGES = ("platform", "plugins", "tenants", "admin")
FOLDERS = (*PACKAGES, "bench", "docs", "tests", ".ci")
_MADE = frozenset({"__pycache__", ".pytest_cache", "node_modules"})
_TEXT = frozenset({"", *".py .md .toml .yaml .html .css .svg .typ .po .mako .json .lock".split()})  # noqa: SIM905  # reads better than a list


@dataclass(frozen=True)
class Source:
    """One Python file: where it lies below the root of its tree, its text, and the tree of its syntax."""

    name: str
    text: str
    tree: ast.Module

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())

    def calls(self) -> Iterator[tuple[ast.Call, str]]:
        """Every call with the dotted name of what is called (`self.clock.now` → `self.clock.now`)."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield node, dotted(node.func)

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node


def dotted(node: ast.AST) -> str:
    """The dotted name that an expression spells, as far as it is one."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def source(text: str, name: str = "planted.py") -> Source:
    """A file that stands nowhere: for a planted fault."""
    return Source(name, text, ast.parse(text))


@cache
def _all() -> tuple[Source, ...]:
    found = []
    for folder in (*PACKAGES, "bench", "tests"):
        for path in files(ROOT / folder):
            if path.suffix == ".py":
                found.append(source(path.read_text("utf-8"), str(path.relative_to(ROOT))))
    return tuple(found)


def sources(*folders: str) -> tuple[Source, ...]:
    """Our Python files below some folders of the repository (default: the four source roots)."""
    chosen = folders or PACKAGES
    return tuple(one for one in _all() if one.name.startswith(tuple(f"{folder}/" for folder in chosen)))


def files(folder: Path) -> list[Path]:
    """Every file below a folder that a person wrote."""
    if not folder.is_dir():
        return []
    inside = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in inside if not _MADE & set(path.parts) and ".egg-info" not in str(path))


def written(root: Path = ROOT) -> Iterator[tuple[str, str]]:
    """Name and text of everything that is committed, except what the licence says."""
    # In a linked work tree `.git` is a file, and no part of what is committed.
    tops = sorted(path for path in root.iterdir() if path.is_file() and path.name not in {"LICENSE", ".git"})
    for path in [*tops, *(path for folder in FOLDERS for path in files(root / folder))]:
        if path.suffix in _TEXT:
            yield str(path.relative_to(root)), path.read_text("utf-8")


def named(found: Iterable[str]) -> str:
    """Faults as a message, one a line."""
    return "\n" + "\n".join(found)
