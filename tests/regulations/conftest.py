"""The installed regulations, and copies of them in which one thing is different."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from selaras.regulation import Registry, hookimpl, load_registry
from selaras.regulation.yamlfile import load_yaml

Edit = Callable[[dict[str, Any]], None]
Changed = Callable[[str, str, Edit], Registry]


@pytest.fixture(scope="session")
def registry() -> Registry:
    return load_registry()


@pytest.fixture
def changed(tmp_path: Path) -> Changed:
    """`changed(code, parameter, edit)`: a registry of that regulation after `edit` has changed the parameter's node."""

    def make(code: str, parameter: str, edit: Edit) -> Registry:
        loaded = load_registry().loaded(code)
        folder = tmp_path / "parameters"
        shutil.copytree(loaded.folder / "parameters", folder)
        for path in folder.glob("*.yaml"):
            content = load_yaml(path.read_text())
            if parameter in content:
                edit(content[parameter])
                path.write_text(yaml.safe_dump(content))
        return Registry({code: with_answers(loaded.plugin, parameters=lambda: folder)})

    return make


def with_answers(module: object, **answers: Callable[..., object]) -> SimpleNamespace:
    """A plugin that answers like `module` (or object), except for `answers`."""
    own = {name: getattr(module, name) for name in dir(module) if not name.startswith("__")}
    return SimpleNamespace(**{**own, **{name: hookimpl(answer) for name, answer in answers.items()}})
