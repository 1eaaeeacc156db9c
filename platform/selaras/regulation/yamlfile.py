"""Reading a plugin's YAML: repeated keys and unknown keys are refused in words."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from selaras.errors import Misconfigured
from selaras.regulation.types import CERTAINTIES, Label, Source

try:  # libyaml reads ten times as fast, and every process reads all regulations once; not every wheel carries it
    from yaml import CSafeLoader as SafeLoader
except ImportError:
    from yaml import SafeLoader  # type: ignore[assignment]  # the slower twin


class _Loader(SafeLoader):
    """The safe loader, without YAML's silent "last one wins" for repeated keys."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"key {key!r} appears twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


def load_yaml(text: str) -> Any:
    """Plain YAML as anybody writes it; raises yaml.YAMLError."""
    return yaml.load(text, SafeLoader)


def read_yaml(path: Path) -> Any:
    """The content of one YAML file; a syntax error names file and line."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - a SafeLoader subclass
    except FileNotFoundError:
        raise Misconfigured("regulation.file_missing", "The file {file} does not exist.", file=str(path)) from None
    except yaml.YAMLError as error:
        raise Misconfigured(
            "regulation.yaml", "{file} is not valid YAML: {problem}", file=path.name, problem=str(error)
        ) from error


def check_keys(where: str, node: object, required: Iterable[str], optional: Iterable[str] = ()) -> dict[str, Any]:
    """`node` as a mapping that has every required key and no key beyond the optional ones."""
    if not isinstance(node, dict):
        raise Misconfigured("regulation.not_a_mapping", "{where} must be a mapping.", where=where)
    needed, known = set(required), set(required) | set(optional)
    missing, unknown = needed - set(node), {str(key) for key in node if key not in known}
    if unknown:
        raise Misconfigured(
            "regulation.unknown_key",
            "{where} has the unknown key {keys}. Known keys: {known}.",
            where=where,
            keys=", ".join(sorted(unknown)),
            known=", ".join(sorted(known)),
        )
    if missing:
        raise Misconfigured(
            "regulation.missing_key", "{where} lacks {keys}.", where=where, keys=", ".join(sorted(missing))
        )
    return node


def read_label(where: str, node: object) -> Label:
    """A label in Indonesian and English; both must be filled."""
    texts = check_keys(f"the label of {where}", node, ("id", "en"))
    if not all(isinstance(text, str) and text.strip() for text in texts.values()):
        raise Misconfigured("regulation.label", "The label of {where} needs a text in id and en.", where=where)
    return Label(id=texts["id"], en=texts["en"])


def read_source(where: str, node: Mapping[str, Any]) -> Source:
    """The article and certainty of a statement."""
    article, certainty = node.get("article"), node.get("certainty")
    if not isinstance(article, str) or not article.strip():
        raise Misconfigured("regulation.no_source", "{where} names no article.", where=where)
    if certainty not in CERTAINTIES:
        raise Misconfigured(
            "regulation.certainty",
            "{where} has the certainty {certainty}; it must be one of {known}.",
            where=where,
            certainty=repr(certainty),
            known=", ".join(CERTAINTIES),
        )
    return Source(article, certainty, str(node.get("note", "")))
