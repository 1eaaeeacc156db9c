"""An agency whose pack brings code closes by its own steps; its sibling under the same regulation does not."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.closing import service
from selaras.config import settings
from selaras.evaluation import queries
from selaras.regulation import load_registry
from selaras.tenancy.queries import agency, rules_on

from .conftest import PERIOD, Closing, rules_of

BEHAVIOURS = ("berorientasi_pelayanan", "akuntabel", "kompeten", "harmonis", "loyal", "adaptif", "kolaboratif")

# Person n reaches 70, 96 or 118 per cent of a first indicator whose K3 is heavy, and 100 of a second one.
_SCORES = """
    UPDATE selaras.rating r SET inputs = jsonb_build_object('nko', 99, 'tingkat_nko', 1,
        'berorientasi_pelayanan', b.score, 'akuntabel', b.score, 'kompeten', b.score, 'harmonis', b.score,
        'loyal', b.score, 'adaptif', b.score, 'kolaboratif', b.score)
    FROM selaras.person p, LATERAL (SELECT CASE substr(p.source_id, 8)::int % 2 WHEN 0 THEN 95 ELSE 112 END) b (score)
    WHERE r.tenant_id = :tenant AND p.tenant_id = :tenant AND p.id = r.person_id
"""
_PLANS = """
    WITH plans AS (
        INSERT INTO selaras.plan (tenant_id, person_id, year, state)
        SELECT :tenant, id, 2026, 'agreed' FROM selaras.person WHERE tenant_id = :tenant RETURNING id, person_id
    ), items AS (
        INSERT INTO selaras.plan_item (tenant_id, plan_id, code, kind, title, detail)
        SELECT :tenant, plans.id, 'IKI-' || n, 'main', 'Hasil ' || n,
               CASE n WHEN 1 THEN '{"kualitas_iki": "exact_low", "bobot_target": 1.0}'::jsonb ELSE '{}' END
        FROM plans CROSS JOIN generate_series(1, 2) n RETURNING id, plan_id, code
    )
    INSERT INTO selaras.item_measure (tenant_id, item_id, aspect, target, actual)
    SELECT :tenant, items.id, 'quantity', 100,
           CASE items.code WHEN 'IKI-2' THEN 100
           ELSE (ARRAY[70, 96, 118])[1 + substr(p.source_id, 8)::int % 3] END
    FROM items JOIN plans ON plans.id = items.plan_id JOIN selaras.person p ON p.id = plans.person_id
    WHERE p.tenant_id = :tenant
"""


def with_scores(session: Session) -> None:
    values = {"tenant": int(session.info["tenant"])}
    session.execute(text(_SCORES), values)
    session.execute(text(_PLANS), values)


@pytest.fixture
def closings(database, urls, two_tenants, console_database, tmp_path, monkeypatch) -> tuple[Closing, Closing]:
    """The agency with the pack, and its sibling."""
    monkeypatch.setenv("SELARAS_FILES", str(tmp_path / "files"))
    settings.cache_clear()
    own, sibling = (Closing(database, urls, one.tenant_id) for one in two_tenants)
    with console_database.platform() as session:
        session.execute(
            text("UPDATE selaras.agency SET pack = 'kemenkeu' WHERE tenant_id = :tenant"), {"tenant": own.tenant_id}
        )
    return own, sibling


def settle(closing: Closing) -> None:
    """The distribution is another test's: where it blocks, the official says why it stands."""
    if closing.overview().state == "blocked":
        official = closing.official()
        with closing.database.tenant(closing.tenant_id) as session:
            for check in closing.overview().checks:
                if check.breached:
                    service.override(session, official, PERIOD, check.unit_id, "Sebaran ini milik pengujian lain.")
        closing.carry()


def receipt_of(closing: Closing, number: int) -> queries.ReceiptView:
    with closing.database.tenant(closing.tenant_id) as session:
        person: UUID = session.execute(
            text("SELECT id FROM selaras.person WHERE tenant_id = :tenant AND source_id = :source"),
            {"tenant": closing.tenant_id, "source": f"person-{number}"},
        ).scalar_one()
        return queries.receipt(session, person, PERIOD)


def test_the_pack_closes_by_its_own_steps_and_its_sibling_as_before(closings: tuple[Closing, Closing]) -> None:
    own, sibling = closings
    own.staff(20, with_scores)
    sibling.staff(20)
    for one in closings:
        one.start()
        one.carry()
        settle(one)
    view, other = receipt_of(own, 2), receipt_of(sibling, 2)
    # Person 2: K3 is the mean of 1.2 and 1.0; 118 % × 1.1 counts as 120 and weighs 1.1 of 2.1; NHK 110.5 → 107.9.
    lines = {line.step: line for line in view.receipt.lines if line.item is None}
    assert lines["nhk_awal"].value == pytest.approx((1.1 * 120 + 100) / 2.1)
    assert lines["nhk_akhir"].value == pytest.approx((100 + ((1.1 * 120 + 100) / 2.1 - 100) * 0.75 + 99) / 2)
    assert (lines["rating_hasil_kerja"].value, lines["rating_perilaku"].value) == ("di_atas", "sesuai")
    assert view.outcome.outcome == "baik"
    assert lines["nhk_awal"].article.startswith("KMK 127/2026")
    assert lines["predikat"].article.startswith("PermenPANRB 6/2022")
    assert sorted(line.value for line in view.receipt.lines if line.step == "k3") == [1, pytest.approx(1.1)]
    assert not [line for line in other.receipt.lines if "KMK" in line.article]
    assert {line.step for line in other.receipt.lines} & set(lines) >= {"rating_hasil_kerja", "predikat"}
    assert other.outcome.rule_hash != view.outcome.rule_hash


def test_the_packs_code_begins_on_its_day(closings: tuple[Closing, Closing]) -> None:
    own, sibling = closings
    with own.database.tenant(own.tenant_id) as session:
        before, since = rules_of(session, date(2025, 12, 31)), rules_of(session, date(2026, 1, 1))
        older = rules_on(session, agency(session, own.tenant_id), date(2019, 12, 31), load_registry())
    with sibling.database.tenant(sibling.tenant_id) as session:
        others = rules_of(session, date(2026, 1, 1))
    assert {column.name for column in since.person_columns} >= {"nko", *BEHAVIOURS}
    assert "rating_hasil_kerja" not in {column.name for column in since.person_columns}
    assert before.hash == others.hash != since.hash
    assert "bobot_nkp_awal" in since.parameters_in_force
    assert "bobot_nkp_awal" not in others.parameters_in_force
    assert "nko" not in {column.name for column in older.person_columns}
