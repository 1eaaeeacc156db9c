"""The attacks fail on the real thing, and each succeeds on a hole that is planted for it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from itertools import count
from uuid import UUID, uuid5

import psycopg
import pytest
from factories.surveys import Survey
from sqlalchemy import text

from selaras.agenda.reminders import asked_on
from selaras.audit.service import record
from selaras.identity.actor import system
from selaras.monitoring.survey import ballots, campaigns, jobs, reminding, rules, sealing
from selaras.monitoring.survey.terms import Terms
from selaras.regulation import load_registry

from . import attacks
from .attacks import ATTACKS, Loot, Secret, loot

SUBJECT = 5
LONELY = 6
COMMENT = "Tersembunyi nomor {n}, yang tidak dikenal di tempat lain"
Hole = Callable[[pytest.MonkeyPatch, Survey], None]


def robbed(survey: Survey, url: str) -> Loot:
    """Eight peers answer about person 5, two about person 6; every row is stolen after each answer and at the end."""
    survey.running()
    raters = [rater for rater, _ in survey.asked(SUBJECT, "peers")]
    stolen, known = [loot(url, survey.tenant_id)], []
    for n, rater in enumerate(raters):
        comment = COMMENT.format(n=n) + "." * n
        survey.cast(rater, SUBJECT, {"loyal": 1 + n % 3, "harmonis": 3 - n % 3}, comment)
        known.append(Secret(survey.person(rater), survey.person(SUBJECT), comment))
        stolen.append(loot(url, survey.tenant_id))
    for rater, _ in survey.asked(LONELY, "peers")[:2]:
        survey.cast(rater, LONELY, {"loyal": 1}, "Kata dari dua orang saja.")
    with survey.database.tenant(survey.tenant_id) as session:
        assert reminding.remind_of_surveys(session, asked_on(session, survey.tenant_id, load_registry()))
    survey.close()
    return Loot(stolen, loot(url, survey.tenant_id), known, 3)


def test_no_attack_learns_anything_from_the_real_thing(survey: Survey, urls) -> None:
    looted = robbed(survey, urls.admin)
    assert survey.results(SUBJECT).perspectives[1].answered == 8
    assert len(looted.closed["survey_comment"]) == 8
    assert {attack.__name__: attack(looted) for attack in ATTACKS} == {one.__name__: {} for one in ATTACKS}


def unsealed(patch: pytest.MonkeyPatch, _survey: Survey) -> None:
    def plain(_public: bytes, _campaign: UUID, ballot: sealing.Ballot) -> bytes:
        return sealing.msgspec.json.encode(ballot)

    patch.setattr(ballots, "seal", plain)
    patch.setattr(sealing.Opener, "open", lambda self, sealed: self._decode(sealed))


def not_filled_up(patch: pytest.MonkeyPatch, _survey: Survey) -> None:
    def as_long_as_it_is(public: bytes, campaign: UUID, ballot: sealing.Ballot) -> bytes:
        key = sealing.X25519PublicKey.from_public_bytes(public)
        return sealing._SUITE.encrypt(sealing.msgspec.json.encode(ballot), key, campaign.bytes)

    patch.setattr(ballots, "seal", as_long_as_it_is)


def in_order_of_arrival(patch: pytest.MonkeyPatch, _survey: Survey) -> None:
    places: dict[tuple[UUID, UUID], UUID] = {}
    numbers = count(1)

    def next_place(_token: bytes, rater: UUID, subject: UUID) -> UUID:
        return places.setdefault((rater, subject), UUID(int=next(numbers)))

    for module in (ballots, jobs):
        patch.setattr(module, "place", next_place)
    patch.setattr(rules, "shuffled", list)


def made_of_the_rater(patch: pytest.MonkeyPatch, _survey: Survey) -> None:
    def guessable(_token: bytes, rater: UUID, subject: UUID) -> UUID:
        return uuid5(attacks.NAMESPACE_OID, f"{rater}{subject}")

    for module in (ballots, jobs):
        patch.setattr(module, "place", guessable)


def written_down_in_the_ledger(patch: pytest.MonkeyPatch, survey: Survey) -> None:
    real = ballots.cast

    def telling(session, actor, *more) -> None:
        real(session, actor, *more)
        record(session, system(survey.tenant_id), "survey.cast", f"person:{actor.person_id}", {})

    patch.setattr(ballots, "cast", telling)


def figures_while_it_runs(patch: pytest.MonkeyPatch, survey: Survey) -> None:
    real = ballots.cast

    def eager(session, actor, vault, campaign, subject, written, day) -> None:
        real(session, actor, vault, campaign, subject, written, day)
        session.execute(
            text(
                "INSERT INTO selaras.survey_figure VALUES (:t, :c, :p, 'peers', 'loyal', 1, :mean, 'close') ON CONFLICT"
                " (tenant_id, campaign_id, person_id, perspective, behaviour) DO UPDATE SET mean = excluded.mean"
            ),
            {"t": survey.tenant_id, "c": campaign, "p": subject, "mean": float(written.answers["loyal"])},
        )
        session.flush()

    patch.setattr(ballots, "cast", eager)
    keep = jobs._keep
    clear = text("DELETE FROM selaras.survey_figure WHERE tenant_id = :t").bindparams(t=survey.tenant_id)
    patch.setattr(jobs, "_keep", lambda session, *more: (session.execute(clear), keep(session, *more)))


def no_threshold(patch: pytest.MonkeyPatch, _survey: Survey) -> None:
    patch.setattr(Terms, "least", lambda *_: 1)


def nothing_thrown_away(patch: pytest.MonkeyPatch, _survey: Survey) -> None:
    patch.setattr(jobs, "forget_keys", lambda *_: None)


def reminded_of_what_they_have_not_done(patch: pytest.MonkeyPatch, survey: Survey) -> None:
    real = reminding.remind

    def kind(session, whom, code, *more, **values) -> int:
        told = real(session, whom, code, *more, **values)
        answered = [survey.person(rater) for rater, _ in survey.asked(SUBJECT, "peers")]
        session.execute(
            text("DELETE FROM selaras.notice WHERE tenant_id = :t AND code = :c AND person_id = ANY(:done)"),
            {"t": survey.tenant_id, "c": code, "done": answered},
        )
        return told

    patch.setattr(reminding, "remind", kind)


HOLES: dict[str, tuple[Hole, Callable[[Loot], dict[UUID, str]]]] = {
    "answers in words": (unsealed, attacks.by_reading),
    "not filled up to one length": (not_filled_up, attacks.by_length),
    "in the order of arrival": (in_order_of_arrival, attacks.by_order),
    "places made of the rater": (made_of_the_rater, attacks.by_joining),
    "a ledger entry for each answer": (written_down_in_the_ledger, attacks.by_transaction),
    "figures while it runs": (figures_while_it_runs, attacks.by_difference),
    "only those reminded who have not answered": (reminded_of_what_they_have_not_done, attacks.by_messages),
    "no threshold": (no_threshold, attacks.by_small_groups),
    "keys kept": (nothing_thrown_away, attacks.by_leftovers),
}


@pytest.mark.parametrize("name", HOLES)
def test_each_attack_succeeds_on_its_hole(survey: Survey, urls, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    dig, attack = HOLES[name]
    dig(monkeypatch, survey)
    looted = robbed(survey, urls.admin)
    believed = attack(looted)
    assert believed, name
    if attack in (attacks.by_reading, attacks.by_order):
        assert believed == {one.rater: one.comment for one in looted.secrets}
    if attack in (attacks.by_joining, attacks.by_transaction, attacks.by_messages):
        assert set(believed) == {one.rater for one in looted.secrets}


@pytest.fixture
def timed(urls) -> Iterator[None]:
    """A column that a careless migration would add."""
    with psycopg.connect(urls.admin, autocommit=True) as admin:
        admin.execute("ALTER TABLE selaras.survey_ballot ADD COLUMN made_at timestamptz DEFAULT clock_timestamp()")
        yield
        admin.execute("ALTER TABLE selaras.survey_ballot DROP COLUMN made_at")


@pytest.mark.usefixtures("timed")
def test_times_are_found(survey: Survey, urls) -> None:
    assert attacks.by_time(robbed(survey, urls.admin))


def test_every_attack_has_a_hole() -> None:
    assert {attack for _, attack in HOLES.values()} | {attacks.by_time} == set(ATTACKS)


def test_logs_say_nothing_of_an_answer(survey: Survey, instance, urls, caplog: pytest.LogCaptureFixture) -> None:
    """Even where the database logs every statement with all its parameters, and every process all it can."""
    settings = {"log_statement": "all", "log_parameter_max_length": "-1", "log_min_duration_statement": "0"}
    with psycopg.connect(urls.admin, autocommit=True) as admin:
        for name, value in settings.items():
            admin.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        admin.execute("SELECT pg_reload_conf()")
        try:
            with caplog.at_level(logging.DEBUG):
                survey.running()
                for rater, _ in survey.asked(SUBJECT, "peers"):
                    survey.cast(rater, SUBJECT, {"loyal": 2}, COMMENT.format(n=rater))
                written = (instance.postgres.data.parent / "log").read_text("utf-8", errors="replace")
                survey.order_close()
        finally:
            for name in settings:
                admin.execute(f"ALTER SYSTEM RESET {name}")
            admin.execute("SELECT pg_reload_conf()")
    assert "survey_ballot" in written, "the server's log does show statements"
    assert [line[:300] for line in written.splitlines() if "ersembunyi" in line or '"loyal": 2' in line] == []
    assert "ersembunyi" not in caplog.text
    assert survey.phrase not in caplog.text + written


def test_a_second_campaign_cannot_be_subtracted_from_the_first(survey: Survey) -> None:
    """One more answer in a second survey of the same people would be told by the difference of two means."""
    survey.running()
    survey.plan()
    with pytest.raises(Exception, match="Nobody could be asked"):
        survey.open()
    assert campaigns.JOB == "survey_close"


def test_the_database_alone_opens_nothing(survey: Survey, urls) -> None:
    """All rows and the server's key, without the agency's phrase: the private key stays locked."""
    survey.running()
    survey.cast(survey.asked(SUBJECT, "peers")[0][0], SUBJECT, {"loyal": 2}, "Tersembunyi.")
    rows = loot(urls.admin, survey.tenant_id)
    campaign, ballot = rows["survey_campaign"][0], rows["survey_ballot"][0]
    uuid = survey.scalar("SELECT uuid FROM selaras.agency WHERE tenant_id = :tenant")
    locked = survey.vault.open(campaign["private_key"], str(uuid), "survey", str(survey.id))
    with pytest.raises(TypeError):
        sealing.Opener(locked, survey.id)
    with pytest.raises(Exception, match="does not open"):
        sealing.unlock(locked, "0" * 32)
    opened = sealing.Opener(sealing.unlock(locked, survey.phrase), survey.id).open(ballot["sealed"])
    assert opened.comment == "Tersembunyi."
