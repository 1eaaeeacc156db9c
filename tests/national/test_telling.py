"""Results reach the national system once each, whatever it answers, and whatever dies in between."""

from __future__ import annotations

import pytest
from factories.telling import COEFFICIENTS, Told, token
from sqlalchemy import text

from selaras.clock import now
from selaras.exchange.national.connection import opened
from selaras.exchange.national.jobs import KIND, asking
from selaras.exchange.national.outbox import write
from selaras.exchange.national.results import results
from selaras.exchange.national.rounds import ask
from selaras.exchange.national.sending import claim
from selaras.identity.egress import Egress
from selaras.identity.permissions import Role
from selaras.identity.vault import Vault

pytestmark = pytest.mark.slow

FIT, LACKING, OTHERS = 14, 4, 22
"""Of forty: functional officials with a known code, those without one, and those whom nobody there asks about."""
FAULTS = (
    "token_swapped", "gateway_expired", "html", "server_error", "suspended", "throttled", "timeout_after_effect",
    "truncated", "bare_id", "refused",
)  # fmt: skip


def test_a_close_writes_the_outbox_and_the_doctor_says_what_is_in_the_way(told: Told) -> None:
    home = told.home
    assert told.states() == {"new": 40}
    with home.database.tenant(home.tenant_id) as session:
        assert ask(session, home.tenant_id, "Asia/Makassar")
        assert not ask(session, home.tenant_id, "Asia/Makassar")
    told.run()
    assert told.states() == {"sent": FIT, "faulty": LACKING, "unwanted": OTHERS}
    shown = home.manager().get("/api/v1/national-exchange").json
    assert [(one["code"], one["owner"], one["results"]) for one in shown["causes"]] == [
        ("coefficient_unknown", "agency_admin", LACKING)
    ]
    assert round(shown["fit"], 1) == 77.8
    page = home.manager().page("/national-exchange")
    assert "Kode koefisien angka kredit belum diketahui" in page
    assert "77,7% dari 18 hasil" in page
    told.connect(coefficients=COEFFICIENTS)
    again = home.manager().send("POST", "/api/v1/national-exchange/look-again", {"cause": "coefficient_unknown"})
    assert again.json == {"results": LACKING}
    told.run()
    assert told.states() == {"sent": FIT + LACKING, "unwanted": OTHERS}
    assert len(told.held()) == FIT + LACKING
    assert {one["kuadranKinerjaNilai"] for one in told.held()} == {1, 2, 3}
    told.run()
    assert told.calls().count("kinerjaperiodik/save") == FIT + LACKING


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_ends_where_a_faultless_run_does(told: Told, fault: str) -> None:
    told.goes_wrong(None, fault)
    for _ in range(3):
        told.run()
    if fault == "refused":
        assert told.states()["rejected"] == 1
        [item] = told.home.manager().get("/api/v1/national-exchange/items?state=rejected").json["items"]
        assert "tidak berwenang" in item["said"]
        assert item["causes"] == ["not_taken"]
        told.home.manager().send("POST", "/api/v1/national-exchange/look-again", {"item": item["id"]})
        told.run()
    assert told.states() == {"sent": FIT, "faulty": LACKING, "unwanted": OTHERS}
    assert len(told.held()) == FIT
    assert told.once_each()


def test_an_ended_token_pauses_and_nothing_is_lost(told: Told) -> None:
    told.connect(operator_token=token(-5))
    told.run()
    home = told.home
    held = home.manager().get("/api/v1/national-connection").json
    assert (held["stopped"], told.states()["ready"], told.held()) == ("token_expired", FIT, [])
    assert "Token operator sudah habis" in home.manager().page("/national-exchange")
    with home.database.tenant(home.tenant_id) as session:
        assert not ask(session, home.tenant_id, "Asia/Makassar"), "it waits for a person"
    told.connect(operator_token=token(43_200))
    with home.database.tenant(home.tenant_id) as session:
        assert ask(session, home.tenant_id, "Asia/Makassar")
    told.run()
    assert told.states()["sent"] == FIT


def test_what_was_on_its_way_when_a_worker_died_is_not_told_twice(told: Told) -> None:
    told.run()
    home = told.home
    with home.database.tenant(home.tenant_id) as session:
        values = {"t": home.tenant_id}
        session.execute(
            text(
                "UPDATE selaras.national_item SET state = 'ready', remote_id = NULL, sent_hash = NULL, due_at = now()"
                " WHERE id = (SELECT id FROM selaras.national_item WHERE tenant_id = :t AND state = 'sent' LIMIT 1)"
                " AND tenant_id = :t"
            ),
            values,
        )
        one = claim(session, now())
    assert one is not None
    before = len(told.held())
    told.run()
    assert (told.states()["sent"], len(told.held())) == (FIT, before)
    assert "rw-kinerjaperiodik" in told.calls()


def test_a_correction_takes_the_place_of_what_was_told(told: Told) -> None:
    told.connect(coefficients=COEFFICIENTS)
    told.run()
    home = told.home
    with home.database.tenant(home.tenant_id) as session:
        values = {"t": home.tenant_id, "person": home.person(5)}
        for table, change in (("outcome", "outcome = 'sangat_baik'"), ("outcome_steps", "items = NULL")):
            session.execute(
                text(
                    f"CREATE TEMP TABLE newer_{table} ON COMMIT DROP AS SELECT * FROM selaras.{table}"
                    " WHERE tenant_id = :t AND person_id = :person"
                ),
                values,
            )
            session.execute(text(f"UPDATE newer_{table} SET revision = 2, {change}"))
            session.execute(text(f"INSERT INTO selaras.{table} SELECT * FROM newer_{table}"))
        period = session.execute(text("SELECT id FROM selaras.period WHERE tenant_id = :t"), values).scalar_one()
        assert write(session, period, home.person(5)) == 1
        assert write(session, period, home.person(5)) == 0
    held = len(told.held())
    told.run()
    [mine] = [one for one in told.held() if one["pnsDinilaiId"] == "person-5"]
    assert (len(told.held()), mine["kuadranKinerjaNilai"], told.once_each()) == (held, 1, True)


def test_nothing_is_sent_where_selaras_is_not_the_source(told: Told) -> None:
    told.connect(mode="companion")
    refused = told.home.manager().send("POST", "/api/v1/national-exchange/sendings")
    assert (refused.status_code, refused.json["code"]) == (409, "national_not_primary")
    with told.home.database.tenant(told.home.tenant_id) as session:
        assert not ask(session, told.home.tenant_id, "Asia/Makassar")


def test_the_trial_says_how_far_it_came(told: Told) -> None:
    admin = told.home.as_role(Role.AGENCY_ADMIN)
    steps = admin.send("POST", "/api/v1/national-connection/trial").json["steps"]
    assert [one["done"] for one in steps] == [True, True, True]
    told.connect(consumer_secret="salah")
    steps = admin.send("POST", "/api/v1/national-connection/trial").json["steps"]
    assert [one["done"] for one in steps] == [False]
    assert "Invalid Credentials" in steps[0]["said"]
    page = admin.post("/national-connection/trial", on="/national-connection")
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    assert "Kunci instansi diterima" in page.text


def test_secrets_are_sealed_and_wrong_roles_and_agencies_see_nothing(told: Told, site) -> None:
    home = told.home
    assert "rahasia" not in home.as_role(Role.AGENCY_ADMIN).page("/national-connection")
    sealed = home.scalar("SELECT secrets FROM selaras.national_connection WHERE tenant_id = :tenant")
    assert b"rahasia" not in sealed
    for who in (home.as_person(3), home.as_role(Role.AUDITOR), home.official()):
        assert who.get("/api/v1/national-exchange").status_code == 403
        assert who.get("/national-connection").status_code == 403
    assert site.open.manager().get("/api/v1/national-connection").status_code == 404
    assert "belum tersambung" in site.open.manager().page("/national-exchange")
    item = home.scalar("SELECT id FROM selaras.national_item WHERE tenant_id = :tenant LIMIT 1")
    foreign = site.open.manager().send("POST", "/api/v1/national-exchange/look-again", {"item": str(item)})
    assert (foreign.status_code, foreign.json["code"]) == (404, "national_item_unknown")
    wrong = home.manager().post("/national-connection", {"mode": "x", "endpoint": "siasn"}, on="/national-connection")
    assert (wrong.status_code, "Pilih salah satu" in wrong.text) == (422, True)


def test_what_is_read_is_understood_by_its_own_names(told: Told, site) -> None:
    told.run()
    home = told.home
    with home.database.tenant(home.tenant_id) as session:
        held = opened(session, Vault(site.settings.encryption_keys))
        item = home.scalar("SELECT id FROM selaras.national_item WHERE tenant_id = :tenant AND state = 'sent' LIMIT 1")
        result = results(session, held.endpoint, [item])[item]
    line = held.endpoint.dial(held.settings, asking(Egress.of(site.settings)), now)
    [there] = line.held(result)
    assert there.differs == {}
    assert KIND == "national_exchange"
