"""The path of PP 30/2019 Ps 56-58: its order, its days, its officials."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from factories.actors import whole
from factories.site import PERIOD, Site
from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.clock import fixed
from selaras.errors import Conflict, Invalid, Refused
from selaras.followup.deciding import endorse
from selaras.followup.improving import open_case, step
from selaras.followup.lists import Asked, case, proposals
from selaras.followup.proposing import propose
from selaras.followup.rules import Said, Stage, Standing, next_stage, resumed, steps_open
from selaras.identity.actor import system
from selaras.identity.permissions import Role
from selaras.regulation import load_registry

from .conftest import OfficeOf

WHY = Said("Alasan tertulis yang cukup panjang.")
DECREE = Said("Alasan tertulis yang cukup panjang.", "SK 12/2027")


@pytest.fixture
def closed(site: Site):
    with site.closed.database.engine.connect() as connection, connection.begin() as transaction:
        info = {"tenant": site.closed.tenant_id}
        with Session(connection, info=info, join_transaction_mode="create_savepoint") as session:
            propose(session, system(site.closed.tenant_id), PERIOD, load_registry())
            yield session
        transaction.rollback()


def on(day: date):
    return fixed(datetime(day.year, day.month, day.day, 5, tzinfo=UTC))


def proposal_of(session: Session, employment: str, kind: str = "jf") -> object:
    return session.execute(
        text(
            "SELECT q.id FROM selaras.proposal q JOIN selaras.appointment a"
            " ON a.tenant_id = q.tenant_id AND a.person_id = q.person_id"
            " WHERE q.tenant_id = :t AND q.kind = 'improvement' AND a.employment = :e ORDER BY q.id LIMIT 1"
        ),
        {"t": session.info["tenant"], "e": employment},
    ).scalar_one()


def test_the_whole_path_to_a_discharge(closed: Session, office: OfficeOf) -> None:
    pyb, ppk = office(closed, Role.AUTHORISED_OFFICIAL), office(closed, Role.APPOINTING_OFFICIAL)
    proposal, registry = proposal_of(closed, "pns"), load_registry()
    with pytest.raises(Conflict, match="endorse it first"):
        open_case(closed, pyb, registry, proposal, from_day=date(2026, 12, 1), reason=WHY.reason)
    endorse(closed, pyb, [proposal])
    found = open_case(closed, pyb, registry, proposal, from_day=date(2026, 12, 1), reason=WHY.reason)
    assert case(closed, whole(closed), found, date(2026, 12, 2)).due_on == date(2027, 6, 1)

    with on(date(2027, 1, 10)):
        assert step(closed, pyb, registry, found, "pause", date(2027, 1, 10), WHY) is Stage.PAUSED
    with on(date(2027, 1, 20)):
        assert step(closed, pyb, registry, found, "resume", date(2027, 1, 20), WHY) is Stage.IMPROVING
    assert case(closed, whole(closed), found, date(2027, 1, 20)).due_on == date(2027, 6, 11), "ten days later"
    with on(date(2027, 6, 11)), pytest.raises(Conflict, match="until 2027-06-11"):
        step(closed, pyb, registry, found, "competency_test", date(2027, 6, 11), WHY)
    with on(date(2027, 6, 12)):
        step(closed, pyb, registry, found, "competency_test", date(2027, 6, 12), WHY)
        with pytest.raises(Refused, match="decide_followup"):
            step(closed, pyb, registry, found, "place_lower", date(2027, 6, 12), DECREE)
        with pytest.raises(Invalid, match="decree"):
            step(closed, ppk, registry, found, "place_temporarily", date(2027, 6, 12), WHY)
        step(closed, ppk, registry, found, "place_temporarily", date(2027, 6, 12), DECREE)
    assert case(closed, whole(closed), found, date(2027, 7, 1)).due_on == date(2028, 6, 12), "at most one year"
    with on(date(2028, 6, 12)), pytest.raises(Conflict, match="until 2028-06-12"):
        step(closed, ppk, registry, found, "discharge", date(2028, 6, 12), DECREE)
    with on(date(2028, 6, 13)):
        assert step(closed, ppk, registry, found, "discharge", date(2028, 6, 13), DECREE) is Stage.DISCHARGED
        with pytest.raises(Conflict):
            step(closed, ppk, registry, found, "place_lower", date(2028, 6, 13), DECREE)
    view = case(closed, whole(closed), found, date(2028, 6, 13))
    assert [one.action for one in view.steps] == [
        "open", "pause", "resume", "competency_test", "place_temporarily", "discharge",
    ]  # fmt: skip
    assert view.closed_on == date(2028, 6, 13)
    assert view.possible == ()


def test_a_contracted_civil_servant_is_not_put_on_this_path(closed: Session, office: OfficeOf) -> None:
    pyb = office(closed, Role.AUTHORISED_OFFICIAL)
    proposal = proposal_of(closed, "pppk")
    endorse(closed, pyb, [proposal])
    with pytest.raises(Refused, match="For a PPPK the contract is decided instead"):
        open_case(closed, pyb, load_registry(), proposal, from_day=date(2026, 12, 1), reason=WHY.reason)


def test_one_case_at_a_time_and_none_by_the_wrong_office(closed: Session, office: OfficeOf) -> None:
    pyb, registry = office(closed, Role.AUTHORISED_OFFICIAL), load_registry()
    proposal = proposal_of(closed, "pns")
    endorse(closed, pyb, [proposal])
    manager = office(closed, Role.PERFORMANCE_MANAGER)
    with pytest.raises(Refused, match="endorse_followup"):
        open_case(closed, manager, registry, proposal, from_day=date(2026, 12, 1), reason=WHY.reason)
    open_case(closed, pyb, registry, proposal, from_day=date(2026, 11, 1), reason=WHY.reason)
    with pytest.raises(Conflict, match="open already"):
        open_case(closed, pyb, registry, proposal, from_day=date(2026, 12, 1), reason=WHY.reason)


def test_nobody_begins_their_own_case_nor_one_far_ahead(closed: Session, office: OfficeOf) -> None:
    pyb, registry = office(closed, Role.AUTHORISED_OFFICIAL), load_registry()
    chosen = proposal_of(closed, "pns")
    endorse(closed, pyb, [chosen])
    person = closed.execute(
        text("SELECT person_id FROM selaras.proposal WHERE tenant_id = :t AND id = :i"),
        {"t": closed.info["tenant"], "i": chosen},
    ).scalar_one()
    with pytest.raises(Refused, match="their own result"):
        open_case(closed, replace(pyb, person_id=person), registry, chosen, from_day=date(2026, 1, 5), reason="x" * 20)
    with pytest.raises(Invalid, match="a year ahead"):
        open_case(closed, pyb, registry, chosen, from_day=date(9999, 12, 31), reason=WHY.reason)


def test_a_reward_opens_no_case(closed: Session, office: OfficeOf) -> None:
    pyb = office(closed, Role.AUTHORISED_OFFICIAL)
    reward = proposals(closed, whole(closed), Asked(kind="reward"), limit=1).items[0].id
    endorse(closed, pyb, [reward])
    with pytest.raises(Exception, match="no such proposal"):
        open_case(closed, pyb, load_registry(), reward, from_day=date(2026, 12, 1), reason=WHY.reason)


STANDING = Standing(Stage.IMPROVING, date(2026, 6, 30), None, 0)


@pytest.mark.parametrize(
    ("day", "possible"),
    [
        (date(2026, 6, 30), ["pause", "improved"]),
        (date(2026, 7, 1), ["pause", "improved", "competency_test"]),
    ],
)
def test_what_is_possible_depends_on_the_day(day: date, possible: list[str]) -> None:
    assert [one.action for one in steps_open(STANDING, day)] == possible


def test_an_unknown_step_and_one_out_of_order_are_refused_in_words() -> None:
    with pytest.raises(Invalid, match="There is no step"):
        next_stage(STANDING, "fire", date(2026, 7, 1))
    with pytest.raises(Conflict, match="comes after temporary"):
        next_stage(STANDING, "discharge", date(2026, 7, 1))


def test_the_clock_stands_still_while_it_is_paused() -> None:
    paused = Standing(Stage.PAUSED, date(2026, 6, 30), date(2026, 3, 1), 5)
    assert resumed(paused, date(2026, 3, 31)) == (35, date(2026, 7, 30))
