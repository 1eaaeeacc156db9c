"""Closing a year of several segments under one regulation: moves, appraisers, leave, retirement."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from factories.years import Years
from sqlalchemy.orm import Session

from selaras.closing import service
from selaras.closing.queries import overview
from selaras.errors import Conflict, Invalid, NotFound
from selaras.evaluation import forming, queries
from selaras.evaluation.forming import StatedSegment
from selaras.evaluation.segment_queries import segments_of
from selaras.identity.actor import system
from selaras.regulation import load_registry
from selaras.tenancy.queries import Followed, agency, rules_within

from .conftest import Closing, rules_of

MIDYEAR = date(2019, 7, 1)
REASON = "Penilai baru belum mengenal pekerjaan pegawai ini."


def law_of(session: Session, year: int = 2019) -> tuple[Followed, ...]:
    whose = agency(session, session.info["tenant"])
    return rules_within(session, whose, date(year, 1, 1), date(year, 12, 31), load_registry())


def form(session: Session, code: str = "2019") -> forming.Formed:
    return forming.form_segments(session, system(session.info["tenant"]), code, law_of(session, int(code[:4])))


def close(closing: Closing, code: str = "2019", day: date = date(2019, 12, 31), **options: bool) -> None:
    with closing.database.tenant(closing.tenant_id) as session:
        service.start(session, system(closing.tenant_id), code, rules_of(session, day), **options)
    closing.carry()
    with closing.database.tenant(closing.tenant_id) as session:
        seen = overview(session, code)
        assert (seen.state, seen.problem) == ("set", None)


@pytest.fixture
def year(closing: Closing) -> dict[str, UUID]:
    """2019 under PP 46/2011: people 2, 3 and 4 serve under head 1; 22 in another unit under 21; all planned."""
    closing.staff(40)
    with closing.database.tenant(closing.tenant_id) as session:
        years = Years(session)
        years.alone(1, 2, 3, 4, 21, 22)
        period = years.open("2019")
        for n in (1, 2, 3, 4, 21, 22):
            years.activity(n, 2019, 85.0)
            years.behaviour(period, n, 80)
        return {"period": period, **{str(n): years.person(n) for n in (1, 2, 3, 4, 21, 22)}}


def moved(closing: Closing, year: dict[str, UUID]) -> None:
    """Person 2 moves to the other unit on 1 July; each half has its own plan and rating."""
    with closing.database.tenant(closing.tenant_id) as session:
        years = Years(session)
        years.run("DELETE FROM selaras.rating WHERE tenant_id = :tenant AND person_id = :p", p=year["2"])
        years.run("UPDATE selaras.plan SET starts = '2019-01-01', ends = '2019-06-30'"
                  " WHERE tenant_id = :tenant AND person_id = :p", p=year["2"])  # fmt: skip
        years.activity(2, 2019, 55.0, segment=2, days=(MIDYEAR, date(2019, 12, 31)))
        years.move(2, MIDYEAR, 2)
        years.report(2, MIDYEAR, 21)
        assert form(session) == forming.Formed(people=1, segments=2, stated=0)
        years.behaviour(year["period"], 2, 80, segment=1)
        years.behaviour(year["period"], 2, 90, segment=2)


def test_a_year_of_two_posts_is_rated_twice_and_averaged(closing: Closing, year: dict[str, UUID]) -> None:
    moved(closing, year)
    close(closing)
    with closing.database.tenant(closing.tenant_id) as session:
        view = queries.receipt(session, year["2"], "2019")
        (line,) = queries.history(session, year["2"])
        plain = queries.receipt(session, year["3"], "2019")
    # 60 % of (100 + 85 + 76) / 3 + 40 % of 80; 60 % of (100 + 55 + 76) / 3 + 40 % of 90; their mean.
    assert [round(part.score, 4) for part in view.parts] == [84.2, 82.2]
    assert view.outcome.score == pytest.approx(83.2)
    assert (view.outcome.segment, view.outcome.outcome, line.score) == (0, "baik", view.outcome.score)
    assert view.outcome.appraiser_id == year["21"]
    values = {(one.item, one.step): one.value for one in view.receipt.lines}
    assert values["1", "score"] == pytest.approx(84.2)
    assert values["2", "segment_weighted_score"] == pytest.approx(82.2)
    assert values[None, "segment_weights"] == 2
    assert any("mutasi" in one.article for one in view.receipt.lines)
    first, second = (part.receipt for part in view.parts)
    assert first is not None
    assert second is not None
    assert {one.step: one.value for one in second.lines}["perilaku_mean"] == 90
    assert [one.value for one in first.lines if one.step == "quality_score"] == [85]
    # Whoever has one segment is closed as ever.
    assert (plain.outcome.segment, plain.parts) == (1, ())
    assert closing.scalar("SELECT count(*) FROM selaras.segment_outcome WHERE tenant_id = :tenant") == 2
    assert closing.scalar("SELECT count(*) FROM selaras.outcome WHERE tenant_id = :tenant") == 6
    assert closing.scalar("SELECT evaluated FROM selaras.close_summary WHERE tenant_id = :tenant") == 6


def test_a_close_forms_segments_that_nobody_formed_and_says_who_is_not_rated(
    closing: Closing, year: dict[str, UUID]
) -> None:
    with closing.database.tenant(closing.tenant_id) as session:
        Years(session).move(2, MIDYEAR, 2)
    with pytest.raises(Conflict, match="several segments") as refused:
        close(closing)
    assert refused.value.code == "close_segments_unrated"
    # What it formed was undone with it; the rating given for the whole follows into the last segment.
    with closing.database.tenant(closing.tenant_id) as session:
        assert segments_of(session, year["period"], year["2"]) == ()
        form(session)
        assert [one.cause for one in segments_of(session, year["period"], year["2"])] == ["start", "promotion"]
    assert closing.scalar(
        "SELECT segment FROM selaras.rating WHERE tenant_id = :tenant AND period_id = :period AND person_id = :p",
        period=year["period"], p=year["2"],
    ) == 2  # fmt: skip
    with pytest.raises(Conflict, match="no rating"):
        close(closing)
    close(closing, without_unrated=True)
    assert closing.scalar("SELECT count(*) FROM selaras.outcome WHERE tenant_id = :tenant") == 5


def test_the_manager_states_a_new_appraiser_of_three_weeks_away(closing: Closing, year: dict[str, UUID]) -> None:
    """PP 46/2011 names no shortest supervision: the last superior rates, unless the manager says otherwise."""
    late = date(2019, 12, 11)
    with closing.database.tenant(closing.tenant_id) as session:
        Years(session).report(2, late, 3)
        actor, law = system(closing.tenant_id), law_of(session)
        later = StatedSegment(late, date(2019, 12, 31), "new_appraiser")
        with pytest.raises(Invalid, match="at least 20"):
            forming.split_segment(session, actor, "2019", year["2"], 1, later, "baru", law)
        oneself = replace(later, appraiser_id=year["2"])
        with pytest.raises(Invalid, match="Nobody appraises themself"):
            forming.split_segment(session, actor, "2019", year["2"], 1, oneself, REASON, law)
        forming.split_segment(session, actor, "2019", year["2"], 1, later, REASON, law)
        first, second = segments_of(session, year["period"], year["2"])
        assert (first.ends, second.starts, second.appraiser_id) == (date(2019, 12, 10), late, year["3"])
        forming.merge_segment(session, actor, "2019", year["2"], 2, REASON, law)
        (whole,) = segments_of(session, year["period"], year["2"])
        assert (whole.ends, whole.appraiser_id, whole.origin, whole.reason) == (
            date(2019, 12, 31), first.appraiser_id, "stated", REASON,
        )  # fmt: skip
        # Formed again from the facts, what was stated stays.
        assert form(session).stated == 1
    close(closing)
    with closing.database.tenant(closing.tenant_id) as session:
        view = queries.receipt(session, year["2"], "2019")
    # One segment, under the rule of the whole: an ordinary appraisal, by the earlier appraiser.
    assert (view.outcome.segment, view.outcome.appraiser_id, view.parts) == (1, first.appraiser_id, ())
    assert view.outcome.score == pytest.approx(84.2)
    words = closing.scalar("SELECT string_agg(payload::text, '') FROM selaras.ledger_entry WHERE tenant_id = :tenant")
    assert "Penilai baru" not in str(words)


def test_ratings_follow_when_stated_parts_go_back_to_the_facts(closing: Closing, year: dict[str, UUID]) -> None:
    moved(closing, year)
    with closing.database.tenant(closing.tenant_id) as session:
        actor, law = system(closing.tenant_id), law_of(session)
        forming.split_segment(
            session, actor, "2019", year["2"], 1,
            StatedSegment(date(2019, 3, 1), date(2019, 3, 31), "leave", evaluated=False), REASON, law,
        )  # fmt: skip
        assert len(segments_of(session, year["period"], year["2"])) == 4
        forming.release_segments(session, actor, "2019", year["2"], law)
        assert [one.origin for one in segments_of(session, year["period"], year["2"])] == ["facts", "facts"]
        given = queries.ratings(session, year["period"], [year["2"]])
        assert given[year["2"]].inputs is not None
        with pytest.raises(NotFound, match="come from the facts already"):
            forming.release_segments(session, actor, "2019", year["2"], law)
    close(closing)
    with closing.database.tenant(closing.tenant_id) as session:
        view = queries.receipt(session, year["2"], "2019")
    assert [round(part.score, 4) for part in view.parts] == [84.2, 82.2]


def test_whoever_retires_or_dies_still_gets_an_outcome(closing: Closing, year: dict[str, UUID]) -> None:
    with closing.database.tenant(closing.tenant_id) as session:
        years = Years(session)
        years.move(2, date(2019, 10, 1), 1, "Analis", status="99")  # pensioned
        years.end_post(3, date(2019, 5, 1))
        years.end_post(4, date(2019, 4, 1))
        years.run("DELETE FROM selaras.rating WHERE tenant_id = :tenant AND person_id = :p", p=year["4"])
        form(session)
        ((two,), (three,), (four,)) = (segments_of(session, year["period"], year[n]) for n in ("2", "3", "4"))
        assert (two.ended, two.ends) == ("retirement", date(2019, 9, 30))
        assert (three.ended, four.ended) == ("departure", "departure")
        forming.end_segments(session, system(closing.tenant_id), "2019", year["3"], "death", REASON, law_of(session))
        assert segments_of(session, year["period"], year["3"])[0].ended == "death"
    # Nobody waits for person 4, who left for elsewhere without a rating.
    close(closing)
    with closing.database.tenant(closing.tenant_id) as session:
        assert [queries.receipt(session, year[n], "2019").outcome.score for n in ("2", "3")] == [84.2, 84.2]
        assert queries.history(session, year["4"]) == []
    counted = "SELECT sum(people) FROM selaras.outcome_summary WHERE tenant_id = :tenant AND employment = 'pns'"
    assert closing.scalar(counted) == 5


def test_leave_and_study_do_not_weigh(closing: Closing, year: dict[str, UUID]) -> None:
    with closing.database.tenant(closing.tenant_id) as session:
        years = Years(session)
        years.move(2, date(2019, 3, 1), 1, "Analis", status="02")
        years.move(2, date(2019, 9, 1), 1, "Analis")
        years.move(3, date(2019, 9, 1), 1, "Analis", status="03")
        form(session)
        assert [(one.cause, one.evaluated) for one in segments_of(session, year["period"], year["2"])] == [
            ("start", True), ("leave", False), ("return", True),
        ]  # fmt: skip
        years.behaviour(year["period"], 2, 60, segment=1)
        study = segments_of(session, year["period"], year["3"])
        assert [(one.cause, one.evaluated) for one in study] == [("start", True), ("study", False)]
        # The place of study reports a result of its own.
        stated = [
            StatedSegment(study[0].starts, study[0].ends, "start"),
            StatedSegment(study[1].starts, study[1].ends, "study", outcome="sangat_baik", score=95.0),
        ]
        forming.state_segments(session, system(closing.tenant_id), "2019", year["3"], stated, REASON, law_of(session))
    close(closing)
    with closing.database.tenant(closing.tenant_id) as session:
        leave, study_view = (queries.receipt(session, year[n], "2019") for n in ("2", "3"))
    assert [part.number for part in leave.parts] == [1, 3]
    assert leave.outcome.score == pytest.approx((76.2 + 84.2) / 2)
    assert [(part.cause, part.score, part.receipt is None) for part in study_view.parts] == [
        ("start", 84.2, False), ("study", 95.0, True),
    ]  # fmt: skip
    assert study_view.outcome.score == pytest.approx((84.2 + 95) / 2)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ([StatedSegment(date(2018, 12, 1), date(2019, 6, 30), "start")], "segment_days"),
        ([StatedSegment(date(2019, 6, 30), date(2019, 6, 1), "start")], "segment_days"),
        ([StatedSegment(date(2019, 1, 1), MIDYEAR, "start"), StatedSegment(MIDYEAR, date(2019, 9, 1), "move")],
         "segment_days"),
        ([StatedSegment(date(2019, 1, 1), MIDYEAR, "start", ended="death"),
          StatedSegment(date(2019, 8, 1), date(2019, 9, 1), "move")], "segment_days"),
        ([], "segment_days"),
        ([StatedSegment(date(2019, 1, 1), date(2019, 12, 31), "holiday")], "segment_word"),
        ([StatedSegment(date(2019, 1, 1), date(2019, 12, 31), "start", ended="boredom")], "segment_word"),
        ([StatedSegment(date(2019, 1, 1), date(2019, 12, 31), "leave", evaluated=False)], "segment_none_evaluated"),
        ([StatedSegment(date(2019, 1, 1), date(2019, 12, 31), "start", outcome="luar biasa")], "segment_outcome"),
    ],
)  # fmt: skip
def test_segments_that_cannot_be_are_refused_in_words(
    closing: Closing, year: dict[str, UUID], wrong: list[StatedSegment], code: str
) -> None:
    with closing.database.tenant(closing.tenant_id) as session, pytest.raises(Invalid) as refused:
        forming.state_segments(session, system(closing.tenant_id), "2019", year["2"], wrong, REASON, law_of(session))
    assert refused.value.code == code


def test_a_closed_period_keeps_its_segments(closing: Closing, year: dict[str, UUID]) -> None:
    moved(closing, year)
    close(closing)
    with closing.database.tenant(closing.tenant_id) as session, pytest.raises(Conflict, match="closed"):
        form(session)


def test_a_move_that_was_a_mistake_leaves_one_whole_again(closing: Closing, year: dict[str, UUID]) -> None:
    moved(closing, year)
    with closing.database.tenant(closing.tenant_id) as session:
        years = Years(session)
        years.run("DELETE FROM selaras.appointment WHERE tenant_id = :tenant AND person_id = :p"
                  " AND lower(during) = '2019-07-01'", p=year["2"])  # fmt: skip
        years.run("UPDATE selaras.appointment SET during = '[2015-01-01,)' WHERE tenant_id = :tenant"
                  " AND person_id = :p", p=year["2"])  # fmt: skip
        years.run("UPDATE selaras.plan SET ends = '2019-12-31' WHERE tenant_id = :tenant AND person_id = :p"
                  " AND segment = 1", p=year["2"])  # fmt: skip
        years.run("DELETE FROM selaras.item_measure m USING selaras.plan_item i, selaras.plan p"
                  " WHERE m.tenant_id = :tenant AND i.id = m.item_id AND p.id = i.plan_id"
                  " AND p.segment = 2")  # fmt: skip
        years.run("DELETE FROM selaras.plan_item i USING selaras.plan p WHERE i.tenant_id = :tenant"
                  " AND p.tenant_id = :tenant AND p.id = i.plan_id AND p.segment = 2")  # fmt: skip
        assert form(session) == forming.Formed(people=0, segments=0, stated=0)
        # Of the two ratings the later one, of the last segment, is that of the whole.
        given = queries.ratings(session, year["period"], [year["2"]])[year["2"]]
        assert given.inputs is not None
        assert given.inputs["integritas"] == 90
    close(closing)
    with closing.database.tenant(closing.tenant_id) as session:
        assert queries.receipt(session, year["2"], "2019").outcome.score == pytest.approx(0.6 * 87 + 36)


def test_where_the_regulation_does_not_combine_the_last_appraiser_judges_the_whole(closing: Closing) -> None:
    """PermenPANRB 6/2022: the predikat of a period is a judgement of its own, never worked out from others."""
    closing.staff(40)
    new = date(2026, 9, 1)
    with closing.database.tenant(closing.tenant_id) as session:
        years = Years(session)
        years.report(2, new, 21)
        two = years.person(2)
        whose = agency(session, closing.tenant_id)
        law = rules_within(session, whose, date(2026, 7, 1), date(2026, 9, 30), load_registry())
        made = forming.form_segments(session, system(closing.tenant_id), "2026-TW3", law)
        assert (made.people, made.segments) == (1, 2)
        period = queries.period_by_code(session, "2026-TW3")
        assert period.segmented == 1
        # Rated before the segments were known: that is the judgement of the whole, so of the last.
        assert queries.ratings(session, period.id, [two], 2)[two].inputs is not None
    closing.start()
    closing.carry()
    assert closing.overview().state == "set"
    with closing.database.tenant(closing.tenant_id) as session:
        view = queries.receipt(session, two, "2026-TW3")
        (line,) = queries.history(session, two)
        appraiser = Years(session).person(21)
    assert (view.outcome.segment, view.outcome.appraiser_id, view.parts) == (2, appraiser, ())
    assert (line.outcome, closing.overview().appraised) == ("sangat_baik", 40)


def test_a_new_appraiser_within_the_shortest_supervision_does_not_rate(closing: Closing, console_database) -> None:
    """PermenPANRB 8/2021: whoever has supervised for less than a month leaves it to the one before."""
    closing.staff(20)
    with closing.database.tenant(closing.tenant_id) as session:
        years = Years(session)
        with console_database.platform() as console:
            years.follow(console)
        years.alone(2, 3)
        years.report(2, date(2021, 12, 10), 4)
        years.report(3, date(2021, 11, 1), 4)
        period = years.open("2021-S2")
        actor = system(closing.tenant_id)
        whose = agency(session, closing.tenant_id)
        law = rules_within(session, whose, date(2021, 7, 1), date(2021, 12, 31), load_registry())
        forming.form_segments(session, actor, "2021-S2", law)
        late, early = (segments_of(session, period, years.person(n)) for n in (2, 3))
        head, new = years.person(1), years.person(4)
    assert [one.appraiser_id for one in late] == [head]
    assert [(one.appraiser_id, one.cause) for one in early] == [(head, "start"), (new, "new_appraiser")]
