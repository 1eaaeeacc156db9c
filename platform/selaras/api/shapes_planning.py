"""The API's shapes of plans, matrices and assignments; additive only, as all of `api.shapes`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from marshmallow.validate import Length, Range

from selaras.api.shapes import Label, Word
from selaras.api.shapes_acknowledgements import HandedIn

LONG = 4_000
"""Characters of a text that a person writes."""


@dataclass(frozen=True)
class FormSection:
    """A part of the form; `kind` (main, additional) is what its items count as."""

    code: str
    label: Label
    kind: str


@dataclass(frozen=True)
class FormModel:
    """A way to write results down: with aspects and targets (`measured`), or as expectations in words."""

    code: str
    label: Label
    measured: bool


@dataclass(frozen=True)
class FormColumn:
    """What is asked of a result besides its aspects; `type`: number, integer, code, text, boolean or date."""

    code: str
    label: Label
    type: str
    unit: str
    required: bool
    allowed: list[Word]
    minimum: float | None
    maximum: float | None
    article: str


@dataclass(frozen=True)
class PlanForm:
    """What the plan's regulation asks of the holder of this post. `superior_result`: none, optional or required."""

    regulation: Word
    variant: Word | None
    superior_result: str
    least_indicators: int
    sections: list[FormSection]
    models: list[FormModel]
    aspects: list[Word]
    perspectives: list[Word]
    stages: list[Word]
    annexes: list[Word]
    behaviours: list[Word]
    special: Label | None
    due: date | None
    columns: list[FormColumn]


@dataclass(frozen=True)
class PlanMeasure:
    """One aspect of a result: promised and reached, in `measure` units; numbers as text."""

    aspect: str
    indicator: str | None
    target: Decimal | None
    actual: Decimal | None
    measure: str | None
    manual: str | None


@dataclass(frozen=True)
class PlanText:
    """A line of text under a code of the form."""

    code: str
    content: str


@dataclass(frozen=True)
class PlanItem:
    """A planned result; `special` where the form's special label belongs to its task."""

    id: UUID
    code: str
    kind: str
    section: str | None
    title: str
    perspective: str | None
    origin: str | None
    special: bool
    expectation: str | None
    parent_item_id: UUID | None
    parent_title: str | None
    goal_id: UUID | None
    goal_title: str | None
    assignment_id: UUID | None
    measures: list[PlanMeasure]
    strategy: list[PlanText]
    detail: dict[str, Any]
    stopped_on: date | None = None


@dataclass(frozen=True)
class Plan:
    """A person's plan; `note` is what the appraiser wrote when giving it back."""

    id: UUID
    year: int
    segment: int
    state: str
    model: str | None
    variant: str | None
    starts: date | None
    ends: date | None
    appraiser_id: UUID | None
    appraiser_name: str | None
    submitted_at: datetime | None
    agreed_at: datetime | None
    note: str | None
    items: list[PlanItem]
    annexes: list[PlanText]
    expectations: list[PlanText]


@dataclass(frozen=True)
class PersonPlan:
    """The form that a person's plan of a year has, and the plan where there is one.

    `acknowledgement`: for oneself, of the last time it was handed in. `version` is sent back in `If-Match` when the
    plan is written or agreed to, so that nothing is overwritten and nothing unread is agreed to.
    """

    form: PlanForm
    plan: Plan | None
    acknowledgement: HandedIn | None = None
    version: str | None = None


@dataclass(frozen=True)
class Share:
    """A cell of a role and result matrix: a direct part of the leader's result, or a supporting output."""

    item_id: UUID
    item_code: str
    item_title: str
    leader_id: UUID
    leader_name: str
    person_id: UUID
    person_name: str
    kind: str
    share: Decimal | None
    output: str | None


@dataclass(frozen=True)
class Matrix:
    """The cells of a leader's matrix, and the person's own parts in those of others."""

    members: list[Share]
    own: list[Share]


@dataclass(frozen=True)
class TeamInput:
    """A team leader's words on one person in a period."""

    period: str
    giver_name: str | None
    given_on: date
    content: str


@dataclass(frozen=True)
class Assignment:
    """A person's place in a team on the days [since, until)."""

    id: UUID
    code: str
    role: str
    leader_id: UUID | None
    leader_name: str | None
    origin: str
    place_name: str | None
    task: str
    basis: str
    result: str | None
    since: date
    until: date | None
    inputs: list[TeamInput]


@dataclass(frozen=True)
class Assignments:
    """A person's assignments of a year, the newest first."""

    items: list[Assignment]


@dataclass(frozen=True)
class OpenPlan:
    """Somebody whose plan is missing (`state` null), not agreed, or not whole."""

    person_id: UUID
    name: str
    unit_id: UUID
    unit_name: str
    state: str | None
    without_result: bool
    without_indicator: bool


@dataclass(frozen=True)
class PlanReadiness:
    """In how many plans of a year what is missing; `items` names the first of those people, by unit."""

    year: int
    due: date | None
    people: int
    without_plan: int
    drafted: int
    submitted: int
    agreed: int
    agreed_late: int
    without_model: int
    without_result: int
    without_indicator: int
    items: list[OpenPlan]


@dataclass(frozen=True)
class MeasureDraft:
    """One aspect of a result as it is written; numbers as text."""

    aspect: str
    indicator: str | None
    target: Decimal | None
    measure: str | None
    manual: str | None


@dataclass(frozen=True)
class ItemDraft:
    """A result as it is written; `detail`: what the form's columns ask besides, by their codes (null: as it is)."""

    code: str
    title: str
    section: str | None
    perspective: str | None
    origin: str | None
    expectation: str | None
    parent_item_id: UUID | None
    goal_id: UUID | None
    assignment_id: UUID | None
    measures: list[MeasureDraft]
    strategy: list[PlanText]
    detail: dict[str, Any] | None = None


@dataclass(frozen=True)
class PlanDraft:
    """A whole plan as it is written: an amendment, or a version that was agreed."""

    model: str | None
    variant: str | None
    items: list[ItemDraft]
    annexes: list[PlanText]
    expectations: list[PlanText]


# --- what is sent


@dataclass(frozen=True)
class MeasureRequest:
    """One aspect of a result; `target` as text with a decimal point."""

    aspect: str = field(metadata={"validate": Length(max=60)})
    indicator: str | None = field(default=None, metadata={"validate": Length(max=LONG)})
    target: Decimal | None = None
    measure: str | None = field(default=None, metadata={"validate": Length(max=500)})
    manual: str | None = field(default=None, metadata={"validate": Length(max=LONG)})


@dataclass(frozen=True)
class TextRequest:
    """A line of text under a code of the form."""

    code: str = field(metadata={"validate": Length(max=60)})
    content: str = field(metadata={"validate": Length(max=LONG)})


@dataclass(frozen=True)
class ItemRequest:
    """A planned result under a code of one's own, such as RHK-1.

    `detail`: what the form's columns ask besides, by their codes; null or left out: what is there stays.
    """

    code: str = field(metadata={"validate": Length(max=100)})
    title: str = field(metadata={"validate": Length(max=LONG)})
    measures: list[MeasureRequest] = field(metadata={"validate": Length(max=20)})
    strategy: list[TextRequest] = field(metadata={"validate": Length(max=50)})
    section: str | None = field(default=None, metadata={"validate": Length(max=60)})
    perspective: str | None = field(default=None, metadata={"validate": Length(max=60)})
    origin: str | None = field(default=None, metadata={"validate": Length(max=60)})
    expectation: str | None = field(default=None, metadata={"validate": Length(max=LONG)})
    parent_item_id: UUID | None = None
    goal_id: UUID | None = None
    assignment_id: UUID | None = None
    detail: dict[str, Any] | None = None


@dataclass(frozen=True)
class PlanRequest:
    """A whole plan as its owner has written it so far; what it does not name is removed from the draft."""

    items: list[ItemRequest] = field(metadata={"validate": Length(max=60)})
    annexes: list[TextRequest] = field(metadata={"validate": Length(max=100)})
    expectations: list[TextRequest] = field(metadata={"validate": Length(max=30)})
    model: str | None = field(default=None, metadata={"validate": Length(max=60)})
    variant: str | None = field(default=None, metadata={"validate": Length(max=60)})


@dataclass(frozen=True)
class PlanReturn:
    """What is to be changed in a plan that is given back."""

    note: str = field(metadata={"validate": Length(min=20, max=LONG)})


@dataclass(frozen=True)
class InputRequest:
    """A team leader's words on a member's work."""

    content: str = field(metadata={"validate": Length(min=1, max=LONG)})


@dataclass(frozen=True)
class AssignmentsQuery:
    """Which year; the current one unless named."""

    year: int | None = field(default=None, metadata={"validate": Range(2000, 2100)})
