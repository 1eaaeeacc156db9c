"""What every attack has in common: an address of its own, a verdict on the answer, and a row in the table of attacks.

A test of an attack carries `@pytest.mark.attack(title, tries, status=…, code=…, ledger=…)`, with plain values, and asks
the fixture `verdict` about each answer that must be a refusal.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from factories.site import Home, Visitor
from selaras.audit.service import salted

ATTACKS = Path(__file__).resolve().parents[1] / "identity" / "attacks"
PAGE = ATTACKS.parents[2] / "docs" / "identity-attacks.md"
_addresses = itertools.count(1)

# A refusal of its reason that came from this address; the ledger holds addresses as salted hashes.
_ENTRIES = text(
    "SELECT action FROM selaras.ledger_entry WHERE tenant_id = :tenant AND payload->>'address' = :address"
    " AND payload->>'reason' = :reason"
)
_ANY = text("SELECT count(*) FROM selaras.ledger_entry WHERE tenant_id = :tenant AND payload->>'address' = :address")


@dataclass(frozen=True)
class Row:
    """One attack as the table tells it."""

    file: str
    title: str
    tries: str
    status: int
    code: str
    ledger: str


class Verdict:
    """Whether an answer is the refusal that the attack's row promises, and stands in the ledger that it names."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.given = 0

    def __call__(self, answer: TestResponse, home: Home, attacker: Visitor) -> None:
        self.given += 1
        assert answer.status_code == self.row.status, (answer.status_code, answer.text[:800])
        if self.row.code:
            found = said(answer)
            assert self.row.code in found, (self.row.code, found[:800])
        recorded = entries(home, attacker.address, self.row.ledger)
        if self.row.ledger:
            assert recorded == 1, f"{recorded} entries of {self.row.ledger} from {attacker.address}"
        else:
            assert recorded == 0, "a refusal that the table calls unrecorded is in the ledger"


def said(answer: TestResponse) -> str:
    """Where an answer leads, the code of its problem, or its page."""
    if answer.is_json:
        told = answer.json
        return str(told.get("code") or told.get("error") or told.get("detail"))
    return answer.headers.get("Location") or answer.text


def entries(home: Home, address: str, reason: str = "") -> int:
    """How many refusals of a reason (any, if none is given) an agency's ledger holds from one address."""
    with home.database.tenant(home.tenant_id) as session:
        given = {"tenant": home.tenant_id, "address": salted(session, address), "reason": reason}
        if not reason:
            return int(session.execute(_ANY, given).scalar_one())
        return len(session.execute(_ENTRIES, given).all())


def attacker_at(home: Home) -> Visitor:
    """Somebody at an address of their own (RFC 3849), so that limits and the ledger tell attacks apart."""
    visitor = home.visitor()
    return with_address(visitor)


def with_address(visitor: Visitor) -> Visitor:
    """The same visitor, at an address that nobody had before."""
    visitor.address = f"2001:db8::{next(_addresses):x}"
    visitor.client.environ_base["REMOTE_ADDR"] = visitor.address
    return visitor


@pytest.fixture
def verdict(request: pytest.FixtureRequest) -> Iterator[Verdict]:
    marker = request.node.get_closest_marker("attack")
    assert marker is not None, "an attack has its row"
    made = Verdict(Row("", *marker.args, **{"code": "", "ledger": "", **marker.kwargs}))
    yield made
    assert made.given, "an attack asks for a verdict"


def rows() -> list[Row]:
    """Every attack of the suite, read out of its files."""
    found = []
    for path in sorted(ATTACKS.glob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.attack":
                values = {one.arg: ast.literal_eval(one.value) for one in node.keywords if one.arg}
                given = [ast.literal_eval(one) for one in node.args]
                found.append(Row(path.stem, *given, **{"code": "", "ledger": "", **values}))
    return found


def page() -> str:
    """docs/identity-attacks.md, as the suite is now."""
    lines = [
        "# Attacks on identity, and what becomes of them",
        "",
        "Each row is an attack of `tests/identity/attacks`, carried out over HTTP against the whole application, most",
        "of them at two agencies. The test holds the answer, its code and the entry in the attacked agency's ledger",
        "(found by the salted hash of the attacker's address, and the reason) against this row. Written by",
        "`PYTHONPATH=tests .venv/bin/python -m factories.attacks`; a test keeps it in step.",
        "",
        "| attack | how it is tried | answer | ledger |",
        "|---|---|---|---|",
    ]
    for row in rows():
        answer = f"{row.status}" + (f" `{row.code}`" if row.code else "")
        lines.append(f"| {row.title} | {row.tries} | {answer} | {f'`{row.ledger}`' if row.ledger else '–'} |")
    lines += ["", f"{len(rows())} attacks, {len(rows())} refused or without effect.", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page())
