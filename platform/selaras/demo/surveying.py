"""The demo's 360° surveys: one that was answered and counted before the quarter was closed, one that still runs."""

from __future__ import annotations

import random
import time
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.clock import today
from selaras.demo.offices import office
from selaras.demo.stage import Stage
from selaras.errors import Unavailable
from selaras.evaluation.queries import PeriodView, period_by_code
from selaras.evaluation.rule_choices import choose
from selaras.followup.desk.parties import running_parties
from selaras.identity.actor import Actor
from selaras.identity.permissions import Role, permissions_of
from selaras.identity.vault import Vault
from selaras.monitoring.survey import ballots, campaigns
from selaras.monitoring.survey.ballots import Written
from selaras.monitoring.survey.queries import campaign
from selaras.monitoring.survey.queries import campaigns as every_campaign
from selaras.monitoring.survey.terms import Terms
from selaras.servers.folders import write_private
from selaras.tenancy.queries import agency, rules_on

SURVEYED = "sidoarjo"
PATIENCE = 120.0
LASTS = timedelta(days=14)
REASON = "Data rekaan untuk demonstrasi: umpan balik perilaku melalui survei tertutup."
COMMENTS = (
    "Penjelasannya jelas dan tidak pernah membedakan orang.",
    "Keputusan kadang datang terlambat; akan membantu bila jadwal disampaikan lebih awal.",
    "Selalu siap membantu, juga di luar tugasnya sendiri.",
    "Rapat dimulai tepat waktu dan catatannya dibagikan pada hari yang sama.",
)
# Units without others below them, of which so many serve that peers can be asked, the smallest first.
_UNITS = text(
    """
    SELECT a.unit_id FROM selaras.appointment a
    WHERE a.tenant_id = :tenant AND a.kind = 'definitive' AND a.during @> CAST(:day AS date)
      AND NOT EXISTS (SELECT FROM selaras.unit_placement below WHERE below.tenant_id = :tenant
                      AND below.parent_id = a.unit_id AND below.during @> CAST(:day AS date))
    GROUP BY a.unit_id HAVING count(*) BETWEEN 5 AND 40 ORDER BY count(*), a.unit_id LIMIT 2
    """
)
_ASKED = text(
    "SELECT rater_id, subject_id FROM selaras.survey_invitation WHERE tenant_id = :tenant AND campaign_id = :campaign"
    " ORDER BY rater_id, subject_id"
)


def hold(stage: Stage, tenant: int, code: str) -> None:
    """Before the close: a survey of one unit, answered by everybody who was asked, and counted by the workers."""
    with stage.app.tenant(tenant) as session:
        period = period_by_code(session, code)
        units = _units(session, tenant, period)
        if not units or every_campaign(session):
            return
        chosen = {"behaviour_survey": "closed_survey"}
        manager = office(session, tenant, "pengelola")
        law = rules_on(session, agency(session, tenant), period.ends, stage.registry).code
        choose(session, manager, stage.registry, law, chosen, start=period.starts, reason=REASON)
    made, phrase = _opened(stage, tenant, period, units[0], today_of(stage, tenant))
    with stage.app.tenant(tenant) as session:
        _answer(stage, session, tenant, made)
    with stage.app.tenant(tenant) as session:
        day = today_of(stage, tenant)
        campaigns.order_close(session, office(session, tenant, "pengelola"), _vault(stage), made, phrase, day)
    _wait(stage, tenant, made)


def leave_open(stage: Stage, tenant: int, code: str) -> None:
    """After the close: a survey of another unit that whoever signs in can answer; its phrase is in the home folder."""
    with stage.app.tenant(tenant) as session:
        period = period_by_code(session, code)
        units = _units(session, tenant, period)
        if len(units) < 2 or len(every_campaign(session)) != 1:  # the one that `hold` made
            return
    _, phrase = _opened(stage, tenant, period, units[1], today_of(stage, tenant) + LASTS)
    write_private(phrase_file(stage.settings.home), f"{phrase}\n")


def phrase_file(home: Path) -> Path:
    """Where the demo keeps what an agency would keep apart from the server: the phrase of its open survey."""
    return home / f"survey-{SURVEYED}.phrase"


def today_of(stage: Stage, tenant: int) -> date:
    """Today at the agency."""
    with stage.app.tenant(tenant) as session:
        return today(agency(session, tenant).time_zone)


def _units(session: Session, tenant: int, period: PeriodView) -> list[UUID]:
    return list(session.scalars(_UNITS, {"tenant": tenant, "day": period.ends}))


def _vault(stage: Stage) -> Vault:
    return Vault(stage.settings.require("encryption_keys"))


def _opened(stage: Stage, tenant: int, period: PeriodView, unit: UUID, last: date) -> tuple[UUID, str]:
    """Planned and opened today; the campaign and its phrase."""
    with stage.app.tenant(tenant) as session:
        manager, day = office(session, tenant, "pengelola"), today(agency(session, tenant).time_zone)
        rules = rules_on(session, agency(session, tenant), period.ends, stage.registry)
        made = campaigns.plan(session, manager, rules, campaigns.Planned(period.id, unit, day, last), day)
        pairs = running_parties(session)
        opened = campaigns.open_campaign(session, manager, _vault(stage), made, rules, day, pairs)
    return made, opened.phrase


def _answer(stage: Stage, session: Session, tenant: int, made: UUID) -> None:
    terms = campaign(session, made).terms
    assert terms is not None
    day, held = today(agency(session, tenant).time_zone), permissions_of([Role.EMPLOYEE])
    dice = random.Random(SURVEYED)  # noqa: S311  # invented answers, the same on every run
    for row in session.execute(_ASKED, {"tenant": tenant, "campaign": made}).all():
        rater = Actor(tenant, None, Role.EMPLOYEE.value, frozenset({Role.EMPLOYEE.value}), held, row.rater_id)
        ballots.cast(session, rater, _vault(stage), made, row.subject_id, _written(terms, dice), day)


def _written(terms: Terms, dice: random.Random) -> Written:
    """Mostly the better answers, and now and then a comment."""
    levels = sorted(one.value for one in terms.answers)
    answers = {one.code: dice.choice(levels[-2:] if dice.random() < 0.8 else levels) for one in terms.values}
    return Written(answers, dice.choice(COMMENTS) if dice.random() < 0.3 else "", confirmed=True)


def _wait(stage: Stage, tenant: int, made: UUID) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with stage.app.tenant(tenant) as session:
            if campaign(session, made).state == "closed":
                return
        time.sleep(0.1)
    raise Unavailable("demo_patience", "The close of {code} did not end; see the workers' logs.", code="survey")
