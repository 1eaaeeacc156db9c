"""An objection to a result that was combined of segments: one part is rated anew, and the whole combined again."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from factories.objections import object_and_hear
from factories.years import BEHAVIOUR, Years
from sqlalchemy import text

from selaras.closing.corrections import behind, decide, follow
from selaras.closing.queries import overview
from selaras.errors import Conflict, Invalid
from selaras.evaluation import queries
from selaras.evaluation.correcting import Correctable, correctables
from selaras.followup.objecting import Decided, Verdict
from selaras.identity.actor import Actor, system
from selaras.identity.permissions import Permission
from selaras.identity.service import ensure_account
from selaras.regulation import load_registry

from .conftest import Closing
from .test_segments import close as close_year
from .test_segments import form, moved, year
from .test_transition import FIRST_HALF, INTEGRATED, PP46_SCORE, SECOND_HALF, close, halves, rated

__all__ = ["halves", "year"]

OBJECTION = "Bukti dukung semester pertama belum dihitung seluruhnya."
ANSWER = "Bukti dukung telah diperiksa bersama kedua belah pihak dan diterima."
# 60 % of 87 + 40 % of 90 = 88.2, on the scale of PP 30: 90 + 19 / 14 × 12.2 = 106.56; half of it and of 97.
CORRECTED, RECOMBINED = 88.2, pytest.approx((106.56 + 97) / 2)


def behaviour(points: int) -> dict[str, object]:
    return dict.fromkeys(BEHAVIOUR, points)


def asked(one: Correctable) -> dict[str, object]:
    """As a form sends it: without what the platform fills in."""
    return {name: value for name, value in one.inputs.items() if name != "post_group" and value is not None}


def verdict(closing: Closing, person: UUID, code: str, parts: dict[int, dict[str, object]]) -> Decided:
    """Nobody stands above the appraiser here, so the appointing official decides."""
    with closing.database.tenant(closing.tenant_id) as session:
        account = ensure_account(session, "ppk", "PPK")
        held = frozenset({Permission.DECIDE_FOLLOWUP})
        actor = Actor(closing.tenant_id, account, "PPK", frozenset({"appointing_official"}), held)
        return decide(session, actor, load_registry(), person, code, Verdict(True, ANSWER, parts=parts))


def summary(closing: Closing, code: str) -> dict[str, int]:
    with closing.database.tenant(closing.tenant_id) as session:
        rows = session.execute(
            text(
                "SELECT outcome, sum(people)::int FROM selaras.outcome_summary WHERE tenant_id = :tenant"
                " AND period_code = :code GROUP BY 1 HAVING sum(people) > 0"
            ),
            {"tenant": closing.tenant_id, "code": code},
        )
        return {outcome: people for outcome, people in rows}


def test_one_half_is_rated_anew_and_the_year_integrated_again(
    closing: Closing, halves: dict[str, UUID], tmp_path: Path
) -> None:
    rated(closing)
    close(closing, "2021", SECOND_HALF[1])
    person = halves["2"]
    object_and_hear(closing.database, closing.tenant_id, person, "2021", OBJECTION, tmp_path)
    with closing.database.tenant(closing.tenant_id) as session:
        before = queries.latest_outcome(session, person, "2021")
        assert before is not None
        known = correctables(session, before)
    assert [(one.segment, one.starts, one.regulation) for one in known] == [
        (1, FIRST_HALF[0], "pp46_2011"), (2, SECOND_HALF[0], "pp30_2019"),
    ]  # fmt: skip
    assert known[0].inputs["integritas"] == 80
    decided = verdict(closing, person, "2021", {1: behaviour(90), 2: asked(known[1])})
    with closing.database.tenant(closing.tenant_id) as session:
        view = queries.receipt(session, person, "2021")
        other = queries.receipt(session, halves["3"], "2021")
    assert (decided.revision, view.outcome.revision, view.outcome.segment) == (2, 2, 0)
    assert view.outcome.score == RECOMBINED
    assert [(part.score, part.corrected) for part in view.parts] == [(CORRECTED, True), (97.0, False)]
    lines = {(one.item, one.step): one for one in view.receipt.lines}
    assert lines[None, "total_score"].value == RECOMBINED
    assert lines["1", "score"].value == pytest.approx(CORRECTED)
    first = view.parts[0].receipt
    assert first is not None
    assert {one.step: one.value for one in first.lines}["perilaku_mean"] == 90
    assert any("PP 46/2011" in one.article for one in first.lines)
    # What was set stays, here and for everybody else.
    old = "SELECT score FROM selaras.{} WHERE tenant_id = :tenant AND person_id = :p AND revision = 1 AND segment = :s"
    assert closing.scalar(old.format("outcome"), p=person, s=0) == pytest.approx(INTEGRATED)
    assert closing.scalar(old.format("segment_outcome"), p=person, s=1) == pytest.approx(PP46_SCORE)
    assert other.outcome.score == pytest.approx(INTEGRATED)


def test_a_year_follows_the_later_correction_of_a_half(
    closing: Closing, halves: dict[str, UUID], tmp_path: Path
) -> None:
    with closing.database.tenant(closing.tenant_id) as session:
        years = Years(session)
        first, second = years.open("2021-S1"), years.open("2021-S2")
        for n in (2, 3, 4):
            years.behaviour(first, n, 80)
            years.levels(second, n)
    close(closing, "2021-S1", FIRST_HALF[1])
    close(closing, "2021-S2", SECOND_HALF[1])
    with closing.database.tenant(closing.tenant_id) as session:
        year_id = Years(session).open("2021")
    close(closing, "2021", SECOND_HALF[1])
    person, actor, registry = halves["2"], system(closing.tenant_id), load_registry()
    with closing.database.tenant(closing.tenant_id) as session:
        assert behind(session, year_id) == ()
        with pytest.raises(Conflict, match="Nothing behind this result was corrected"):
            follow(session, actor, registry, person, "2021")
    object_and_hear(closing.database, closing.tenant_id, person, "2021-S1", OBJECTION, tmp_path)
    verdict(closing, person, "2021-S1", {1: behaviour(90)})
    with closing.database.tenant(closing.tenant_id) as session:
        # It is offered, and nothing happened by itself.
        [waiting] = behind(session, year_id)
        assert (waiting.person_id, waiting.source) == (person, "2021-S1")
        assert queries.receipt(session, person, "2021").outcome.score == pytest.approx(INTEGRATED)
        decided = follow(session, actor, registry, person, "2021")
        assert behind(session, year_id) == ()
    with closing.database.tenant(closing.tenant_id) as session:
        view = queries.receipt(session, person, "2021")
        assert (view.outcome.revision, decided.revision, view.outcome.score) == (2, 2, RECOMBINED)
        assert [(part.score, part.source_period) for part in view.parts] == [(CORRECTED, "2021-S1"), (97.0, "2021-S2")]
        assert queries.receipt(session, halves["3"], "2021").outcome.score == pytest.approx(INTEGRATED)
        assert overview(session, "2021").corrected == 1
        told = "SELECT count(*) FROM selaras.notice WHERE tenant_id = :t AND person_id = :p AND code = 'result_follows'"
        assert session.execute(text(told), {"t": closing.tenant_id, "p": person}).scalar_one() == 1
        with pytest.raises(Conflict, match="Nothing behind this result was corrected"):
            follow(session, actor, registry, person, "2021")


def test_the_figures_that_leave_the_wall_follow(closing: Closing, halves: dict[str, UUID], tmp_path: Path) -> None:
    rated(closing)
    close(closing, "2021", SECOND_HALF[1])
    assert summary(closing, "2021") == {"baik": 3}
    object_and_hear(closing.database, closing.tenant_id, halves["2"], "2021", OBJECTION, tmp_path)
    decided = verdict(closing, halves["2"], "2021", {1: behaviour(5)})
    assert decided.outcome != "baik"
    assert summary(closing, "2021") == {"baik": 2, decided.outcome: 1}
    assert closing.scalar("SELECT evaluated FROM selaras.close_summary WHERE tenant_id = :tenant") == 3
    # The period keeps the figures of the determination, and says what was corrected since.
    with closing.database.tenant(closing.tenant_id) as session:
        seen = overview(session, "2021")
        elsewhere = overview(session, "2021", frozenset())
    assert (seen.counts, seen.corrected) == ({"baik": 3}, 1)
    assert seen.counts_now == {"baik": 2, decided.outcome: 1}
    assert (elsewhere.corrected, elsewhere.counts_now) == (0, {})


def test_two_posts_under_one_regulation(closing: Closing, year: dict[str, UUID], tmp_path: Path) -> None:
    moved(closing, year)
    close_year(closing)
    with closing.database.tenant(closing.tenant_id) as session:
        # Nobody stands above the head who rated the second half.
        line = "DELETE FROM selaras.reporting_line WHERE tenant_id = :tenant AND person_id = :p"
        Years(session).run(line, p=year["21"])
    object_and_hear(closing.database, closing.tenant_id, year["2"], "2019", OBJECTION, tmp_path)
    verdict(closing, year["2"], "2019", {2: behaviour(100)})
    with closing.database.tenant(closing.tenant_id) as session:
        view = queries.receipt(session, year["2"], "2019")
    # 60 % of 77 + 40 % of 100 instead of 90, and the mean with the first half.
    assert [part.score for part in view.parts] == [pytest.approx(84.2), pytest.approx(86.2)]
    assert view.outcome.score == pytest.approx((84.2 + 86.2) / 2)


def test_what_was_made_elsewhere_or_changes_nothing_is_refused(
    closing: Closing, halves: dict[str, UUID], tmp_path: Path
) -> None:
    with closing.database.tenant(closing.tenant_id) as session:
        years = Years(session)
        first = years.open("2021-S1")
        for n in (2, 3, 4):
            years.behaviour(first, n, 80)
    close(closing, "2021-S1", FIRST_HALF[1])
    rated_second(closing)
    close(closing, "2021", SECOND_HALF[1])
    object_and_hear(closing.database, closing.tenant_id, halves["2"], "2021", OBJECTION, tmp_path)
    with closing.database.tenant(closing.tenant_id) as session:
        outcome = queries.latest_outcome(session, halves["2"], "2021")
        assert outcome is not None
        (own,) = correctables(session, outcome)
    assert own.segment == 2
    for parts, code in (
        ({1: behaviour(90)}, "correction_elsewhere"),
        ({2: asked(own)}, "correction_same"),
        ({}, "correction_same"),
        ({2: {"nothing": 1}}, "rating_column"),
    ):
        with pytest.raises(Invalid) as refused:
            verdict(closing, halves["2"], "2021", parts)
        assert refused.value.code == code
    assert closing.scalar("SELECT max(revision) FROM selaras.outcome WHERE tenant_id = :tenant") == 1


def rated_second(closing: Closing) -> None:
    with closing.database.tenant(closing.tenant_id) as session:
        years = Years(session)
        period = years.open("2021")
        form(session, "2021")
        for n in (2, 3, 4):
            years.levels(period, n, segment=2)
