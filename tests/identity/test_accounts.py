"""Accounts in bulk, roles by date."""

from __future__ import annotations

from datetime import date

import pytest
from factories.staff import create_staff
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from selaras.errors import Invalid, NotFound
from selaras.identity.permissions import Role
from selaras.identity.queries import account
from selaras.identity.service import ensure_account, ensure_accounts, grant_role
from selaras.organisation.accounts import account_of, give_accounts
from selaras.organisation.standing import standing

DAY = date(2026, 10, 1)


def test_an_account_is_made_once_and_follows_the_name(session: Session) -> None:
    first = ensure_account(session, "a@x", "Ani")
    assert ensure_accounts(session, {"a@x": "Ani Baru", "b@x": "Budi"})["a@x"] == first
    found = account(session, first, DAY)
    assert found is not None
    assert found.name == "Ani Baru"
    assert ensure_accounts(session, {}) == {}


def test_a_role_holds_on_its_days_only(session: Session) -> None:
    one = ensure_account(session, "a@x", "Ani")
    during = Range(date(2026, 1, 1), date(2026, 7, 1))
    grant_role(session, one, Role.PERFORMANCE_MANAGER, during)
    grant_role(session, one, Role.PERFORMANCE_MANAGER, during)
    assert account(session, one, date(2026, 6, 30)).roles == {"performance_manager"}
    assert account(session, one, date(2026, 7, 1)).roles == frozenset()
    with pytest.raises(Invalid, match="no role"):
        grant_role(session, one, "emperor", during)
    with pytest.raises(NotFound):
        grant_role(session, type(one)(int=1), Role.AUDITOR, during)


def test_everybody_who_serves_gets_an_account(session: Session) -> None:
    create_staff(session, 25)
    assert give_accounts(session, DAY) == 25
    assert give_accounts(session, DAY) == 0
    head, member = (
        session.execute(
            text("SELECT id, account_id FROM selaras.person WHERE tenant_id = :t AND source_id = :s"),
            {"t": session.info["tenant"], "s": source},
        ).one()
        for source in ("person-1", "person-2")
    )
    assert standing(session, head.account_id, DAY).has_team
    assert not standing(session, member.account_id, DAY).has_team
    assert account_of(session, member.id, DAY) == member.account_id
