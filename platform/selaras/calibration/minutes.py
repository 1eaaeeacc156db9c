"""The minutes of a locked meeting (berita acara): who was there, what moved and why, what was noted. In Indonesian."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.calibration.ending import signed_by
from selaras.calibration.gate import WarningView, refuse_unanswered, warnings
from selaras.calibration.models import CalibrationCase
from selaras.calibration.queries import EventView, MeetingView, events, meeting, seats
from selaras.calibration.room import enter
from selaras.calibration.rules import Kind, SeatRole
from selaras.clock import now
from selaras.db.session import tenant_of
from selaras.documents.pdf import render
from selaras.errors import Conflict
from selaras.evaluation.printed_words import Say
from selaras.files.service import keep
from selaras.files.store import FileStore
from selaras.identity.actor import Actor
from selaras.organisation.letterheads import letterhead_on
from selaras.organisation.models import Unit
from selaras.organisation.queries import names_of
from selaras.regulation import Rules
from selaras.tenancy.letterheads import Letterhead
from selaras.tenancy.queries import AgencyView, agency

PURPOSE = "calibration_minutes"

ROLES = {
    SeatRole.CHAIR: "Ketua",
    SeatRole.MEMBER: "Anggota",
    SeatRole.FACILITATOR: "Fasilitator",
    SeatRole.NOTE_TAKER: "Notulis",
}
REASONS = {
    "evidence_new": "bukti dukung baru",
    "evidence_missing": "bukti dukung tidak ada",
    "measured_wrongly": "pengukuran keliru",
    "comparable_higher": "rekan setara lebih tinggi",
    "comparable_lower": "rekan setara lebih rendah",
    "scope_of_work": "lingkup penugasan",
    "behaviour": "perilaku kerja",
    "distribution": "pola distribusi",
    "other": "lainnya",
}
_HOW = {Kind.AGREED: "musyawarah", Kind.DECIDED: "keputusan ketua"}


@dataclass(frozen=True)
class Told:
    """What the minutes are made of."""

    meeting: MeetingView
    events: list[EventView]
    seats: Mapping[UUID, SeatRole]
    names: Mapping[UUID, str]
    units: Mapping[UUID, str]
    signed: frozenset[UUID]
    warnings: list[WarningView]


def draft_minutes(session: Session, actor: Actor, store: FileStore, meeting_id: UUID, rules: Rules) -> UUID:
    """Draft the minutes of a locked meeting as a PDF and keep it; again until the first has signed."""
    room = enter(session, actor, meeting_id, states=("locked",))
    if room.role is SeatRole.MEMBER:
        room.require_lead()
    if signed_by(session, meeting_id):
        raise Conflict("calibration_minutes_signed", "Somebody has signed the minutes; they stay as they are.")
    refuse_unanswered(session, meeting_id)
    whose = agency(session, tenant_of(session))
    told = _told(session, actor, meeting_id)
    head = letterhead_on(session, whose, now().astimezone(ZoneInfo(whose.time_zone)).date())
    data = render("minutes", minutes(whose, head, told, rules))
    name = f"berita-acara-kalibrasi-{told.meeting.period_code}.pdf"
    kept = keep(session, store, actor, name, "application/pdf", data, PURPOSE, meeting_id)
    room.meeting.minutes_id = kept
    record(session, actor, "calibration.minutes", f"calibration:{meeting_id}", {"file": kept})
    return kept


def _told(session: Session, actor: Actor, meeting_id: UUID) -> Told:
    happened, sitting = events(session, meeting_id), seats(session, meeting_id)
    people = {one.person_id for one in happened if one.person_id} | set(sitting)
    found = session.execute(
        select(CalibrationCase.person_id, Unit.name)
        .join(Unit, Unit.id == CalibrationCase.unit_id)
        .where(CalibrationCase.meeting_id == meeting_id, CalibrationCase.person_id.in_(people))
    )
    return Told(
        meeting(session, actor, meeting_id),
        happened,
        sitting,
        names_of(session, people),
        {person: unit for person, unit in found},
        signed_by(session, meeting_id),
        warnings(session, meeting_id),
    )


def minutes(whose: AgencyView, head: Letterhead, told: Told, rules: Rules) -> dict[str, Any]:
    """What the document says, as plain data for the template."""
    say = Say("id", whose.time_zone, {})
    at, one = now().astimezone(ZoneInfo(whose.time_zone)), told.meeting
    assert one.opened_at is not None
    assert one.locked_at is not None
    effect = "memutuskan" if one.effect == "decides" else "memberi rekomendasi kepada Pejabat Penilai Kinerja"
    return {
        "agency": whose.name,
        "letterhead": head.under(whose.hosts),
        "date": {"year": at.year, "month": at.month, "day": at.day},
        "title": "Berita Acara Rapat Kalibrasi",
        "subtitle": f"{one.name} · {say.period(one.period_code)}",
        "facts": [
            {"label": "Dibuka", "value": say.moment(one.opened_at)},
            {"label": "Dikunci", "value": say.moment(one.locked_at)},
            {"label": "Pegawai yang dibahas", "value": str(one.people)},
            {"label": "Akibat rapat", "value": effect},
            {"label": "Kuorum", "value": f"{one.quorum_percent}% dari ketua dan anggota"},
            {"label": "Aturan", "value": f"{rules.title['id']}, edisi {rules.edition}, sidik {rules.hash[:16]}"},
        ],
        "tables": [_present(told), _moved(told, rules), _kept(told, rules), _questions(told), _notes(told)],
        "closing": "Setiap perkataan dan keputusan rapat tercatat berurutan dalam buku besar audit instansi dan dapat "
        "diputar ulang dari sana. Tanda tangan dibubuhkan melalui sistem atas sidik dokumen ini.",
        "footer": f"{whose.name} · {say.period(one.period_code)}",
    }


def _present(told: Told) -> dict[str, Any]:
    came = {one.by_id for one in told.events if one.kind is Kind.JOINED}
    order = list(ROLES)
    rows = [
        [told.names[person], ROLES[role], "hadir" if person in came else "tidak hadir", str(_ties(told, person))]
        for person, role in sorted(told.seats.items(), key=lambda pair: (order.index(pair[1]), told.names[pair[0]]))
    ]
    heads = ["Nama", "Sebagai", "Kehadiran", "Kepentingan yang dinyatakan"]
    return _table("Peserta", heads, [3, 1.2, 1.2, 1.4], rows)


def _ties(told: Told, person: UUID) -> int:
    return sum(one.kind is Kind.INTEREST and one.by_id == person for one in told.events)


def _moved(told: Told, rules: Rules) -> dict[str, Any]:
    proposals = {one.number: one for one in told.events if one.kind is Kind.PROPOSED}
    rows = [
        [
            *_who(told, one),
            f"{_label(rules, one.from_outcome)} → {_label(rules, one.to_outcome)}",
            _HOW[one.kind],
            _why(one.reason_code, proposals[one.answers or 0].text, one.text),
        ]
        for one in told.events
        if one.kind in _HOW
    ]
    heads = ["Pegawai", "Unit", "Perubahan", "Cara", "Alasan"]
    return _table("Perubahan yang disepakati atau diputuskan", heads, [2, 2, 1.6, 1.2, 3.2], rows)


def _kept(told: Told, rules: Rules) -> dict[str, Any]:
    proposals = {one.number: one for one in told.events if one.kind is Kind.PROPOSED}
    rows = [
        [*_who(told, one), _label(rules, proposals[one.answers or 0].to_outcome), one.text or ""]
        for one in told.events
        if one.kind is Kind.REJECTED
    ]
    return _table("Usul yang tidak diterima ketua", ["Pegawai", "Unit", "Usul", "Alasan ketua"], [2, 2, 1.4, 3.6], rows)


def _questions(told: Told) -> dict[str, Any]:
    rows = [[one.words["id"], one.answer or ""] for one in told.warnings]
    return _table("Pertanyaan tentang keadilan dan jawaban ketua", ["Pertanyaan", "Jawaban ketua"], [5, 4], rows)


def _notes(told: Told) -> dict[str, Any]:
    rows = [
        [told.names[one.by_id] if one.by_id else "–", _who(told, one)[0], one.text or ""]
        for one in told.events
        if one.kind is Kind.NOTED
    ]
    return _table("Catatan", ["Oleh", "Tentang", "Catatan"], [2, 2, 5], rows)


def _table(title: str, heads: list[str], widths: list[float], rows: Iterable[list[str]]) -> dict[str, Any]:
    return {"title": title, "heads": heads, "widths": widths, "rows": list(rows), "none": "Tidak ada."}


def _who(told: Told, one: EventView) -> list[str]:
    if one.person_id is None:
        return ["rapat", ""]
    return [told.names[one.person_id], told.units.get(one.person_id, "–")]


def _why(code: str | None, proposed: str | None, decided: str | None) -> str:
    said = f"{REASONS.get(code or '', '–')}: {proposed or ''}"
    return f"{said} — ketua: {decided}" if decided else said


def _label(rules: Rules, code: str | None) -> str:
    return next((level.label["id"] for level in rules.outcomes if level.code == code), code or "–")
