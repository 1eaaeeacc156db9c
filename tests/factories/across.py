"""Two agencies with a grant of input between them: an assignment, the offer, the answer, and the jobs that travel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from factories.site import Home, Site
from selaras.clock import today
from selaras.identity.actor import system
from selaras.jobs.carrying import Carrier
from selaras.jobs.service import enqueue
from selaras.jobs.watch import Watch
from selaras.worker import handlers

LETTER = "Surat Perintah 800/91"
TASK = "Penyusunan peta jalan bersama"
WORKER, LEADER, SUPERIOR = 5, 22, 1
"""Person 5 of the giving agency, whom person 1 appraises there; person 22 of the receiving one leads the team."""


_FORGED = """
    WITH assigned AS (
        INSERT INTO selaras.assignment (tenant_id, code, person_id, role, origin, agency_name, task, basis, during)
        VALUES (:t, gen_random_uuid()::text, :person, 'member', 'other_agency', 'X', 'X', 'X', '[2026-07-01,)')
        RETURNING id
    )
    INSERT INTO selaras.input_grant (tenant_id, id, part, other_agency, other_name, assignment_id, person_name, task,
        role, work, basis, leader_number, leader_name, during, offered_at, answer, answered_at, changed_at,
        ended_by_side, ended_at, end_reason)
    SELECT :t, :g, :part, :other, 'X', CASE WHEN :part = 'giving' THEN id END, 'Forged', 'Forged', 'leader',
        '[2026-01-01,)', 'X', '1', 'Forged', '[2026-01-01,2030-01-01)', now(), 'declined', now(), now(), :part,
        now(), 'X'
    FROM assigned
"""
_DATED = "UPDATE selaras.input_grant SET during = daterange(:since, :until) WHERE tenant_id = :t AND id = :g"
_FORGED_INPUT = """
    INSERT INTO selaras.granted_input (tenant_id, grant_id, period_code, content, given_on, revision)
    VALUES (:t, :g, '2026-TW4', 'Forged', current_date, 99)
"""


@dataclass
class Between:
    """A giving agency A, a receiving agency B, and an agency C that has no part in it."""

    giving: Home
    receiving: Home
    third: Home
    urls: Any

    def assignment(self) -> UUID:
        """A fresh assignment of the worker to a team of the other agency."""
        with self.giving.database.tenant(self.giving.tenant_id) as session:
            found: UUID = session.execute(
                text(
                    "INSERT INTO selaras.assignment (tenant_id, code, person_id, role, origin, agency_name, task,"
                    " basis, during) VALUES (:tenant, :code, :person, 'member', 'other_agency', 'Instansi Lain',"
                    " :task, :basis, '[2026-07-01,)') RETURNING id"
                ),
                {
                    "tenant": self.giving.tenant_id,
                    "code": uuid4().hex,
                    "person": self.giving.person(WORKER),
                    "task": TASK,
                    "basis": LETTER,
                },
            ).scalar_one()
            return found

    def number(self, n: int = LEADER) -> str:
        found: str = self.receiving.scalar(
            "SELECT number FROM selaras.person_number WHERE tenant_id = :tenant AND person_id = :person"
            " AND upper_inf(during)",
            person=self.receiving.person(n),
        )
        return found

    def body(self, **changes: object) -> dict[str, object]:
        return {
            "assignment_id": str(self.assignment()),
            "agency": self.receiving.host,
            "leader_number": self.number(),
            "basis": LETTER,
            "until": (today("Asia/Makassar") + timedelta(days=30)).isoformat(),
            **changes,
        }

    def offered(self, **changes: object) -> str:
        made = self.giving.official().send("POST", "/api/v1/input-grants", self.body(**changes))
        assert made.status_code == 201, made.text
        self.carry(self.giving)
        return str(made.json["id"])

    def agreed(self, **changes: object) -> str:
        made = self.offered(**changes)
        answer = self.receiving.official().send("POST", f"/api/v1/input-grants/{made}/answer", {"accepted": True})
        assert answer.status_code == 204, answer.text
        self.carry(self.receiving)
        return made

    def carry(self, home: Home) -> None:
        """Do every waiting job of an agency, with the worker's own handlers."""
        watch = Watch(self.urls.app)
        known = handlers(self.giving.app.extensions["selaras"].settings)
        try:
            for job in self.admitted(home):
                Carrier(home.database, watch, known, lambda: False).carry(home.tenant_id, job)
        finally:
            watch.close()

    def admitted(self, home: Home) -> list[UUID]:
        with home.database.tenant(home.tenant_id) as session:
            query = text(
                "UPDATE selaras.job_envelope SET state = 'admitted' WHERE tenant_id = :t AND state = 'waiting'"
                " RETURNING job_id"
            )
            return list(session.execute(query, {"t": home.tenant_id}).scalars())

    def ledger(self, home: Home, grant: str) -> list[tuple[str, str | None]]:
        """What an agency's ledger says of a grant: action and, where one is given, reason; the oldest first."""
        with home.database.tenant(home.tenant_id) as session:
            query = text(
                "SELECT action, payload->>'reason' FROM selaras.ledger_entry WHERE tenant_id = :t AND subject = :s"
                " AND action <> 'input_grant.end' ORDER BY id"
            )
            rows = session.execute(query, {"t": home.tenant_id, "s": f"input_grant:{grant}"})
            return [(row[0], row[1]) for row in rows]

    def everything(self, home: Home) -> str:
        """A checksum of all that an agency holds about grants, inputs, and its ledger of them."""
        found: str = home.scalar(
            "SELECT md5(concat("
            " (SELECT string_agg(g::text, '|' ORDER BY g.id) FROM selaras.input_grant g WHERE g.tenant_id = :tenant),"
            " (SELECT string_agg(i::text, '|' ORDER BY i.id) FROM selaras.granted_input i WHERE i.tenant_id = :tenant),"
            " (SELECT string_agg(e::text, '|' ORDER BY e.id) FROM selaras.ledger_entry e WHERE e.tenant_id = :tenant"
            "  AND e.subject LIKE 'input_grant:%')))"
        )
        return found

    def rows(self, home: Home) -> str:
        """The same without the ledger: a refusal changes that alone."""
        found: str = home.scalar(
            "SELECT md5(concat("
            " (SELECT string_agg(g::text, '|' ORDER BY g.id) FROM selaras.input_grant g WHERE g.tenant_id = :tenant),"
            " (SELECT string_agg(i::text, '|' ORDER BY i.id) FROM selaras.granted_input i"
            "  WHERE i.tenant_id = :tenant)))"
        )
        return found

    def send(self, home: Home, grant: str) -> None:
        """A job of an agency that names a grant, whoever's it is."""
        with home.database.tenant(home.tenant_id) as session:
            enqueue(session, system(home.tenant_id), "input_grant", {"grant": grant})

    def forge(self, home: Home, grant: str, part: str, other: UUID) -> None:
        """A row of an agency under the uuid of others' grant, as if it were one of its sides."""
        values = {"t": home.tenant_id, "g": grant, "part": part, "other": other, "person": home.person(WORKER)}
        with home.database.tenant(home.tenant_id) as session:
            session.execute(text("DELETE FROM selaras.granted_input WHERE tenant_id = :t AND grant_id = :g"), values)
            session.execute(text("DELETE FROM selaras.input_grant WHERE tenant_id = :t AND id = :g"), values)
            session.execute(text(_FORGED), values)
            session.execute(text(_FORGED_INPUT), values)

    def over(self, home: Home, grant: str, until: date) -> None:
        """Let a grant have ended on a day, as if time had passed."""
        with home.database.tenant(home.tenant_id) as session:
            session.execute(
                text(_DATED),
                {"t": home.tenant_id, "g": grant, "since": until - timedelta(days=30), "until": until},
            )


@pytest.fixture
def between(site: Site, urls: Any) -> Between:
    made = Between(site.open, site.waiting, site.closed, urls)
    for home in (made.giving, made.receiving):
        made.admitted(home)
        with home.database.tenant(home.tenant_id) as session:
            session.execute(text("DELETE FROM selaras.job_envelope WHERE tenant_id = :t"), {"t": home.tenant_id})
    return made
