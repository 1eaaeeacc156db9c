"""Finding out who has an account: every answer about an account reads the same, and takes about as long."""

from __future__ import annotations

import re
import time
from uuid import UUID

import pytest
from factories.attacks import Verdict, attacker_at, entries
from factories.hostile_provider import HostileProvider
from factories.signing_in import at_provider, begin, come_back, orders_for
from factories.site import Site

Connected = dict[str, UUID]
CHANGING = re.compile(r'value="[^"]{20,}"|/assets/[0-9a-f]+/')


@pytest.fixture
def names(site: Site) -> dict[str, str]:
    """What the ledger calls it → a user name of which that is true."""
    switched_off = f"auditor@{site.closed.slug}"
    site.closed.scalar(
        "UPDATE selaras.account SET active = false WHERE tenant_id = :tenant AND subject = :subject RETURNING 1",
        subject=switched_off,
    )
    return {"account_unknown": "nobody-of-that-name", "account_inactive": switched_off}


@pytest.mark.attack(
    "User enumeration",
    "Sign-ins under names that have no account, and that have a closed one, are told apart by answer or time.",
    status=401,
    code="sign_in.no_account",
    ledger="account_unknown",
)
def test_which_accounts_there_are_is_not_told(
    site: Site, hostile: HostileProvider, connected: Connected, names: dict[str, str], verdict: Verdict
) -> None:
    pages: dict[str, set[str]] = {reason: set() for reason in names}
    took: dict[str, list[float]] = {reason: [] for reason in names}
    for _ in range(9):
        for reason, name in names.items():
            hostile.orders = orders_for(name)
            attacker = attacker_at(site.closed)
            back = at_provider(begin(attacker, connected[site.closed.slug]))
            began = time.perf_counter()
            answer = come_back(attacker, back)
            took[reason].append(time.perf_counter() - began)
            pages[reason].add(CHANGING.sub("", answer.text))
            assert entries(site.closed, attacker.address, reason) == 1, "the agency is told which it was"
            if reason == "account_unknown":
                verdict(answer, site.closed, attacker)
            assert answer.status_code == 401
    assert pages["account_unknown"] == pages["account_inactive"]
    # The quickest of each: what the machine is busy with besides only ever adds to it.
    quick, slow = sorted(min(times) for times in took.values())
    assert slow < 2 * quick, took
