"""One command checks everything: ruff, mypy and the import contracts run as tests, and each is shown to bite."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from architecture.sources import PACKAGES, ROOT

pytestmark = pytest.mark.slow

BIN = Path(sys.executable).parent


def run(program: str, *arguments: str, cwd: Path = ROOT, given: str = "", **environment: str) -> tuple[int, str]:
    done = subprocess.run(
        [str(BIN / program), *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_ruff_finds_nothing() -> None:
    code, said = run("ruff", "check", "--no-cache", ".")
    assert code == 0, said


def test_every_file_is_formatted() -> None:
    code, said = run("ruff", "format", "--no-cache", "--check", ".")
    assert code == 0, said


@pytest.mark.timeout(900)
def test_mypy_finds_nothing() -> None:
    code, said = run("mypy")
    assert code == 0, said


def test_the_import_contracts_hold() -> None:
    code, said = run("lint-imports", "--no-cache")
    assert code == 0, said
    assert "0 broken" in said


BRANCHES = "def chosen(n: int) -> int:\n" + "".join(f"    if n == {n}:\n        return {n}\n" for n in range(9))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("import plugins.pp46_2011\n", "TID251"),
        ("from platform import selaras\n", "TID251"),
        ("from datetime import datetime\n\nAT = datetime.now()\n", "DTZ005"),
        (f"{BRANCHES}    return 0\n", "C901"),
        ("def many(a, b, c, d, e, f, g, h, i):  # nine\n    return a\n", "PLR0913"),
        ('QUERY = f"SELECT 1 FROM t WHERE name = {input()}"\n', "S608"),
    ],
)
def test_ruff_bites(text: str, rule: str) -> None:
    code, said = run("ruff", "check", "--no-cache", "--stdin-filename", "platform/selaras/planted.py", "-", given=text)
    assert code == 1
    assert rule in said, said


def test_mypy_bites(tmp_path: Path) -> None:
    planted = tmp_path / "planted.py"
    planted.write_text("def loose(value):\n    return value\n\n\ndef wrong() -> int:\n    return 'text'\n")
    code, said = run("mypy", "--cache-dir", str(tmp_path / "cache"), "--config-file", "pyproject.toml", str(planted))
    assert code == 1
    assert "no-untyped-def" in said, said
    assert "return-value" in said, said


# Contract → a file and the import in it that breaks it.
PLANTED = {
    "Who may import whom, top to bottom": ("platform/selaras/planning/models.py", "import selaras.closing.rules"),
    "The core names no plugin, no pack, no console": ("platform/selaras/demo/names.py", "import instansi_sidoarjo"),
    "A regulation or a pack imports only the border and Polars": (
        "tenants/instansi_diy/__init__.py",
        "import selaras.db.base",
    ),
    "No regulation and no pack builds on another": ("tenants/instansi_surabaya/__init__.py", "import pp46_2011"),
    "The console sees agencies, rollouts and summaries, never people": (
        "admin/selaras_admin/vocabulary.py",
        "import selaras.organisation.queries",
    ),
    "No identity provider in the product": ("platform/selaras/demo/run.py", "import nanoidp"),
    "No Flask below the edge": ("platform/selaras/followup/service.py", "import flask"),
}
NEWCOMER = "platform/selaras/newcomer.py"


def test_every_import_contract_bites(tmp_path: Path) -> None:
    """A copy of the tree with one fault for each contract: every contract is reported broken."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name, statement in PLANTED.values():
        path = tmp_path / name
        path.write_text(f"{path.read_text('utf-8')}\n{statement}\n", "utf-8")
    (tmp_path / NEWCOMER).write_text('"""A part of the core without a place."""\n', "utf-8")
    roots = os.pathsep.join(str(tmp_path / package) for package in PACKAGES)
    code, said = run("lint-imports", "--no-cache", cwd=tmp_path, PYTHONPATH=roots)
    assert code == 1
    # Behind the word stands how many imports a contract was told to leave out.
    broken = {line.partition(" BROKEN")[0] for line in said.splitlines() if " BROKEN" in line}
    assert broken == set(PLANTED), said
    assert "selaras.newcomer" in said
