"""Leavers: the account closes with the transaction, its sessions end once that is kept, and not before."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

from factories.site import Site
from sqlalchemy import text

from selaras.identity.actor import system
from selaras.identity.service import ensure_account, open_account, signed_in
from selaras.organisation.leaving import end_access


class Undone(Exception):
    """Raised by a test, so that a transaction rolls back."""


def test_whoever_loses_access_is_signed_out_at_once(site: Site) -> None:
    home, store = site.open, site.app.extensions["selaras"].sessions
    visitor = home.as_person(4)
    assert visitor.get("/api/v1/me").status_code == 200
    account = home.scalar("SELECT account_id FROM selaras.person WHERE tenant_id = :tenant AND source_id = 'person-4'")
    with suppress(Undone), home.database.tenant(home.tenant_id) as session:
        end_access(session, store, account, actor=system(home.tenant_id), cause="page")
        raise Undone
    assert visitor.get("/api/v1/me").status_code == 200
    with home.database.tenant(home.tenant_id) as session:
        with session.begin_nested():
            ended = end_access(session, store, account, actor=system(home.tenant_id), cause="page")
        assert ended == (account,)
        assert len(store.of_account(home.uuid, account)) == 1, "a released savepoint is not kept yet"
    assert store.of_account(home.uuid, account) == []
    assert visitor.get("/api/v1/me").status_code == 401
    with home.database.tenant(home.tenant_id) as session:
        assert end_access(session, store, account, actor=system(home.tenant_id), cause="page") == ()
        assert open_account(session, system(home.tenant_id), account, "page")
        assert not open_account(session, system(home.tenant_id), account, "page")
        signed_in(session, account)
    assert visitor.get("/api/v1/me").status_code == 401, "an ended session does not come back"
    assert home.as_person(4).get("/api/v1/me").status_code == 200
    entries = home.scalar(
        "SELECT array_agg(action ORDER BY id) FROM selaras.ledger_entry WHERE tenant_id = :tenant AND subject = :s",
        s=f"account:{account}",
    )
    assert entries[-2:] == ["account.close", "account.open"]
    seen = home.scalar("SELECT last_sign_in_at FROM selaras.account WHERE tenant_id = :tenant AND id = :a", a=account)
    assert seen.date() >= date(2026, 1, 1)


def test_two_accounts_of_one_person_close_together(site: Site) -> None:
    """A directory that knew the new number first holds a second account; closing that one closes the door."""
    home, store = site.closed, site.app.extensions["selaras"].sessions
    visitor = home.as_person(5)
    number = home.scalar(
        "SELECT n.number FROM selaras.person_number n JOIN selaras.person p ON p.tenant_id = :tenant"
        " AND p.id = n.person_id WHERE n.tenant_id = :tenant AND p.source_id = 'person-5'"
    )
    with home.database.tenant(home.tenant_id) as session:
        session.execute(
            text("UPDATE selaras.account SET subject = 'somebody-else' WHERE tenant_id = :t AND subject = :n"),
            {"t": home.tenant_id, "n": number},
        )
        second = ensure_account(session, number, "Akun kedua")
    with home.database.tenant(home.tenant_id) as session:
        assert len(end_access(session, store, second, actor=system(home.tenant_id), cause="scim")) == 2
    assert visitor.get("/api/v1/me").status_code == 401
