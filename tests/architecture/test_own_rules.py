"""Every table that may hold an agency's rules travels in packs, or says why it does not."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from selaras.db.base import Base
from selaras.db.tables import sides
from selaras.exchange.own_rules import KINDS, OWN_RULES
from selaras.tenancy.own_rules import OwnRules

# What hangs on one of these (a key that may not be empty, or a key of a key) is about somebody or about one period,
# and no rule: it would mean nothing at another agency.
ABOUT = {"person", "period"}

_ACCESS = "accounts and what they may do"
NO_RULES = {
    **dict.fromkeys(("account_link", "directory_member", "role_grant", "role_request", "invitation"), _ACCESS),
    "inspection": "one audit",
    "ticket": "a problem that somebody reported",
    "ticket_message": "a problem that somebody reported",
    "unlock": "one unlocking",
    "access_limit": "how many tries to sign in: the agency's own guard, set by whoever guards it",
    "national_connection": "the agency's own connection to a national system, with its secrets",
    "channel_setting": "the agency's own mail and messenger gateways, with their secrets",
    "closed_day": "days of one place and year, recorded from decrees; `selaras import` takes them",
    "close_stage": "one close",
    "directory_group": "groups of the agency's own directory",
    "directory_role": "groups of the agency's own directory",
    "distribution_check": "one close",
    "funnel_count": "figures",
    "funnel_unit": "figures",
    "goal": "what units want to reach: content, not a rule",
    "handover": "results that another agency handed over",
    "identity_provider": "how the agency signs in, with its secrets",
    "import_batch": "what was imported",
    "input_grant": "an agreement between two named agencies",
    "granted_input": "an agreement between two named agencies",
    "issued_document": "printed documents",
    "job": "work under way",
    "ledger_block": "the ledger",
    "ledger_entry": "the ledger",
    "ledger_salt": "the ledger",
    "merit_assessment": "the agency's own answers about one year",
    "outage": "what happened at one agency",
    "period": "what is evaluated and when; opened by the agency, closed by it",
    "period_lock": "one period of one agency",
    "person": "people",
    "account": "people",
    "position": "the agency's own posts",
    "ranking_group": "one close",
    "remuneration_draft": "a table of remuneration on its way: what is approved travels",
    "service_client": "machines with their secrets",
    "service_secret": "machines with their secrets",
    "stored_file": "files",
    "survey_opening": "one survey",
    "unit": "the agency's own units",
    "unit_placement": "the agency's own units",
}


def tenant_tables() -> dict[str, type[Base]]:
    return {name: model for name, model in sides().items() if getattr(model, "side", "") == "tenant"}


def about(name: str, seen: frozenset[str] = frozenset()) -> bool:
    """Whether a table hangs on somebody or on a period."""
    if name in ABOUT or (
        "person_id" in (columns := sides()[name].__table__.columns) and not columns.person_id.nullable
    ):
        return True
    parents = {
        key.column.table.name
        for column in sides()[name].__table__.columns
        for key in column.foreign_keys
        if column.name != "tenant_id" and not column.nullable
    }
    return any(about(one, seen | {name}) for one in parents - seen - {name})


def unexplained(tables: dict[str, type[Base]], kinds: Iterable[OwnRules] = OWN_RULES) -> set[str]:
    carried = {table for kind in kinds for table in kind.tables}
    return {name for name in tables if name not in carried and name not in NO_RULES and not about(name)}


def test_every_table_travels_or_says_why_not() -> None:
    missing = unexplained(tenant_tables())
    assert missing == set(), "declare it in the capability's own_rules.py, or say in NO_RULES why it is no rule"
    carried = {table for kind in OWN_RULES for table in kind.tables}
    assert carried & set(NO_RULES) == set()
    assert set(NO_RULES) <= set(tenant_tables()), "a table that is gone"


def test_a_table_of_rules_that_nobody_declared_is_found() -> None:
    without = [one for one in OWN_RULES if one.code != "ranking"]
    assert unexplained(tenant_tables(), without) == {"ranking_rule"}
    found = [about(one) for one in ("rating", "improvement_step", "remuneration_table", "rulebook_choice")]
    assert found == [True, True, False, False]


@pytest.mark.parametrize("kind", OWN_RULES, ids=lambda one: one.code)
def test_every_column_travels_or_says_why_not(kind: OwnRules) -> None:
    columns = {f"{table}.{one.name}" for table in kind.tables for one in sides()[table].__table__.columns}
    assert kind.carried | set(kind.left) == columns
    assert kind.carried & set(kind.left) == set()
    assert all(reason for reason in kind.left.values())
    assert set(kind.label) == {"id", "en"}


def test_kinds_are_named_once() -> None:
    assert len(KINDS) == len(OWN_RULES)
