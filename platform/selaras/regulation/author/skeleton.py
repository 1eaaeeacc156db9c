"""The skeleton of a plugin: a working, tested project, written outside the repository from the templates here."""

from __future__ import annotations

import re
import sys
from importlib.resources import files
from importlib.resources.abc import Traversable
from keyword import iskeyword
from pathlib import Path
from typing import get_args

from selaras.errors import Conflict, Invalid
from selaras.regulation.types import Subject

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LONGEST = 60
_TAKEN = sys.stdlib_module_names | {"polars", __name__.partition(".")[0]}
_SUFFIX = ".template"
APPRAISAL: Subject = "appraisal"
_ACTIVATE = "An agency follows it from a day on: `selaras tenant assign AGENCY @CODE@ --from DATE --reason WHY`."


def write_skeleton(name: str, folder: Path, subject: Subject = APPRAISAL) -> list[Path]:
    """Write the project `name` into `folder` and return its files.

    An appraisal has items, outcomes, a form and an objection; any other subject has conditions of a person alone.
    Raises Invalid for a name that is no package name or an unknown subject, Conflict where something stands already.
    """
    if not _NAME.fullmatch(name) or len(name) > LONGEST or iskeyword(name) or name in _TAKEN:
        raise Invalid(
            "plugin.name",
            "{name} cannot be a plugin's name: at most {longest} small letters, digits and _ in between, such as "
            "perka_7_2030, and no word or module of Python or of Selaras.",
            name=repr(name[: LONGEST + 1]),
            longest=LONGEST,
        )
    if subject not in get_args(Subject):
        raise Invalid(
            "plugin.subject",
            "{subject} is no subject; choose one of {known}.",
            subject=repr(subject),
            known=", ".join(get_args(Subject)),
        )
    project = folder / name
    if project.exists():
        raise Conflict("plugin.exists", "{path} exists already; choose another name or --dir.", path=str(project))
    templates, kind = files(__package__) / "templates", "appraisal" if subject == APPRAISAL else "rulebook"
    words = {
        "@MAP@": (templates / kind / "map.txt").read_text(encoding="utf-8").rstrip(),
        "@ACTIVATE@": _ACTIVATE if subject == APPRAISAL else "",
        "@ARTICLE@": "Contoh 1/2030",
        "@CODE@": name,
        "@DASHED@": name.replace("_", "-"),
        "@SUBJECT@": subject,
    }
    written = []
    for part in ("project", kind):
        for path, source in _templates(templates / part):
            target = project / _filled(path, words)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(_filled(source.read_text(encoding="utf-8"), words), encoding="utf-8")
            written.append(target)
    return sorted(written)


def _templates(folder: Traversable, inside: str = "") -> list[tuple[str, Traversable]]:
    found = []
    for one in folder.iterdir():
        path = f"{inside}{one.name}"
        if one.is_dir():
            found += _templates(one, f"{path}/")
        elif one.name.endswith(_SUFFIX):
            found.append((path.removesuffix(_SUFFIX), one))
    return found


def _filled(text: str, words: dict[str, str]) -> str:
    for mark, word in words.items():
        text = text.replace(mark, word)
    return text
