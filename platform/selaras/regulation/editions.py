"""Editions and hashes: what identifies a rule's text, and what protects a released text from being changed."""

from __future__ import annotations

import hashlib
import importlib
import inspect
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from selaras.errors import Misconfigured
from selaras.regulation.parameters import Parameters, value_digest
from selaras.regulation.types import Edition, Identity
from selaras.regulation.yamlfile import check_keys, read_yaml

GOLDEN_FILE = "golden.yaml"


def package_folder(identity: Identity) -> Path:
    """The folder of the plugin's package."""
    module = importlib.import_module(identity.package)
    if not module.__file__:
        raise Misconfigured("regulation.package", "The package {package} has no files.", package=identity.package)
    return Path(module.__file__).parent


def edition_hash(folder: Path, edition: Edition) -> str:
    """The sha256 of the edition's files, in the order of their names; line ends do not matter."""
    return _files_hash(folder, edition.name, edition.files)


def combining_hash(folder: Path, edition: Edition) -> str | None:
    """The sha256 of the files of the edition's combining rule; None without any."""
    return _files_hash(folder, edition.name, edition.combining) if edition.combining else None


def _files_hash(folder: Path, edition: str, files: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for name in sorted(files):
        path = folder / name
        if not path.is_file():
            raise Misconfigured(
                "regulation.edition_file",
                "Edition {edition} names the file {file}, which does not exist.",
                edition=edition,
                file=name,
            )
        digest.update(name.encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()


def pack_hash(pack: object | None) -> str:
    """The sha256 of an agency pack's code: its own `pack_hash` if it states one, else its files; `-` for none.

    Of a module in a package all Python files of that package count, of another object the file that it comes from.
    """
    if pack is None:
        return "-"
    stated = getattr(pack, "pack_hash", None)
    if isinstance(stated, str):
        return stated
    source = inspect.getsourcefile(pack if isinstance(pack, ModuleType) else type(pack))
    if source is None:
        raise Misconfigured(
            "regulation.pack_source", "The pack {pack} has no source file; state its pack_hash.", pack=repr(pack)
        )
    files = [Path(source)]
    if isinstance(pack, ModuleType) and (files[0].parent / "__init__.py").exists():
        files = sorted(files[0].parent.rglob("*.py"))
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def rule_hash(parts: Iterable[str], parameters: Mapping[str, Any], overrides: Mapping[str, Any]) -> str:
    """The sha256 that names a rule: its code (`parts`), the parameters in force and the agency's choices."""
    text = json.dumps([list(parts), parameters, overrides], sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _recorded(folder: Path, identity: Identity) -> dict[str, str]:
    """Edition → hash; the combining rule of an edition is recorded beside it, as `<edition> combining`."""
    found: dict[str, str] = {}
    for edition in identity.editions:
        found[edition.name] = edition_hash(folder, edition)
        combining = combining_hash(folder, edition)
        if combining is not None:
            found[f"{edition.name} combining"] = combining
    return found


def golden_text(folder: Path, identity: Identity, parameters: Parameters) -> str:
    """The content of `golden.yaml` for the plugin as it stands; written once, when an edition is released."""
    lines = ["# What has been released. Never edit a line: add an edition or append a value, then add its line.", ""]
    recorded = _recorded(folder, identity)
    lines += ["editions:", *(f'  "{name}": {digest}' for name, digest in recorded.items()), "", "values:"]
    for parameter in sorted(parameters, key=lambda one: one.name):
        lines.append(f"  {parameter.name}:")
        lines += [f"    - {value_digest(parameter, value)}" for value in parameter.values]
    return "\n".join(lines) + "\n"


def golden_breaches(folder: Path, identity: Identity, parameters: Parameters) -> list[str]:
    """What differs from `golden.yaml`, in words; empty when every released edition and value still stands."""
    golden = check_keys(GOLDEN_FILE, read_yaml(folder / GOLDEN_FILE), ("editions", "values"))
    current = _recorded(folder, identity)
    breaches = [
        f"the code of the released edition {name} has changed: put the new formula into a new edition beside it"
        for name, digest in golden["editions"].items()
        if current.get(name) != digest
    ]
    breaches += [f"edition {name} is not in {GOLDEN_FILE}" for name in current if name not in golden["editions"]]
    digests = {p.name: [value_digest(p, value) for value in p.values] for p in parameters}
    for name, released in golden["values"].items():
        if digests.get(name, [])[: len(released)] != released:
            breaches.append(f"a released value of the parameter {name} has changed: append a new value instead")
    for name, now in digests.items():
        if len(now) > len(golden["values"].get(name, [])):
            breaches.append(f"a value of the parameter {name} is not in {GOLDEN_FILE}")
    return breaches
