"""A plan (SKP) to print in the regulation's form, and the list of those who have not filed one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from selaras.clock import now
from selaras.documents.issuing import Issue, issue
from selaras.evaluation.evaluation_document import amount, facts_of, signer
from selaras.evaluation.printed_words import Language, Printed, Say
from selaras.organisation.acting import ActedAs, acted_as
from selaras.organisation.letterheads import letterhead_on
from selaras.organisation.queries import PersonView, person, superior_of
from selaras.planning.forms import AskedForm, asked_form
from selaras.planning.queries import ItemView, PlanView, last_day
from selaras.planning.readiness import OpenPlan
from selaras.planning.versions import version
from selaras.regulation import Column, Label, Rules
from selaras.tenancy.queries import AgencyView

_WORDS: dict[str, Label] = {
    "title": {"id": "Sasaran Kinerja Pegawai (SKP)", "en": "Plan of performance (SKP)"},
    "page": {"id": "Halaman", "en": "Page"},
    "person": {"id": "Pegawai yang dinilai", "en": "Person appraised"},
    "appraiser": {"id": "Pejabat penilai kinerja", "en": "Appraiser"},
    "superior": {"id": "Atasan pejabat penilai kinerja", "en": "Appraiser's superior"},
    "acting": {"id": "Bertindak sebagai", "en": "Acting as"},
    "name": {"id": "Nama", "en": "Name"},
    "number": {"id": "NIP / NI PPPK", "en": "NIP / NI PPPK"},
    "rank": {"id": "Pangkat / golongan", "en": "Rank / grade"},
    "post": {"id": "Jabatan", "en": "Post"},
    "unit": {"id": "Unit kerja", "en": "Unit"},
    "year": {"id": "Tahun", "en": "Year"},
    "result": {"id": "Rencana hasil kerja", "en": "Planned result"},
    "above": {"id": "RHK pimpinan yang diintervensi", "en": "Superior's result that it serves"},
    "aspect": {"id": "Aspek", "en": "Aspect"},
    "indicator": {"id": "Indikator kinerja individu", "en": "Indicator"},
    "target": {"id": "Target", "en": "Target"},
    "behaviour": {"id": "Perilaku kerja", "en": "Behaviour"},
    "yes": {"id": "ya", "en": "yes"},
    "no": {"id": "tidak", "en": "no"},
    "draft": {"id": "RANCANGAN — belum disepakati", "en": "DRAFT — not agreed yet"},
    "agreed": {"id": "Disepakati", "en": "Agreed"},
    "verify": {"id": "Periksa keaslian:", "en": "Check this document:"},
    "printed": {"id": "dicetak", "en": "printed"},
    "not_filed": {
        "id": "Daftar pegawai yang belum menyampaikan SKP",
        "en": "People who have not filed an agreed plan (SKP)",
    },
    "state": {"id": "Keadaan", "en": "State"},
    "none": {"id": "Semua pegawai telah menyampaikan SKP.", "en": "Everybody has filed an agreed plan."},
}
_STATES: dict[str | None, Label] = {
    None: {"id": "belum ada SKP", "en": "no plan"},
    "draft": {"id": "rancangan", "en": "draft"},
    "submitted": {"id": "menunggu pejabat penilai", "en": "waits for the appraiser"},
    "agreed": {"id": "disepakati, belum lengkap", "en": "agreed, not whole"},
}


def print_plan(
    session: Session, whose: AgencyView, view: PlanView, rules: Rules, language: Language, origin: str
) -> Printed:
    """The plan as a PDF: both parties and the appraiser's superior on its last day (or today), and its form's order."""
    say = Say(language, whose.time_zone, _WORDS)
    at = now().astimezone(ZoneInfo(whose.time_zone))
    day = min(last_day(view.year, view), at.date())
    asked = asked_form(session, view.person_id, view.year, view, rules, day)
    parties = _parties(session, view, day)
    acted = acted_as(session, view.delegation_id, day)
    agreed = view.agreed_at.astimezone(ZoneInfo(whose.time_zone)).date() if view.agreed_at else None
    head = letterhead_on(session, whose, agreed or at.date())
    data = {
        "agency": whose.name,
        "letterhead": head.under(whose.hosts),
        "language": language,
        "date": {"year": at.year, "month": at.month, "day": at.day},
        "title": say("title"),
        "subtitle": f"{say('year')} {view.year} · {say.label(asked.title)}",
        "state": f"{say('agreed')} {say.day(agreed)}" if agreed and view.state == "agreed" else say("draft"),
        "parties": [
            {
                "title": say(role),
                "facts": [
                    {"label": say(name), "value": value or "–"}
                    for name, value in facts_of(one, _own(one, acted)).items()
                ],
            }
            for role, one in parties
        ],
        "sections": _sections(say, asked, view),
        "behaviours": _behaviours(say, asked, view),
        "annexes": _annexes(say, asked, view),
        "place": f"{head.place}, {say.day(agreed or at.date())}",
        "signers": _signers(session, say, parties[:2], acted, day),
        "words": {name: say(name) for name in _WORDS},
        "footer": f"{whose.name} · SKP {view.year} · {say('printed')} {say.moment(at)}",
    }
    wanted = Issue("plan", str(view.year), f"{view.segment}:{version(view, rules.form)}", origin, view.person_id)
    number = parties[0][1].line.number or str(view.person_id)
    return Printed(f"skp-{view.year}-{number}-{language}.pdf", issue(session, wanted, "plan", data))


def _parties(session: Session, view: PlanView, day: date) -> list[tuple[str, PersonView]]:
    above = superior_of(session, view.appraiser_id, day) if view.appraiser_id else None
    who: tuple[tuple[str, UUID | None], ...] = (
        ("person", view.person_id),
        ("appraiser", view.appraiser_id),
        ("superior", above),
    )
    return [(role, person(session, one, day)) for role, one in who if one is not None]


def _own(one: PersonView, acted: ActedAs | None) -> ActedAs | None:
    """What stands beside a party: that they acted for another. The one acted for is the appraiser, and did not."""
    return acted if acted is not None and acted.delegate_id == one.line.person_id else None


def _signers(
    session: Session, say: Say, parties: Sequence[tuple[str, PersonView]], acted: ActedAs | None, day: date
) -> list[dict[str, str]]:
    """Both parties; where somebody agreed for the appraiser, the one who did signs, in that post."""
    found = []
    for role, one in parties:
        by = acted if role == "appraiser" else None
        who = person(session, by.delegate_id, day) if by and by.delegate_id != one.line.person_id else one
        found.append(signer(say(role), who, by))
    return found


def _sections(say: Say, asked: AskedForm, view: PlanView) -> list[dict[str, Any]]:
    aspects = {aspect.code: say.label(aspect.label) for aspect in asked.form.aspects}
    return [
        {"title": say.label(section.label), "items": [_item(say, asked, item, aspects) for item in items]}
        for section in asked.form.sections
        if (items := [item for item in view.items if asked.section_of(item) == section])
    ]


def _item(say: Say, asked: AskedForm, item: ItemView, aspects: dict[str, str]) -> dict[str, Any]:
    return {
        "title": item.title,
        "above": item.parent_title or "",
        "expectation": item.expectation or "",
        "strategy": [one.content for one in asked.strategy_of(item)],
        "besides": besides(say, asked, item),
        "rows": [
            {
                "aspect": aspects.get(one.aspect, one.aspect),
                "indicator": one.indicator or "–",
                "target": amount(say, one.target, one.measure),
            }
            for one in asked.measures_of(item)
        ],
    }


def besides(say: Say, asked: AskedForm, item: ItemView) -> list[str]:
    """What the form asks of a result besides its aspects, a line for each column that says something."""
    held = [(column, item.detail.get(column.name)) for column in asked.form.columns]
    return [f"{say.label(column.label)}: {_value(say, column, value)}" for column, value in held if value is not None]


def _value(say: Say, column: Column, value: object) -> str:
    if isinstance(value, bool):
        return say("yes" if value else "no")
    if isinstance(value, int | float):
        exponent = Decimal(str(value)).normalize().as_tuple().exponent
        digits = max(-exponent, 0) if isinstance(exponent, int) else 0
        return f"{say.number(float(value), digits or None)} {column.unit}".strip()
    return say.label(column.labels[str(value)]) if str(value) in column.labels else str(value)


def _behaviours(say: Say, asked: AskedForm, view: PlanView) -> list[dict[str, Any]]:
    expected: defaultdict[str, list[str]] = defaultdict(list)
    for one in view.expectations:
        expected[one.code].append(one.content)
    return [
        {
            "title": say.label(one.label),
            "guides": [say.label(guide) for guide in one.guides],
            "label": say.label(asked.expectation.label) if asked.expectation else "",
            "expectation": " ".join(expected.get(one.code, [])),
        }
        for one in asked.behaviours
    ]


def _annexes(say: Say, asked: AskedForm, view: PlanView) -> list[dict[str, Any]]:
    """What the form asks for beside the results, in its order; an annex that is empty is left out."""
    return [
        {"title": say.label(annex.label), "lines": lines}
        for annex in asked.annexes
        if (lines := [one.content for one in view.annexes if one.code == annex.code])
    ]


def print_not_filed(
    session: Session, whose: AgencyView, year: int, people: Sequence[OpenPlan], language: Language, origin: str
) -> Printed:
    """The list of those whose plan is missing, not agreed or not whole, by unit and name."""
    say = Say(language, whose.time_zone, _WORDS)
    at = now().astimezone(ZoneInfo(whose.time_zone))
    rows = [
        {"unit": one.unit_name, "name": one.name, "state": say.label(_STATES.get(one.state, _STATES[None]))}
        for one in people
    ]
    head = letterhead_on(session, whose, at.date())
    data = {
        "agency": whose.name,
        "letterhead": head.under(whose.hosts),
        "language": language,
        "date": {"year": at.year, "month": at.month, "day": at.day},
        "title": say("not_filed"),
        "subtitle": f"{say('year')} {year}",
        "rows": rows,
        "place": f"{head.place}, {say.day(at.date())}",
        "words": {name: say(name) for name in _WORDS},
        "footer": f"{whose.name} · SKP {year} · {say('printed')} {say.moment(at)}",
    }
    made = issue(session, Issue("not_filed", str(year), at.date().isoformat(), origin), "not_filed", data)
    return Printed(f"belum-skp-{year}-{language}.pdf", made)
