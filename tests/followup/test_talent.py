"""The nine-box board, pools of candidates, one's own box; and credit points by months, level and rounding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from factories.actors import whole
from factories.site import Site
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from selaras.errors import Invalid, NotFound, Refused
from selaras.evaluation.rule_choices import choose
from selaras.exchange.exporting import Asked as Listed
from selaras.exchange.exporting import export
from selaras.followup.credits import credit_points
from selaras.followup.proposing import propose
from selaras.followup.talent import Pool, board, own_place
from selaras.identity.permissions import Permission, Role, permissions_of
from selaras.regulation import load_registry

from .conftest import OfficeOf, add_year

REASON = "Keputusan Tim Manajemen Talenta Nomor 2 Tahun 2026."
YEARS = (2024, 2025, 2026)


@pytest.fixture
def mapped(site: Site) -> Iterator[Session]:
    """Three years with everybody's potential: high for even persons, low for odd ones; rolled back."""
    with site.closed.database.engine.connect() as connection, connection.begin() as transaction:
        info = {"tenant": site.closed.tenant_id}
        with Session(connection, info=info, join_transaction_mode="create_savepoint") as session:
            session.execute(
                text(
                    "INSERT INTO selaras.potential (tenant_id, person_id, level, source, during)"
                    " SELECT tenant_id, id, CASE WHEN row_number() OVER (ORDER BY source_id) % 2 = 0 THEN 'tinggi'"
                    " ELSE 'rendah' END, 'Asesmen 2024', '[2024-01-01,)' FROM selaras.person WHERE tenant_id = :tenant"
                ),
                info,
            )
            for year in YEARS:
                add_year(session, year)
                propose(session, whole(session), str(year), load_registry())
            yield session
        transaction.rollback()


def test_everybody_stands_in_one_box_and_the_pool_narrows(mapped: Session) -> None:
    found = board(mapped, whole(mapped), load_registry())
    assert (found.period, found.periods) == ("2026", ("2026", "2025", "2024"))
    assert sum(found.counts.values()) == found.found == 60
    assert {box for box in found.counts} <= {1, 2, 4, 6, 8, 9}
    assert [sum(counts.values()) for _, counts in found.years] == [60, 60, 60]
    assert (found.moves, found.pages, len(found.people)) == ((), 3, 25)
    assert {one.years for one in found.people} == {3}
    assert found.people[0].box == max(found.counts)
    nine = board(mapped, whole(mapped), load_registry(), box=9)
    assert {one.box for one in nine.people} == {9}
    assert nine.found == found.counts[9]
    assert nine.grid.advice[9].words[0]["id"] == "Dipromosikan dan dipertahankan"
    assert (nine.grid.advice[9].article, nine.grid.advice[9].certainty) == (
        "PermenPANRB 3/2020 jo. 20/2025, lampiran (rekomendasi)",
        "application",
    )
    for pool in (Pool(years=4), Pool(level="utama"), Pool(post="Astronaut"), Pool(outcome="baik", times=4)):
        assert board(mapped, whole(mapped), load_registry(), pool=pool).found == 0
    officials = board(mapped, whole(mapped), load_registry(), pool=Pool(kind="jf", years=3))
    assert 0 < officials.found < 60
    good = board(mapped, whole(mapped), load_registry(), pool=Pool(outcome="baik", times=3))
    assert {one.outcome for one in good.people} == {"baik"}
    last = board(mapped, whole(mapped), load_registry(), page=3)
    assert len(last.people) == 10
    assert not {one.person_id for one in last.people} & {one.person_id for one in found.people}


def test_movement_is_counted_and_what_was_turned_down_is_not(mapped: Session, office: OfficeOf) -> None:
    somebody = board(mapped, whole(mapped), load_registry(), box=9).people[0].person_id
    values = {"tenant": int(mapped.info["tenant"]), "person": somebody}
    mapped.execute(
        text(
            "UPDATE selaras.proposal f SET basis = jsonb_set(basis, '{values,box}', '8') FROM selaras.period p"
            " WHERE p.tenant_id = :tenant AND p.id = f.period_id AND p.code <> '2026' AND f.kind = 'talent_box'"
            " AND f.tenant_id = :tenant AND f.person_id = :person"
        ),
        values,
    )
    found = board(mapped, whole(mapped), load_registry())
    assert [(one.before, one.after, one.people) for one in found.moves] == [(8, 9, 1)]
    place, _ = own_place(mapped, whole(mapped), load_registry(), somebody)
    assert (place.years, place.path) == (1, (("2025", 8), ("2024", 8)))
    mapped.execute(
        text(
            "UPDATE selaras.proposal SET state = 'declined'"
            " WHERE tenant_id = :tenant AND person_id = :person AND kind = 'talent_box'"
        ),
        values,
    )
    assert board(mapped, whole(mapped), load_registry()).found == 59


def test_who_sees_what(mapped: Session, office: OfficeOf) -> None:
    assert board(mapped, office(mapped, Role.PERFORMANCE_MANAGER), load_registry()).found == 60
    for role in (Role.EMPLOYEE, Role.APPRAISER, Role.AUDITOR, Role.AGENCY_ADMIN):
        with pytest.raises(Refused):
            board(mapped, office(mapped, role), load_registry())
    somebody = board(mapped, whole(mapped), load_registry()).people[3].person_id
    employee = replace(office(mapped, Role.EMPLOYEE), person_id=somebody)
    with pytest.raises(NotFound, match="only where the agency has chosen so"):
        own_place(mapped, employee, load_registry(), somebody)
    official = replace(office(mapped, Role.AUTHORISED_OFFICIAL), person_id=somebody)
    assert board(mapped, official, load_registry()).found == 59, "one does not find oneself there either"
    other = board(mapped, whole(mapped), load_registry()).people[4].person_id
    assert own_place(mapped, official, load_registry(), other)[0].person_id == other
    choose(
        mapped,
        whole(mapped),
        load_registry(),
        "permenpan_3_2020",
        {"own_box_visible": True},
        start=date(2020, 1, 1),
        reason=REASON,
    )
    assert own_place(mapped, employee, load_registry(), somebody)[0].person_id == somebody
    assert board(mapped, official, load_registry()).found == 60
    with pytest.raises(NotFound):
        own_place(mapped, employee, load_registry(), other)
    with pytest.raises(NotFound, match="No talent box has been proposed here"):
        board(mapped, whole(mapped), load_registry(), "2019")
    assert Permission.SEE_TALENT not in permissions_of([Role.AUDITOR])


def statements(session: Session) -> list[str]:
    said: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *given: said.append(str(given[2])))
    return said


def test_a_board_of_5_000_takes_as_many_statements_as_one_of_60(mapped: Session) -> None:
    said = statements(mapped)
    board(mapped, whole(mapped), load_registry())
    before = len(said)
    mapped.execute(
        text(
            "WITH made AS (INSERT INTO selaras.person (tenant_id, source_id, name, search_name)"
            " SELECT :tenant, 'many-' || n, 'Orang ' || n, 'orang ' || n FROM generate_series(1, 5000) n RETURNING id)"
            " INSERT INTO selaras.proposal (tenant_id, person_id, period_id, revision, kind, outcome, basis)"
            " SELECT :tenant, made.id, p.id, 1, 'talent_box', 'baik', '{\"values\": {\"box\": 5}}'"
            " FROM made CROSS JOIN selaras.period p WHERE p.tenant_id = :tenant AND p.kind = 'year'"
        ),
        {"tenant": int(mapped.info["tenant"])},
    )
    said.clear()
    found = board(mapped, whole(mapped), load_registry(), box=5)
    assert (found.found, len(found.people), found.pages) == (5000, 25, 200)
    assert len(said) == before


def test_the_list_of_boxes_as_a_file(mapped: Session) -> None:
    asked = Listed("talent", "csv", date(2026, 12, 31), None, "2026")
    rows = export(mapped, whole(mapped), asked).data.decode("utf-8-sig")
    assert rows.count("\n") == 61
    assert "KOTAK" in rows


def official(session: Session, **more: object) -> UUID:
    """Somebody who is JF Ahli Pertama, with one post since 2020."""
    found: UUID = session.execute(
        text(
            "SELECT a.person_id FROM selaras.appointment a JOIN selaras.position p ON p.tenant_id = a.tenant_id"
            " AND p.id = a.position_id"
            " JOIN selaras.proposal f ON f.tenant_id = a.tenant_id AND f.person_id = a.person_id"
            " AND f.kind = 'credit_points' WHERE a.tenant_id = :tenant AND p.kind = 'jf' AND f.outcome = 'baik' LIMIT 1"
        ),
        {"tenant": int(session.info["tenant"])},
    ).scalar_one()
    return found


def points(session: Session, person: UUID, supposed: str | None = None):
    return credit_points(session, whole(session), load_registry(), person, supposed)


def test_points_of_whole_years_what_is_missing_and_by_when(mapped: Session) -> None:
    person = official(mapped)
    found = points(mapped, person)
    assert [(one.period, one.months, one.points, one.counted) for one in found.conversions] == [
        ("2024", 12, 12.5, True), ("2025", 12, 12.5, True),
    ]  # 2026 has not ended on the day of the test  # fmt: skip
    assert found.accumulated == 25.0
    rank, level = found.aims
    # Ahli Pertama: 50 for the rank, 100 for the level; 12.5 a year of Baik: two years, and six, after 2025.
    assert (rank.needed, rank.missing, rank.months, rank.by) == (50, 25, 24, date(2028, 1, 1))
    assert (level.needed, level.missing, level.months, level.by) == (100, 75, 72, date(2032, 1, 1))
    assert rank.article.startswith("PermenPANRB 1/2023")
    better = points(mapped, person, "sangat_baik")
    assert (better.aims[0].months, better.aims[1].months) == (16, 48)
    lines = {line.step: line for line in found.conversions[0].lines}
    assert (lines["coefficient"].value, lines["percent"].value, lines["converted"].value) == (12.5, 100, 12.5)
    assert all(line.article for line in lines.values())
    with pytest.raises(Invalid, match="is no predikat"):
        points(mapped, person, "istimewa")


def test_months_follow_the_post_and_another_level_counts_apart(mapped: Session) -> None:
    person = official(mapped)
    values = {"tenant": int(mapped.info["tenant"]), "person": person}
    mapped.execute(
        text(
            "WITH old AS (UPDATE selaras.appointment SET during = daterange(lower(during), '2025-03-15')"
            " WHERE tenant_id = :tenant AND person_id = :person AND kind = 'definitive' RETURNING unit_id, employment,"
            " position_id), post AS (INSERT INTO selaras.position (tenant_id, unit_id, title, kind, level, job_class,"
            " is_head) SELECT :tenant, unit_id, 'Analis Ahli Muda', 'jf', 'muda', 9, false FROM old RETURNING id)"
            " INSERT INTO selaras.appointment (tenant_id, person_id, unit_id, position_id, employment, during)"
            " SELECT :tenant, :person, old.unit_id, post.id, old.employment, '[2025-03-15,)' FROM old, post"
        ),
        values,
    )
    found = points(mapped, person)
    shown = [(one.period, one.level, one.months, one.points, one.counted) for one in found.conversions]
    assert shown == [
        ("2024", shown[0][1], 12, 12.5, False), ("2025", shown[0][1], 3, 3.13, False), ("2025", "muda", 9, 18.75, True),
    ]  # fmt: skip
    assert (found.level, found.accumulated, found.aims[0].needed, found.aims[1].needed) == ("muda", 18.75, 100, 200)
    asked = {"month_held_on": "last_day", "counted_levels": "all", "pak_decimals": 3}
    choose(mapped, whole(mapped), load_registry(), "permenpan_1_2023", asked, start=date(2026, 1, 1), reason=REASON)
    chosen = points(mapped, person)
    assert [(one.months, one.points, one.counted) for one in chosen.conversions] == [
        (12, 12.5, True), (2, 2.083, True), (10, 20.833, True),
    ]  # fmt: skip
    assert chosen.accumulated == pytest.approx(35.416)


def test_whoever_is_no_official_has_none(mapped: Session) -> None:
    someone = board(mapped, whole(mapped), load_registry(), pool=Pool(kind="pelaksana")).people[0].person_id
    with pytest.raises(NotFound, match="holds no such post today"):
        points(mapped, someone)
