"""What provinces, regencies and cities are made of: offices, districts, schools, health centres, a hospital."""

from __future__ import annotations

from selaras.demo.structure import Blueprint, Unit, attach, grow, root_unit
from selaras.tenancy.packs import AgencyKind, Pack

PEOPLE_PER_SCHOOL = 60
PEOPLE_PER_HEALTH_CENTRE = 160
PEOPLE_PER_HOSPITAL = 4000

_SUBUNIT = Blueprint(
    ("Subbagian Umum {above}", "Subbagian Keuangan {above}", "Seksi Pelayanan {n} {above}"),
    "Kepala {name}",
    "41",
    "office",
    6,
    9,
)
_DIVISIONS = (
    "Bidang Perencanaan dan Evaluasi {above}",
    "Bidang Pelayanan {above}",
    "Bidang Pembinaan {above}",
    "Bidang Pengendalian {above}",
)


def _divisions(field: str) -> tuple[Blueprint, ...]:
    secretariat = Blueprint(("Sekretariat {above}",), "Sekretaris", "31", "office", 8, 0, parts=(_SUBUNIT,))
    division = Blueprint(_DIVISIONS, "Kepala {name}", "32", field, 9.5, 5, parts=(_SUBUNIT,))
    branch = Blueprint(("UPTD {above} Wilayah {n}",), "Kepala {name}", "41", field, 30, 4)
    return (secretariat, division, branch)


def _office(name: str, field: str, urgency: float) -> Blueprint:
    return Blueprint((name,), "Kepala {name}", "22", field, urgency, 0, parts=_divisions(field))


def _offices() -> tuple[Blueprint, ...]:
    return (
        _office("Dinas Pendidikan", "education_office", 1),
        _office("Dinas Kesehatan", "health_office", 1.1),
        _office("Badan Kepegawaian Daerah", "personnel", 2.2),
        _office("Badan Perencanaan Pembangunan Daerah", "planning", 2.3),
        _office("Inspektorat", "audit", 3.5),
        _office("Dinas Pekerjaan Umum dan Penataan Ruang", "works", 5),
        _office("Dinas Kependudukan dan Pencatatan Sipil", "civil_registry", 7.5),
        _office("Badan Pengelolaan Keuangan dan Aset Daerah", "finance", 10),
        _office("Dinas Sosial", "social", 11),
        _office("Dinas Perhubungan", "works", 14),
        _office("Dinas Lingkungan Hidup", "works", 15),
        _office("Dinas Komunikasi dan Informatika", "planning", 16),
        _office("Dinas Perpustakaan dan Kearsipan", "office", 18),
        _office("Satuan Polisi Pamong Praja", "district", 19),
    )


def _blueprints(pack: Pack, districts: tuple[str, ...]) -> tuple[Blueprint, ...]:
    province = pack.kind is AgencyKind.PROVINCE
    section = Blueprint(
        ("Bagian Organisasi", "Bagian Hukum", "Bagian Umum", "Bagian Kesejahteraan Rakyat", "Bagian Pemerintahan"),
        "Kepala {name}", "31", "office", 5, 7, parts=(_SUBUNIT,),
    )  # fmt: skip
    village = Blueprint(("Kelurahan {above} {n}",), "Lurah", "41", "district", 2, 6)
    if province:
        below = Blueprint(
            tuple(f"Cabang Dinas Pendidikan Wilayah {name}" for name in districts),
            "Kepala {name}", "31", "education_office", 4, 4, parts=(_SUBUNIT,),
        )  # fmt: skip
    else:
        names = tuple(f"Kecamatan {name}" for name in districts)
        below = Blueprint(names, "Camat", "31", "district", 1.5, 4, parts=(village, _SUBUNIT))
    top = Blueprint(
        ("Sekretariat Daerah",), "Sekretaris Daerah", "12" if province else "21", "office", 0, 0,
        parts=(section, below, *_offices()),
    )  # fmt: skip
    return (top,)


def regional_units(pack: Pack, people: int, posts: int) -> list[Unit]:
    """The tree of a regional government for `people` with `posts` structural units; parents first."""
    districts = pack.demo.districts if pack.demo and pack.demo.districts else (pack.short_name,)
    units = grow(pack, root_unit(pack), _blueprints(pack, districts), max(posts, 3))
    by_name = {unit.name: unit for unit in reversed(units)}
    schools = _schools(pack, districts)
    units += _spread(pack, by_name["Dinas Pendidikan"], schools, max(2, people // PEOPLE_PER_SCHOOL))
    health = by_name["Dinas Kesehatan"]
    centres = Blueprint(
        (*(f"Puskesmas {name}" for name in districts), "Puskesmas {n}"), "Kepala {name}", "99", "health", 0, 0, 12.0
    )
    if pack.kind is not AgencyKind.PROVINCE:
        units += attach(pack, health, centres, max(1, people // PEOPLE_PER_HEALTH_CENTRE))
    hospital = Blueprint(
        (f"RSUD {districts[0]}", "RSUD Wilayah {n}"), "Direktur {name}", "99", "hospital", 0, 0, _hospital_staff(people)
    )
    return units + attach(pack, health, hospital, 1 + people // PEOPLE_PER_HOSPITAL)


def _schools(pack: Pack, districts: tuple[str, ...]) -> tuple[Blueprint, ...]:
    place = districts[0]
    province = pack.kind is AgencyKind.PROVINCE
    shares = {"SMA Negeri": 1, "SMK Negeri": 1} if province else {"SD Negeri": 2, "SMP Negeri": 1}
    return tuple(
        Blueprint((f"{name} {{n}} {place}",), "Kepala {name}", "99", "school", 0, share, 20.0)
        for name, share in shares.items()
    )


def _spread(pack: Pack, parent: Unit, blueprints: tuple[Blueprint, ...], number: int) -> list[Unit]:
    """`number` units shared among the kinds by their `step`; every kind gets at least one."""
    whole = sum(blueprint.step for blueprint in blueprints)
    units: list[Unit] = []
    for blueprint in blueprints:
        units += attach(pack, parent, blueprint, max(1, round(number * blueprint.step / whole)))
    return units


def _hospital_staff(people: int) -> float:
    return min(30.0 + people / 60, 120.0)
