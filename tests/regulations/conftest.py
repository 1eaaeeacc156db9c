"""The installed regulations, and copies of them in which one thing is different."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from selaras.regulation import Registry, hookimpl, load_registry

Edit = Callable[[dict[str, Any]], None]
Changed = Callable[[str, str, Edit], Registry]


@pytest.fixture(scope="session")
def registry() -> Registry:
    return load_registry()


@pytest.fixture
def changed(tmp_path: Path) -> Changed:
    """`changed(code, parameter, edit)`: a registry of that regulation after `edit` has changed the parameter's node."""

    def make(code: str, parameter: str, edit: Edit) -> Registry:
        module = import_module(code)
        folder = tmp_path / "parameters"
        shutil.copytree(Path(str(module.__file__)).parent / "parameters", folder)
        for path in folder.glob("*.yaml"):
            content = yaml.safe_load(path.read_text())
            if parameter in content:
                edit(content[parameter])
                path.write_text(yaml.safe_dump(content))
        return Registry({code: with_answers(module, parameters=lambda: folder)})

    return make


def with_answers(module: object, **answers: Callable[..., object]) -> SimpleNamespace:
    """A plugin that answers like `module`, except for `answers`."""
    return SimpleNamespace(**{**vars(module), **{name: hookimpl(answer) for name, answer in answers.items()}})
