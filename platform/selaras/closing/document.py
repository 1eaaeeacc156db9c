"""The Format Penetapan Predikat Kinerja of a close, as a PDF kept with the agency's files."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from selaras.calendar.days import zone_label
from selaras.clock import now
from selaras.closing.models import Close
from selaras.db.session import tenant_of
from selaras.documents.pdf import render
from selaras.evaluation.distribution import CheckView
from selaras.evaluation.queries import PeriodView
from selaras.files.service import keep
from selaras.files.store import FileStore
from selaras.identity.actor import Actor
from selaras.regulation import Rules
from selaras.tenancy.queries import AgencyView, agency

PURPOSE = "determination"

_WORDS = {
    "unit": "Unit organisasi",
    "none": "Peraturan ini tidak mengatur predikat organisasi maupun pola distribusi, sehingga tidak ada unit "
    "yang diuji. Hasil setiap pegawai tercatat pada sistem.",
    "rating": "Predikat organisasi",
    "people": "Jumlah",
    "check": "Pola distribusi",
    "overrides": "Penetapan di luar pola distribusi, dengan alasan tertulis pejabat yang berwenang",
}


def write_determination(
    session: Session,
    store: FileStore,
    actor: Actor,
    close: Close,
    period: PeriodView,
    rules: Rules,
    found: list[CheckView],
) -> UUID:
    """Make the document and keep it; returns the stored file's id. It is written in Indonesian, as the law asks."""
    whose = agency(session, tenant_of(session))
    data = render("penetapan", determination(whose, period, rules, found))
    name = f"penetapan-predikat-{period.code}.pdf"
    return keep(session, store, actor, name, "application/pdf", data, PURPOSE, close.id)


def determination(whose: AgencyView, period: PeriodView, rules: Rules, found: list[CheckView]) -> dict[str, object]:
    """What the document says, as plain data for the template."""
    ratings = {level.code: level.label["id"] for level in rules.organisation_levels}
    at = now().astimezone(ZoneInfo(whose.time_zone))
    return {
        "agency": whose.name,
        "date": {"year": at.year, "month": at.month, "day": at.day},
        "title": "Format Penetapan Predikat Kinerja Pegawai",
        "subtitle": f"Periode {period.code} ({period.starts:%d-%m-%Y} s.d. {period.ends:%d-%m-%Y})",
        "facts": [
            {"label": "Dasar", "value": "; ".join(rules.legal_basis)},
            {"label": "Aturan", "value": f"{rules.code}, edisi {rules.edition}, sidik {rules.hash[:16]}"},
            {"label": "Ditetapkan", "value": f"{at:%d-%m-%Y %H.%M} {zone_label(whose.time_zone)}"},
        ],
        "outcomes": [level.label["id"] for level in rules.outcomes],
        "units": [
            {
                "name": check.unit_name,
                "rating": ratings.get(check.organisation_rating or "", "–"),
                "counts": [str(check.counts.get(level.code, 0)) for level in rules.outcomes],
                "people": str(sum(check.counts.values())),
                "check": _verdict(check),
            }
            for check in found
        ],
        "overrides": [
            {"unit": check.unit_name, "violations": ", ".join(check.violations), "reason": check.override_reason}
            for check in found
            if check.override_reason
        ],
        "words": _WORDS,
        "closing": "Dokumen ini dibuat oleh sistem dari hasil penutupan periode; sidik aturan dan sidik seluruh hasil "
        "tercatat dalam buku besar audit instansi.",
        "footer": f"{whose.name} · {period.code}",
    }


def _verdict(check: CheckView) -> str:
    if not check.demanded:
        return "tidak diatur"
    if check.valid:
        return "unit kecil, tidak diuji" if check.exempt else "sesuai"
    return "di luar pola, dengan alasan" if check.override_reason else "di luar pola"
