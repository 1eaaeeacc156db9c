"""Years and half-years for tests: periods, plans with their days, ratings under two regulations, moves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.db.session import tenant_of
from selaras.evaluation.rules import period_span

BEHAVIOUR = ("orientasi_pelayanan", "integritas", "komitmen", "disiplin", "kerja_sama")


class Years:
    """What a test does with the years of a staffed agency; people are named by their number in `create_staff`."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.tenant = tenant_of(session)

    def run(self, query: str, **values: object) -> object:
        done = self.session.execute(text(query), {"tenant": self.tenant, **values})
        return done.scalar_one_or_none() if done.returns_rows else None

    def follow(self, console: Session) -> None:
        """Appraise 2021 under both regulations, as the transition wants it."""
        console.execute(
            text("UPDATE selaras.regulation_assignment SET during = '[2014-01-01,2021-07-01)'"
                 " WHERE tenant_id = :tenant AND regulation = 'pp46_2011'"),
            {"tenant": self.tenant},
        )  # fmt: skip
        console.execute(
            text("INSERT INTO selaras.regulation_assignment (tenant_id, regulation, during, reason_text)"
                 " VALUES (:tenant, 'pp30_2019', '[2021-07-01,2022-01-01)', 'test')"),
            {"tenant": self.tenant},
        )  # fmt: skip

    def person(self, n: int) -> UUID:
        found = self.run("SELECT id FROM selaras.person WHERE tenant_id = :tenant AND source_id = :s", s=f"person-{n}")
        assert isinstance(found, UUID)
        return found

    def open(self, code: str) -> UUID:
        span = period_span(code)
        made = self.run(
            "INSERT INTO selaras.period (tenant_id, code, kind, starts, ends)"
            " VALUES (:tenant, :code, :kind, :starts, :ends) RETURNING id",
            code=code, kind=span.kind, starts=span.starts, ends=span.ends,
        )  # fmt: skip
        assert isinstance(made, UUID)
        return made

    def alone(self, *keep: int) -> None:
        """Only these people serve; everybody else has left long ago."""
        self.run(
            "UPDATE selaras.appointment SET during = daterange('2015-01-01', '2016-01-01') WHERE tenant_id = :tenant"
            " AND person_id NOT IN (SELECT id FROM selaras.person"
            " WHERE tenant_id = :tenant AND source_id = ANY(:keep))",
            keep=[f"person-{n}" for n in keep],
        )

    def end_post(self, n: int, day: date) -> None:
        self.run(
            "UPDATE selaras.appointment SET during = daterange(lower(during), :day)"
            " WHERE tenant_id = :tenant AND person_id = :person AND kind = 'definitive'"
            " AND during @> CAST(:day AS date)",
            person=self.person(n), day=day,
        )  # fmt: skip

    def move(self, n: int, day: date, unit: int, title: str = "Analis", status: str = "01") -> None:
        """From `day` in another post, and under that unit's head."""
        self.end_post(n, day)
        self.run(
            "INSERT INTO selaras.appointment"
            " (tenant_id, person_id, unit_id, position_id, employment, legal_status, during)"
            " SELECT :tenant, :person, p.unit_id, p.id, 'pns', :status, daterange(:day, NULL) FROM selaras.position p"
            " JOIN selaras.unit u ON u.tenant_id = p.tenant_id AND u.id = p.unit_id"
            " WHERE p.tenant_id = :tenant AND u.source_id = :unit AND p.title = :title",
            person=self.person(n), day=day, unit=f"unit-{unit}", title=title, status=status,
        )  # fmt: skip

    def report(self, n: int, day: date, superior: int) -> None:
        """Another superior from `day` on."""
        self.run(
            "UPDATE selaras.reporting_line SET during = daterange(lower(during), :day)"
            " WHERE tenant_id = :tenant AND person_id = :person AND during @> CAST(:day AS date)",
            person=self.person(n), day=day,
        )  # fmt: skip
        self.run(
            "INSERT INTO selaras.reporting_line (tenant_id, person_id, superior_id, origin, during)"
            " VALUES (:tenant, :person, :superior, 'stated', daterange(:day, NULL))",
            person=self.person(n), superior=self.person(superior), day=day,
        )  # fmt: skip

    def rate(self, period: UUID, n: int, inputs: Mapping[str, object], segment: int = 1) -> None:
        self.run(
            "INSERT INTO selaras.rating (tenant_id, period_id, person_id, segment, inputs)"
            " VALUES (:tenant, :period, :person, :segment, CAST(:inputs AS jsonb))",
            period=period, person=self.person(n), segment=segment, inputs=json.dumps(inputs),
        )  # fmt: skip

    def behaviour(self, period: UUID, n: int, points: int, segment: int = 1) -> None:
        """A rating under PP 46/2011."""
        self.rate(period, n, dict.fromkeys(BEHAVIOUR, points), segment)

    def levels(self, period: UUID, n: int, *, new_idea: bool = False, segment: int = 1) -> None:
        """A rating under PP 30/2019: every aspect at the lowest level that the post demands, 90 points."""
        aspects = ("orientasi_pelayanan", "komitmen", "inisiatif_kerja", "kerja_sama")
        given = {"new_idea": new_idea, "level_min": 4, "level_max": 5}
        self.rate(period, n, {**given, **dict.fromkeys(aspects, 4)}, segment)

    def plan(
        self,
        n: int,
        year: int,
        measures: Mapping[str, tuple[float, float]],
        detail: Mapping[str, object] | None = None,
        *,
        segment: int = 1,
        days: tuple[date, date] | None = None,
    ) -> None:
        """A plan of one item; aspect → target and actual."""
        starts, ends = days or (None, None)
        plan = self.run(
            "INSERT INTO selaras.plan (tenant_id, person_id, year, segment, starts, ends, state)"
            " VALUES (:tenant, :person, :year, :segment, :starts, :ends, 'agreed') RETURNING id",
            person=self.person(n), year=year, segment=segment, starts=starts, ends=ends,
        )  # fmt: skip
        item = self.run(
            "INSERT INTO selaras.plan_item (tenant_id, plan_id, code, kind, title, detail)"
            " VALUES (:tenant, :plan, '1', 'main', 'Kegiatan', CAST(:detail AS jsonb)) RETURNING id",
            plan=plan, detail=json.dumps(dict(detail or {})),
        )  # fmt: skip
        for aspect, (target, actual) in measures.items():
            self.run(
                "INSERT INTO selaras.item_measure (tenant_id, item_id, aspect, target, actual)"
                " VALUES (:tenant, :item, :aspect, :target, :actual)",
                item=item, aspect=aspect, target=target, actual=actual,
            )  # fmt: skip

    def activity(self, n: int, year: int, quality: float, **more: object) -> None:
        """A plan under PP 46/2011 worth (100 + quality + 76) / 3 points."""
        measures = {"quantity": (10.0, 10.0), "quality": (100.0, quality), "time": (12.0, 12.0)}
        self.plan(n, year, measures, **more)  # type: ignore[arg-type]  # given by name, or wrong on purpose
