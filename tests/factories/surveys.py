"""A survey of a staffed agency for tests: chosen, planned, opened, answered, closed by a real carrier."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import text

from factories.site import ENCRYPTION_KEY
from selaras.clock import today
from selaras.db.session import Database
from selaras.evaluation.rule_choices import choose
from selaras.identity.actor import Actor, system
from selaras.identity.permissions import Permission
from selaras.identity.vault import Vault
from selaras.jobs.carrying import Carrier
from selaras.jobs.watch import Watch
from selaras.monitoring.survey import ballots, campaigns, jobs
from selaras.monitoring.survey.ballots import Written
from selaras.monitoring.survey.queries import SubjectView, results
from selaras.regulation import Rules, load_registry
from selaras.tenancy.queries import agency, rules_on

REASON = "Keputusan pejabat pembina kepegawaian Nomor 7 Tahun 2026."
CHOSEN = {
    "permenpan_6_2022": ({"behaviour_survey": "closed_survey"}, date(2026, 1, 1)),
    "pp30_2019": ({"behaviour_sources": "closed_survey"}, date(2021, 7, 1)),
}


@dataclass
class Survey:
    """What a test does with a survey of one agency; people are named by their number in `create_staff`."""

    database: Database
    urls: object
    tenant_id: int
    period: str = "2026-TW3"
    ends: date = date(2026, 9, 30)
    regulation: str = "permenpan_6_2022"
    key: str = ENCRYPTION_KEY
    id: UUID = field(default_factory=lambda: UUID(int=0))
    phrase: str = ""

    @property
    def vault(self) -> Vault:
        return Vault(self.key)

    def choose(self, start: date | None = None, **more: object) -> None:
        chosen, first = CHOSEN[self.regulation]
        with self.database.tenant(self.tenant_id) as session:
            choose(
                session,
                system(self.tenant_id),
                load_registry(),
                self.regulation,
                {**chosen, **more},
                start=start or first,
                reason=REASON,
            )

    def rules(self) -> Rules:
        with self.database.tenant(self.tenant_id) as session:
            return rules_on(session, agency(session, self.tenant_id), self.ends, load_registry())

    def plan(self, unit: int | None = None, *, moderated: bool = False, last: date | None = None) -> UUID:
        """Running since yesterday, until tomorrow."""
        rules = self.rules()
        with self.database.tenant(self.tenant_id) as session:
            wanted = campaigns.Planned(
                self.scalar("SELECT id FROM selaras.period WHERE tenant_id = :tenant AND code = :c", c=self.period),
                self.unit(unit) if unit is not None else None,
                day() - timedelta(days=1),
                last or day() + timedelta(days=1),
                moderated,
            )
            self.id = campaigns.plan(session, system(self.tenant_id), rules, wanted, day())
        return self.id

    def open(self, *disputes: tuple[int, int]) -> campaigns.Opened:
        """`disputes`: pairs between whom an objection is running."""
        rules = self.rules()
        pairs = [tuple(sorted((self.person(one), self.person(other)))) for one, other in disputes]
        with self.database.tenant(self.tenant_id) as session:
            made = campaigns.open_campaign(session, system(self.tenant_id), self.vault, self.id, rules, day(), pairs)
        self.phrase = made.phrase
        return made

    def running(self, unit: int | None = None, **more: bool) -> Survey:
        self.choose()
        self.plan(unit, **more)
        self.open()
        return self

    def cast(
        self, rater: int, subject: int, answers: Mapping[str, int], comment: str = "", *, confirmed: bool = True
    ) -> None:
        with self.database.tenant(self.tenant_id) as session:
            written = Written(answers, comment, confirmed)
            ballots.cast(session, self.actor(rater), self.vault, self.id, self.person(subject), written, day())

    def everybody(self, level: Callable[[int, int], int], codes: Iterable[str]) -> int:
        """Everybody who is asked answers all questions with `level(rater, subject)`; how many ballots."""
        asked = self.asked()
        for rater, subject in asked:
            self.cast(rater, subject, dict.fromkeys(codes, level(rater, subject)))
        return len(asked)

    def asked(self, subject: int | None = None, perspective: str | None = None) -> list[tuple[int, int]]:
        """(rater, subject) of the open campaign."""
        query = (
            "SELECT substr(r.source_id, 8)::int, substr(s.source_id, 8)::int FROM selaras.survey_invitation i"
            " JOIN selaras.person r ON r.tenant_id = i.tenant_id AND r.id = i.rater_id"
            " JOIN selaras.person s ON s.tenant_id = i.tenant_id AND s.id = i.subject_id"
            " WHERE i.tenant_id = :tenant AND i.campaign_id = :campaign"
            " AND (CAST(:perspective AS text) IS NULL OR i.perspective = :perspective) ORDER BY 1, 2"
        )
        with self.database.tenant(self.tenant_id) as session:
            values = {"tenant": self.tenant_id, "campaign": self.id, "perspective": perspective}
            found = [tuple(row) for row in session.execute(text(query), values)]
        return [one for one in found if subject is None or one[1] == subject]

    def order_close(self, later: timedelta = timedelta(days=2)) -> UUID:
        with self.database.tenant(self.tenant_id) as session:
            return campaigns.order_close(
                session, system(self.tenant_id), self.vault, self.id, self.phrase, day() + later
            )

    def close(self) -> None:
        self.order_close()
        self.carry()

    def carry(self) -> None:
        job = self.scalar(
            "UPDATE selaras.job_envelope SET state = 'admitted' WHERE tenant_id = :tenant RETURNING job_id"
        )
        watch = Watch(self.urls.app)  # type: ignore[attr-defined]  # there, or the test fails
        try:
            Carrier(self.database, watch, {"survey_close": jobs.run}, lambda: False).carry(self.tenant_id, job)
        finally:
            watch.close()

    def results(self, subject: int) -> SubjectView:
        with self.database.tenant(self.tenant_id) as session:
            return results(session, self.id, self.person(subject))

    def actor(self, n: int) -> Actor:
        held = frozenset({Permission.SEE_OWN, Permission.SEE_TEAM, Permission.RATE_TEAM})
        return Actor(self.tenant_id, None, f"Orang {n}", frozenset({"employee"}), held, person_id=self.person(n))

    def person(self, n: int) -> UUID:
        return self.scalar(
            "SELECT id FROM selaras.person WHERE tenant_id = :tenant AND source_id = :s", s=f"person-{n}"
        )

    def unit(self, n: int) -> UUID:
        return self.scalar("SELECT id FROM selaras.unit WHERE tenant_id = :tenant AND source_id = :s", s=f"unit-{n}")

    def scalar(self, query: str, **values: object):  # type: ignore[no-untyped-def]  # what passes through is not looked at
        with self.database.tenant(self.tenant_id) as session:
            return session.execute(text(query), {"tenant": self.tenant_id, **values}).scalar_one()

    def state(self) -> str:
        return self.scalar("SELECT state FROM selaras.survey_campaign WHERE tenant_id = :tenant AND id = :c", c=self.id)


def day() -> date:
    return today("Asia/Jakarta")
