"""Every shape of the API; additive only: a field may come, none may go or change its type."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from marshmallow.validate import Length, OneOf, Range


@dataclass(frozen=True)
class Problem:
    """A refusal (RFC 9457). `errors`: place → complaints."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    errors: dict[str, Any]


@dataclass(frozen=True)
class Label:
    """A text in both languages."""

    id: str
    en: str


@dataclass(frozen=True)
class Word:
    """A code of a regulation with its label."""

    code: str
    label: Label


@dataclass(frozen=True)
class Agency:
    """The agency whose host was asked for; `regulation` is the one it follows today."""

    id: UUID
    slug: str
    name: str
    short_name: str
    kind: str
    region_code: str | None
    time_zone: str
    regulation: str | None


@dataclass(frozen=True)
class Me:
    """Who is signed in; `form_token` goes into the header X-Form-Token of every change."""

    name: str
    roles: list[str]
    permissions: list[str]
    person_id: UUID | None
    form_token: str


@dataclass(frozen=True)
class Period:
    """A period; both days are included."""

    code: str
    kind: str
    starts: date
    ends: date
    state: str


@dataclass(frozen=True)
class PeriodRequest:
    """Which period to open: 2026, 2026-S1, 2026-TW3 or 2026-07."""

    period: str


@dataclass(frozen=True)
class Periods:
    """Every period of the agency, the newest first."""

    items: list[Period]


@dataclass(frozen=True)
class Stage:
    """A stage of a close: rows and seconds so far."""

    stage: str
    done: bool
    rows: int
    seconds: float


@dataclass(frozen=True)
class Count:
    """How many people have an outcome."""

    outcome: Word
    people: int


@dataclass(frozen=True)
class Check:
    """A unit's distribution: kept, or what was breached."""

    unit_id: UUID
    unit_name: str
    organisation_rating: str | None
    counts: dict[str, int]
    valid: bool
    exempt: bool
    demanded: bool
    violations: list[str]
    override_reason: str | None


@dataclass(frozen=True)
class Overview:
    """A period's close. Money in rupiah a month, as text; null without SEE_REMUNERATION.

    All figures are those of the determination; `corrected` results are others since, `outcomes_now` counts with them.
    """

    period: Period
    state: str
    regulation: str | None
    edition: str | None
    rule_hash: str | None
    people: int
    total: int
    appraised: int
    stages: list[Stage]
    outcomes: list[Count]
    checks: list[Check]
    pay_base: Decimal | None
    pay_amount: Decimal | None
    started_at: datetime | None
    set_at: datetime | None
    problem: str | None
    corrected: int = 0
    outcomes_now: list[Count] = field(default_factory=list)


@dataclass(frozen=True)
class PersonLine:
    """A person today."""

    id: UUID
    name: str
    number: str | None
    unit_id: UUID | None
    unit_name: str | None
    position_title: str | None
    position_kind: str | None
    employment: str | None
    rank: str | None
    superior_id: UUID | None
    superior_name: str | None


@dataclass(frozen=True)
class People:
    """One page; `next` goes into `after` for the page that follows, null on the last."""

    items: list[PersonLine]
    next: str | None


@dataclass(frozen=True)
class Number:
    """A NIP or NI PPPK on the days [since, until)."""

    number: str
    kind: str
    since: date | None
    until: date | None


@dataclass(frozen=True)
class Appointment:
    """A post held on the days [since, until)."""

    unit_id: UUID
    unit_name: str
    position_title: str
    position_kind: str
    level: str | None
    job_class: int | None
    employment: str
    rank: str | None
    kind: str
    since: date | None
    until: date | None


@dataclass(frozen=True)
class Person:
    """One person with every number and post, the newest first."""

    person: PersonLine
    left_on: date | None
    team_size: int
    numbers: list[Number]
    appointments: list[Appointment]


@dataclass(frozen=True)
class Outcome:
    """A person's result of one period; `score` only where the regulation has one."""

    person_id: UUID
    period: str
    segment: int
    revision: int
    regulation: str
    edition: str
    rule_hash: str
    outcome: Word
    score: float | None
    organisation_rating: str | None
    unit_id: UUID
    unit_name: str
    appraiser_id: UUID | None
    appraiser_name: str | None
    state: str
    set_at: datetime | None
    delivered_at: datetime | None
    objection_until: date | None


@dataclass(frozen=True)
class HandedOver:
    """A result that was set elsewhere: handed over by a predecessor, another agency or from paper.

    `lines` are its steps, where they came along: label, value, value_label, unit, article, item.
    """

    id: UUID
    import_id: UUID
    person_id: UUID
    period: str
    segment: int
    regulation: str
    title: Label
    outcome: Word
    score: float | None
    appraiser_name: str | None
    appraiser_number: str | None
    unit_name: str | None
    set_on: date | None
    source_agency: str
    source_document: str
    rule_hash: str | None
    lines: list[Any]


@dataclass(frozen=True)
class DocumentQuery:
    """The language of the document, `id` or `en`; one's own unless named."""

    language: str | None = field(default=None, metadata={"validate": OneOf(["id", "en"])})


@dataclass(frozen=True)
class History:
    """Every result of a person, the newest first, over every regulation; and those that were set elsewhere."""

    items: list[Outcome]
    handed_over: list[HandedOver]


@dataclass(frozen=True)
class Line:
    """One line of a receipt: an input or a step, of the person or of one item."""

    step: str
    part: str
    item: str | None
    label: Label
    value: Any
    value_label: Label | None
    unit: str
    article: str
    certainty: str


@dataclass(frozen=True)
class Part:
    """One segment behind a result; no lines where its outcome was made elsewhere, as in the period `source_period`."""

    segment: int
    starts: date
    ends: date
    cause: str
    regulation: str
    outcome: Word
    score: float | None
    unit_name: str
    appraiser_name: str | None
    source_period: str | None
    lines: list[Line]


@dataclass(frozen=True)
class Receipt:
    """How a result came about; `parts` are the segments of a period with several, each with its own lines."""

    outcome: Outcome
    title: Label
    lines: list[Line]
    parts: list[Part]


@dataclass(frozen=True)
class CloseStarted:
    """A close that has started; its progress is at /periods/{code}."""

    id: UUID
    period: str


# --- what is sent


@dataclass(frozen=True)
class PeopleQuery:
    """`search`: the beginning of a name or number. `after`: `next` of the page before."""

    search: str | None = field(default=None, metadata={"validate": Length(max=80)})
    unit_id: UUID | None = None
    after: str | None = field(default=None, metadata={"validate": Length(max=600)})
    limit: int = field(default=50, metadata={"validate": Range(1, 200)})


@dataclass(frozen=True)
class CloseRequest:
    """Close a period; without those who have no rating, and while a survey of it is open, only if said."""

    period: str = field(metadata={"validate": Length(max=12)})
    without_unrated: bool = False
    without_surveys: bool = False


@dataclass(frozen=True)
class OverrideRequest:
    """The authorised official's written reason for one unit."""

    period: str = field(metadata={"validate": Length(max=12)})
    unit_id: UUID = field()
    reason: str = field(metadata={"validate": Length(min=20, max=2000)})
