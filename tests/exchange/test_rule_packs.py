"""An agency's rules in packs: what goes in comes out equal; closed periods, other kinds and strangers are refused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from conftest import Tenant
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from selaras.calendar.models import WorkingWeek
from selaras.db.session import Database
from selaras.errors import Conflict, Invalid, Refused
from selaras.evaluation.models import Period, RankingRule
from selaras.evaluation.rating_models import RatingProcedure
from selaras.exchange.own_rules import held, rows_of
from selaras.exchange.rule_packs import drift, exported, load, preview, seed, version
from selaras.followup.models import RemunerationTable
from selaras.followup.pay.models import RemunerationDraft
from selaras.followup.service import scheme_of
from selaras.identity.actor import Actor, system
from selaras.identity.permissions import Role, permissions_of
from selaras.identity.service import ensure_account
from selaras.regulation import load_registry
from selaras.tenancy.models import RulebookChoice
from selaras.tenancy.packs import load_packs, read_text
from selaras.tenancy.rule_rows import RuleRow, canonical, clipped, differences, joined

REASON = "Keputusan pejabat pembina kepegawaian Nomor 7 Tahun 2026."
DAY = date(2026, 1, 1)


@pytest.fixture
def ministry(session: Session) -> Session:
    return session


@pytest.fixture
def province(session: Session, tenant: Tenant, console_database: Database) -> Session:
    """The same agency, made a province."""
    new = "INSERT INTO selaras.region (code, name, kind) VALUES ('32', 'Jawa Barat', 'province')"
    made = "UPDATE selaras.agency SET kind = 'province', region_code = '32' WHERE tenant_id = :id"
    with console_database.platform() as console:
        console.execute(text(f"{new} ON CONFLICT DO NOTHING"))
        console.execute(text(made), {"id": tenant.tenant_id})
    return session


def who(session: Session) -> Actor:
    return system(int(session.info["tenant"]))


def into(session: Session, document: str, start: date | None = None, **more: Any) -> Any:
    return load(session, who(session), load_registry(), document, start, reason=REASON, **more)


@pytest.mark.parametrize("slug", load_packs())
def test_every_pack_goes_in_and_comes_out_equal(request: pytest.FixtureRequest, slug: str) -> None:
    pack = load_packs()[slug]
    session: Session = request.getfixturevalue("province" if pack.region_code else "ministry")
    assert seed(session, load_registry(), pack) == len(rows_of(pack, defaults=True))
    assert held(session) == rows_of(pack, defaults=True)
    assert drift(session, pack).rules == () or {one.of for one in drift(session, pack).rules} == {"regulation"}
    assert seed(session, load_registry(), pack) == 0
    document = exported(session)
    again = read_text("again", document)
    assert again.whole
    assert rows_of(again, defaults=True) == held(session)
    for table in ("ranking_rule", "remuneration_table", "rulebook_choice"):
        session.execute(text(f"DELETE FROM selaras.{table} WHERE tenant_id = selaras.tid()"))
    assert held(session) == ()
    into(session, document)
    assert exported(session) == document
    assert into(session, document).changes == ()


SOUND = """
whole = true
regulation = []
[agency]
name = "Kabupaten Contoh"
short_name = "Contoh"
kind = "regency"
head_title = "Bupati"
region_code = "3515"
hosts = ["x.localhost"]
time_zone = "Asia/Jakarta"
"""
PAY = """
[[rule]]
of = "remuneration"
from = 2022-01-01
name = "TPP (contoh)"
kind = "tpp"
effect = "next_quarter"
shape = "components"
source = "Contoh"
certainty = "sample"
percent = { baik = 97.5, kurang = 50 }
base = { 7 = 2_000_000 }
options = { candidate_percent = 80, components = { beban_kerja = 62.5, prestasi_kerja = 37.5 } }
"""
MORE = """
[[rule]]
of = "rating_procedure"
from = 2026-02-01
review = true
briefing = false
[[rule]]
of = "choice"
from = 2026-01-01
until = 2026-06-30
regulation = "permenpan_3_2020"
parameters = { periods = ["quarter", "year"] }
[[rule]]
of = "choice"
from = 2026-07-01
regulation = "permenpan_3_2020"
parameters = { periods = ["year"] }
[[rule]]
of = "working_week"
from = 2024-01-01
until = 2025-12-31
days = 6
[[rule]]
of = "letterhead"
from = 2026-03-01
lines = ["Jalan Contoh 1"]
place = "Contoh"
[[rule]]
of = "ranking"
group_by = ["job_class"]
minimum_size = 9
"""


def test_every_kind_of_rule_travels_with_its_days(province: Session) -> None:
    province.add(WorkingWeek(since=date(2026, 3, 1), days=6))
    into(province, SOUND + PAY + MORE)
    assert held(province) == rows_of(read_text("x", SOUND + PAY + MORE), defaults=False)
    table = province.scalars(select(RemunerationTable)).one()
    assert (table.percents, table.bases) == ({"baik": "97.5", "kurang": "50"}, {"7": 2000000})
    assert table.options["components"] == {"beban_kerja": 62.5, "prestasi_kerja": 37.5}
    procedure = province.scalars(select(RatingProcedure)).one()
    assert (procedure.review, procedure.briefing, procedure.reason) == (True, False, REASON)
    choices = province.scalars(select(RulebookChoice).order_by(func.lower(RulebookChoice.during))).all()
    assert [one.parameters["periods"] for one in choices] == [["quarter", "year"], ["year"]]
    weeks = province.execute(select(WorkingWeek.since, WorkingWeek.days).order_by(WorkingWeek.since)).all()
    assert weeks == [(date(2024, 1, 1), 6), (date(2026, 1, 1), 5)]
    again = exported(province)
    into(province, SOUND)
    assert held(province) == ()
    into(province, again)
    assert exported(province) == again


def test_a_decision_table_travels_with_its_rows_rounding_and_marks(province: Session) -> None:
    rows = """percent = {}
rows = [
  { outcome = "baik", class_from = 7, percent = 97.5 }, { outcome = "baik", class_to = 6, percent = 90 },
  { attendance_below = 92.5, percent = 40 }, { percent = 50 },
]"""
    more = (
        'options = { hit = "first", rounding = [{ step = "amount", digits = -2, mode = "down" }], '
        'marks = [{ code = "TK", group = "attendance", percent = 2.5, since = 2 }], '
    )
    document = SOUND + PAY.replace("percent = { baik = 97.5, kurang = 50 }", rows).replace("options = { ", more)
    into(province, document)
    assert held(province) == rows_of(read_text("x", document), defaults=False)
    scheme = scheme_of(province.scalars(select(RemunerationTable)).one())
    assert [(row.outcome, row.class_from, row.percent) for row in scheme.rows][:2] == [
        ("baik", 7, 97.5),
        ("baik", None, 90),
    ]
    assert (scheme.rounding[0].digits, scheme.marks[0].percent, scheme.marks[0].since) == (-2, 2.5, 2)
    again = exported(province)
    into(province, SOUND)
    into(province, again)
    assert exported(province) == again


def test_from_a_day_on_the_days_before_stay(province: Session) -> None:
    rule = RankingRule(attributes=["post_kind"], minimum_size=5, origin="own", during=Range(date(2020, 1, 1), None))
    province.add(rule)
    province.flush()
    seen = preview(province, who(province), load_registry(), SOUND + MORE, DAY)
    ranking = [one for one in seen.changes if one.of == "ranking"]
    assert [(one.starts, one.ends, one.keys) for one in ranking] == [(DAY, None, ("group_by", "minimum_size"))]
    assert held(province)[0].ends is None, "a preview changes nothing"
    into(province, SOUND + MORE, DAY)
    before, after = (one for one in held(province) if one.of == "ranking")
    assert (before.values["minimum_size"], before.ends, after.starts, after.values["minimum_size"]) == (5, DAY, DAY, 9)
    assert not [one for one in held(province) if one.of == "working_week"], "it had ended the day before"


def test_a_part_of_a_pack_changes_what_it_names(province: Session) -> None:
    into(province, SOUND + PAY + MORE)
    before = {one.of: one for one in held(province)}
    part = (
        SOUND.replace("whole = true", "") + '\n[[rule]]\nof = "ranking"\ngroup_by = ["employment"]\nminimum_size = 2\n'
    )
    found = into(province, part)
    assert {one.of for one in found.changes} == {"ranking"}
    after = {one.of: one for one in held(province)}
    assert after["ranking"].values == {"group_by": ["employment"], "minimum_size": 2}
    assert {**after, "ranking": 0} == {**before, "ranking": 0}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('of = "ranking"', 'of = "weather"', "'weather' is no kind of rule"),
        ("minimum_size = 9", "minimum_size = 0", "is not a whole number from 1"),
        ("minimum_size = 9", "minimum_size = 9\ncolour = 1", "this key is unknown"),
        ("review = true", 'review = "yes"', "is neither true nor false"),
        ("days = 6", "days = 5", "is not a whole number from 6"),
        ("from = 2026-07-01", "from = 2026-06-01", "two of them hold on 2026-06-01"),
        ("until = 2026-06-30", "until = 2025-06-30", "lies before 2026-01-01"),
        ('periods = ["year"]', "boxes = 3", "The law sets the parameter boxes"),
        ('periods = ["year"]', "weather = 3", "There is no parameter weather"),
        ('"permenpan_3_2020"', '"pp1_1900"', "which is not installed here"),
        ("whole = true", "whole = 3", "neither true nor false"),
        ("[agency]", "[agency", "it is not TOML"),
        ("baik = 97.5", "baik = 400", "not a percentage"),
        ('kind = "tpp"', 'kind = "tukin"', "a regional government pays tpp|not for tukin|is for tpp"),
    ],
)
def test_what_cannot_be_is_refused_in_words(province: Session, old: str, new: str, words: str) -> None:
    document = SOUND + PAY + MORE
    assert old in document
    with pytest.raises(Invalid, match=words):
        into(province, document.replace(old, new))
    assert held(province) == ()


def test_a_regional_table_is_nothing_for_a_ministry(ministry: Session) -> None:
    with pytest.raises(Invalid, match="a regional government pays tpp"):
        into(ministry, SOUND + PAY)


def test_a_closed_period_keeps_its_rules(province: Session) -> None:
    province.add(Period(code="2025", kind="year", starts=date(2025, 1, 1), ends=date(2025, 12, 31), state="closed"))
    province.flush()
    for start in (None, date(2025, 12, 31)):
        with pytest.raises(Conflict, match="ends on 2025-12-31"):
            into(province, SOUND + MORE, start)
    assert into(province, SOUND + MORE, DAY).changes


def test_nobody_without_the_right_and_nothing_over_what_is_newer(province: Session) -> None:
    nobody = Actor(1, None, "-", frozenset(), frozenset())
    for ask in (preview, lambda *given: load(*given, reason=REASON)):
        with pytest.raises(Refused):
            ask(province, nobody, load_registry(), SOUND, None)
    with pytest.raises(Invalid, match="at least 20"):
        load(province, who(province), load_registry(), SOUND, None, reason="Baik")
    with pytest.raises(Invalid, match="longer than"):
        into(province, SOUND + "#" * 200_001)
    seen = version(province)
    into(province, SOUND + MORE, seen=seen)
    with pytest.raises(Conflict, match="have changed since you looked"):
        into(province, SOUND + PAY, seen=seen)
    entries = province.scalars(text("SELECT action FROM selaras.ledger_entry WHERE action LIKE 'rules.%'")).all()
    assert entries == ["rules.load"]


def test_drift_says_which_days_and_what(province: Session) -> None:
    pack = load_packs()["jabar"]
    seed(province, load_registry(), pack)
    rule = province.scalars(select(RankingRule)).one()
    rule.during = Range(rule.during.lower, DAY)
    province.flush()
    found = {one.of: one for one in drift(province, pack).rules}
    assert (found["ranking"].starts, found["ranking"].after) == (DAY, None)
    assert found["regulation"].apart == ""
    assert "name" in {name for name, _, _ in drift(province, pack).attributes}


days = st.integers(0, 60).map(lambda n: DAY + timedelta(days=n))
numbers = st.integers(1, 3)


@st.composite
def timelines(draw: st.DrawFn) -> tuple[RuleRow, ...]:
    cuts = sorted(draw(st.sets(days, max_size=6)))
    ends = [*cuts[1:], None]
    return tuple(
        RuleRow("ranking", start, end, {"group_by": ["employment"], "minimum_size": draw(numbers)})
        for start, end in zip(cuts, ends, strict=False)
        if draw(st.booleans())
    )


def on(rows: tuple[RuleRow, ...], day: date) -> object:
    return next((one.values for one in rows if one.first <= day < one.until), None)


@given(timelines(), timelines(), days)
@settings(max_examples=100, deadline=None)
def test_differences_are_the_days_on_which_two_sides_differ(
    one: tuple[RuleRow, ...], other: tuple[RuleRow, ...], start: date
) -> None:
    found = differences(one, other)
    for n in range(-1, 62):
        day = DAY + timedelta(days=n)
        here = [d for d in found if (d.starts or date.min) <= day < (d.ends or date.max)]
        assert [(d.before, d.after) for d in here] == (
            [(on(one, day), on(other, day))] if on(one, day) != on(other, day) else []
        )
    assert differences(one, joined(one)) == ()
    assert all(on(clipped(one, start), day) == on(one, day) for day in (start, start + timedelta(days=9)))


@given(st.recursive(st.one_of(st.integers(), st.floats(-1e6, 1e6), st.booleans()), st.lists, max_leaves=5))
@settings(max_examples=50, deadline=None)
def test_a_value_has_one_form(value: object) -> None:
    assert canonical(canonical(value)) == canonical(value)


def test_any_rules_that_go_in_come_out(province: Session) -> None:
    @given(timelines(), timelines(), st.one_of(st.none(), days))
    @settings(max_examples=10, deadline=None, database=None)
    def loaded(before: tuple[RuleRow, ...], after: tuple[RuleRow, ...], start: date | None) -> None:
        with province.begin_nested() as point:
            into(province, SOUND + said(before))
            into(province, SOUND + said(after), start)
            rows, is_ = joined(after), held(province)
            assert differences(clipped(rows, start), clipped(is_, start)) == ()
            if start is not None:
                assert all(on(is_, start - timedelta(days=n)) == on(before, start - timedelta(days=n)) for n in (1, 20))
            point.rollback()

    loaded()


def said(rows: tuple[RuleRow, ...]) -> str:
    found = []
    for one in rows:
        until = f"until = {one.ends - timedelta(days=1)}\n" if one.ends else ""
        head = f'[[rule]]\nof = "ranking"\nfrom = {one.starts}\n{until}'
        found.append(f'{head}group_by = ["employment"]\nminimum_size = {one.values["minimum_size"]}\n')
    return "".join(found)


DECISION = """
[[rule]]
of = "remuneration"
from = 2027-01-01
name = "TPP (contoh)"
kind = "tpp"
effect = "next_quarter"
shape = "quarter_to_next_quarter"
source = "Contoh"
certainty = "sample"
percent = {}
base = { 7 = 2_000_000 }
rows = [ { outcome = "baik", class_from = 7, percent = "97.5" }, { percent = "50" } ]
"""


def test_a_decision_table_travels_and_one_person_only_drafts_it(province: Session) -> None:
    into(province, SOUND + PAY)
    account = ensure_account(province, "pengelola@tests", "Pengelola")
    permissions = permissions_of([Role.PERFORMANCE_MANAGER])
    manager = Actor(int(province.info["tenant"]), account, "P", frozenset({"performance_manager"}), permissions)
    before = held(province)
    day = date(2027, 1, 1)
    found = load(province, manager, load_registry(), SOUND + DECISION, day, reason=REASON)
    assert "pay_draft" in found.left
    assert held(province) == before, "it holds once a second person has approved it"
    draft = province.scalars(select(RemunerationDraft)).one()
    assert (draft.drawn_by, draft.starts, len(draft.content["rows"])) == (account, day, 2)
    into(province, SOUND + DECISION, day)
    table = province.scalars(select(RemunerationTable).where(RemunerationTable.during.contains(day))).one()
    assert [one["percent"] for one in table.rows] == ["97.5", "50"]
    assert rows_of(read_text("x", exported(province)), defaults=False) == held(province)
