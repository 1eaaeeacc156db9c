"""An account follows its person: new numbers, leaving, coming back; and one person at two agencies is two accounts."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from factories.site import Site
from factories.uploads import NIP, people, people_file, person, staffed, taken
from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.db.session import Database
from selaras.identity import providers
from selaras.identity.actor import system
from selaras.identity.oidc.party import Told
from selaras.identity.provider_queries import provider
from selaras.identity.refusals import Reason, SignInRefused
from selaras.identity.service import close_account
from selaras.identity.vault import Vault, new_key
from selaras.organisation.accounts import give_accounts
from selaras.organisation.rounds import LeaverRounds
from selaras.organisation.settling import number_ended, settle
from selaras.organisation.signing_in import account_for

FIRST, SECOND, THIRD = NIP["contract"], "199107072024211009", "199107072025031008"
# A second contract as PPPK, then CPNS and PNS, which keep one number.
STEPS = (
    (date(2026, 2, 1), SECOND, {"JENIS_PEGAWAI_NAMA": "PPPK"}),
    (date(2026, 5, 1), THIRD, {"JENIS_PEGAWAI_NAMA": "PNS", "KEDUDUKAN_HUKUM_ID": "1", "STATUS_CPNS_PNS": "C",
                               "TMT_CPNS": "01-05-2026", "GOL_AKHIR_ID": "31", "GOL_AKHIR_NAMA": "III/a"}),
    (date(2026, 9, 1), THIRD, {"JENIS_PEGAWAI_NAMA": "PNS", "KEDUDUKAN_HUKUM_ID": "1", "STATUS_CPNS_PNS": "P",
                               "TMT_CPNS": "01-05-2026", "GOL_AKHIR_ID": "31", "GOL_AKHIR_NAMA": "III/a"}),
)  # fmt: skip


def account_of(session: Session, key: str) -> Any:
    return session.execute(
        text(
            "SELECT a.id, a.subject, a.active, a.inactive_cause FROM selaras.person p JOIN selaras.account a"
            " ON a.tenant_id = :t AND a.id = p.account_id WHERE p.tenant_id = :t AND p.source_id = :s"
        ),
        {"t": session.info["tenant"], "s": f"p-{key}"},
    ).one()


@pytest.fixture
def staff(session: Session) -> Session:
    staffed(session)
    give_accounts(session, date(2026, 1, 2))
    return session


def test_contract_after_contract_and_then_civil_servant_is_one_account(staff: Session) -> None:
    before = account_of(staff, "contract")
    assert before.subject == FIRST
    for day, number, changed in STEPS:
        row = person("contract", NIP_BARU=number, **changed)
        taken(staff, "people", people_file(people(row)), as_of=day)
    after = account_of(staff, "contract")
    assert (after.id, after.subject, after.active) == (before.id, THIRD, True)
    today = date(2026, 9, 2)
    assert [number_ended(staff, one, today) for one in (FIRST, SECOND, THIRD, "199001012020011001")] == [
        True,
        True,
        False,
        False,
    ]
    assert not number_ended(staff, FIRST, date(2026, 1, 31)), "on its last day it still counted"
    actions = staff.execute(
        text("SELECT count(*) FROM selaras.ledger_entry WHERE tenant_id = :t AND action = 'account.renumber'"),
        {"t": staff.info["tenant"]},
    ).scalar_one()
    assert actions == 2


def told(subject: str, number: str) -> Told:
    claims = {"sub": subject, "preferred_username": number}
    return Told(
        claims=claims,
        subject=subject,
        id_token="t",
        algorithm="RS256",
        provider_session=None,
        acr=None,
        amr=(),
        until=None,
    )


@pytest.mark.parametrize("subject", ["the same at the provider", "made anew at the provider"])
def test_the_new_number_signs_in_to_the_same_account_and_the_old_one_to_none(staff: Session, subject: str) -> None:
    wanted = providers.Wanted(name={"id": "SSO"}, issuer="https://sso.example", client_id="x", client_secret="rahasia")
    made = providers.register(staff, system(staff.info["tenant"]), Vault(new_key()), wanted)
    sso, before = provider(staff, made), account_of(staff, "contract").id
    row = person("contract", NIP_BARU=SECOND, **STEPS[0][2])
    taken(staff, "people", people_file(people(row)), as_of=STEPS[0][0])
    assert account_for(staff, sso, told(subject, SECOND), date(2026, 2, 1)) == before
    for who in (subject, "somebody else"):
        with pytest.raises(SignInRefused) as refused:
            account_for(staff, sso, told(who, FIRST), date(2026, 2, 1))
        assert refused.value.reason == Reason.NUMBER_ENDED
        assert refused.value.code == "sign_in.no_account", "a visitor learns no more than of any other account"


def test_a_name_of_their_own_and_a_taken_name_stay(staff: Session) -> None:
    for subject, key in (("budi.santoso", "clerk"), (THIRD, "teacher")):
        staff.execute(
            text("UPDATE selaras.account SET subject = :s WHERE tenant_id = :t AND subject = :n"),
            {"s": subject, "t": staff.info["tenant"], "n": NIP[key]},
        )
    row = person("contract", NIP_BARU=THIRD, **STEPS[1][2])
    report = taken(staff, "people", people_file(people(row)), as_of=STEPS[1][0])
    assert account_of(staff, "clerk").subject == "budi.santoso"
    assert account_of(staff, "contract").subject == FIRST, "another account is called that"
    assert report.changed.get("accounts.changed") == 1, "the teacher's account follows the teacher's number again"


def test_leavers_are_closed_out_and_come_back(staff: Session) -> None:
    report = taken(
        staff, "people", people_file(people(without=["clerk"])), as_of=date(2026, 6, 1), accept_vanished=True
    )
    assert report.changed["accounts.ended"] == 1
    gone = account_of(staff, "clerk")
    assert (gone.active, gone.inactive_cause) == (False, "left")
    back = taken(staff, "people", people_file(), as_of=date(2026, 8, 1))
    assert back.changed["accounts.changed"] == 1
    assert account_of(staff, "clerk").active
    system_here = system(staff.info["tenant"])
    close_account(staff, system_here, gone.id, "page")
    settle(staff, system_here, date(2026, 9, 1))
    assert not account_of(staff, "clerk").active, "whom somebody closed out stays out"


def test_the_dispatcher_s_round_ends_whoever_s_last_day_has_come(site: Site, database: Database) -> None:
    home, store = site.open, site.app.extensions["selaras"].sessions
    visitor = home.as_person(11)
    assert visitor.get("/api/v1/me").status_code == 200
    account: UUID = home.scalar(
        "SELECT account_id FROM selaras.person WHERE tenant_id = :tenant AND source_id = 'person-11'"
    )
    with home.database.tenant(home.tenant_id) as session:
        session.execute(
            text("UPDATE selaras.person SET left_on = '2026-01-01' WHERE tenant_id = :t AND source_id = 'person-11'"),
            {"t": home.tenant_id},
        )
    rounds = LeaverRounds(database, store, every=1)
    rounds()
    assert store.of_account(home.uuid, account) == []
    assert visitor.get("/api/v1/me").status_code == 401
    rounds()
    with home.database.tenant(home.tenant_id) as session:
        assert settle(session, system(home.tenant_id), date(2026, 10, 1)).closed == 0


def test_one_person_at_two_agencies_is_two_accounts(site: Site) -> None:
    """The same number at both; what one agency closes, the other does not feel, and no session travels."""
    here, there = site.open, site.waiting
    numbers = []
    for home in (here, there):
        home.as_person(12)
        numbers.append(
            home.scalar(
                "SELECT a.id::text || ' ' || a.subject FROM selaras.account a JOIN selaras.person p"
                " ON p.tenant_id = :tenant AND p.account_id = a.id WHERE a.tenant_id = :tenant"
                " AND p.source_id = 'person-12'"
            ).split()
        )
    (first, number), (second, same) = numbers
    assert number == same
    assert first != second
    visitor, other = here.as_person(12), there.as_person(12)
    with here.database.tenant(here.tenant_id) as session:
        close_account(session, system(here.tenant_id), UUID(first), "page")
    assert (visitor.get("/api/v1/me").status_code, other.get("/api/v1/me").status_code) == (401, 200)
    stolen = other.client.get_cookie("selaras_session", domain=there.host)
    assert stolen is not None
    visitor.client.set_cookie("selaras_session", stolen.value, domain=here.host)
    assert visitor.get("/api/v1/me").status_code == 401
