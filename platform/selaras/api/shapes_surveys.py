"""What the API says of surveys: questionnaires, sealed ballots, figures of enough answers, campaigns in counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID


@dataclass(frozen=True)
class Question:
    """Somebody about whom one is asked; `answered` is worked out for whoever asks and stored nowhere."""

    campaign_id: UUID
    subject_id: UUID
    subject_name: str
    perspective: str
    closes: date
    answered: bool


@dataclass(frozen=True)
class AboutMe:
    """A survey about oneself."""

    campaign_id: UUID
    person_id: UUID
    period: str
    state: str
    closes: date


@dataclass(frozen=True)
class OwnSurveys:
    """Whom one is asked about now, and the surveys about oneself."""

    questions: list[Question]
    about_me: list[AboutMe]


@dataclass(frozen=True)
class SurveyAnswerOption:
    """One answer that may be given; labels by language."""

    value: int
    label: dict[str, str]


@dataclass(frozen=True)
class SurveyValue:
    """One behaviour that is asked about, with its guides."""

    code: str
    label: dict[str, str]
    guides: list[dict[str, str]]


@dataclass(frozen=True)
class Questionnaire:
    """The form about one person. `closed`: single answers are nobody's to know, and shown from `minimum` on."""

    question: Question
    closed: bool
    moderated: bool
    minimum: int
    values: list[SurveyValue]
    answers: list[SurveyAnswerOption]


@dataclass(frozen=True)
class BallotRequest:
    """Behaviour → answer; those left out count as no answer. `confirmed`: telling words of the comment are meant."""

    answers: dict[str, int]
    comment: str = ""
    confirmed: bool = False


@dataclass(frozen=True)
class SurveyFigure:
    """The mean of one behaviour, of so many answers; `spread` is close, apart or far."""

    behaviour: str
    answers: int
    mean: float
    spread: str


@dataclass(frozen=True)
class SurveyPerspective:
    """One perspective; `state` is asked, too_few_asked, too_few_answers or shown.

    `disputed`: an objection was running between subject and superior on the day the survey was opened.
    """

    code: str
    closed: bool
    asked: int
    state: str
    answered: int | None
    figures: list[SurveyFigure]
    comments: list[str]
    disputed: bool = False


@dataclass(frozen=True)
class SurveyResults:
    """What a survey came to for its subject."""

    campaign_id: UUID
    person_id: UUID
    period: str
    state: str
    minimum: int
    perspectives: list[SurveyPerspective]


@dataclass(frozen=True)
class Campaign:
    """A campaign in counts; `share`: the percent that answered, in full tenths."""

    id: UUID
    period: str
    unit: str | None
    opens: date
    closes: date
    state: str
    moderated: bool
    subjects: int
    asked: int
    share: int
    waiting_comments: int
    closed_on: date | None


@dataclass(frozen=True)
class Campaigns:
    """Every campaign."""

    items: list[Campaign]


@dataclass(frozen=True)
class CampaignRequest:
    """A campaign to plan; without `unit_id` about the whole agency."""

    period: str
    opens: date
    closes: date
    unit_id: UUID | None = None
    moderated: bool = False


@dataclass(frozen=True)
class OpenedCampaign:
    """`phrase` is shown this once and kept nowhere; without it nobody opens the answers."""

    phrase: str
    subjects: int
    asked: int


@dataclass(frozen=True)
class SurveyPhrase:
    """The phrase that was shown when the campaign was opened."""

    phrase: str = field(metadata={"description": "As it was shown; blanks, hyphens and case do not matter."})


@dataclass(frozen=True)
class SurveyReason:
    """Why."""

    reason: str


@dataclass(frozen=True)
class SurveyExclusion:
    """Two people who are not asked about each other, and why."""

    one_id: UUID
    other_id: UUID
    reason: str


@dataclass(frozen=True)
class WaitingComment:
    """A comment that waits for a moderator, without whom it is about."""

    id: UUID
    content: str


@dataclass(frozen=True)
class WaitingComments:
    """The comments that wait."""

    items: list[WaitingComment]


@dataclass(frozen=True)
class Moderation:
    """Whether the comment is shown; what is not, is destroyed."""

    shown: bool
