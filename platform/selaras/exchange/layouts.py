"""The columns of every kind of file that can be imported."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

ValueType = Literal["text", "code", "number", "integer", "date", "person_number"]


class Kind(StrEnum):
    """What a file holds."""

    UNITS = "units"
    PEOPLE = "people"
    SUPERIORS = "superiors"
    GOALS = "goals"
    ASSIGNMENTS = "assignments"
    PLANS = "plans"
    PLAN_TEXTS = "plan_texts"
    MATRIX = "matrix"
    PROGRESS = "progress"
    DAILY_LOG = "daily_log"
    FEEDBACK = "feedback"
    TEAM_INPUTS = "team_inputs"
    ORGANISATION_RATINGS = "organisation_ratings"
    RATINGS = "ratings"
    HISTORY = "history"
    POTENTIAL = "potential"
    ACCOUNTS = "accounts"
    CLOSED_DAYS = "closed_days"


@dataclass(frozen=True)
class Column:
    """One column: its header in the file, our name for it, and what it may hold.

    `present`: the header must be there; `filled`: every row needs a value. `codes` maps the words of the file (in lower
    case) to ours. `low`/`high` bound an integer, both included. `longest` in characters.
    """

    header: str
    name: str
    type: ValueType = "text"
    present: bool = True
    filled: bool = True
    codes: Mapping[str, str] = field(default_factory=dict)
    low: int | None = None
    high: int | None = None
    longest: int = 500


def folded(header: str) -> str:
    """A header without case, blanks and punctuation, so that `NamaUnor` and `NAMA UNOR` are one."""
    return re.sub(r"[^A-Z0-9]", "", header.upper())


DECLARED = "declared:"
"""Begins the name of a column that only a regulation can know."""


def with_declared(columns: tuple[Column, ...], headers: Iterable[str]) -> tuple[Column, ...]:
    """The columns, and one of text for every other header: what they may hold is the regulation's to say."""
    known = {folded(column.header) for column in columns}
    others = {folded(header): header for header in headers if folded(header) and folded(header) not in known}
    return (
        *columns,
        *(Column(header, DECLARED + name, present=False, filled=False) for name, header in others.items()),
    )


def _optional(
    header: str, name: str, type_: ValueType = "text", *, present: bool = False, longest: int = 500
) -> Column:
    return Column(header, name, type_, present=present, filled=False, longest=longest)


def _year(header: str = "TAHUN") -> Column:
    return Column(header, "year", "integer", low=2000, high=2100)


_PERSON = Column("NIP", "number", "person_number")
_LONG = 4_000
LONGEST_STEPS = 60_000
ORIGINS = MappingProxyType({"unit sendiri": "own_unit", "unit lain": "other_unit", "instansi lain": "other_agency"})
ASPECTS = MappingProxyType({"kuantitas": "quantity", "kualitas": "quality", "waktu": "time", "biaya": "cost"})

DOCUMENTS = MappingProxyType(
    {"rpjmd": "rpjmd", "renstra": "renstra", "perjanjian kinerja": "perjanjian_kinerja", "pk": "perjanjian_kinerja"}
)
CLOSED = MappingProxyType({"libur nasional": "national", "cuti bersama": "joint_leave", "libur daerah": "local"})

LAYOUTS: Mapping[Kind, tuple[Column, ...]] = MappingProxyType(
    {
        Kind.UNITS: (
            Column("Id", "source_id"),
            _optional("InstansiId", "agency_id"),
            _optional("DiatasanId", "parent_source_id", present=True),
            _optional("EselonId", "echelon"),
            Column("NamaUnor", "name"),
            _optional("NamaJabatan", "head_title"),
            _optional("PemimpinPnsId", "leader_source_id", present=True),
            _optional("JenisUnorId", "kind"),
        ),
        Kind.PEOPLE: (
            Column("PNS ID", "source_id"),
            Column("NIP BARU", "number", "text"),
            Column("NAMA", "bare_name"),
            _optional("GELAR DEPAN", "title_before"),
            _optional("GELAR BELAKANG", "title_after"),
            _optional("TANGGAL LAHIR", "birth_date", "date", present=True),
            Column(
                "JENIS KELAMIN",
                "sex",
                "code",
                filled=False,
                codes={
                    "m": "M",
                    "f": "F",
                    "l": "M",
                    "p": "F",
                    "laki-laki": "M",
                    "perempuan": "F",
                    "pria": "M",
                    "wanita": "F",
                },
            ),
            _optional("JENIS PEGAWAI NAMA", "employment_name"),
            _optional("KEDUDUKAN HUKUM ID", "legal_status"),
            _optional("STATUS CPNS PNS", "probation"),
            _optional("TMT CPNS", "appointed_on", "date"),
            _optional("TMT PNS", "confirmed_on", "date"),
            _optional("GOL AKHIR ID", "rank_id"),
            _optional("GOL AKHIR NAMA", "rank_name"),
            _optional("TMT GOLONGAN", "ranked_on", "date"),
            Column("JENIS JABATAN ID", "post_type"),
            Column("JABATAN NAMA", "title"),
            _optional("TMT JABATAN", "posted_on", "date", present=True),
            Column("UNOR ID", "unit_source_id"),
            _optional("ESELON ID", "echelon"),
            Column("KELAS JABATAN", "job_class", "integer", present=False, filled=False, low=1, high=30),
        ),
        Kind.SUPERIORS: (
            _PERSON,
            Column("NIP PENILAI", "superior_number", "person_number", filled=False),
            _optional("BERLAKU MULAI", "since", "date", present=True),
        ),
        Kind.GOALS: (
            Column("KODE", "code", longest=100),
            Column("UNOR ID", "unit_source_id"),
            _year(),
            Column("SASARAN", "title", longest=_LONG),
            Column("INDIKATOR", "indicator", longest=_LONG),
            _optional("TARGET", "target", "number", present=True),
            _optional("SATUAN", "measure", present=True),
            _optional("KODE INDUK", "parent_code", present=True, longest=100),
            Column("DOKUMEN", "document", "code", present=False, filled=False, codes=DOCUMENTS),
        ),
        Kind.PLANS: (
            _PERSON,
            _year(),
            Column("KODE RHK", "code", longest=100),
            Column("JENIS", "kind", "code", codes={"utama": "main", "tambahan": "additional"}),
            Column("RENCANA HASIL KERJA", "title", longest=_LONG),
            Column("NIP PIMPINAN", "parent_number", "person_number", filled=False),
            _optional("KODE RHK PIMPINAN", "parent_code", present=True, longest=100),
            _optional("KODE SASARAN", "goal_code", present=True, longest=100),
            Column("ASPEK", "aspect", "code", filled=False, codes=ASPECTS),
            _optional("INDIKATOR", "indicator", present=True, longest=_LONG),
            _optional("TARGET", "target", "number", present=True),
            _optional("SATUAN", "measure", present=True),
            _optional("MANUAL INDIKATOR", "manual", longest=_LONG),
            _optional("MODEL", "model"),
            _optional("FORMULIR", "variant"),
            _optional("TANGGAL PENETAPAN", "agreed_on", "date"),
            _optional("BAGIAN", "section"),
            _optional("PERSPEKTIF", "perspective"),
            _optional("EKSPEKTASI PIMPINAN", "expectation", longest=_LONG),
            Column("ASAL PENUGASAN", "origin", "code", present=False, filled=False, codes=ORIGINS),
            _optional("KODE PENUGASAN", "assignment_code", longest=100),
            _optional("MULAI", "starts", "date"),
            _optional("SELESAI", "ends", "date"),
        ),
        Kind.PLAN_TEXTS: (
            _PERSON,
            _year(),
            _optional("MULAI", "starts", "date"),
            Column(
                "JENIS",
                "part",
                "code",
                codes={"lampiran": "annex", "ekspektasi": "expectation", "strategi": "strategy"},
            ),
            Column("KODE", "term"),
            _optional("KODE RHK", "code", present=True, longest=100),
            Column("ISI", "content", longest=_LONG),
        ),
        Kind.MATRIX: (
            Column("NIP PIMPINAN", "leader_number", "person_number"),
            _year(),
            _optional("MULAI", "starts", "date"),
            Column("KODE RHK", "code", longest=100),
            _PERSON,
            Column("JENIS", "kind", "code", codes={"langsung": "direct", "tidak langsung": "supporting"}),
            _optional("PORSI", "share", "number", present=True),
            _optional("KELUARAN", "output", present=True, longest=_LONG),
        ),
        Kind.ASSIGNMENTS: (
            Column("KODE PENUGASAN", "code", longest=100),
            _PERSON,
            Column("PERAN", "role", "code", codes={"ketua": "leader", "anggota": "member"}),
            Column("NIP KETUA", "leader_number", "person_number", filled=False),
            _optional("NAMA KETUA", "leader_name"),
            Column("ASAL PENUGASAN", "origin", "code", codes=ORIGINS),
            _optional("UNOR ID", "unit_source_id", present=True),
            _optional("INSTANSI", "agency_name"),
            Column("TUGAS", "task", longest=_LONG),
            Column("DASAR", "basis"),
            Column("MULAI", "starts", "date"),
            _optional("SELESAI", "ends", "date", present=True),
            _optional("HASIL", "result", longest=_LONG),
        ),
        Kind.TEAM_INPUTS: (
            Column("KODE PENUGASAN", "code", longest=100),
            _PERSON,
            Column("PERIODE", "period"),
            Column("NIP KETUA", "giver_number", "person_number"),
            Column("TANGGAL", "on_day", "date"),
            Column("ISI", "content", longest=_LONG),
        ),
        Kind.PROGRESS: (
            _PERSON,
            _year(),
            Column("KODE RHK", "code", longest=100),
            Column("ASPEK", "aspect", "code", codes=ASPECTS),
            Column("TANGGAL", "on_day", "date"),
            Column("REALISASI", "actual", "number"),
            _optional("KETERANGAN", "note", present=True, longest=_LONG),
            _optional("BUKTI DUKUNG", "evidence", present=True, longest=_LONG),
        ),
        Kind.DAILY_LOG: (
            Column("NIP", "number", "person_number", present=False, filled=False),
            Column("Rencana Aksi", "action"),
            Column("Tanggal", "on_day", "date"),
            Column("Jam Mulai", "starts", longest=8),
            Column("Jam Selesai", "ends", longest=8),
            Column("Kegiatan Harian", "content", longest=2_000),
            _optional("Realisasi", "amount", "number"),
            _optional("Satuan", "measure", longest=50),
            _optional("Bukti Dukung", "url", longest=1_000),
        ),
        Kind.FEEDBACK: (
            _PERSON,
            Column("NIP PEMBERI", "giver_number", "person_number"),
            Column(
                "HUBUNGAN", "relation", "code", codes={"atasan": "superior", "rekan": "peer", "bawahan": "subordinate"}
            ),
            _optional("KODE RHK", "code", present=True, longest=100),
            _optional("NILAI PERILAKU", "behaviour", present=True),
            Column("TANGGAL", "on_day", "date"),
            Column("ISI", "content", longest=_LONG),
        ),
        Kind.POTENTIAL: (
            _PERSON,
            Column("POTENSIAL", "level"),
            Column("SUMBER", "source"),
            Column("BERLAKU MULAI", "since", "date"),
        ),
        Kind.ACCOUNTS: (
            Column("NAMA PENGGUNA", "subject", longest=250),
            Column("NAMA", "name", longest=250),
            _optional("EMAIL", "email", longest=250),
            _optional("PERAN", "roles"),
            Column(
                "STATUS",
                "state",
                "code",
                present=False,
                filled=False,
                codes={"aktif": "open", "nonaktif": "closed", "ditutup": "closed"},
            ),
        ),
        Kind.CLOSED_DAYS: (
            Column("TANGGAL", "day", "date"),
            Column("JENIS", "kind", "code", codes=CLOSED),
            Column("NAMA", "name", longest=200),
            Column("DASAR", "source", longest=200),
        ),
        Kind.ORGANISATION_RATINGS: (
            Column("UNOR ID", "unit_source_id"),
            Column("PERIODE", "period"),
            Column("PREDIKAT", "rating"),
            Column("NIP PENETAP", "setter_number", "person_number", filled=False),
        ),
        Kind.RATINGS: (
            _PERSON,
            Column("PERIODE", "period"),
            Column("SEGMEN", "segment", "integer", present=False, filled=False, low=1, high=366),
        ),
        Kind.HISTORY: (
            _PERSON,
            Column("PERIODE", "period"),
            Column("BAGIAN", "segment", "integer", present=False, filled=False, low=0, high=366),
            Column("REGULASI", "regulation", longest=60),
            Column("PREDIKAT", "outcome", longest=100),
            _optional("NILAI", "score", "number"),
            _optional("PEJABAT PENILAI", "appraiser_name", present=True),
            Column("NIP PENILAI", "appraiser_number", "person_number", present=False, filled=False),
            _optional("UNIT KERJA", "unit_name"),
            _optional("TANGGAL PENETAPAN", "set_on", "date"),
            Column("INSTANSI ASAL", "source_agency"),
            Column("DOKUMEN", "source_document"),
            _optional("SIDIK ATURAN", "rule_hash", longest=64),
            _optional("RINCIAN", "lines", longest=LONGEST_STEPS),
        ),
    }
)
