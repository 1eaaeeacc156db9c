"""What the API says of ratings: how far they are, their reviews, their changes, and the agency's procedure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from marshmallow.validate import Length, Range

from selaras.api.shapes import Label, Period


@dataclass(frozen=True)
class Rating:
    """What the appraiser judged; `inputs` are the regulation's person columns, null where nothing is rated yet."""

    person_id: UUID
    name: str
    period: str
    inputs: dict[str, Any] | None
    rated_at: datetime | None
    segment: int = 1
    state: str = "none"
    version: str = "none"


@dataclass(frozen=True)
class Team:
    """Those whom one appraises at the end of the period."""

    period: Period | None
    items: list[Rating]


@dataclass(frozen=True)
class TeamQuery:
    """Which period; the current one unless named."""

    period: str | None = field(default=None, metadata={"validate": Length(max=12)})


@dataclass(frozen=True)
class SegmentQuery:
    """Which part of a period with several; the last that one rates unless named."""

    segment: int | None = field(default=None, metadata={"validate": Range(1, 1000)})


@dataclass(frozen=True)
class RatingRequest:
    """The person columns that the regulation declares, by their names; of a period with segments, also which one.

    `draft`: keep it only, it counts nowhere. `reason`: why a rating that was submitted changes; the person is told.
    """

    inputs: dict[str, Any]
    segment: int | None = field(default=None, metadata={"validate": Range(1, 1000)})
    reason: str = field(default="", metadata={"validate": Length(max=4000)})
    draft: bool = False


@dataclass(frozen=True)
class BoardPerson:
    """One person on the board: the rating so far, what it comes to, what it rests on, and why to look closely."""

    person_id: UUID
    name: str
    state: str
    version: str
    inputs: dict[str, Any] | None
    outcome: str | None
    led_unit_rating: str | None
    progress: int
    evidence: int
    feedback: int
    exceptions: list[str]


@dataclass(frozen=True)
class Advice:
    """What the distribution allows or demands, and whether it is broken."""

    label: Label
    broken: bool
    article: str


@dataclass(frozen=True)
class Board:
    """A team with what its ratings come to. `counts`: outcome → people; `advice`: for the team by itself."""

    period: str
    organisation_rating: str | None
    counts: dict[str, int]
    advice: list[Advice]
    items: list[BoardPerson]


@dataclass(frozen=True)
class TeamRating:
    """One rating of several; `version`: as it was read, then nothing that changed since is overwritten."""

    person_id: UUID
    inputs: dict[str, Any]
    version: str | None = field(default=None, metadata={"validate": Length(max=40)})
    reason: str = field(default="", metadata={"validate": Length(max=4000)})


@dataclass(frozen=True)
class TeamRatingsRequest:
    """Several ratings at once: all of them or none. `draft`: keep them only."""

    items: list[TeamRating]
    draft: bool = False


@dataclass(frozen=True)
class Submission:
    """A rating that waits for the review by the appraiser's superior; `held` counts until then."""

    person_id: UUID
    name: str
    segment: int
    appraiser_id: UUID
    appraiser_name: str
    inputs: dict[str, Any]
    held: dict[str, Any] | None
    reason: str | None
    submitted_at: datetime
    version: str


@dataclass(frozen=True)
class Submissions:
    """What waits for one's review."""

    period: str
    items: list[Submission]


@dataclass(frozen=True)
class ReviewRequest:
    """Confirm a submitted rating, or give it back with a reason. `version`: as it was read."""

    confirmed: bool
    reason: str = field(default="", metadata={"validate": Length(max=4000)})
    segment: int = field(default=1, metadata={"validate": Range(1, 1000)})
    version: str | None = field(default=None, metadata={"validate": Length(max=40)})


@dataclass(frozen=True)
class RatingChange:
    """A rating or result that somebody else changed: who (null: the system), why, what; and until when to object."""

    id: UUID
    period: str
    segment: int
    cause: str
    by: str | None
    reason: str | None
    before: dict[str, Any]
    after: dict[str, Any]
    at: datetime
    objection_until: date | None


@dataclass(frozen=True)
class RatingChanges:
    """Every change of a person's ratings, the newest first."""

    items: list[RatingChange]


@dataclass(frozen=True)
class Procedure:
    """What the agency demands before a rating counts; `since` is null where nothing was chosen."""

    review: bool
    briefing: bool
    since: date | None
    reason: str


@dataclass(frozen=True)
class Procedures:
    """What is demanded today, and every choice, the newest first."""

    today: Procedure
    choices: list[Procedure]


@dataclass(frozen=True)
class ProcedureRequest:
    """From `start`, today or later, this is demanded."""

    review: bool
    start: date
    reason: str = field(metadata={"validate": Length(min=20, max=4000)})
    briefing: bool = True


@dataclass(frozen=True)
class BriefingPart:
    """One section of the briefing for appraisers."""

    code: str
    title: Label
    paragraphs: list[Label]


@dataclass(frozen=True)
class Briefing:
    """The briefing of a year; `due`: the agency demands it before the first rating and one has not read it yet."""

    year: int
    due: bool
    read_at: datetime | None
    sections: list[BriefingPart]


@dataclass(frozen=True)
class BriefingRequest:
    """The codes of the sections that were read: all of them."""

    read: list[str]


@dataclass(frozen=True)
class ResultTalk:
    """The talk about a result; what each says of the record: agrees, disagrees, or null while not answered."""

    held_on: date
    agreed: str
    version: str
    edited_at: datetime
    person_says: str | None
    person_words: str | None
    appraiser_says: str | None
    appraiser_words: str | None


@dataclass(frozen=True)
class ResultTalkRequest:
    """The day of the talk and what was agreed; `version`: as it was read."""

    held_on: date
    agreed: str = field(metadata={"validate": Length(min=10, max=4000)})
    version: str | None = field(default=None, metadata={"validate": Length(max=40)})


@dataclass(frozen=True)
class ResultTalkAnswer:
    """Whether the record is right; `words` are needed by whoever disagrees."""

    agrees: bool
    words: str = field(default="", metadata={"validate": Length(max=4000)})
    version: str | None = field(default=None, metadata={"validate": Length(max=40)})
