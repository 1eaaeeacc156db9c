"""A campaign from its plan to its figures: raters by rule, thresholds, what is refused, what is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from factories.surveys import Survey, day
from sqlalchemy import text

from selaras.errors import Conflict, Invalid, NotFound
from selaras.identity.actor import system
from selaras.monitoring.survey import campaigns
from selaras.monitoring.survey.ballots import Telling, questions

from .conftest import VALUES


def test_without_the_agencys_choice_there_is_no_survey(survey: Survey) -> None:
    with pytest.raises(Conflict, match="asks for no survey"):
        survey.plan()


def test_raters_follow_from_who_reports_to_whom(survey: Survey) -> None:
    """Person 1 heads unit 1 (2 to 20) and is superior of 21, who heads unit 2 (22 to 40)."""
    survey.running()
    assert survey.asked(5, "superior") == [(1, 5)]
    peers = {rater for rater, _ in survey.asked(5, "peers")}
    assert len(peers) == 8
    assert peers <= set(range(2, 22)) - {5}
    below = {rater for rater, _ in survey.asked(1, "subordinates")}
    assert len(below) == 12
    assert below <= set(range(2, 22))
    assert survey.asked(5, "subordinates") == []
    assert survey.asked(1, "superior") == []
    assert all(rater != subject for rater, subject in survey.asked())


def test_the_draw_can_be_made_again_with_its_seed(survey: Survey) -> None:
    survey.running()
    drawn = survey.asked()
    seed = survey.scalar("SELECT seed FROM selaras.survey_campaign WHERE tenant_id = :tenant AND id = :c", c=survey.id)
    subject = survey.person(5)
    with survey.database.tenant(survey.tenant_id) as session:
        again = session.execute(
            text(
                "SELECT substr(p.source_id, 8)::int FROM selaras.person p JOIN selaras.reporting_line l"
                " ON l.tenant_id = p.tenant_id AND l.person_id = p.id WHERE p.tenant_id = :tenant AND p.id <> :subject"
                " AND l.superior_id = (SELECT superior_id FROM selaras.reporting_line WHERE tenant_id = :tenant"
                " AND person_id = :subject) ORDER BY sha256(convert_to(:seed || '/' || :name || '/' || p.id, 'UTF8'))"
                " LIMIT 8"
            ),
            {"tenant": survey.tenant_id, "subject": subject, "seed": seed, "name": str(subject)},
        ).scalars()
        assert {(n, 5) for n in again} | {(1, 5)} == {one for one in drawn if one[1] == 5}


def test_who_is_in_conflict_is_not_asked(survey: Survey) -> None:
    survey.choose(survey_most={"peers": 40, "subordinates": 40})
    survey.plan()
    with survey.database.tenant(survey.tenant_id) as session:
        who = system(survey.tenant_id)
        with pytest.raises(Invalid):
            campaigns.exclude(session, who, survey.id, survey.person(5), survey.person(6), "kerabat")
        campaigns.exclude(session, who, survey.id, survey.person(5), survey.person(6), "Kakak beradik kandung.")
    survey.open()
    assert len(survey.asked(5, "peers")) == 18
    assert not {(5, 6), (6, 5)} & set(survey.asked())


def test_too_few_are_not_asked_and_it_is_said(survey: Survey) -> None:
    survey.choose(survey_minimum=20)
    survey.plan()
    with pytest.raises(Invalid, match="at least 3"):
        survey.choose(survey_minimum=2)
    survey.open()
    seen = {one.asked.code: (one.state, one.invited) for one in survey.results(5).perspectives}
    assert seen == {"superior": ("asked", 1), "peers": ("too_few_asked", 0), "subordinates": ("too_few_asked", 0)}


def test_from_answers_to_figures(survey: Survey) -> None:
    survey.running()
    peers = [rater for rater, _ in survey.asked(5, "peers")]
    for n, rater in enumerate(peers[:4]):
        survey.cast(rater, 5, dict.fromkeys(VALUES, 1 + n % 3), f"Kata ke-{n}.")
    survey.cast(1, 5, {"akuntabel": 3}, "Dari atasan.")
    for rater, _ in survey.asked(6, "peers")[:2]:
        survey.cast(rater, 6, dict.fromkeys(VALUES, 1), "Tidak boleh terbaca.")
    survey.close()
    superior, closed, _ = survey.results(5).perspectives
    assert (closed.state, closed.answered, closed.invited) == ("shown", 4, 8)
    assert closed.figures["loyal"].mean == pytest.approx((1 + 2 + 3 + 1) / 4)
    assert closed.figures["loyal"].spread == "far"
    assert sorted(closed.comments) == ["Kata ke-0.", "Kata ke-1.", "Kata ke-2.", "Kata ke-3."]
    assert (superior.answered, superior.comments) == (1, ("Dari atasan.",))
    few = survey.results(6).perspectives[1]
    assert (few.state, few.answered, few.figures, few.comments) == ("too_few_answers", None, {}, ())


def test_each_behaviour_has_its_own_threshold(survey: Survey) -> None:
    survey.running()
    for n, (rater, _) in enumerate(survey.asked(5, "peers")[:4]):
        survey.cast(rater, 5, {"loyal": 2} if n < 2 else {"loyal": 2, "harmonis": 3})
    survey.close()
    assert set(survey.results(5).perspectives[1].figures) == {"loyal"}


def test_casting_again_replaces_and_nobody_is_asked_twice(survey: Survey) -> None:
    survey.running()
    rater = survey.asked(5, "peers")[0][0]
    survey.cast(rater, 5, {"loyal": 1})
    survey.cast(rater, 5, {"loyal": 3})
    assert survey.scalar("SELECT count(*) FROM selaras.survey_ballot WHERE tenant_id = :tenant") == 1
    with survey.database.tenant(survey.tenant_id) as session:
        mine = questions(session, survey.actor(rater), survey.vault, day())
    assert [one.answered for one in mine if one.subject_name == "Orang 5"] == [True]
    assert [one.answered for one in mine].count(True) == 1


@pytest.mark.parametrize(
    ("answers", "comment", "field"),
    [
        ({}, "", "answers"),
        ({"loyal": 9}, "", "loyal"),
        ({"unknown": 1}, "", "unknown"),
        ({"loyal": 1}, "x" * 801, "comment"),
        ({"loyal": 1}, "a\0b", "comment"),
    ],
)
def test_wrong_answers_are_refused_at_their_field(survey: Survey, answers, comment, field) -> None:
    survey.running()
    with pytest.raises(Invalid) as refused:
        survey.cast(survey.asked(5, "peers")[0][0], 5, answers, comment)
    assert [one.field for one in refused.value.faults] == [field]


def test_telling_words_are_shown_once_and_taken_when_confirmed(survey: Survey) -> None:
    survey.running()
    rater = survey.asked(5, "peers")[0][0]
    with pytest.raises(Telling, match="saya sebagai, orang"):
        survey.cast(rater, 5, {"loyal": 1}, f"Saya sebagai orang {rater} tahu.", confirmed=False)
    survey.cast(rater, 5, {"loyal": 1}, "Penjelasannya jelas.", confirmed=False)
    survey.cast(rater, 5, {"loyal": 1}, f"Saya sebagai orang {rater} tahu.")


def test_who_is_not_asked_learns_nothing(survey: Survey) -> None:
    survey.running()
    asked = {rater for rater, _ in survey.asked(5)}
    other = next(n for n in range(22, 41) if n not in asked)
    with pytest.raises(NotFound):
        survey.cast(other, 5, {"loyal": 1})
    with pytest.raises(NotFound):
        survey.cast(5, 5, {"loyal": 1})


def test_answers_come_in_between_the_days_and_while_it_is_open(survey: Survey) -> None:
    survey.running()
    rater = survey.asked(5, "peers")[0][0]
    with pytest.raises(Conflict, match="Answers may come in until"):
        survey.order_close(timedelta(0))
    survey.order_close()
    with pytest.raises(Conflict, match="takes answers from"):
        survey.cast(rater, 5, {"loyal": 1})


def test_one_survey_about_a_person_in_a_period(survey: Survey) -> None:
    """Two could be subtracted from each other."""
    survey.running(1)
    first = survey.id
    survey.plan()
    survey.open()
    assert survey.id != first
    assert {subject for _, subject in survey.asked()} == set(range(21, 41))
    survey.plan(1)
    with pytest.raises(Conflict, match="Nobody could be asked"):
        survey.open()


def test_another_phrase_opens_nothing(survey: Survey) -> None:
    survey.running()
    right, survey.phrase = survey.phrase, "AAAA-BBBB"
    with pytest.raises(Invalid, match="does not open"):
        survey.order_close()
    assert survey.state() == "open"
    survey.phrase = right.replace("-", " ").lower()
    survey.close()
    assert survey.state() == "closed"


def test_a_withdrawn_survey_leaves_nothing(survey: Survey) -> None:
    survey.running()
    rater = survey.asked(5, "peers")[0][0]
    survey.cast(rater, 5, {"loyal": 1})
    with survey.database.tenant(survey.tenant_id) as session:
        campaigns.withdraw(session, system(survey.tenant_id), survey.id, "Salah memilih unit kerja.")
    for table in ("ballot", "invitation", "subject", "result", "opening", "conflict"):
        assert survey.scalar(f"SELECT count(*) FROM selaras.survey_{table} WHERE tenant_id = :tenant") == 0
    survey.plan()
    survey.open()
