"""unor.csv, asn.csv and asn.xlsx: the national system's own exports, quirks included."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import MappingProxyType
from uuid import uuid5

from selaras.demo.files_tables import Table, day
from selaras.demo.population_agency import Population, heads
from selaras.demo.population_people import CONTRACT_CODE, Person
from selaras.demo.structure import NAMESPACE, Unit, agency_id

UNIT_HEADER = (
    "Id", "InstansiId", "DiatasanId", "EselonId", "NamaUnor", "NamaJabatan", "CepatKode", "IndukUnorId",
    "PemimpinPnsId", "JenisUnorId",
)  # fmt: skip
PEOPLE_HEADER = (
    "PNS ID", "NIP BARU", "NIP LAMA", "NAMA", "GELAR DEPAN", "GELAR BELAKANG", "TEMPAT LAHIR ID", "TEMPAT LAHIR NAMA",
    "TANGGAL LAHIR", "JENIS KELAMIN", "AGAMA ID", "AGAMA NAMA", "JENIS KAWIN ID", "JENIS KAWIN NAMA", "NIK",
    "NOMOR HP", "EMAIL", "EMAIL GOV", "ALAMAT", "NPWP NOMOR", "BPJS", "JENIS PEGAWAI ID", "JENIS PEGAWAI NAMA",
    "KEDUDUKAN HUKUM ID", "KEDUDUKAN HUKUM NAMA", "STATUS CPNS PNS", "KARTU ASN VIRTUAL", "NOMOR SK CPNS",
    "TANGGAL SK CPNS", "TMT CPNS", "NOMOR SK PNS", "TANGGAL SK PNS", "TMT PNS", "GOL AWAL ID", "GOL AWAL NAMA",
    "GOL AKHIR ID", "GOL AKHIR NAMA", "TMT GOLONGAN", "MK TAHUN", "MK BULAN", "JENIS JABATAN ID",
    "JENIS JABATAN NAMA", "JABATAN ID", "JABATAN NAMA", "TMT JABATAN", "TINGKAT PENDIDIKAN ID",
    "TINGKAT PENDIDIKAN NAMA", "PENDIDIKAN ID", "PENDIDIKAN NAMA", "TAHUN LULUS", "KPKN ID", "KPKN NAMA",
    "LOKASI KERJA ID", "LOKASI KERJA NAMA", "UNOR ID", "UNOR NAMA", "INSTANSI INDUK ID", "INSTANSI INDUK NAMA",
    "INSTANSI KERJA ID", "INSTANSI KERJA NAMA", "SATUAN KERJA INDUK ID", "SATUAN KERJA INDUK NAMA",
    "SATUAN KERJA KERJA ID", "SATUAN KERJA KERJA NAMA", "IS VALID NIK", "NAMA SEKOLAH", "FLAG IKD", "ESELON ID",
    "ESELON NAMA", "KELAS JABATAN",
)  # fmt: skip
"""The export's columns, and at the end KELAS JABATAN, which agencies add because the export has no job class."""
SHEETS = MappingProxyType(
    {"PNS": ("pns", "cpns"), "PPPK": ("pppk",), "PPPK Paruh Waktu": ("pppk_part_time",)}
)  # fmt: skip

_QUOTED = frozenset({"NIP BARU", "NOMOR SK CPNS", "NOMOR SK PNS"})
_NULL = frozenset({"NIP LAMA", "AGAMA ID", "NIK", "NPWP NOMOR", "KPKN ID", "KPKN NAMA", "NAMA SEKOLAH", "TMT PNS"})
"""Where the export writes the word null instead of leaving the cell empty. NIK stays empty on purpose: a generated
one could be somebody's."""
_POST_TYPES = MappingProxyType(
    {"jf": ("2", "Jabatan Fungsional Tertentu"), "pelaksana": ("4", "Jabatan Fungsional Umum")}
)
_ECHELONS = MappingProxyType(
    {"11": "I.a", "12": "I.b", "21": "II.a", "22": "II.b", "31": "III.a", "32": "III.b", "41": "IV.a", "42": "IV.b"}
)
_EDUCATION = MappingProxyType(
    {"sd": "Sekolah Dasar", "sma": "SLTA", "d3": "Diploma III/Sarjana Muda", "s1": "S-1/Sarjana", "profesi": "Profesi"}
)


def unit_table(population: Population) -> Table:
    """unor.csv: parents before their parts; the root has neither parent nor, its head being political, a leader."""
    headed = heads(population.people)
    owner = agency_id(population.pack.slug)
    code = population.pack.bkn_code or ""

    def row(number: int, unit: Unit) -> tuple[str, ...]:
        leader = headed.get(unit.id)
        return (
            unit.id, owner, unit.parent_id or "", unit.eselon, unit.name, unit.head_title,
            f"{code}{number:06}" if code else "", unit.branch_id, leader.id if leader else "", "",
        )  # fmt: skip

    return Table(UNIT_HEADER, [row(number, unit) for number, unit in enumerate(population.units)])


def people_table(population: Population, employments: Sequence[str] | None = None) -> Table:
    """asn.csv, or one sheet of asn.xlsx where only some employments are asked for; ordered by number."""
    chosen = [one for one in population.people if employments is None or one.employment in employments]
    return Table(PEOPLE_HEADER, list(_people_rows(population, sorted(chosen, key=lambda one: one.number))))


def people_sheets(population: Population) -> dict[str, Table]:
    """asn.xlsx: PNS, PPPK and PPPK Paruh Waktu apart."""
    return {name: people_table(population, employments) for name, employments in SHEETS.items()}


def rank_name(rank: str) -> str:
    """A PNS rank code as it is written (34 → III/d); a PPPK class is written as it is."""
    if not rank.isdecimal():
        return rank
    return f"{('I', 'II', 'III', 'IV')[int(rank[0]) - 1]}/{'abcde'[int(rank[1]) - 1]}"


def _people_rows(population: Population, people: Sequence[Person]) -> Iterator[tuple[str, ...]]:
    units = {unit.id: unit for unit in population.units}
    agency = {"id": agency_id(population.pack.slug), "name": population.pack.name}
    for person in people:
        values = _identity(person) | _career(person) | _place(person, units, agency) | _service(person, population)
        yield tuple(_quirk(column, values.get(column, "")) for column in PEOPLE_HEADER)


def _identity(person: Person) -> dict[str, str]:
    return {
        "PNS ID": person.id,
        "NIP BARU": person.number,
        "NAMA": person.name,
        "GELAR DEPAN": person.front_title,
        "GELAR BELAKANG": person.back_title,
        "TEMPAT LAHIR NAMA": person.birth_place,
        "TANGGAL LAHIR": day(person.birth),
        "JENIS KELAMIN": person.sex,
        "IS VALID NIK": "false",
        "TINGKAT PENDIDIKAN NAMA": _EDUCATION[person.education],
        "PENDIDIKAN NAMA": _EDUCATION[person.education],
        "TAHUN LULUS": str(person.graduated),
    }


def _career(person: Person) -> dict[str, str]:
    contract = person.employment in CONTRACT_CODE
    kind, kind_name = _POST_TYPES.get(person.post.kind, ("1", "Jabatan Struktural"))
    decree = f"{person.entered:%m/%Y}/{person.number[-6:]}"
    return {
        "KEDUDUKAN HUKUM ID": "71" if contract else "01",
        "KEDUDUKAN HUKUM NAMA": "PPPK Aktif" if contract else "Aktif",
        "STATUS CPNS PNS": {"pns": "PNS", "cpns": "CPNS"}.get(person.employment, "PPPK"),
        "JENIS PEGAWAI NAMA": {"pppk": "PPPK", "pppk_part_time": "PPPK Paruh Waktu"}.get(person.employment, "PNS"),
        "NOMOR SK CPNS": f"813/{decree}",
        "TANGGAL SK CPNS": day(person.entered),
        "TMT CPNS": day(person.entered),
        "NOMOR SK PNS": f"821/{decree}" if person.permanent else "",
        "TANGGAL SK PNS": day(person.permanent),
        "TMT PNS": day(person.permanent),
        "GOL AWAL ID": "" if contract else person.first_rank,
        "GOL AWAL NAMA": rank_name(person.first_rank),
        "GOL AKHIR ID": "" if contract else person.rank,
        "GOL AKHIR NAMA": rank_name(person.rank),
        "TMT GOLONGAN": day(person.ranked),
        "JENIS JABATAN ID": kind,
        "JENIS JABATAN NAMA": kind_name,
        "JABATAN ID": str(uuid5(NAMESPACE, f"jabatan/{person.post.title}")),
        "JABATAN NAMA": person.post.title,
        "TMT JABATAN": day(person.posted),
        "ESELON ID": person.post.eselon,
        "ESELON NAMA": _ECHELONS.get(person.post.eselon, ""),
        "KELAS JABATAN": str(person.post.job_class),
    }


def _place(person: Person, units: dict[str, Unit], agency: dict[str, str]) -> dict[str, str]:
    unit = units[person.unit_id]
    branch = units[unit.branch_id]
    return {
        "UNOR ID": unit.id,
        "UNOR NAMA": unit.name,
        "INSTANSI INDUK ID": agency["id"],
        "INSTANSI INDUK NAMA": agency["name"],
        "INSTANSI KERJA ID": agency["id"],
        "INSTANSI KERJA NAMA": agency["name"],
        "SATUAN KERJA INDUK ID": branch.id,
        "SATUAN KERJA INDUK NAMA": branch.name,
        "SATUAN KERJA KERJA ID": branch.id,
        "SATUAN KERJA KERJA NAMA": branch.name,
        "LOKASI KERJA NAMA": agency["name"],
    }


def _service(person: Person, population: Population) -> dict[str, str]:
    on = population.as_of
    months = (on.year - person.entered.year) * 12 + on.month - person.entered.month
    return {"MK TAHUN": str(months // 12), "MK BULAN": str(months % 12)}


def _quirk(column: str, value: str) -> str:
    if not value:
        return "null" if column in _NULL else ""
    return f"'{value}" if column in _QUOTED else value
