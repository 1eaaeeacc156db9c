"""Reading people: search, paging, the tree, and who may see whom."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import pytest
from factories.uploads import NIP, people, people_file, person, staffed, taken, units_file
from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.db.paging import cursor
from selaras.errors import Invalid, NotFound
from selaras.identity.actor import Actor, system
from selaras.identity.permissions import Permission
from selaras.organisation import queries
from selaras.organisation.access import person_for, unit_for

JULY = date(2026, 7, 1)


@pytest.fixture
def staff(session: Session) -> Session:
    staffed(session)
    return session


def names(session: Session, **chosen: object) -> list[str]:
    return [line.name for line in queries.people(session, day=JULY, **chosen).items]  # type: ignore[arg-type]  # given by name, or wrong on purpose


def identity(session: Session, key: str) -> UUID:
    found = queries.person_by_number(session, NIP[key], JULY)
    assert found is not None
    return found


def test_people_come_in_order_of_their_names(staff: Session) -> None:
    assert names(staff) == ["Clerk", "Contract", "Office", "School", "Section", "Teacher", "Top"]


def test_pages_follow_each_other_without_gap_or_repetition(session: Session) -> None:
    taken(session, "units", units_file())
    same = [person("clerk") | {"PNS ID": f"q-{n}", "NIP BARU": f"1990060620150620{n}"} for n in range(10, 20)]
    taken(session, "people", people_file([*people(), *same]))
    seen: list[UUID] = []
    after: str | None = None
    while True:
        page = queries.people(session, day=JULY, after=after, limit=3)
        seen += [line.person_id for line in page.items]
        if page.next is None:
            break
        after = page.next
    assert (len(seen), len(set(seen))) == (17, 17)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("SE", ["Section"]),
        (" te ", ["Teacher"]),
        ("eacher", []),
        ("198505", ["Teacher"]),
        ("19850505 201005 1 005", ["Teacher"]),
        ("%", []),
        ("_", []),
    ],
)
def test_search_takes_the_beginning_of_a_name_or_a_number(staff: Session, search: str, found: list[str]) -> None:
    assert names(staff, search=search) == found


def test_search_uses_the_index_under_row_level_security(staff: Session) -> None:
    staff.execute(text("SET LOCAL enable_seqscan = off"))
    plan = "\n".join(
        staff.execute(
            text(
                "EXPLAIN SELECT id FROM selaras.person p WHERE p.tenant_id = :t AND p.search_name ~>=~ 'se'"
                " AND p.search_name ~<~ 'sf' ORDER BY p.search_name USING ~<~, p.id LIMIT 50"
            ),
            {"t": staff.info["tenant"]},
        ).scalars()
    )
    assert "ix_person_search_name" in plan
    assert "Index Cond: ((tenant_id =" in plan
    assert "search_name ~>=~" in plan.split("Index Cond")[1].splitlines()[0]


def test_a_unit_s_people_include_those_below_it(staff: Session) -> None:
    tree = {unit.name: unit for unit in queries.units(staff, JULY)}
    assert names(staff, unit_id=tree["Bidang SD"].unit_id) == ["Contract", "School", "Section", "Teacher"]
    assert names(staff, unit_id=uuid4()) == []


@pytest.mark.parametrize("after", ["x", "!!!", cursor("a"), cursor("a", "not-a-uuid"), "bnVsbA"])
def test_a_made_up_position_is_refused(staff: Session, after: str) -> None:
    with pytest.raises(Invalid) as caught:
        queries.people(staff, day=JULY, after=after)
    assert caught.value.code == "cursor_unusable"


def test_the_tree_shows_heads_depth_and_people(staff: Session) -> None:
    assert [(unit.name, unit.depth, unit.head_name, unit.people) for unit in queries.units(staff, JULY)] == [
        ("Kota", 0, "Top", 1),
        ("Dinas Pendidikan", 1, "Office", 2),
        ("Bidang SD", 2, "Section", 1),
        ("SD 1", 3, "School", 3),
    ]


def test_a_team_and_its_size(staff: Session) -> None:
    school = identity(staff, "school")
    assert [line.name for line in queries.team(staff, school, JULY)] == ["Contract", "Teacher"]
    assert queries.person(staff, school, JULY).team_size == 2
    assert queries.superior_of(staff, identity(staff, "teacher"), JULY) == school
    assert queries.superior_of(staff, identity(staff, "top"), JULY) is None


def test_somebody_unknown_is_not_found(staff: Session) -> None:
    with pytest.raises(NotFound):
        queries.person(staff, uuid4(), JULY)
    with pytest.raises(NotFound):
        unit_for(staff, uuid4())


def employee(session: Session, key: str, *permissions: Permission) -> Actor:
    held = frozenset(permissions)
    return Actor(session.info["tenant"], None, key, frozenset(), held, identity(session, key))


OWN, TEAM, PEOPLE = Permission.SEE_OWN, Permission.SEE_TEAM, Permission.SEE_PEOPLE


@pytest.mark.parametrize(
    ("who", "permissions", "whom", "allowed"),
    [
        ("teacher", (OWN,), "teacher", True),
        ("teacher", (OWN,), "contract", False),
        ("teacher", (OWN, TEAM), "school", False),
        ("school", (OWN, TEAM), "teacher", True),
        ("school", (OWN,), "teacher", False),
        ("section", (OWN, TEAM), "teacher", False),
        ("clerk", (PEOPLE,), "teacher", True),
        ("clerk", (), "clerk", False),
    ],
)
def test_one_sees_oneself_one_s_team_or_by_permission(
    staff: Session, who: str, permissions: tuple[Permission, ...], whom: str, allowed: bool
) -> None:
    actor, wanted = employee(staff, who, *permissions), identity(staff, whom)
    if allowed:
        assert person_for(staff, actor, wanted, JULY).line.person_id == wanted
        return
    with pytest.raises(NotFound) as caught:
        person_for(staff, actor, wanted, JULY)
    assert caught.value.code == "person_unknown"


def test_an_account_without_a_person_sees_nobody(staff: Session) -> None:
    nobody = Actor(staff.info["tenant"], None, "x", frozenset(), frozenset({OWN, TEAM}))
    with pytest.raises(NotFound):
        person_for(staff, nobody, identity(staff, "teacher"), JULY)
    assert person_for(staff, system(staff.info["tenant"]), identity(staff, "teacher")).line.name == "Teacher"
