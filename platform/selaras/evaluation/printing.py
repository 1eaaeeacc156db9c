"""One person's result as a document to print: who, when, every input and step with its article, and the outcome."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.clock import now
from selaras.documents.issuing import Issue, issue
from selaras.evaluation.acted import rated_as
from selaras.evaluation.printed_words import Language, Printed, Say
from selaras.evaluation.queries import PartView, ReceiptView
from selaras.evaluation.rules import OutcomeState
from selaras.evaluation.wording import organisation_word, outcome_word
from selaras.organisation.acting import ActedAs
from selaras.organisation.letterheads import letterhead_on
from selaras.organisation.queries import AppointmentLine, PersonView
from selaras.planning.models import PlanItem
from selaras.regulation import Label, ReceiptLine
from selaras.tenancy.letterheads import Letterhead
from selaras.tenancy.queries import AgencyView

_WORDS: Mapping[str, Label] = {
    "title": {"id": "Hasil Evaluasi Kinerja Pegawai", "en": "Result of performance evaluation"},
    "page": {"id": "Halaman", "en": "Page"},
    "verify": {"id": "Periksa keaslian dokumen ini:", "en": "Check this document:"},
    "step": {"id": "Langkah", "en": "Step"},
    "value": {"id": "Nilai", "en": "Value"},
    "basis": {"id": "Dasar", "en": "Basis"},
    "outcome": {"id": "Predikat", "en": "Predikat (outcome)"},
    "score": {"id": "Nilai akhir", "en": "Score"},
    "inputs": {"id": "Masukan", "en": "Inputs"},
    "items": {"id": "Penilaian setiap kegiatan", "en": "Each activity"},
    "combined": {"id": "Penggabungan bagian periode", "en": "How the parts of the period were combined"},
    "item": {"id": "Kegiatan", "en": "Activity"},
    "steps": {"id": "Bagaimana hasil ini diperoleh", "en": "How this result came about"},
    "parts": {"id": "Bagian periode", "en": "Parts of the period"},
    "part": {"id": "Bagian", "en": "Part"},
    "from_period": {"id": "dari periode", "en": "from period"},
    "rule": {"id": "Aturan yang dipakai", "en": "The rule that was used"},
    "fingerprint": {"id": "Sidik aturan (SHA-256):", "en": "Fingerprint of the rule (SHA-256):"},
    "edition": {"id": "edisi", "en": "edition"},
    "closing": {
        "id": "Dokumen ini dibuat oleh sistem dari hasil yang tersimpan; setiap angka mengikuti baris di atasnya, dan "
        "penetapannya tercatat dalam buku besar audit instansi.",
        "en": "This document was made by the system from the stored result; every figure follows from a line above, "
        "and the ledger of the agency records that it was set.",
    },
    "name": {"id": "Nama", "en": "Name"},
    "number": {"id": "NIP / NI PPPK", "en": "NIP / NI PPPK"},
    "post": {"id": "Jabatan", "en": "Post"},
    "unit": {"id": "Unit kerja", "en": "Unit"},
    "period": {"id": "Periode", "en": "Period"},
    "appraiser": {"id": "Pejabat penilai", "en": "Appraised by"},
    "organisation": {"id": "Predikat kinerja organisasi", "en": "Organisation's performance"},
    "set": {"id": "Ditetapkan", "en": "Set (ditetapkan)"},
    "delivered": {"id": "Disampaikan", "en": "Delivered (disampaikan)"},
    "objection": {"id": "Keberatan sampai", "en": "Objection until"},
    "to": {"id": "s.d.", "en": "to"},
    "printed": {"id": "dicetak", "en": "printed"},
    "revision": {"id": "Revisi", "en": "Revision"},
    "state": {"id": "Status saat dicetak", "en": "State when printed"},
}
_STATES: Mapping[str, Label] = {
    OutcomeState.SET: {"id": "ditetapkan, belum disampaikan", "en": "set, not yet delivered"},
    OutcomeState.DELIVERED: {"id": "disampaikan, menunggu jawaban", "en": "delivered, awaiting an answer"},
    OutcomeState.ACCEPTED: {"id": "diterima pegawai", "en": "accepted by the person"},
    OutcomeState.OBJECTED: {"id": "keberatan sedang diproses", "en": "objection under way"},
    OutcomeState.FINAL: {"id": "final", "en": "final"},
}


def print_receipt(
    session: Session, whose: AgencyView, person: PersonView, view: ReceiptView, language: Language, origin: str
) -> Printed:
    """The result of one person as a PDF, in one language. `person` as on the period's last day.

    `origin`: the agency's address, where whoever holds the paper checks it.
    """
    titles = _titles(session, (line.item for line in view.receipt.lines if line.item))
    acted = rated_as(session, view.outcome)
    head = letterhead_on(session, whose, now().astimezone(ZoneInfo(whose.time_zone)).date())
    data = receipt_document(whose, person, view, titles, language, acted, head)
    number = next((one.number for one in person.numbers), str(person.line.person_id))
    wanted = issue_of("receipt", view, origin)
    return Printed(f"hasil-{view.outcome.period_code}-{number}-{language}.pdf", issue(session, wanted, "receipt", data))


def issue_of(kind: str, view: ReceiptView, origin: str) -> Issue:
    """What a document about an outcome rests on: its revision."""
    outcome = view.outcome
    return Issue(kind, outcome.period_code, f"{outcome.segment}:{outcome.revision}", origin, outcome.person_id)


def receipt_document(
    whose: AgencyView,
    person: PersonView,
    view: ReceiptView,
    titles: Mapping[str, str],
    language: Language,
    acted: ActedAs | None = None,
    head: Letterhead | None = None,
) -> dict[str, Any]:
    """What the document says, as plain data for the template. `titles`: planned item → what was to be reached.

    `acted`: as what whoever appraised acted for another.
    """
    say = Say(language, whose.time_zone, _WORDS)
    outcome, rule = view.outcome, view.description
    at = now().astimezone(ZoneInfo(whose.time_zone))
    lines = [line for line in view.receipt.lines if line.item is None]
    return {
        "agency": whose.name,
        "letterhead": (head or Letterhead()).under(whose.hosts),
        "language": language,
        "date": {"year": at.year, "month": at.month, "day": at.day},
        "title": say("title"),
        "subtitle": f"{say.period(outcome.period_code)} · {say.span(outcome.starts, outcome.ends)}",
        "facts": _facts(say, person, view, acted),
        "outcome": outcome_word(rule, outcome.outcome).label[language],
        "score": "" if outcome.score is None else say.number(outcome.score, 2),
        "inputs": [say.line(line) for line in lines if line.part == "input"],
        "steps": [say.line(line) for line in lines if line.part == "step"],
        "items": _items(say, view.receipt.lines, {**titles, **_part_titles(say, view.parts)}),
        "parts": [_part(say, part) for part in view.parts],
        "rule": f"{rule['title'][language]}; {'; '.join(rule['legal_basis'])}; {say('edition')} {outcome.edition}",
        "hash": outcome.rule_hash,
        "words": {name: say(name) for name in _WORDS} | ({"items": say("combined")} if view.parts else {}),
        "footer": f"{whose.name} · {say.period(outcome.period_code)} · {say('printed')} {say.moment(at)}",
    }


def _facts(say: Say, person: PersonView, view: ReceiptView, acted: ActedAs | None) -> list[dict[str, str]]:
    outcome = view.outcome
    held = _post(person.appointments, outcome.ends)
    organisation = organisation_word(view.description, outcome.organisation_rating)
    number = next((one.number for one in person.numbers if one.until is None or one.until > outcome.ends), "–")
    facts = {
        "name": person.line.name,
        "number": number,
        "post": held.position_title if held else "",
        "unit": outcome.unit_name,
        "period": f"{say.day(outcome.starts)} {say('to')} {say.day(outcome.ends)}",
        "appraiser": " · ".join(filter(None, (outcome.appraiser_name, acted.printed if acted else ""))),
        "organisation": say.label(organisation.label) if organisation else "",
        "set": say.moment(outcome.set_at) if outcome.set_at else "",
        "delivered": say.moment(outcome.delivered_at) if outcome.delivered_at else "",
        "objection": say.day(outcome.objection_until) if outcome.objection_until else "",
        "state": say.label(_STATES[outcome.state]) if outcome.state in _STATES else "",
        "revision": str(outcome.revision) if outcome.revision > 1 else "",
    }
    return [{"label": say(name), "value": value} for name, value in facts.items() if value]


def _post(held: Sequence[AppointmentLine], day: date) -> AppointmentLine | None:
    """The post on a day; the definitive one where there are several."""
    on = [one for one in held if (one.since is None or one.since <= day) and (one.until is None or one.until > day)]
    return min(on, key=lambda one: one.kind != "definitive", default=None)


def _items(say: Say, lines: Iterable[ReceiptLine], titles: Mapping[str, str]) -> list[dict[str, Any]]:
    found: dict[str, list[dict[str, str]]] = {}
    for line in lines:
        if line.item is not None and not line.left_empty:
            found.setdefault(line.item, []).append(say.line(line))
    return [
        {"title": f"{number}. {titles.get(item) or say('item')}", "lines": rows}
        for number, (item, rows) in enumerate(found.items(), 1)
    ]


def _part_titles(say: Say, parts: Sequence[PartView]) -> dict[str, str]:
    """What the items of a combined result are called: they are its parts, by number."""
    return {str(part.number): f"{say('part')} {part.number}" for part in parts}


def _part(say: Say, part: PartView) -> dict[str, Any]:
    """One segment: its days, where and under whom, what it came to and how."""
    word = outcome_word(part.description, part.outcome)
    score = "" if part.score is None else say.number(part.score, 2)
    came_to = " · ".join(filter(None, (say.label(word.label), score)))
    source = f"{say('from_period')} {say.period(part.source_period)}" if part.source_period else ""
    about = (part.unit_name, part.appraiser_name, part.description["title"][say.language], source)
    lines = [line for line in part.receipt.lines if not line.left_empty] if part.receipt else []
    return {
        "title": f"{say('part')} {part.number}: {say.day(part.starts)} {say('to')} {say.day(part.ends)} — {came_to}",
        "about": " · ".join(filter(None, about)),
        "lines": [say.line(line) for line in lines],
    }


def _titles(session: Session, items: Iterable[str]) -> dict[str, str]:
    """What each planned item was to reach; one that is no plan's item has no title."""
    ids = {UUID(item) for item in items if len(item) == 36 and item.count("-") == 4}
    rows = session.execute(select(PlanItem.id, PlanItem.title).where(PlanItem.id.in_(ids))) if ids else ()
    return {str(row.id): row.title for row in rows}
