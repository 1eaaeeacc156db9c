"""The questionnaire of a campaign: what the regulation declared on the day it was opened, kept with it."""

from __future__ import annotations

from typing import Any

import msgspec

from selaras.errors import Conflict
from selaras.regulation import Label, Perspective, Rules, Source


class Value(msgspec.Struct, frozen=True):
    """One behaviour that is asked about, with its guides in both languages."""

    code: str
    label: dict[str, str]
    guides: tuple[dict[str, str], ...] = ()


class Answer(msgspec.Struct, frozen=True):
    """One answer that may be given."""

    value: int
    label: dict[str, str]


class Asked(msgspec.Struct, frozen=True):
    """One perspective: whether single answers are closed, how many are asked at most, which column its means enter."""

    code: str
    label: dict[str, str]
    closed: bool
    asked: bool
    most: int
    column: str = ""
    article: str = ""

    def perspective(self) -> Perspective:
        """As the border has it."""
        label: Label = {"id": self.label["id"], "en": self.label["en"]}
        source = Source(self.article, "regulation")
        return Perspective(self.code, label, source, self.closed, self.asked, self.most, self.column)


class Terms(msgspec.Struct, frozen=True):
    """The whole questionnaire; `rule` is the hash of the rules that declared it."""

    regulation: str
    rule: str
    title: dict[str, str]
    minimum: int
    values: tuple[Value, ...]
    answers: tuple[Answer, ...]
    perspectives: tuple[Asked, ...]
    article: str

    @property
    def asked(self) -> tuple[Asked, ...]:
        """The perspectives that the survey itself asks."""
        return tuple(one for one in self.perspectives if one.asked)

    def least(self, perspective: str) -> int:
        """From how many answers on a perspective is shown; who answers by name is always shown."""
        return next((self.minimum if one.closed else 1 for one in self.perspectives if one.code == perspective), 10**6)


def terms_of(rules: Rules) -> Terms:
    """The questionnaire under some rules; `Conflict` where they have no survey."""
    survey, framework = rules.survey, rules.behaviours
    if survey is None or framework is None:
        raise Conflict(
            "survey_not_chosen",
            "{regulation} asks for no survey in this period. Where it leaves that to the agency, choose it on the page "
            "“Choices of rules” first.",
            regulation=rules.title,
        )
    return Terms(
        rules.code,
        rules.hash,
        dict(framework.title),  # type: ignore[arg-type]  # a label is a mapping of texts
        survey.minimum,
        tuple(Value(one.code, _words(one.label), tuple(map(_words, one.guides))) for one in framework.behaviours),
        tuple(Answer(one.value, _words(one.label)) for one in survey.levels),
        tuple(
            Asked(one.code, _words(one.label), one.closed, one.asked, one.most, one.column, one.source.article)
            for one in survey.perspectives
        ),
        survey.source.article,
    )


def kept(terms: Terms) -> dict[str, Any]:
    """As the campaign keeps them."""
    plain: dict[str, Any] = msgspec.to_builtins(terms)
    return plain


def read(stored: dict[str, Any]) -> Terms:
    """The terms that a campaign kept."""
    return msgspec.convert(stored, Terms)


def _words(label: Label) -> dict[str, str]:
    return {"id": label["id"], "en": label["en"]}
