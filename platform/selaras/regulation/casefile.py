"""Reading worked examples from files: a list of examples, or a mapping with the key `cases`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from selaras.errors import Invalid
from selaras.regulation.yamlfile import load_yaml


def read_cases(path: Path) -> list[Mapping[str, Any]]:
    """The examples of one JSON or YAML file. Raises Invalid naming the file and what is wrong with it."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        content = json.loads(text) if path.suffix == ".json" else load_yaml(text)
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, yaml.YAMLError) as error:
        raise Invalid("case.file", "{file} cannot be read: {problem}", file=str(path), problem=str(error)) from error
    listed = content.get("cases") if isinstance(content, dict) else content
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise Invalid(
            "case.shape",
            "{file} must hold a list of examples, or a mapping with the key `cases`.",
            file=str(path),
        )
    return listed


def shipped_cases(folder: Path) -> list[Mapping[str, Any]]:
    """The examples that a plugin ships, from `cases/*.yaml` of its folder, in the order of the file names."""
    return [one for path in sorted((folder / "cases").glob("*.yaml")) for one in read_cases(path)]
