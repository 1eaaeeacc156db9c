"""The Format Penetapan Predikat Kinerja of a close: a PDF, and a table of all units as its annex."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from selaras.channels.composing import home_of
from selaras.clock import now
from selaras.closing.models import Close
from selaras.config import settings
from selaras.db.session import tenant_of
from selaras.documents.issuing import Issue, issue
from selaras.documents.pdf import render
from selaras.documents.sheet import MEDIA_TYPE as SHEET
from selaras.documents.sheet import sheet
from selaras.evaluation.distribution import CheckView
from selaras.evaluation.printed_words import Say
from selaras.evaluation.queries import PeriodView
from selaras.evaluation.wording import limit_label
from selaras.files.service import keep
from selaras.files.store import FileStore
from selaras.identity.actor import Actor
from selaras.organisation.letterheads import letterhead_on
from selaras.regulation import Rules
from selaras.tenancy.letterheads import Letterhead
from selaras.tenancy.queries import AgencyView, agency

PURPOSE = "determination"
# Up to this many units stand in the PDF itself (some twelve pages); nobody reads a longer table on paper.
LISTED = 300

_WORDS = {
    "unit": "Unit organisasi",
    "none": "Peraturan ini tidak mengatur predikat organisasi maupun pola distribusi, sehingga tidak ada unit "
    "yang diuji. Hasil setiap pegawai tercatat pada sistem.",
    "rating": "Predikat organisasi",
    "people": "Jumlah",
    "check": "Pola distribusi",
    "totals": "Rekapitulasi menurut predikat organisasi",
    "units": "Unit",
    "outside": "Unit di luar pola distribusi",
    "verify": "Periksa keaslian dokumen ini:",
    "overrides": "Penetapan di luar pola distribusi, dengan alasan tertulis pejabat yang berwenang",
}


@dataclass(frozen=True)
class Annex:
    """The table that the document refers to: its file name, the hash of its bytes, how many units it lists."""

    name: str
    sha256: str
    units: int


def write_determination(
    session: Session,
    store: FileStore,
    actor: Actor,
    close: Close,
    period: PeriodView,
    rules: Rules,
    found: list[CheckView],
) -> None:
    """Make the document (and its annex) and keep it with the close. It is written in Indonesian, as the law asks."""
    whose = agency(session, tenant_of(session))
    name = f"penetapan-predikat-{period.code}"
    annex = None
    if found:
        table = sheet(f"Lampiran penetapan {period.code}", _columns(rules), _table(rules, found), now())
        annex = Annex(f"{name}-lampiran.xlsx", sha256(table).hexdigest(), len(found))
        close.annex_id = keep(session, store, actor, annex.name, SHEET, table, PURPOSE, close.id)
    head = letterhead_on(session, whose, now().astimezone(ZoneInfo(whose.time_zone)).date())
    data = _printed(session, close, period.code, determination(whose, head, period, rules, found, annex))
    close.document_id = keep(session, store, actor, f"{name}.pdf", "application/pdf", data, PURPOSE, close.id)


def _printed(session: Session, close: Close, code: str, said: dict[str, object]) -> bytes:
    """With a code that anybody can check at the agency's own address; an agency without a host has no such address."""
    origin = home_of(session, tenant_of(session), settings())
    if origin is None:
        return render("penetapan", said)
    return issue(session, Issue("determination", code, str(close.batch_id), origin), "penetapan", said)


def determination(
    whose: AgencyView,
    head: Letterhead,
    period: PeriodView,
    rules: Rules,
    found: list[CheckView],
    annex: Annex | None = None,
) -> dict[str, object]:
    """What the document says, as plain data for the template. Of many units it lists those out of line alone."""
    say = Say("id", whose.time_zone, {})
    at, short = now().astimezone(ZoneInfo(whose.time_zone)), len(found) > LISTED
    return {
        "agency": whose.name,
        "letterhead": head.under(whose.hosts),
        "date": {"year": at.year, "month": at.month, "day": at.day},
        "title": "Format Penetapan Predikat Kinerja Pegawai",
        "subtitle": f"{say.period(period.code)} ({say.day(period.starts)} s.d. {say.day(period.ends)})",
        "facts": _facts(head.place, rules, say.moment(at)),
        "outcomes": [level.label["id"] for level in rules.outcomes],
        "totals": _totals(rules, found),
        "units": [
            {
                "name": check.unit_name,
                "rating": _rating(rules, check.organisation_rating),
                "counts": [str(check.counts.get(level.code, 0)) for level in rules.outcomes],
                "people": str(sum(check.counts.values())),
                "check": _verdict(check),
            }
            for check in found
            if not short or not check.valid
        ],
        "short": short,
        "annex": f"Daftar lengkap {annex.units} unit adalah lampiran dokumen ini: berkas {annex.name}, SHA-256 "
        f"{annex.sha256}."
        if annex
        else None,
        "overrides": [
            {"unit": check.unit_name, "violations": _broken(rules, check), "reason": check.override_reason}
            for check in found
            if check.override_reason
        ],
        "words": _WORDS,
        "closing": "Dokumen ini dibuat oleh sistem dari hasil penutupan periode; sidik aturan dan sidik seluruh hasil "
        "tercatat dalam buku besar audit instansi.",
        "footer": f"{whose.name} · {say.period(period.code)}",
    }


def _facts(place: str, rules: Rules, at: str) -> list[dict[str, str]]:
    return [
        {"label": "Dasar", "value": "; ".join(rules.legal_basis)},
        {"label": "Aturan", "value": f"{rules.title['id']}, edisi {rules.edition}, sidik {rules.hash[:16]}"},
        {"label": "Ditetapkan", "value": f"{place}, {at}"},
    ]


def _rating(rules: Rules, code: str | None) -> str:
    return next((level.label["id"] for level in rules.organisation_levels if level.code == code), "–")


def _totals(rules: Rules, found: list[CheckView]) -> list[dict[str, object]]:
    """Per organisation rating, from the best: how many units, and how many of their people got which outcome."""
    rows: list[dict[str, object]] = []
    for rating in [*(level.code for level in rules.organisation_levels), None]:
        those = [one for one in found if one.organisation_rating == rating and one.pooled_into is None]
        counts = [sum(check.counts.get(level.code, 0) for check in those) for level in rules.outcomes]
        if those:
            told = {"counts": [str(count) for count in counts], "people": str(sum(counts))}
            rows.append({"name": _rating(rules, rating), "units": str(len(those)), **told})
    return rows


def _columns(rules: Rules) -> list[tuple[str, int]]:
    outcomes = [(level.label["id"], 16) for level in rules.outcomes]
    return [(_WORDS["unit"], 48), (_WORDS["rating"], 20), *outcomes, (_WORDS["people"], 10), (_WORDS["check"], 28)]


def _table(rules: Rules, found: list[CheckView]) -> Iterator[tuple[str | int, ...]]:
    for check in found:
        counts = [check.counts.get(level.code, 0) for level in rules.outcomes]
        rating = _rating(rules, check.organisation_rating)
        yield check.unit_name, rating, *counts, sum(counts), _verdict(check)


def _broken(rules: Rules, check: CheckView) -> str:
    """The demands that the unit does not keep, in the rule's words."""
    rule = rules.describe()
    said = (limit_label(rule, check.organisation_rating, code)["id"] for code in check.violations)
    return "; ".join(one.replace(" %", "%") for one in said)


def _verdict(check: CheckView) -> str:
    if check.pooled_into:
        return "dinilai bersama unit di atasnya"
    if not check.demanded:
        return "tidak diatur"
    if check.valid:
        return "unit kecil, tidak diuji" if check.exempt else "sesuai"
    return "di luar pola, dengan alasan" if check.override_reason else "di luar pola"
