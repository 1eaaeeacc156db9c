"""What a plugin's code may not do: round by itself, import the platform, loop over rows, or ask for the time."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

_OUTSIDE = frozenset({"os", "random", "socket", "sqlite3", "subprocess", "time", "urllib", "http"})
_BORDER = frozenset({"selaras.regulation", "selaras.regulation.kit"})
ALLOWED_IMPORTS = (frozenset(sys.stdlib_module_names) - _OUTSIDE) | {"polars"}
_TOUCHES = "reads or changes something outside the facts and parameters that it is given"
_BANNED = {
    "round": "rounds by itself; use round_law with its article (Polars rounds half to even: 90.5 → 90)",
    "round_sig_figs": "rounds by itself; use round_law with its article",
    "truncate": "rounds by itself; use round_law(…, mode='down') with its article",
    "map_elements": "loops over rows; write an expression",
    "map_rows": "loops over rows; write an expression",
    "iter_rows": "loops over rows; write an expression",
    "today": "asks for the time; a regulation is given the parameters in force",
    "now": "asks for the time; a regulation is given the parameters in force",
    **dict.fromkeys(("open", "write_text", "write_bytes", "unlink", "rmtree", "import_module", "exit"), _TOUCHES),
}
_BUILTINS = dict.fromkeys(("exec", "eval", "compile", "__import__", "input", "breakpoint", "quit"), _TOUCHES)


def impurities(folder: Path) -> list[str]:
    """What the Python files of a plugin's package do that they may not, each as `file:line: what`; empty is good."""
    found, package = [], _top_package(folder)
    for path in sorted(folder.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
        found += [f"{path.relative_to(folder)}:{line}: {what}" for line, what in _found(tree, package)]
    return found


def _top_package(folder: Path) -> str:
    """The package that the folder lies in: a rulebook may be a part of a pack."""
    while (folder.parent / "__init__.py").exists():
        folder = folder.parent
    return folder.name


def _found(tree: ast.AST, package: str) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            banned = _BANNED if isinstance(node.func, ast.Attribute) else _BANNED | _BUILTINS
            if called in banned:
                yield node.lineno, f"calls {called}, which {banned[called]}"
        elif isinstance(node, ast.While):
            yield node.lineno, "loops without a bound; write an expression"
        elif isinstance(node, ast.Import):
            yield from ((node.lineno, _stranger(one.name)) for one in node.names if not _may_import(one.name, package))
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if not node.level and not _may_import(module, package):
                yield node.lineno, _stranger(module)


def _may_import(module: str, package: str) -> bool:
    return module in _BORDER or module.partition(".")[0] in ALLOWED_IMPORTS | {package}


def _stranger(module: str) -> str:
    return f"imports {module}; a regulation imports selaras.regulation, polars and the standard library"
