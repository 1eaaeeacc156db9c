"""Proposals follow a close; only the right official moves them on; nothing is ever decided by the system."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from factories.actors import whole
from factories.site import PERIOD, Site
from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.errors import Conflict, Invalid, NotFound, Refused
from selaras.evaluation.rule_choices import choose
from selaras.followup.deciding import carry_out, decide, decline, endorse, reject
from selaras.followup.lists import Asked, counts, proposal, proposals
from selaras.followup.proposing import propose
from selaras.followup.rules import Said
from selaras.identity.permissions import Role
from selaras.regulation import load_registry

from .conftest import OfficeOf, add_year

REASON = "Alasan tertulis yang cukup panjang untuk diuji."
DECREE = Said("", "800/123/2026", date(2026, 11, 2))


def made(session: Session, code: str = PERIOD) -> dict[str, int]:
    return propose(session, whole(session), code, load_registry())


def some(session: Session, kind: str) -> list[UUID]:
    return [line.id for line in proposals(session, whole(session), Asked(kind=kind)).items]


@pytest.fixture
def closed(site: Site):
    """A transaction in the agency whose quarter is closed; rolled back."""
    with site.closed.database.engine.connect() as connection, connection.begin() as transaction:
        info = {"tenant": site.closed.tenant_id}
        with Session(connection, info=info, join_transaction_mode="create_savepoint") as session:
            yield session
        transaction.rollback()


def test_a_quarter_speaks_for_rewards_and_improvement_once(closed: Session) -> None:
    assert made(closed) == {"improvement": 9, "reward": 51}
    assert made(closed) == {}
    line = proposals(closed, whole(closed), Asked(kind="improvement"), limit=1).items[0]
    assert line.state == "proposed"
    assert line.basis["article"] == "PP 30/2019 Ps 56-58"
    assert line.basis["regulation"] == "permenpan_6_2022"
    assert {(one.kind, one.proposals) for one in counts(closed, whole(closed), PERIOD)} == {
        ("improvement", 9),
        ("reward", 51),
    }


def test_an_open_period_speaks_for_nothing(site: Site) -> None:
    with site.open.database.tenant(site.open.tenant_id) as session, pytest.raises(Conflict, match="not closed"):
        made(session)


def test_a_year_also_speaks_for_contracts_credits_and_candidates(closed: Session) -> None:
    add_year(closed, 2025)
    add_year(closed, 2026)
    found = made(closed, "2026")
    # 60 people; every fifth a PPPK; posts of even number in a unit (but its head) are JF Ahli Pertama.
    assert found["contract_renewal"] + found["contract_end"] == 12
    assert found["accelerated_candidate"] > 0
    assert found["succession_priority"] == found["accelerated_candidate"]
    line = proposals(closed, whole(closed), Asked(kind="credit_points", period="2026"), limit=1).items[0]
    assert line.basis["values"]["converted"] in (18.75, 12.5, 9.38, 6.25)
    assert line.basis["regulation"] == "permenpan_1_2023"


def test_credit_points_gather_over_the_years(closed: Session) -> None:
    add_year(closed, 2025)
    add_year(closed, 2026)
    made(closed, "2025")
    made(closed, "2026")
    lines = proposals(closed, whole(closed), Asked(kind="credit_points"), limit=200).items
    by_year = {(line.person_id, line.period): line.basis["values"] for line in lines}
    assert lines
    for line in lines:
        first, second = by_year[line.person_id, "2025"], by_year[line.person_id, "2026"]
        assert second["accumulated"] == pytest.approx(first["converted"] + second["converted"])


def test_a_talent_box_needs_an_assessed_potential_and_the_agencys_own_choice_of_periods(
    closed: Session, office: OfficeOf
) -> None:
    closed.execute(
        text(
            "INSERT INTO selaras.potential (tenant_id, person_id, level, source, during)"
            " SELECT tenant_id, id, 'tinggi', 'asesmen', '[2026-01-01,)' FROM selaras.person"
            " WHERE tenant_id = :tenant AND source_id IN ('person-2', 'person-18')"
        ),
        {"tenant": closed.info["tenant"]},
    )
    assert "talent_box" not in made(closed)
    manager = office(closed, Role.PERFORMANCE_MANAGER)
    registry = load_registry()
    with pytest.raises(Invalid, match="The law sets"):
        choose(closed, manager, registry, "permenpan_3_2020", {"boxes": {}}, start=date(2026, 1, 1), reason=REASON)
    choose(
        closed, manager, registry, "permenpan_3_2020", {"periods": ["quarter"]}, start=date(2026, 1, 1), reason=REASON
    )
    assert made(closed) == {"talent_box": 2}
    boxes = {
        line.outcome: line.basis["values"]["box"]
        for line in proposals(closed, whole(closed), Asked(kind="talent_box")).items
    }
    assert boxes == {"sangat_baik": 9, "butuh_perbaikan": 6}


def test_the_course_of_a_proposal(closed: Session, office: OfficeOf) -> None:
    made(closed)
    ids = some(closed, "reward")[:3]
    pyb, ppk = office(closed, Role.AUTHORISED_OFFICIAL), office(closed, Role.APPOINTING_OFFICIAL)
    manager = office(closed, Role.PERFORMANCE_MANAGER)
    with pytest.raises(Conflict, match="comes after endorsed"):
        decide(closed, ppk, ids, DECREE)
    assert endorse(closed, pyb, ids) == 3
    with pytest.raises(Invalid, match="decree"):
        decide(closed, ppk, ids, Said())
    with pytest.raises(Invalid, match="future"):
        decide(closed, ppk, ids, Said("", "1/2030", date(2030, 1, 1)))
    assert decide(closed, ppk, ids, DECREE) == 3
    assert carry_out(closed, manager, ids[:1]) == 1
    view = proposal(closed, whole(closed), ids[0])
    assert [event.state for event in view.events] == ["endorsed", "decided", "carried_out"]
    assert view.events[1].decree_number == "800/123/2026"
    entries = closed.execute(
        text("SELECT action FROM selaras.ledger_entry WHERE tenant_id = :t AND action LIKE 'proposal.%' ORDER BY id"),
        {"t": closed.info["tenant"]},
    ).scalars()
    assert list(entries) == ["proposal.endorsed", "proposal.decided", "proposal.carried_out"]


def test_turning_down_needs_a_reason_and_ends_it(closed: Session, office: OfficeOf) -> None:
    made(closed)
    first, second = some(closed, "improvement")[:2]
    pyb, ppk = office(closed, Role.AUTHORISED_OFFICIAL), office(closed, Role.APPOINTING_OFFICIAL)
    with pytest.raises(Invalid, match="20 characters"):
        decline(closed, pyb, [first], "tidak")
    decline(closed, pyb, [first], REASON)
    with pytest.raises(Conflict):
        endorse(closed, pyb, [first])
    endorse(closed, pyb, [second])
    reject(closed, ppk, [second], REASON)
    assert proposal(closed, whole(closed), second).line.state == "rejected"


@pytest.mark.parametrize("role", [Role.EMPLOYEE, Role.PERFORMANCE_MANAGER, Role.APPOINTING_OFFICIAL, Role.AUDITOR])
def test_only_the_pyb_endorses(closed: Session, office: OfficeOf, role: Role) -> None:
    made(closed)
    with pytest.raises(Refused, match="endorse_followup"):
        endorse(closed, office(closed, role), some(closed, "reward")[:1])


@pytest.mark.parametrize("role", [Role.EMPLOYEE, Role.PERFORMANCE_MANAGER, Role.AUTHORISED_OFFICIAL, Role.AUDITOR])
def test_only_the_ppk_decides(closed: Session, office: OfficeOf, role: Role) -> None:
    made(closed)
    with pytest.raises(Refused, match="decide_followup"):
        decide(closed, office(closed, role), some(closed, "reward")[:1], DECREE)


def test_the_system_itself_decides_nothing(closed: Session) -> None:
    made(closed)
    with pytest.raises(Refused, match="only proposes"):
        endorse(closed, whole(closed), some(closed, "reward")[:1])


def test_an_unknown_proposal_is_told_as_not_existing(closed: Session, office: OfficeOf) -> None:
    with pytest.raises(NotFound):
        endorse(closed, office(closed, Role.AUTHORISED_OFFICIAL), [UUID(int=7)])


def test_the_list_pages(closed: Session) -> None:
    made(closed)
    first = proposals(closed, whole(closed), Asked(period=PERIOD), limit=40)
    second = proposals(closed, whole(closed), Asked(period=PERIOD), after=first.next, limit=40)
    assert len(first.items) == 40
    assert len(second.items) == 20
    assert second.next is None


@pytest.mark.parametrize("number", ["800/1\n/2026", "800\u202e/1", "9" * 61, "  "])
def test_a_decree_has_a_number_that_can_be_printed(closed: Session, office: OfficeOf, number: str) -> None:
    made(closed)
    one = some(closed, "reward")[:1]
    endorse(closed, office(closed, Role.AUTHORISED_OFFICIAL), one)
    with pytest.raises(Invalid, match="number"):
        decide(closed, office(closed, Role.APPOINTING_OFFICIAL), one, Said("", number, date(2026, 11, 2)))


def test_a_reason_has_an_end(closed: Session, office: OfficeOf) -> None:
    made(closed)
    with pytest.raises(Invalid, match="at most"):
        decline(closed, office(closed, Role.AUTHORISED_OFFICIAL), some(closed, "reward")[:1], "Panjang " * 1000)
