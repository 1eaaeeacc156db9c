"""The evaluation document of one person: plan, what was reached, feedback, ratings and predikat, with both parties."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from selaras.clock import now
from selaras.documents.issuing import issue
from selaras.evaluation.acted import above_of, rated_as
from selaras.evaluation.printed_words import Language, Printed, Say
from selaras.evaluation.printing import issue_of
from selaras.evaluation.queries import ReceiptView
from selaras.evaluation.wording import organisation_word, outcome_word
from selaras.monitoring.queries import FeedbackView, ProgressView, feedback_for, progress_for
from selaras.organisation.acting import ActedAs
from selaras.organisation.letterheads import letterhead_on
from selaras.organisation.queries import PersonView, person
from selaras.planning.forms import AskedForm, asked_form
from selaras.planning.in_force import plan_in_force
from selaras.planning.queries import ItemView, MeasureView, PlanView
from selaras.regulation import Label, Rules
from selaras.tenancy.queries import AgencyView

_WORDS: dict[str, Label] = {
    "title": {"id": "Dokumen Evaluasi Kinerja Pegawai", "en": "Performance evaluation document"},
    "page": {"id": "Halaman", "en": "Page"},
    "verify": {"id": "Periksa keaslian dokumen ini:", "en": "Check this document:"},
    "person": {"id": "Pegawai yang dinilai", "en": "Person appraised"},
    "appraiser": {"id": "Pejabat penilai kinerja", "en": "Appraiser"},
    "superior": {"id": "Atasan pejabat penilai kinerja", "en": "Appraiser's superior"},
    "acting": {"id": "Bertindak sebagai", "en": "Acting as"},
    "name": {"id": "Nama", "en": "Name"},
    "number": {"id": "NIP / NI PPPK", "en": "NIP / NI PPPK"},
    "rank": {"id": "Pangkat / golongan", "en": "Rank / grade"},
    "post": {"id": "Jabatan", "en": "Post"},
    "unit": {"id": "Unit kerja", "en": "Unit"},
    "organisation": {"id": "Predikat kinerja organisasi", "en": "Organisation's performance"},
    "results": {"id": "Hasil kerja", "en": "Results"},
    "result": {"id": "Rencana hasil kerja", "en": "Planned result"},
    "indicator": {"id": "Indikator kinerja individu", "en": "Indicator"},
    "target": {"id": "Target", "en": "Target"},
    "actual": {"id": "Realisasi berdasarkan bukti dukung", "en": "Reached, by evidence"},
    "feedback": {"id": "Umpan balik berkelanjutan", "en": "Continuous feedback"},
    "behaviour": {"id": "Perilaku kerja", "en": "Behaviour"},
    "no_plan": {"id": "Tidak ada SKP untuk tahun ini.", "en": "There is no plan for this year."},
    "judged": {"id": "Penilaian", "en": "Judgement"},
    "outcome": {"id": "Predikat kinerja", "en": "Performance predikat"},
    "rule": {"id": "Aturan dan sidiknya (SHA-256)", "en": "The rule and its fingerprint (SHA-256)"},
    "to": {"id": "s.d.", "en": "to"},
    "printed": {"id": "dicetak", "en": "printed"},
    "supersedes": {"id": "RHK pimpinan yang diintervensi", "en": "Superior's result that it serves"},
}
_NOTHING = "–"


@dataclass(frozen=True)
class Subject:
    """Whose document it is: the person and the outcome with its receipt; `person` as on the period's last day."""

    person: PersonView
    view: ReceiptView
    rules: Rules


def print_evaluation(session: Session, whose: AgencyView, subject: Subject, language: Language, origin: str) -> Printed:
    """The document as a PDF, in one language. `origin`: see `printing.print_receipt`."""
    say = Say(language, whose.time_zone, _WORDS)
    outcome = subject.view.outcome
    planned = plan_in_force(session, outcome.person_id, outcome.ends, whose.time_zone)
    asked = asked_form(session, outcome.person_id, outcome.ends.year, planned, subject.rules, outcome.ends)
    heard = feedback_for(session, outcome.person_id, outcome.starts, outcome.ends)
    reached = _reached(progress_for(session, outcome.person_id, outcome.starts, outcome.ends))
    at = now().astimezone(ZoneInfo(whose.time_zone))
    acted = rated_as(session, outcome)
    head = letterhead_on(session, whose, at.date())
    data = {
        "agency": whose.name,
        "letterhead": head.under(whose.hosts),
        "place": f"{head.place}, {say.day(at.date())}",
        "language": language,
        "date": {"year": at.year, "month": at.month, "day": at.day},
        "title": say("title"),
        "subtitle": f"{say.period(outcome.period_code)} · {say.span(outcome.starts, outcome.ends)}",
        "parties": _parties(session, say, subject, acted),
        "sections": _sections(say, asked, planned, reached, heard) if planned else [],
        "behaviours": _behaviours(say, asked, planned, heard),
        "judged": _judged(say, subject),
        "outcome": say.label(outcome_word(subject.view.description, outcome.outcome).label),
        "rule": f"{say.label(subject.view.description['title'])} · {outcome.rule_hash}",
        "signers": _signers(session, say, subject, acted),
        "words": {name: say(name) for name in _WORDS},
        "footer": f"{whose.name} · {say.period(outcome.period_code)} · {say('printed')} {say.moment(at)}",
    }
    number = subject.person.line.number or str(outcome.person_id)
    made = issue(session, issue_of("evaluation", subject.view, origin), "evaluation", data)
    return Printed(f"evaluasi-{outcome.period_code}-{number}-{language}.pdf", made)


def _parties(session: Session, say: Say, subject: Subject, acted: ActedAs | None) -> list[dict[str, Any]]:
    return [
        {
            "title": say(role),
            "facts": [
                {"label": say(name), "value": value or _NOTHING}
                for name, value in facts_of(one, acted if role == "appraiser" else None).items()
            ],
        }
        for role, one in _people(session, subject)
        if one is not None
    ]


def _people(session: Session, subject: Subject) -> list[tuple[str, PersonView | None]]:
    """The person, the appraiser who judged, and the appraiser's superior on the period's last day."""
    day, appraiser_id = subject.view.outcome.ends, subject.view.outcome.appraiser_id
    above = above_of(session, subject.view.outcome, day)
    return [
        ("person", subject.person),
        ("appraiser", person(session, appraiser_id, day) if appraiser_id else None),
        ("superior", person(session, above, day) if above else None),
    ]


def facts_of(one: PersonView, acted: ActedAs | None = None) -> dict[str, str | None]:
    """Name, number, rank, post and unit of a party to a document, and as what they acted for another."""
    line = one.line
    # Whoever holds a public office has neither number nor rank: the title stands alone.
    ranked = {"number": line.number, "rank": line.rank} if one.numbers else {}
    return {
        "name": line.name,
        **ranked,
        "post": line.position_title,
        **({"acting": acted.printed} if acted else {}),
        "unit": line.unit_name,
    }


def _signers(session: Session, say: Say, subject: Subject, acted: ActedAs | None) -> list[dict[str, str]]:
    return [
        signer(say(role), one, acted if role == "appraiser" else None)
        for role, one in _people(session, subject)[:2]
        if one is not None
    ]


def signer(role: str, one: PersonView, acted: ActedAs | None) -> dict[str, str]:
    """Who signs: as what, in whose post where they act for another, the name and what stands below it."""
    number = one.line.number or one.line.position_title or _NOTHING
    return {"role": role, "acting": acted.printed if acted else "", "name": one.line.name, "number": number}


def _reached(lines: Iterable[ProgressView]) -> dict[tuple[UUID, str], tuple[Decimal, str | None]]:
    """The newest progress of the period per item and aspect; `lines` come newest first."""
    found: dict[tuple[UUID, str], tuple[Decimal, str | None]] = {}
    for line in lines:
        found.setdefault((line.item_id, line.aspect), (line.actual, line.measure))
    return found


def _sections(
    say: Say,
    asked: AskedForm,
    planned: PlanView,
    reached: dict[tuple[UUID, str], tuple[Decimal, str | None]],
    heard: Sequence[FeedbackView],
) -> list[dict[str, Any]]:
    words: defaultdict[UUID | None, list[str]] = defaultdict(list)
    for one in heard:
        words[one.item_id].append(one.content)
    aspects = {aspect.code: say.label(aspect.label) for aspect in asked.form.aspects}
    return [
        {"title": say.label(section.label), "items": [_item(say, item, aspects, reached, words) for item in items]}
        for section in asked.form.sections
        if (items := [item for item in planned.items if asked.section_of(item) == section])
    ]


def _item(
    say: Say,
    item: ItemView,
    aspects: dict[str, str],
    reached: dict[tuple[UUID, str], tuple[Decimal, str | None]],
    words: dict[UUID | None, list[str]],
) -> dict[str, Any]:
    return {
        "title": item.title,
        "above": item.parent_title or "",
        "expectation": item.expectation or "",
        "rows": [
            {
                "indicator": f"{aspects.get(measure.aspect, measure.aspect)}: {measure.indicator or _NOTHING}",
                "target": amount(say, measure.target, measure.measure),
                "actual": amount(say, *_actual(item, measure, reached)),
            }
            for measure in item.measures
        ],
        "feedback": words.get(item.item_id, []),
    }


def _actual(
    item: ItemView, measure: MeasureView, reached: dict[tuple[UUID, str], tuple[Decimal, str | None]]
) -> tuple[Decimal | None, str | None]:
    return reached.get((item.item_id, measure.aspect), (measure.actual, measure.measure))


def amount(say: Say, value: Decimal | None, unit: str | None) -> str:
    """A target or what was reached, with its unit."""
    return _NOTHING if value is None else f"{say.number(float(value))} {unit or ''}".strip()


def _behaviours(
    say: Say, asked: AskedForm, planned: PlanView | None, heard: Sequence[FeedbackView]
) -> list[dict[str, Any]]:
    expected: defaultdict[str, list[str]] = defaultdict(list)
    for one in planned.expectations if planned else ():
        expected[one.code].append(one.content)
    return [
        {
            "title": say.label(behaviour.label),
            "guides": [say.label(guide) for guide in behaviour.guides],
            "label": say.label(asked.expectation.label) if asked.expectation else "",
            "expectation": " ".join(expected.get(behaviour.code, [])),
            "feedback": [one.content for one in heard if one.behaviour == behaviour.code],
        }
        for behaviour in asked.behaviours
    ]


def _judged(say: Say, subject: Subject) -> list[dict[str, str]]:
    """What the appraiser gave and every step that followed, and the organisation's rating."""
    organisation = organisation_word(subject.view.description, subject.view.outcome.organisation_rating)
    first = (
        [{"label": say("organisation"), "value": say.label(organisation.label), "basis": ""}] if organisation else []
    )
    return first + [say.line(line) for line in subject.view.receipt.lines if line.item is None]
