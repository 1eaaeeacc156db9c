"""Rollouts: stages by region, a switch by date, and a way back that touches nothing closed."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from itertools import count

import pytest
from sqlalchemy import text

from selaras.db.session import Database
from selaras.errors import Conflict, DomainError, Invalid, NotFound
from selaras.regulation import load_registry
from selaras.tenancy import assignments, features, queries, rollout_queries, rollouts, service
from selaras.tenancy.packs import RegulationSpan
from selaras.tenancy.regions import provinces
from selaras.tenancy.rollouts import FEATURE, REGULATION, Goal
from selaras.tenancy.service import NewAgency

_numbers = count(1)
REGISTRY = load_registry()
OLD, NEW = "pp46_2011", "permenpan_6_2022"
DAY = date(2026, 4, 1)
GOAL = Goal(REGULATION, NEW, DAY)


def last_day(code: str) -> date:
    year, quarter = code.split("-TW")
    return date(int(year), int(quarter) * 3, monthrange(int(year), int(quarter) * 3)[1])


def create(console: Database, region: str | None, kind: str, spans: tuple[RegulationSpan, ...] | None = None) -> str:
    slug = f"rolled-{next(_numbers)}"
    follows = (RegulationSpan(OLD, date(2014, 1, 1), None),) if spans is None else spans
    new = NewAgency(slug, slug, slug, kind, "Asia/Jakarta", (f"{slug}.localhost",), region, regulations=follows)
    with console.platform() as session:
        service.create_agency(session, "Rini", new)
    return slug


@pytest.fixture
def territory(console_database: Database) -> dict[str, str]:
    """Two agencies in a province that no other test uses, and one outside."""
    province = next(PROVINCES)
    return {
        "first": create(console_database, province, "province"),
        "second": create(console_database, province, "province"),
        "outside": create(console_database, None, "ministry"),
        "code": province,
    }


PROVINCES = iter([one.code for one in provinces() if one.code not in ("34", "35")])


def follows(console: Database, slug: str, day: date) -> str | None:
    with console.platform() as session:
        try:
            return queries.regulation_on(session, queries.agency_by_slug(session, slug).tenant_id, day).regulation
        except NotFound:
            return None


def begin(console: Database, region: str | None, goal: Goal = GOAL, **more: object) -> object:
    with console.platform() as session:
        return rollouts.start(session, "Rini", goal, REGISTRY, reason="uji", region_code=region, **more)  # type: ignore[arg-type]  # given by name, or wrong on purpose


def advance(console: Database, rollout: object, *slugs: str) -> dict[str, str]:
    with console.platform() as session:
        moved = rollouts.advance(session, "Rini", rollout, reason="lanjut", last_day=last_day, slugs=slugs)  # type: ignore[arg-type]  # given by name, or wrong on purpose
        return {one.slug: one.stage for one in moved}


def roll_back(console: Database, rollout: object, starts: date | None = None, *slugs: str) -> None:
    with console.platform() as session:
        rollouts.roll_back(
            session,
            "Budi",
            rollout,
            reason="keliru",
            last_day=last_day,
            starts=starts,
            slugs=slugs,  # type: ignore[arg-type]  # given by name, or wrong on purpose
        )


def close(database: Database, console: Database, slug: str, code: str) -> None:
    with console.platform() as session:
        tenant_id = queries.agency_by_slug(session, slug).tenant_id
    with database.tenant(tenant_id) as session:
        session.execute(
            text(
                "INSERT INTO selaras.close_summary (tenant_id, period_code, regulation, people, evaluated, units,"
                " breaches, overrides, pay_base, pay_amount, seconds, set_at)"
                " VALUES (:tenant, :code, 'x', 1, 1, 1, 0, 0, 0, 0, 1, now())"
            ),
            {"tenant": tenant_id, "code": code},
        )


def spans(console: Database, slug: str) -> list[tuple[str, date, date | None]]:
    with console.platform() as session:
        found = assignments.assignments(session, queries.agency_by_slug(session, slug).tenant_id)
        return [(one.regulation, one.starts, one.ends) for one in found]


def test_a_region_goes_live_by_date_and_comes_back(console_database: Database, territory: dict[str, str]) -> None:
    before = spans(console_database, territory["second"])
    rollout = begin(console_database, territory["code"])
    assert advance(console_database, rollout) == {territory["first"]: "pilot", territory["second"]: "pilot"}
    assert follows(console_database, territory["second"], DAY) == OLD
    assert advance(console_database, rollout) == {territory["first"]: "live", territory["second"]: "live"}
    assert follows(console_database, territory["second"], DAY) == NEW
    assert follows(console_database, territory["second"], date(2026, 3, 31)) == OLD
    assert follows(console_database, territory["outside"], DAY) == OLD
    roll_back(console_database, rollout, None, territory["second"])
    assert spans(console_database, territory["second"]) == before
    assert follows(console_database, territory["first"], DAY) == NEW
    with console_database.platform() as session:
        history = rollout_queries.moves(session, rollout)  # type: ignore[arg-type]  # given by name, or wrong on purpose
        mine = [(one.before, one.after, one.actor, one.reason) for one in history if one.slug == territory["second"]]
        assert mine == [
            (None, "prepare", "Rini", "uji"),
            ("prepare", "pilot", "Rini", "lanjut"),
            ("pilot", "live", "Rini", "lanjut"),
            ("live", "rolled_back", "Budi", "keliru"),
        ]
        view = rollout_queries.rollout(session, rollout)  # type: ignore[arg-type]  # given by name, or wrong on purpose
        assert view.stages == {"prepare": 0, "pilot": 0, "live": 1, "rolled_back": 1}
        assert view in rollout_queries.rollouts(session)


def test_a_province_holds_its_regencies_and_cities(console_database: Database) -> None:
    inside = {create(console_database, "3515", "regency"), create(console_database, "3578", "city")}
    outside = create(console_database, "34", "province")
    rollout = begin(console_database, "35")
    with console_database.platform() as session:
        members = {one.slug for one in rollout_queries.rollout(session, rollout).members}  # type: ignore[arg-type]  # given by name, or wrong on purpose
    assert inside <= members
    assert outside not in members


def test_a_pilot_may_go_ahead_of_the_others(console_database: Database, territory: dict[str, str]) -> None:
    rollout = begin(console_database, territory["code"])
    advance(console_database, rollout, territory["second"])
    assert advance(console_database, rollout, territory["second"]) == {territory["second"]: "live"}
    assert follows(console_database, territory["second"], DAY) == NEW
    assert follows(console_database, territory["first"], DAY) == OLD
    with pytest.raises(Conflict, match="is at the stage live"):
        advance(console_database, rollout, territory["second"])
    with pytest.raises(NotFound, match="not in this rollout"):
        advance(console_database, rollout, territory["outside"])


def test_a_closed_period_is_never_touched(
    console_database: Database, database: Database, territory: dict[str, str]
) -> None:
    rollout = begin(console_database, territory["code"])
    advance(console_database, rollout)
    close(database, console_database, territory["second"], "2026-TW1")
    advance(console_database, rollout)
    close(database, console_database, territory["second"], "2026-TW2")
    with pytest.raises(Conflict, match=r"2026-TW2.*2026-07-01"):
        roll_back(console_database, rollout)
    assert follows(console_database, territory["first"], DAY) == NEW
    roll_back(console_database, rollout, date(2026, 7, 1))
    assert spans(console_database, territory["second"]) == [
        (OLD, date(2014, 1, 1), DAY),
        (NEW, DAY, date(2026, 7, 1)),
        (OLD, date(2026, 7, 1), None),
    ]


def test_going_live_over_a_closed_period_is_refused_for_all(
    console_database: Database, database: Database, territory: dict[str, str]
) -> None:
    rollout = begin(console_database, territory["code"])
    advance(console_database, rollout)
    close(database, console_database, territory["second"], "2026-TW2")
    with pytest.raises(Conflict, match="2026-TW2"):
        advance(console_database, rollout)
    assert follows(console_database, territory["first"], DAY) == OLD


def test_what_was_planned_ahead_survives_the_way_there_and_back(console_database: Database) -> None:
    planned = (
        RegulationSpan(OLD, date(2014, 1, 1), date(2026, 6, 30)),
        RegulationSpan(NEW, date(2027, 1, 1), None),
    )
    slug = create(console_database, None, "ministry", planned)
    rollout = begin(console_database, None, Goal(REGULATION, NEW, date(2026, 1, 1)), slugs=(slug,))
    before = spans(console_database, slug)
    advance(console_database, rollout)
    advance(console_database, rollout)
    assert spans(console_database, slug) == [
        (OLD, date(2014, 1, 1), date(2026, 1, 1)),
        (NEW, date(2026, 1, 1), date(2026, 7, 1)),
        (NEW, date(2027, 1, 1), None),
    ]
    roll_back(console_database, rollout)
    assert spans(console_database, slug) == before


def test_a_gap_is_a_gap_again_after_the_way_back(console_database: Database) -> None:
    slug = create(console_database, None, "ministry", (RegulationSpan(OLD, date(2014, 1, 1), date(2025, 12, 31)),))
    before = spans(console_database, slug)
    rollout = begin(console_database, None, Goal(REGULATION, NEW, date(2026, 1, 1)), slugs=(slug,))
    advance(console_database, rollout)
    advance(console_database, rollout)
    assert follows(console_database, slug, date(2026, 1, 1)) == NEW
    roll_back(console_database, rollout)
    assert spans(console_database, slug) == before


def test_features_take_the_same_way(console_database: Database, territory: dict[str, str]) -> None:
    rollout = begin(console_database, territory["code"], Goal(FEATURE, "lantern", DAY), known_features=("lantern",))
    advance(console_database, rollout)
    advance(console_database, rollout)
    with console_database.platform() as session:
        tenant_id = queries.agency_by_slug(session, territory["second"]).tenant_id
        assert queries.features_on(session, tenant_id, DAY) == {"lantern"}
        assert queries.features_on(session, tenant_id, date(2026, 3, 31)) == frozenset()
    roll_back(console_database, rollout, date(2026, 5, 1))
    with console_database.platform() as session:
        assert queries.features_on(session, tenant_id, date(2026, 4, 30)) == {"lantern"}
        assert queries.features_on(session, tenant_id, date(2026, 5, 1)) == frozenset()


@pytest.mark.parametrize(
    ("goal", "code"),
    [
        (Goal(REGULATION, "permenpan_1_1900", DAY), "regulation.unknown"),
        (Goal(REGULATION, NEW, date(1999, 1, 1)), "regulation.not_in_force"),
        (Goal(FEATURE, "unheard_of", DAY), "feature.unknown"),
    ],
)
def test_an_unknown_goal_is_refused(
    console_database: Database, territory: dict[str, str], goal: Goal, code: str
) -> None:
    with pytest.raises(DomainError) as refused:
        begin(console_database, territory["code"], goal)
    assert refused.value.code == code
    assert "{" not in str(refused.value)


def test_a_rollout_needs_agencies_a_reason_and_its_turn(console_database: Database, territory: dict[str, str]) -> None:
    with pytest.raises(Invalid, match="no working agency"):
        begin(console_database, None)
    with pytest.raises(NotFound, match="No region"):
        begin(console_database, "00")
    with console_database.platform() as session, pytest.raises(Invalid, match="reason"):
        rollouts.start(session, "Rini", GOAL, REGISTRY, reason=" ", region_code=territory["code"])
    begin(console_database, territory["code"])
    with pytest.raises(Conflict, match="is in the rollout"):
        begin(console_database, territory["code"])


def test_assigning_over_what_is_followed_is_refused_in_words(console_database: Database) -> None:
    slug = create(console_database, None, "ministry")
    with console_database.platform() as session:
        tenant_id = queries.agency_by_slug(session, slug).tenant_id
    with console_database.platform() as session, pytest.raises(Conflict, match="pp46_2011 is followed from 2014-01-01"):
        assignments.assign(session, "Rini", tenant_id, NEW, DAY, reason="x")
    with console_database.platform() as session, pytest.raises(Conflict, match="Another regulation is followed"):
        assignments.insert_assignment(session, tenant_id, NEW, None, DAY, None, "x")
    with console_database.platform() as session:
        assignments.end(session, "Rini", tenant_id, date(2026, 3, 31), reason="diganti")
        assignments.assign(session, "Rini", tenant_id, NEW, date(2026, 5, 1), reason="rencana")
    with console_database.platform() as session:
        [gap] = queries.regulation_gaps(session, tenant_id, date(2026, 1, 1), date(2026, 12, 31))
        assert (gap.first, gap.last) == (DAY, date(2026, 4, 30))
    with console_database.platform() as session, pytest.raises(Conflict, match="already"):
        assignments.switch(session, "Rini", tenant_id, NEW, date(2026, 6, 1), reason="x")
    with console_database.platform() as session, pytest.raises(NotFound, match="Nothing is followed"):
        assignments.end(session, "Rini", tenant_id, date(2026, 4, 15), reason="x")
    assert [code for code, *_ in spans(console_database, slug)] == [OLD, NEW]
    assert features.check_feature("a", ("a",)) == "a"
