"""Finding a plugin in a folder: a project with its entry point, or the package itself; and importing it."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module, invalidate_caches
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from selaras.errors import Invalid
from selaras.regulation.registry import GROUP, Registry, answering
from selaras.regulation.yamlfile import read_yaml


@dataclass(frozen=True)
class Found:
    """A regulation on disk: its code, the import name of its package, the folder that holds it, and its own folder.

    `attribute` names the object within the package that answers; empty: its `rulebook`, or the package itself.
    """

    code: str
    module: str
    attribute: str
    root: Path
    folder: Path

    def load(self) -> Registry:
        """A registry of this regulation alone; raises what the registry says of a plugin that is refused."""
        _forget_others(self.module, self.folder)
        with _importable(self.root):
            answerer: object = import_module(self.module)
            for name in filter(None, self.attribute.split(".")):
                answerer = getattr(answerer, name)
            return Registry({self.code: answering(answerer)})


def find_plugins(path: Path) -> list[Found]:
    """The regulations of a project (`pyproject.toml`) or of a package folder (`identity.yaml`).

    Raises Invalid where the folder holds neither, or its entry point leads nowhere.
    """
    path = path.resolve()
    if (path / "identity.yaml").is_file():
        return [_package(path)]
    if (path / "pyproject.toml").is_file():
        found = [_announced(path, code, point) for code, point in _entry_points(path / "pyproject.toml").items()]
        if found:
            return found
    raise Invalid(
        "plugin.not_found",
        "{path} is no plugin: it has neither identity.yaml nor a pyproject.toml with the entry-point group {group}.",
        path=str(path),
        group=GROUP,
    )


def _package(folder: Path) -> Found:
    code = str((read_yaml(folder / "identity.yaml") or {}).get("code", folder.name))
    root = folder.parent
    parts = [folder.name]
    while (root / "__init__.py").is_file():
        parts.insert(0, root.name)
        root = root.parent
    module = ".".join(parts)
    installed = (one.attr or "" for one in entry_points(group=GROUP, name=code) if one.module == module)
    return Found(code, module, next(installed, ""), root, folder)


def _announced(project: Path, code: str, point: str) -> Found:
    module, _, attribute = point.partition(":")
    for root in (project, project / "src", project / "plugins", project / "tenants"):
        folder = root.joinpath(*module.split("."))
        if (folder / "__init__.py").is_file():
            return Found(code, module, attribute, root, folder)
    raise Invalid(
        "plugin.entry_point",
        "The entry point {code} names {module}, which is not in {project}.",
        code=code,
        module=module,
        project=str(project),
    )


def _entry_points(pyproject: Path) -> dict[str, str]:
    try:
        content: dict[str, Any] = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid(
            "plugin.pyproject", "{file} cannot be read: {problem}", file=str(pyproject), problem=str(error)
        ) from error
    points = content.get("project", {}).get("entry-points", {}).get(GROUP, {})
    return {str(code): str(point) for code, point in points.items()}


def _forget_others(module: str, folder: Path) -> None:
    """A package of the same name from another folder gives way; the one that is asked for is read."""
    known = sys.modules.get(module)
    if known is not None and known.__file__ and Path(known.__file__).resolve().parent != folder:
        for name in [name for name in sys.modules if name == module or name.startswith(f"{module}.")]:
            del sys.modules[name]
        invalidate_caches()


@contextmanager
def _importable(root: Path) -> Iterator[None]:
    added = str(root) not in sys.path
    if added:
        sys.path.insert(0, str(root))
    try:
        yield
    finally:
        if added:
            sys.path.remove(str(root))
