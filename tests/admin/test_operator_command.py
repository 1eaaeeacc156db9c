"""`selaras operator`: the first operator is added on the server; the journal names who did it."""

from __future__ import annotations

import getpass
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from factories.operators import ask_support
from sqlalchemy import text

from selaras.clock import fixed
from selaras.identity.operators.queries import operator_by_login
from selaras.identity.support.asking import Asker
from selaras.identity.support.queries import accesses
from selaras_admin.operators import day

PROGRAM = Path(sys.executable).with_name("selaras")


@pytest.fixture
def run(console_settings):
    environment = {
        "PATH": os.environ["PATH"],
        "SELARAS_CONSOLE_DATABASE_URL": console_settings.console_database_url,
    }

    def ran(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [PROGRAM, "operator", *arguments], env=environment, capture_output=True, text=True, timeout=120, check=False
        )

    return ran


def test_an_operator_comes_gets_roles_and_goes(run, console_database, plant):
    login = f"{uuid4().hex[:8]}@helpdesk.example"
    added = run("add", login, "--name", "Rina", "--role", "support", "--role", "observer", "--from", "2026-01-01")
    assert (added.returncode, added.stderr) == (0, "")
    assert login in added.stdout
    granted = run("grant", login, "--role", "administrator", "--from", "2026-01-01", "--until", "2099-12-31")
    assert "administrator, observer, support" in granted.stdout
    listed = {one["login"]: one for one in json.loads(run("list", "--json").stdout)}
    assert listed[login]["roles"] == ["administrator", "observer", "support"]
    assert (listed[login]["name"], listed[login]["active"], listed[login]["signed_in_before"]) == ("Rina", True, False)
    with console_database.platform() as session:
        who = operator_by_login(session, login, day())
    # The command tells the time by its own clock.
    with fixed(datetime.now(UTC)):
        ask_support(console_database, Asker(who.id, who.name), plant("Instansi Diminta").tenant_id)
    assert run("add", "other-" + login, "--name", "Lain", "--role", "administrator").returncode == 0
    removed = run("remove", login)
    assert "dikeluarkan" in removed.stdout, removed.stderr
    with console_database.platform() as session:
        assert {one.stage for one in accesses(session, operator_id=who.id)} == {"withdrawn"}
        acts = session.execute(
            text("SELECT actor, action FROM selaras.operator_entry WHERE subject = :s ORDER BY id"), {"s": str(who.id)}
        ).all()
    assert [row.action for row in acts] == [
        "operator.added", *["operator.role_granted"] * 3, "operator.removed",
    ]  # fmt: skip
    assert {row.actor for row in acts} == {f"cli:{getpass.getuser()}"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "dua kata", "--name", "X", "--role", "support"), "without spaces"),
        (("add", "x-{}", "--name", "X", "--role", "raja"), "is no role of operators"),
        (("add", "x-{}", "--name", "X", "--role", "support", "--until", "2001-01-01"), "lies before the first"),
        (("remove", "nobody-{}"), "no such operator"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_changes_nothing(run, arguments, said):
    mark = uuid4().hex[:8]
    done = run(*(one.format(mark) for one in arguments))
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert mark not in run("list").stdout
