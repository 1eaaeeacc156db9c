"""A simulation is what a close pays later on the same data, for any table; its figures are sums of its people."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from factories.site import PERIOD, Home, Site, Visitor
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from selaras.db.session import Database
from selaras.exchange import pay_changes
from selaras.followup.models import Remuneration, RemunerationTable
from selaras.followup.pay import simulating
from selaras.followup.pay.content import content_of, read_content
from selaras.followup.service import apply_table
from selaras.regulation import load_registry

from .test_pay_tables import API, begun, put
from .test_remuneration import DAY, prepare

OUTCOMES = ("sangat_baik", "baik", "butuh_perbaikan", "kurang", "sangat_kurang")
percent = st.decimals(0, 120, places=2)
tables = st.fixed_dictionaries(
    {
        "rows": st.lists(
            st.fixed_dictionaries(
                {
                    "outcome": st.sampled_from([None, *OUTCOMES]),
                    "class_from": st.sampled_from([None, 6, 7, 12]),
                    "attendance_from": st.sampled_from([None, "90"]),
                    "percent": percent,
                }
            ),
            max_size=6,
        ),
        "performance_weight": st.sampled_from([100, 60]),
        "candidate_percent": st.sampled_from([100, 80]),
        "acting": st.sampled_from(["own", "acting", "own_and_share"]),
        "acting_percent": st.sampled_from([0, 20]),
        "components": st.sampled_from([None, {"a": "33.3", "b": "66.7"}]),
        "rounding": st.sampled_from([[], [{"step": "percent", "digits": 1}, {"step": "amount", "digits": -2}]]),
        "effect": st.sampled_from(["next_month", "next_quarter"]),
    }
)


@pytest.fixture
def staffed(database: Database, tenant: Any) -> Any:
    """Sixty people with set outcomes, candidates and acting officials among them, and a table in force."""
    with database.tenant(tenant.tenant_id) as session:
        values = prepare(session)
        batch = (
            "INSERT INTO selaras.outcome_batch (tenant_id, id, period_id, rule_id, state, set_at)"
            " SELECT :tenant, :batch, :period, rule.id, 'set', now() FROM selaras.rule_text rule LIMIT 1"
        )
        rule = (
            "INSERT INTO selaras.rule_text (regulation, edition, hash, description)"
            " VALUES ('permenpan_6_2022', 'pay', 'pay-test', '{}') ON CONFLICT DO NOTHING"
        )
        keep = {name: values[name] for name in ("tenant", "period", "batch")}
        session.execute(text(rule))
        session.execute(text(batch), keep)
        yield session, values


def pay(session: Session, values: dict[str, Any]) -> dict[str, Decimal]:
    """What a close's stage of pay writes: person → rupiah."""
    session.execute(delete(Remuneration).where(Remuneration.tenant_id == values["tenant"]))
    apply_table(session, values["period"], values["batch"], DAY)
    return {str(one.person_id): one.amount for one in session.scalars(select(Remuneration))}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stated=tables)
def test_simulated_is_what_is_paid_once_the_table_holds(staffed: Any, stated: dict[str, Any]) -> None:
    session, values = staffed
    with session.begin_nested() as savepoint:
        table = session.get(RemunerationTable, (values["tenant"], values["table"].id))
        paid_before = pay(session, values)
        content = read_content({**content_of(table).stored(), **stated, "shape": "components", "hit": "first"})
        made = simulating.simulate(session, load_registry(), "tpp", content, DAY, values["period"], DAY)
        for name, value in content.revision(OUTCOMES).items():
            setattr(table, name, value)
        session.flush()
        paid_after = pay(session, values)
        people = {one["person_id"]: one for one in made.people.iter_rows(named=True)}
        assert len(people) == 60
        for person, one in people.items():
            assert one["after"] == (None if person not in paid_after else float(paid_after[person]))
            assert one["before"] == float(paid_before[person])
        figures = made.figures
        assert figures["after"] == sum(paid_after.values())
        assert figures["before"] == sum(paid_before.values())
        for name in ("units", "outcomes", "classes"):
            assert sum(one["after"] for one in figures[name]) == figures["after"]
            assert sum(one["people"] for one in figures[name]) == 60
        assert sum(one["people"] for one in figures["spread"]) == 60
        months = 1 if content.effect == "next_month" else 3
        assert sum(one["after"] for one in figures["months"]) == figures["after"] * months
        savepoint.rollback()


@pytest.fixture
def home(site: Site) -> Home:
    return site.closed


def test_who_changes_by_how_much_and_at_what_cost(home: Home) -> None:
    manager = home.manager()
    draft = begun(manager)
    table = draft["table"]
    for row in table["rows"]:
        row["percent"] = "50" if row["outcome"] == "baik" else row["percent"]
    put(manager, draft, table)
    made = manager.send("POST", f"{API}/drafts/{draft['id']}/simulations", {"period": PERIOD})
    assert (made.status_code, made.json["state"], made.json["edition"]) == (201, "done", 2), made.text
    figures = made.json["figures"]
    worked_out = home.scalar("SELECT sum(amount) FROM selaras.remuneration WHERE tenant_id = :tenant")
    assert figures["before"] == worked_out
    good = next(one for one in figures["outcomes"] if one["outcome"] == "baik")
    assert (figures["changed"], figures["less"], figures["more"]) == (good["people"], good["people"], 0)
    assert good["after"] * 2 == good["before"]
    assert [one["month"] for one in figures["months"]] == ["2026-10-01", "2026-11-01", "2026-12-01"]
    people = manager.get(f"{API}/simulations/{made.json['id']}/people").json["items"]
    assert len(people) == min(50, good["people"])
    assert all(Decimal(one["difference"]) < 0 for one in people)
    page = manager.page(f"/pay-tables/simulations/{made.json['id']}")
    assert "Biaya per bulan" in page
    assert people[0]["name"] in page
    nowhere = manager.send("POST", f"{API}/drafts/{draft['id']}/simulations", {"period": "2031-TW1"})
    assert (nowhere.status_code, nowhere.json["code"]) == (404, "remuneration.simulation_period")
    assert home.as_person(5).get(f"{API}/simulations/{made.json['id']}").status_code in (403, 404)


def halved(manager: Visitor) -> str:
    """A draft that pays half for one outcome."""
    draft = begun(manager)
    table = draft["table"]
    for row in table["rows"]:
        row["percent"] = "50" if row["outcome"] == "baik" else row["percent"]
    put(manager, draft, table)
    return str(draft["id"])


def test_everybody_who_changes_comes_as_a_file(home: Home, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    manager = home.manager()
    ordered = f"{API}/drafts/{halved(manager)}/simulations"
    made = manager.send("POST", ordered, {"period": PERIOD}).json
    page, file = f"/pay-tables/simulations/{made['id']}", f"{API}/simulations/{made['id']}/people/file"
    assert f"{page}/people.csv" in manager.page(page)
    answer = manager.get(f"{page}/people.csv")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    figures = made["figures"]
    assert len(rows) == figures["changed"]
    assert sum(int(one["SELISIH"]) for one in rows) == figures["after"] - figures["before"]
    assert all(
        len(one["NIP"]) == 18 and int(one["MENJADI"]) - int(one["SEMULA"]) == int(one["SELISIH"]) for one in rows
    )
    listed = manager.get(f"{API}/simulations/{made['id']}/people").json["items"]
    assert [one["NAMA"] for one in rows[: len(listed)]] == [one["name"] for one in listed]
    assert manager.get(file).data == answer.data
    book = manager.get(f"{file}?format=xlsx")
    rows_of_book = CalamineWorkbook.from_filelike(io.BytesIO(book.data)).get_sheet_by_index(0).to_python()
    assert rows_of_book[0] == list(rows[0])
    assert [int(row[5]) for row in rows_of_book[1:]] == [int(one["SELISIH"]) for one in rows]
    told = home.scalar(
        "SELECT payload->>'rows' FROM selaras.ledger_entry WHERE tenant_id = :tenant AND action = 'export.make'"
        " AND subject = 'list:pay_changes' ORDER BY id DESC LIMIT 1"
    )
    assert int(told) == len(rows)
    assert (manager.get(f"{page}/people.pdf").status_code, manager.get(f"{file}?format=pdf").status_code) == (422, 422)
    for who, status in ((home.as_person(4), 403), (site.open.manager(), 404)):
        assert (who.get(f"{page}/people.csv").status_code, who.get(file).status_code) == (status, status)
    with monkeypatch.context() as short:
        short.setattr(pay_changes, "SHEET", len(rows) - 1)
        long = manager.get(f"{file}?format=xlsx")
        assert (long.status_code, long.json["code"]) == (422, "remuneration.simulation_sheet_long")
        assert manager.get(file).data == answer.data
        assert f"{page}/people.xlsx" not in manager.page(page)
    assert f"{page}/people.xlsx" in manager.page(page)
    manager.send("POST", ordered, {"period": PERIOD})
    gone = manager.get(file)
    assert (gone.status_code, gone.json["code"]) == (409, "remuneration.simulation_no_list")


def test_a_large_one_is_worked_out_by_a_job_and_nothing_older_is(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    manager = home.manager()
    draft = begun(manager)
    monkeypatch.setattr(simulating, "SMALL", 10)
    ordered = manager.send("POST", f"{API}/drafts/{draft['id']}/simulations", {"period": PERIOD}).json
    assert (ordered["state"], ordered["figures"]) == ("waiting", None)
    assert "refresh" in manager.page(f"/pay-tables/simulations/{ordered['id']}")
    with home.database.tenant(home.tenant_id) as session:
        simulating.carry_out(session, load_registry(), ordered["id"])
        first = session.execute(text("SELECT fingerprint FROM selaras.pay_simulation WHERE tenant_id = :t AND id = :i"),
                                {"t": home.tenant_id, "i": ordered["id"]}).scalar_one()  # fmt: skip
        simulating.carry_out(session, load_registry(), ordered["id"])
    again = manager.get(f"{API}/simulations/{ordered['id']}").json
    assert (again["state"], again["fingerprint"]) == ("done", first)
    ordered = manager.send("POST", f"{API}/drafts/{draft['id']}/simulations", {"period": PERIOD}).json
    put(manager, draft, {**draft["table"], "name": "Lain"})
    with home.database.tenant(home.tenant_id) as session:
        simulating.carry_out(session, load_registry(), ordered["id"])
    assert manager.get(f"{API}/simulations/{ordered['id']}").json["state"] == "failed"
