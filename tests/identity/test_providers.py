"""An agency's providers: entered, checked, tried, switched on, overlapping, retired; and whose account they open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from click.testing import CliRunner
from conftest import Tenant
from factories.hostile_provider import HostileProvider, Orders, hostile_provider
from factories.site import ENCRYPTION_KEY
from factories.staff import create_staff
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from selaras.cli import selaras
from selaras.config import settings
from selaras.db.session import Database
from selaras.errors import Conflict, Invalid, Misconfigured, NotFound
from selaras.identity import links, providers
from selaras.identity.actor import Actor, system
from selaras.identity.egress import Egress
from selaras.identity.oidc.party import Told
from selaras.identity.permissions import Role
from selaras.identity.provider_queries import ProviderView, locked_out, party, provider, ways
from selaras.identity.refusals import Reason, SignInRefused
from selaras.identity.retiring import retire
from selaras.identity.service import close_account, ensure_account, grant_role
from selaras.identity.sessions import SessionStore, connect
from selaras.identity.vault import Vault, new_key
from selaras.organisation.accounts import give_accounts
from selaras.organisation.signing_in import account_for

DAY = date(2026, 10, 1)
VAULT = Vault(new_key())
HERE = Egress(loopback=True)
WANTED = providers.Wanted(
    name={"id": "SSO Instansi"}, issuer="https://sso.example", client_id="selaras", client_secret="rahasia"
)


@pytest.fixture(scope="module")
def running() -> Iterator[HostileProvider]:
    with hostile_provider() as made:
        yield made


@pytest.fixture
def there(running: HostileProvider) -> HostileProvider:
    running.orders = Orders()
    return running


def at(there: HostileProvider, **more: Any) -> providers.Wanted:
    mine = {"issuer": there.issuer, "client_id": there.client_id, "client_secret": there.client_secret}
    return replace(WANTED, **(mine | more))


def told(subject: str, **claims: Any) -> Told:
    return Told(
        claims={"sub": subject, **claims},
        subject=subject,
        id_token="t",
        algorithm="RS256",
        provider_session=None,
        acr=None,
        amr=(),
        until=None,
    )


def active(session: Session, there: HostileProvider, **more: Any) -> ProviderView:
    actor = system(session.info["tenant"])
    made = providers.register(session, actor, VAULT, at(there, **more))
    providers.check(session, actor, VAULT, HERE, made)
    providers.switch_on(session, actor, made)
    return provider(session, made)


def admin(session: Session, name: str = "admin@x") -> Actor:
    account = ensure_account(session, name, "Admin")
    grant_role(session, account, Role.AGENCY_ADMIN, Range(date(2015, 1, 1), None))
    return Actor(session.info["tenant"], account, "Admin", frozenset(), frozenset())


def test_a_secret_lies_sealed_and_is_carried_to_a_new_key(session: Session) -> None:
    old, new = new_key(), new_key()
    actor = system(session.info["tenant"])
    made = providers.register(session, actor, Vault(old), WANTED)
    row = session.execute(
        text("SELECT client_secret FROM selaras.identity_provider WHERE tenant_id = :t"), {"t": actor.tenant_id}
    ).scalar_one()
    assert b"rahasia" not in bytes(row)
    assert "rahasia" not in str(provider(session, made))
    assert providers.reseal(session, actor, Vault(f"{new},{old}")) == 1
    assert providers.reseal(session, actor, Vault(f"{new},{old}")) == 0
    providers.change(session, actor, Vault(new), made, replace(WANTED, client_secret=None))
    with pytest.raises(Misconfigured):
        providers.reseal(session, actor, Vault(new_key()))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"issuer": ""}, "issuer"),
        ({"issuer": "sso.example"}, "issuer"),
        ({"issuer": "https://sso.example/?a=b"}, "issuer"),
        ({"client_id": " "}, "client_id"),
        ({"name": {"id": " ", "en": "SSO"}}, "name"),
        ({"number_claim": "a\nb"}, "number_claim"),
        ({"scopes": ("openid profile",)}, "scopes"),
        ({"max_age": 1}, "max_age"),
    ],
)
def test_what_cannot_be_used_is_named(session: Session, changed: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        providers.register(session, system(session.info["tenant"]), VAULT, replace(WANTED, **changed))
    assert refused.value.params["field"] == field


def test_from_draft_to_switched_on_only_by_check_and_test(session: Session, there: HostileProvider) -> None:
    actor = admin(session)
    made = providers.register(session, actor, VAULT, at(there))
    for too_early in (
        lambda: providers.testable(session, VAULT, made),
        lambda: providers.switch_on(session, actor, made),
    ):
        with pytest.raises(Conflict):
            too_early()
    there.orders = Orders(metadata={"issuer": "https://other.example"})
    found = providers.check(session, actor, VAULT, HERE, made)
    assert "issuer" in [one.code for one in found if one.state == "bad"]
    with pytest.raises(Conflict):
        providers.testable(session, VAULT, made)
    there.orders = Orders()
    providers.check(session, actor, VAULT, HERE, made)
    assert providers.testable(session, VAULT, made).client_secret == there.client_secret
    assert not providers.tested(session, actor, made, told("s"), None)
    with pytest.raises(Conflict):
        providers.switch_on(session, actor, made)
    assert providers.tested(session, actor, made, told("s"), actor.account_id)
    providers.switch_on(session, actor, made)
    assert [way.id for way in ways(session)] == [made]
    assert party(session, VAULT, made, "active") is not None
    assert party(session, VAULT, made, "draft") is None


def test_an_active_one_keeps_what_decides_whose_account_it_opens(session: Session, there: HostileProvider) -> None:
    one = active(session, there)
    actor = system(session.info["tenant"])
    for changed in ({"issuer": "https://other.example"}, {"number_claim": "email"}, {"acr_values": ("mfa",)}):
        with pytest.raises(Conflict), session.begin_nested():
            providers.change(session, actor, VAULT, one.id, at(there, **changed))
    renamed = at(there, name={"id": "SSO Baru"}, just_in_time=True)
    providers.change(session, actor, VAULT, one.id, renamed)
    changed_view = provider(session, one.id)
    assert (changed_view.state, changed_view.name["id"], changed_view.just_in_time) == ("active", "SSO Baru", True)


def test_a_tested_one_that_is_changed_is_a_draft_again(session: Session, there: HostileProvider) -> None:
    actor = admin(session)
    made = providers.register(session, actor, VAULT, at(there))
    providers.check(session, actor, VAULT, HERE, made)
    providers.tested(session, actor, made, told("s"), actor.account_id)
    providers.change(session, actor, VAULT, made, at(there, client_secret="another"))
    view = provider(session, made)
    assert (view.state, view.tested) == ("draft", None)
    with pytest.raises(Conflict):
        providers.switch_on(session, actor, made)


def test_the_last_way_in_is_not_retired(session: Session, there: HostileProvider, redis_url: str) -> None:
    sessions = SessionStore(connect(redis_url))
    actor = admin(session)
    old = active(session, there)
    account_for(session, old, told("a", preferred_username="admin@x"), DAY)
    with pytest.raises(Conflict, match="only provider"):
        retire(session, sessions, actor, old.id)
    new = active(session, there)
    assert [way.id for way in ways(session)] == [old.id, new.id], "two overlap"
    assert locked_out(session, old.id).names == ("Admin",)
    with pytest.raises(Conflict, match="no administrator"):
        retire(session, sessions, actor, old.id)
    account_for(session, new, told("b", preferred_username="admin@x"), DAY)
    assert retire(session, sessions, actor, old.id) == 0
    assert [way.id for way in ways(session)] == [new.id]
    with pytest.raises(Conflict):
        providers.switch_on(session, actor, old.id)


def test_whose_account_it_is(session: Session, there: HostileProvider) -> None:
    create_staff(session, 3)
    give_accounts(session, DAY)
    one = active(session, there)
    numbers = session.execute(
        text(
            "SELECT n.number, p.account_id FROM selaras.person_number n JOIN selaras.person p"
            " ON p.tenant_id = n.tenant_id AND p.id = n.person_id WHERE n.tenant_id = :t ORDER BY p.source_id"
        ),
        {"t": session.info["tenant"]},
    ).all()
    (nip, first), (other, second), _ = numbers

    def reason(**claims: Any) -> Reason:
        with pytest.raises(SignInRefused) as refused:
            account_for(session, one, told(**claims), DAY)
        return refused.value.reason

    grouped = f"{nip[:8]} {nip[8:14]} {nip[14]} {nip[15:]}"
    assert account_for(session, one, told("a", preferred_username=grouped), DAY) == first
    assert account_for(session, one, told("a"), DAY) == first, "the link counts where the number is not told"
    assert reason(subject="b") == Reason.ACCOUNT_UNKNOWN
    assert reason(subject="b", preferred_username="1" * 18) == Reason.ACCOUNT_UNKNOWN
    assert reason(subject="b", preferred_username=nip) == Reason.ACCOUNT_LINKED_ELSEWHERE, (
        "somebody calls themselves so"
    )
    assert reason(subject="a", preferred_username=other) == Reason.ACCOUNT_LINKED_ELSEWHERE, "a subject given anew"
    links.unlink(session, admin(session), one.id, nip)
    with pytest.raises(NotFound):
        links.unlink(session, admin(session), one.id, nip)
    assert account_for(session, one, told("b", preferred_username=nip), DAY) == first
    close_account(session, system(session.info["tenant"]), second, "left")
    assert reason(subject="c", preferred_username=other) == Reason.ACCOUNT_INACTIVE


def test_just_in_time_is_for_the_agencys_own_people(session: Session, there: HostileProvider) -> None:
    create_staff(session, 2)
    number = session.execute(
        text("SELECT number FROM selaras.person_number WHERE tenant_id = :t ORDER BY number LIMIT 1"),
        {"t": session.info["tenant"]},
    ).scalar_one()
    strict, open_ = active(session, there), active(session, there, just_in_time=True)
    with pytest.raises(SignInRefused) as refused:
        account_for(session, strict, told("a", preferred_username=number), DAY)
    assert refused.value.reason == Reason.ACCOUNT_UNKNOWN
    made = account_for(session, open_, told("a", preferred_username=number), DAY)
    source = session.execute(
        text("SELECT source FROM selaras.account WHERE tenant_id = :t AND id = :id"),
        {"t": session.info["tenant"], "id": made},
    ).scalar_one()
    assert source == "jit"
    with pytest.raises(SignInRefused):
        account_for(session, open_, told("b", preferred_username="stranger@x"), DAY)


def test_an_unverified_address_names_nobody(session: Session, there: HostileProvider) -> None:
    mine = ensure_account(session, "ani@instansi.example", "Ani")
    one = active(session, there, number_claim="email")
    with pytest.raises(SignInRefused):
        account_for(session, one, told("a", email="ani@instansi.example", email_verified=False), DAY)
    assert account_for(session, one, told("a", email="ANI@instansi.example", email_verified=True), DAY) == mine


def test_the_command_line_sets_the_first_provider_and_administrator(
    urls: Any, tenant: Tenant, database: Database, there: HostileProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The other tests' agencies in this database are sealed with the site's key: it is kept, and used again at the end.
    old, new = ENCRYPTION_KEY, new_key()
    monkeypatch.setenv("SELARAS_APP_DATABASE_URL", urls.app)
    monkeypatch.setenv("SELARAS_ENCRYPTION_KEYS", old)
    settings.cache_clear()

    def run(*arguments: str, given: str | None = None) -> str:
        settings.cache_clear()
        done = CliRunner().invoke(selaras, ["identity", *arguments], input=given, catch_exceptions=True)
        assert done.exit_code == 0, (done.output, done.exception)
        return done.output

    here = ("--agency", tenant.slug)
    entered = ("--name", "SSO", "--issuer", there.issuer, "--client-id", there.client_id, "--secret-file", "-")
    said = run("provider", "add", *here, *entered, "--switch-on", given=there.client_secret)
    assert "good  issuer" in said
    assert there.client_secret not in said
    assert "active" in run("provider", "list", *here)
    assert "administrator" in run("admin", *here, "--user-name", "198501012010011001", "--name", "Ani")
    monkeypatch.setenv("SELARAS_ENCRYPTION_KEYS", f"{new},{old}")
    run("rotate-secrets")
    with database.tenant(tenant.tenant_id) as session:
        (way,) = ways(session)
        found = party(session, Vault(new), way.id, "active")
        actions = session.execute(
            text("SELECT actor, action FROM selaras.ledger_entry WHERE tenant_id = :t"), {"t": tenant.tenant_id}
        ).all()
    assert found is not None
    assert found.client_secret == there.client_secret
    assert {row.actor for row in actions} == {"system"}
    monkeypatch.setenv("SELARAS_ENCRYPTION_KEYS", f"{old},{new}")
    run("rotate-secrets")
    wanted = {"provider.register", "provider.check", "provider.switch_on", "provider.reseal", "role.grant"}
    assert wanted <= {row.action for row in actions}
    settings.cache_clear()
