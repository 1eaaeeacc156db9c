"""The ranking of PP 30/2019 at a close: every unit is judged without a rating, and what small units get."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import polars as pl
import pytest
from factories.years import Years
from sqlalchemy import select, text, update

from selaras.calibration import service as meetings
from selaras.calibration.ending import lock
from selaras.calibration.rules import SeatRole
from selaras.calibration.saying import Said, say
from selaras.closing import service
from selaras.closing.queries import overview
from selaras.evaluation.distribution import CheckView, check_batch, checks
from selaras.evaluation.models import OutcomeBatch, Period
from selaras.evaluation.queries import period_by_code
from selaras.evaluation.unit_figures import check_above
from selaras.evaluation.wording import limit_label
from selaras.identity.actor import Actor, system
from selaras.identity.permissions import PERMISSIONS, Role
from selaras.regulation import load_registry

from .conftest import Closing, rules_of

DAY = date(2021, 12, 31)
HALF = "2021-S2"
NO_RATINGS = pl.DataFrame(schema=dict.fromkeys(("unit_id", "rated_unit_id", "organisation_rating"), pl.String))


def rated(closing: Closing, console_database) -> Closing:
    """A half-year under PP 30/2019 of which everybody in two units has the same value."""
    closing.staff(40)
    with closing.database.tenant(closing.tenant_id) as session, console_database.platform() as console:
        years = Years(session)
        years.follow(console)
        period = years.open(HALF)
        for n in range(1, 41):
            years.plan(n, 2021, {"quantity": (10.0, 10.0)}, segment=9, days=(date(2021, 7, 1), DAY))
            years.levels(period, n)
    return closing


@pytest.fixture
def closed(closing: Closing, console_database) -> Closing:
    """The same, and its close waits."""
    rated(closing, console_database)
    with closing.database.tenant(closing.tenant_id) as session:
        service.start(session, system(closing.tenant_id), HALF, rules_of(session, DAY))
    closing.carry()
    return closing


def again(closed: Closing, **choices: object) -> list[CheckView]:
    """The check of the same outcomes under an agency's choice."""
    rules = load_registry().rules("pp30_2019", on=DAY, overrides=choices)
    with closed.database.tenant(closed.tenant_id) as session:
        period = session.execute(select(Period.id).where(Period.code == HALF)).scalar_one()
        batch = session.execute(select(OutcomeBatch.id).where(OutcomeBatch.period_id == period)).scalar_one()
        check_batch(session, batch, period, NO_RATINGS, rules)
        return checks(session, batch, period)


def test_a_unit_needs_no_rating_and_a_breach_waits_for_a_reason(closed: Closing) -> None:
    with closed.database.tenant(closed.tenant_id) as session:
        seen = overview(session, HALF)
    assert seen.state == "blocked"
    found = {check.unit_name: check for check in seen.checks}
    assert set(found) == {"Unit 1", "Unit 2"}
    first = found["Unit 1"]
    assert (first.organisation_rating, first.valid, first.violations) == (None, False, ["as_expected>70%"])
    assert (sum(first.counts.values()), first.counts["baik"]) == (16, 16)
    room = {detail["code"]: detail["room"] for detail in first.details}
    description = load_registry().rules("pp30_2019", on=DAY).describe()
    assert limit_label(description, None, "above>20%")["id"] == "Di atas ekspektasi paling banyak 20 %"
    assert room == {"above>20%": 3, "as_expected<60%": 6, "as_expected>70%": -5, "below>20%": 3}


def test_an_agency_may_not_judge_small_units_or_judge_them_with_the_unit_above(closed: Closing) -> None:
    exempt = again(closed, small_units="exempt", small_unit_minimum=17)
    assert {(check.valid, check.exempt, tuple(check.violations)) for check in exempt} == {
        (True, True, ("as_expected>70%",))
    }
    together = {check.unit_name: check for check in again(closed, small_units="pool", small_unit_minimum=17)}
    assert set(together) == {"Unit 0", "Unit 1", "Unit 2"}
    assert (together["Unit 0"].counts["baik"], together["Unit 0"].valid) == (32, False)
    assert (together["Unit 1"].valid, together["Unit 1"].demanded, together["Unit 1"].details) == (True, False, [])
    assert together["Unit 1"].pooled_into == together["Unit 0"].unit_id
    with closed.database.tenant(closed.tenant_id) as session:
        session.execute(update(OutcomeBatch).values(state="set"))
        period = session.execute(select(Period.id).where(Period.code == HALF)).scalar_one()
        above = check_above(session, period, together["Unit 1"].unit_id, DAY)
        session.rollback()
    assert above is not None
    assert above.unit_name == "Unit 0"
    alone = again(closed, small_units="pool", small_unit_minimum=16)
    assert {(check.unit_name, check.valid) for check in alone} == {("Unit 1", False), ("Unit 2", False)}


def decided(closing: Closing) -> UUID:
    """A meeting in which the chair and two members agree that person 6 stands lower; it is locked."""
    with closing.database.tenant(closing.tenant_id) as session:
        rows = session.execute(
            text("SELECT source_id, id FROM selaras.person WHERE tenant_id = :t"), {"t": closing.tenant_id}
        )
        known = {source: person for source, person in rows}
        people = {n: known[f"person-{n}"] for n in (1, 6, 21, 22)}
        manager = Actor(closing.tenant_id, None, "manager", frozenset(), PERMISSIONS[Role.PERFORMANCE_MANAGER])
        rules = rules_of(session, DAY)
        meeting = meetings.prepare(session, manager, HALF, meetings.Wanted("Pemeringkatan"))
        seats = {people[1]: SeatRole.CHAIR, people[21]: SeatRole.MEMBER, people[22]: SeatRole.MEMBER}
        meetings.seat(session, manager, meeting, seats)
        meetings.open_meeting(session, manager, meeting, period_by_code(session, HALF), rules)
        here = {
            n: Actor(closing.tenant_id, None, "x", frozenset(), PERMISSIONS[Role.APPRAISER], person_id=people[n])
            for n in (1, 21, 22)
        }
        for actor in here.values():
            say(session, actor, meeting, Said(uuid4(), "joined"), rules)
        told = {"from_outcome": "baik", "to_outcome": "cukup", "reason_code": "distribution", "text": "x" * 20}
        number = say(session, here[21], meeting, Said(uuid4(), "proposed", people[6], **told), rules)
        say(session, here[1], meeting, Said(uuid4(), "agreed", answers=number), rules)
        assert lock(session, here[1], meeting, uuid4()) == 1
        return people[6]


def test_what_the_meeting_decided_is_the_outcome_and_the_receipt_says_so_by_its_article(
    closing: Closing, console_database
) -> None:
    rated(closing, console_database)
    about = decided(closing)
    with closing.database.tenant(closing.tenant_id) as session:
        service.start(session, system(closing.tenant_id), HALF, rules_of(session, DAY))
    closing.carry()
    with closing.database.tenant(closing.tenant_id) as session:
        batch = session.execute(select(OutcomeBatch.id)).scalar_one()
        outcomes = dict(
            session.execute(
                text("SELECT person_id, outcome FROM selaras.outcome WHERE tenant_id = :t AND batch_id = :b"),
                {"t": closing.tenant_id, "b": batch},
            ).all()
        )
        codes = session.execute(
            text("SELECT codes FROM selaras.outcome_steps WHERE tenant_id = :t AND person_id = :p"),
            {"t": closing.tenant_id, "p": about},
        ).scalar_one()
    assert outcomes.pop(about) == "cukup"
    assert set(outcomes.values()) == {"baik"}
    rules = load_registry().rules("pp30_2019", on=DAY)
    steps = [step for step in rules.person_steps if step.kind == "code"]
    said = {step.name: (code, step.article) for step, code in zip(steps, codes, strict=True)}
    assert said["predikat_by_score"][0] == "baik"
    assert said["predikat"] == ("cukup", "PP 30/2019 (pemeringkatan kinerja)")
