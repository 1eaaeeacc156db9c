"""The shape of files: what may not exist, how long things get, what stands first, what a committed file may not say."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from architecture.sources import ROOT, Source, files, named, source, sources, written

LONGEST_FILE = 400
LONGEST_BODY = 40
# Generated from the models in one piece; a migration is read once and never changed.
GENERATED = "platform/selaras/migrations/versions/"


def shadows(root: Path) -> list[str]:
    """Files that make a source root a package: `platform` would shadow the standard library's module."""
    return [str(path) for path in (root / name / "__init__.py" for name in ("platform", "plugins", "tenants", "admin"))
            if path.exists()]  # fmt: skip


def test_no_source_root_is_a_package(tmp_path: Path) -> None:
    assert shadows(ROOT) == []
    (tmp_path / "platform").mkdir()
    (tmp_path / "platform" / "__init__.py").touch()
    assert len(shadows(tmp_path)) == 1


LOCKS = ("uv.lock", "pylock.toml", "poetry.lock", "pdm.lock", "Pipfile.lock", "package-lock.json", "yarn.lock")


def hosts_in_locks(root: Path) -> list[str]:
    """Lock files that record where packages came from; only the hash-locked requirements file is kept."""
    found = [name for name in LOCKS if (root / name).exists() and name not in (root / ".gitignore").read_text("utf-8")]
    for line in (root / "requirements.lock").read_text("utf-8").splitlines():
        if "://" in line or line.startswith(("-i ", "-f ", "--index", "--extra-index", "--find-links", "--trusted")):
            found.append(f"requirements.lock: {line}")
    return found


def test_no_lock_file_records_hosts(tmp_path: Path) -> None:
    assert hosts_in_locks(ROOT) == []
    (tmp_path / ".gitignore").write_text("uv.lock\n")
    (tmp_path / "uv.lock").touch()
    (tmp_path / "pylock.toml").touch()
    (tmp_path / "requirements.lock").write_text("--index-url somewhere\nflask==3.1 --hash=sha256:0\n")
    assert hosts_in_locks(tmp_path) == ["pylock.toml", "requirements.lock: --index-url somewhere"]


def too_long(given: Iterable[Source]) -> list[str]:
    """Files above 400 lines, and functions whose body (without docstring) is above 40."""
    found = []
    for one in given:
        if one.lines > LONGEST_FILE and not one.name.startswith(GENERATED):
            found.append(f"{one.name}: {one.lines} lines")
        if one.name.startswith(GENERATED):
            continue
        for function in one.functions():
            body = function.body[1:] if ast.get_docstring(function) else function.body
            length = (function.end_lineno or 0) - body[0].lineno + 1 if body else 0
            if length > LONGEST_BODY:
                found.append(f"{one.name}:{function.lineno}: {function.name} has {length} lines")
    return found


def test_files_and_functions_stay_short() -> None:
    found = too_long((*sources(), *sources("bench", "tests")))
    assert not found, named(found)


def test_what_is_long_is_found() -> None:
    lines = "\n".join(f"    value = {n}" for n in range(41))
    planted = source(f'"""Long."""\n\n\ndef grown() -> None:\n    """Grown."""\n{lines}\n')
    assert too_long([planted]) == ["planted.py:4: grown has 41 lines"]
    assert too_long([source("\n" * 401, "long.py")]) == ["long.py: 401 lines"]
    short = "\n".join(lines.splitlines()[:40])
    assert too_long([source(f'def fits() -> None:\n    """{"a" * 9}\n\n    More.\n    """\n{short}\n')]) == []


def test_pages_and_styles_stay_short() -> None:
    long = [
        str(path.relative_to(ROOT))
        for folder in ("platform", "admin")
        for path in files(ROOT / folder)
        if path.suffix in (".html", ".css", ".typ") and len(path.read_text("utf-8").splitlines()) > LONGEST_FILE
    ]
    assert long == []


def without_word(given: Iterable[Source]) -> list[str]:
    """Modules whose docstring is missing, or does not begin with one line that says what lives there."""
    found = []
    for one in given:
        said = ast.get_docstring(one.tree, clean=False)
        first = (said or "").split("\n\n")[0]
        if not first.strip() or "\n" in first.strip() or not first.strip().endswith((".", ")", "`")):
            found.append(one.name)
    return found


def test_every_module_says_in_one_line_what_lives_there() -> None:
    assert without_word((*sources(), *sources("bench"))) == []


@pytest.mark.parametrize("text", ["import os\n", '"""Two\nlines."""\n', '""""""\n', '"""no sentence"""\n'])
def test_a_module_that_says_nothing_is_found(text: str) -> None:
    assert without_word([source(text)]) == ["planted.py"]
    assert without_word([source('"""One line.\n\nAnd more, apart."""\n')]) == []


# Built from pieces, so that this file does not accuse itself.
PRIVATE = re.compile(
    r"(?<![\w./])/(?:work|root|farm)(?=[/\s\"'`]|$)|\.\./" + "shared" + r"\b|/home/\w+/|/Users/\w+/"
    r"|files\.python" + r"hosted\.org|https?://[^/\s\"']*(?:pypi|nexus|artifactory|registry|mirror)[^/\s\"']*"
)  # fmt: skip


def private(texts: Iterable[tuple[str, str]]) -> list[str]:
    """Places of one machine, or of one network, in committed text."""
    return [
        f"{name}:{number}: {found[0]}"
        for name, text in texts
        for number, line in enumerate(text.splitlines(), 1)
        for found in [PRIVATE.search(line)]
        if found
    ]


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = private(written())
    assert not found, named(found)


@pytest.mark.parametrize(
    "line",
    [
        "cd /" + "work/main",
        "HOME=/" + "root",
        "see ../" + "shared/notes.md",
        "https://py" + "pi.example.net/simple",
        "https://files.python" + "hosted.org/packages/x",
        "/home" + "/somebody/x",
    ],
)
def test_a_private_place_is_found(line: str) -> None:
    assert len(private([("planted.md", line)])) == 1


def test_an_ordinary_place_is_not() -> None:
    for line in (
        'name.startswith("xl/worksheets/")',
        'Path("/tmp/x")',
        "https://selaras.example/",
        "mysql://root@here/x",
    ):
        assert private([("fine.py", line)]) == []
