"""Whoever's rating is changed is told: each command that can do it is run, and every writer in the source is known."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from architecture.sources import Source, dotted, source, sources
from factories.actors import appraiser_of
from factories.staff import create_staff
from factories.uploads import csv_file, taken
from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.evaluation import giving, handovers, reviewing, unit_ratings
from selaras.evaluation.access import rateable
from selaras.evaluation.changes import CAUSES, changes_of
from selaras.evaluation.forming import StatedSegment, release_segments, state_segments
from selaras.evaluation.procedure import Procedure, choose_procedure
from selaras.exchange.handing_over import HEADER
from selaras.identity.actor import Actor, system
from selaras.organisation.access import agency_day
from selaras.regulation import load_registry
from selaras.regulation.rules import Rules
from selaras.tenancy.queries import agency, rules_on, rules_within

PERIOD = "2026-TW3"
GOOD = {"rating_hasil_kerja": "di_atas", "rating_perilaku": "sesuai"}
FINE = {"rating_hasil_kerja": "sesuai", "rating_perilaku": "sesuai"}
WHY = "Bukti dukung bulan September baru diterima sekarang."
NIP = "198501012010{:06d}"

# Who writes what a rating or a result is made of: the file and function, and the cause under which the person is told,
# or why nothing that somebody knew of becomes another.
TOLD = {
    "evaluation/giving.py: hold": "appraiser",
    "evaluation/moving.py: _renumber": "parts",
    "evaluation/forming.py: _form": "parts",
    "evaluation/forming.py: state_segments": "parts",
    "evaluation/forming.py: release_segments": "parts",
    "evaluation/handovers.py: withdraw_handover": "withdrawn",
    "evaluation/unit_ratings.py: set_unit_rating": "unit_rating",
    "evaluation/unit_ratings.py: remove_unit_rating": "unit_rating",
    "evaluation/correcting.py: _outcome": "objection",
    "evaluation/correcting.py: _segment_outcome": "objection",
    "exchange/kinds/ratings.py: load": "import",
    "exchange/kinds/organisation_ratings.py: load": "unit_rating",
}
NOTHING_CHANGES = {
    "evaluation/appraising.py: insert_wholes": "a close: the result is new, and told as such",
    "evaluation/service.py: remove_period": "refused where anything was rated",
    "evaluation/combining.py: _insert_segments": "a close: the result is new, and told as such",
    "evaluation/forming.py: _insert": "the parts; what they change in ratings: _form, state_segments",
    "closing/service.py: withdraw": "drafts of a close that nobody was told of",
    "exchange/kinds/history.py: _take": "handed over: a second one for the same period is refused",
    "demo/": "the demo's own data",
}
TABLES = ("rating", "outcome", "segment_outcome", "segment", "organisation_rating", "handed_over_result")
MODELS = ("Rating", "Outcome", "SegmentOutcome", "Segment", "OrganisationRating", "HandedOverResult")
_WRITES = re.compile(rf"(?:INSERT INTO|UPDATE|DELETE FROM) selaras\.(?:{'|'.join(TABLES)})\b(?!_)")
_BULK = ("upsert", "insert_frame", "insert_split")


def writers(given: Iterable[Source]) -> set[str]:
    """`file: function` of everything that inserts, updates or deletes a row of these tables."""
    found = set()
    for one in given:
        constants = {
            target.id: ast.unparse(node.value)
            for node in one.tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        found |= {f"{one.name}: {function.name}" for function in one.functions() if _writes(function, constants)}
    return found


def _writes(function: ast.FunctionDef | ast.AsyncFunctionDef, constants: dict[str, str]) -> bool:
    for node in ast.walk(function):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _WRITES.search(node.value):
            return True
        if isinstance(node, ast.Name) and _WRITES.search(constants.get(node.id, "")):
            return True
        if isinstance(node, ast.Call) and _call_writes(node, constants):
            return True
    return False


def _call_writes(call: ast.Call, constants: dict[str, str]) -> bool:
    name = dotted(call.func).rsplit(".", maxsplit=1)[-1]
    said = [ast.unparse(one) for one in call.args]
    if name in ("insert", "update", "delete"):
        return bool(said) and said[0] in MODELS
    if name in _BULK:
        whole = " ".join(constants.get(one, one) for one in said)
        return any(re.search(rf"['\"]{table}['\"]", whole) for table in TABLES)
    return name in MODELS and bool(call.keywords)


def core() -> list[Source]:
    prefix = "platform/selaras/"
    given = sources("platform")
    return [replace(one, name=one.name.removeprefix(prefix)) for one in given if one.name.startswith(prefix)]


def test_everything_that_writes_a_rating_or_a_result_is_known_and_tells() -> None:
    left_out = ("migrations/", "tenancy/isolation/", "api/", "web/")  # the last two only show rows
    found = {one for one in writers(core()) if not one.startswith(left_out)}
    free = {one for one in found if any(one.startswith(known) for known in NOTHING_CHANGES)}
    unknown = found - free - set(TOLD)
    assert unknown == set(), "say in TOLD under which cause the person is told, and add the command to SCENARIOS"
    assert set(TOLD) <= found, "these write no longer"
    assert set(TOLD.values()) <= set(SCENARIOS)


def test_a_new_writer_is_found() -> None:
    planted = """
_SQL = "UPDATE selaras.rating SET inputs = '{}'"

def silently(session):
    session.execute(text(_SQL))

def loudly(session):
    session.add(Rating(person_id=1))

def reads(session):
    return session.scalars(select(Rating))

def fills(session, frame):
    insert_frame(session, "outcome", frame)
"""
    assert writers([source(planted)]) == {f"planted.py: {one}" for one in ("silently", "loudly", "fills")}


# --- every command is run, and the person is told


@pytest.fixture
def staff(session: Session) -> Session:
    create_staff(session, 40)
    return session


def person(session: Session, n: int) -> UUID:
    query = text("SELECT id FROM selaras.person WHERE tenant_id = :t AND source_id = :s")
    return session.execute(query, {"t": session.info["tenant"], "s": f"person-{n}"}).scalar_one()


def unit(session: Session, n: int) -> UUID:
    query = text("SELECT id FROM selaras.unit WHERE tenant_id = :t AND source_id = :s")
    return session.execute(query, {"t": session.info["tenant"], "s": f"unit-{n}"}).scalar_one()


def me(session: Session) -> Actor:
    return system(int(session.info["tenant"]))


def law(session: Session) -> Rules:
    return rules_on(session, agency(session, int(session.info["tenant"])), date(2026, 9, 30), load_registry())


def rate(session: Session, rater: int, n: int, inputs: dict[str, str], reason: str = WHY) -> None:
    actor = appraiser_of(session, person(session, rater))
    found = rateable(session, actor, person(session, n), PERIOD)
    giving.rate(session, actor, found, person(session, n), inputs, law(session), reason=reason)


def by_the_appraiser(session: Session) -> UUID:
    rate(session, 1, 5, GOOD)
    rate(session, 1, 5, FINE)
    return person(session, 5)


def by_another_appraiser(session: Session) -> UUID:
    """Its first appraiser is gone (the rating names nobody), and the new one rates anew."""
    rate(session, 1, 6, GOOD)
    return person(session, 6)


def by_the_review(session: Session) -> UUID:
    """Unit 2's head rates, person 1 above gives it back, and what comes back is another rating."""
    text_ = "DELETE FROM selaras.rating WHERE tenant_id = :t AND person_id = :p"
    session.execute(text(text_), {"t": session.info["tenant"], "p": person(session, 25)})
    today = agency_day(session, me(session))
    choose_procedure(session, me(session), Procedure(review=True, briefing=False, reason=WHY), today)
    rate(session, 21, 25, GOOD)
    above = appraiser_of(session, person(session, 1))
    reviewing.give_back(session, above, person(session, 25), PERIOD, 1, WHY)
    rate(session, 21, 25, FINE)
    reviewing.confirm(session, above, person(session, 25), PERIOD, 1)
    return person(session, 25)


def by_an_import(session: Session) -> UUID:
    row = (NIP.format(7), PERIOD, "di_bawah", "sesuai")
    taken(session, "ratings", csv_file(("NIP", "PERIODE", "HASIL KERJA", "PERILAKU KERJA"), [row]))
    return person(session, 7)


def by_the_unit(session: Session) -> UUID:
    unit_ratings.set_unit_rating(session, me(session), PERIOD, unit(session, 2), "istimewa", law(session))
    return person(session, 21)


def by_the_unit_taken_back(session: Session) -> UUID:
    unit_ratings.remove_unit_rating(session, me(session), PERIOD, unit(session, 2), law(session))
    return person(session, 21)


def by_the_unit_imported(session: Session) -> UUID:
    row = ("unit-2", PERIOD, "istimewa", "")
    taken(session, "organisation_ratings", csv_file(("UNOR ID", "PERIODE", "PREDIKAT", "NIP PENETAP"), [row]))
    return person(session, 21)


def by_parts(session: Session) -> UUID:
    """Two parts with a rating each become one: the earlier rating counts no longer."""
    who, days = person(session, 8), (date(2026, 7, 1), date(2026, 8, 15), date(2026, 8, 16), date(2026, 9, 30))
    followed = rules_within(session, agency(session, me(session).tenant_id), days[0], days[3], load_registry())
    two = [
        StatedSegment(days[0], days[1], "start", True, appraiser_id=person(session, 1)),
        StatedSegment(days[2], days[3], "new_appraiser", True, appraiser_id=person(session, 21)),
    ]
    state_segments(session, me(session), PERIOD, who, two, WHY, followed)
    session.execute(
        text(
            "INSERT INTO selaras.rating (tenant_id, period_id, person_id, segment, inputs)"
            " SELECT tenant_id, period_id, person_id, 1, inputs FROM selaras.rating"
            " WHERE tenant_id = :t AND person_id = :p"
        ),
        {"t": session.info["tenant"], "p": who},
    )
    whole = [StatedSegment(days[0], days[3], "start", True, appraiser_id=person(session, 1))]
    state_segments(session, me(session), PERIOD, who, whole, WHY, followed)
    return who


def by_a_stated_result(session: Session) -> UUID:
    who, days = person(session, 9), (date(2026, 7, 1), date(2026, 9, 30))
    followed = rules_within(session, agency(session, me(session).tenant_id), *days, load_registry())
    stated = [StatedSegment(*days, "study", True, outcome="baik")]
    state_segments(session, me(session), PERIOD, who, stated, WHY, followed)
    return who


def by_going_back_to_the_facts(session: Session) -> UUID:
    """What was stated to have been made elsewhere counts no longer."""
    who, days = by_a_stated_result(session), (date(2026, 7, 1), date(2026, 9, 30))
    followed = rules_within(session, agency(session, me(session).tenant_id), *days, load_registry())
    release_segments(session, me(session), PERIOD, who, followed)
    assert [one.after for one in changes_of(session, who)] == [{}, {"outcome": "baik", "score": None}]
    return who


def by_a_withdrawal(session: Session) -> UUID:
    row = dict.fromkeys(HEADER, "") | {
        "NIP": NIP.format(10),
        "PERIODE": "2019",
        "REGULASI": "pp46_2011",
        "PREDIKAT": "Baik",
        "NILAI": "85,25",
        "INSTANSI ASAL": "Pemerintah Kota Lama",
        "DOKUMEN": "SK 12/2020",
        "TANGGAL PENETAPAN": "31-12-2019",
    }
    report = taken(session, "history", csv_file(HEADER, [row]))
    handovers.withdraw_handover(session, me(session), report.batch_id, WHY)
    return person(session, 10)


SCENARIOS: dict[str, tuple[Callable[[Session], UUID], ...]] = {
    "appraiser": (by_the_appraiser,),
    "other_appraiser": (by_another_appraiser,),
    "review": (by_the_review,),
    "import": (by_an_import,),
    "unit_rating": (by_the_unit, by_the_unit_taken_back, by_the_unit_imported),
    "parts": (by_parts, by_a_stated_result, by_going_back_to_the_facts),
    "withdrawn": (by_a_withdrawal,),
    # Over HTTP, with a closed period behind it: tests/followup/test_objections.py.
    "objection": (),
    # No command of a calibration changes a rating yet.
    "calibration": (),
}


@pytest.mark.parametrize(
    ("cause", "command"), [(cause, one) for cause, commands in SCENARIOS.items() for one in commands]
)
def test_the_person_is_told_who_why_and_what(staff: Session, cause: str, command: Callable[[Session], UUID]) -> None:
    who = command(staff)
    staff.flush()
    found = [one for one in changes_of(staff, who) if one.cause == cause]
    assert found, changes_of(staff, who)
    assert found[0].columns
    notices = staff.execute(
        text(
            "SELECT subject_id, params FROM selaras.notice"
            " WHERE tenant_id = :t AND person_id = :p AND code = 'rating_changed'"
        ),
        {"t": staff.info["tenant"], "p": who},
    ).all()
    assert (found[0].id, {"period": found[0].period, "cause": cause}) in [tuple(one) for one in notices]


def test_every_cause_has_its_command() -> None:
    assert set(SCENARIOS) == set(CAUSES)


def test_the_same_rating_again_tells_nobody(staff: Session) -> None:
    before = by_an_import(staff)
    count = len(changes_of(staff, before))
    by_an_import(staff)
    rate(staff, 1, 7, {"rating_hasil_kerja": "di_bawah", "rating_perilaku": "sesuai"})
    unit_ratings.set_unit_rating(staff, me(staff), PERIOD, unit(staff, 2), "baik", law(staff))
    assert (len(changes_of(staff, before)), changes_of(staff, person(staff, 21))) == (count, [])


def test_a_head_who_is_not_rated_yet_has_no_rating_that_could_change(staff: Session) -> None:
    gone = "DELETE FROM selaras.rating WHERE tenant_id = :t AND person_id = :p"
    staff.execute(text(gone), {"t": staff.info["tenant"], "p": person(staff, 21)})
    by_the_unit(staff)
    assert changes_of(staff, person(staff, 21)) == []
