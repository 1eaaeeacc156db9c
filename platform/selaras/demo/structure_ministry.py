"""What ministries are made of: upper units, directorates, regional offices with their local offices."""

from __future__ import annotations

from selaras.demo.structure import Blueprint, Unit, grow, root_unit
from selaras.tenancy.packs import Pack
from selaras.tenancy.regions import provinces

_FIELDS = {
    "Pajak": "tax",
    "Bea": "customs",
    "Perbendaharaan": "finance",
    "Anggaran": "finance",
    "Perimbangan": "finance",
    "Kekayaan": "finance",
    "Inspektorat": "audit",
    "Air": "water",
    "Marga": "works",
    "Cipta": "works",
    "Perumahan": "housing",
    "Konstruksi": "works",
    "Infrastruktur": "planning",
}


def ministry_units(pack: Pack, posts: int) -> list[Unit]:
    """The tree of a ministry with `posts` structural units; parents first."""
    uppers = (
        pack.demo.upper_units
        if pack.demo and pack.demo.upper_units
        else ("Sekretariat Jenderal", "Inspektorat Jenderal")
    )
    offices = pack.demo.offices if pack.demo and pack.demo.offices else ("Balai",)
    blueprints = tuple(_upper(name, number, offices) for number, name in enumerate(uppers))
    return grow(pack, root_unit(pack), blueprints, max(posts, 3))


def _upper(name: str, number: int, offices: tuple[str, ...]) -> Blueprint:
    field = next((value for word, value in _FIELDS.items() if word in name), "office")
    section = Blueprint(("Subbagian Umum {above}", "Seksi Pelayanan {n} {above}"), "Kepala {name}", "41", field, 3, 5)
    if name.startswith(("Direktorat Jenderal",)):
        parts: tuple[Blueprint, ...] = (
            _directorates(field, section),
            _regional(field, offices[number % len(offices)], section),
        )
    else:
        parts = (_bureaus(name, field, section),)
    early = number < 5
    return Blueprint((name,), "Kepala {name}", "11", field, number * (0.4 if early else 4.5), 0, parts=parts)


def _directorates(field: str, section: Blueprint) -> Blueprint:
    names = (
        "Direktorat Perencanaan dan Strategi {above}",
        "Direktorat Pengendalian Mutu {above}",
        "Direktorat Layanan Wilayah {n} {above}",
    )
    return Blueprint(names, "Direktur", "21", field, 2, 6, parts=(section,))


def _regional(field: str, office: str, section: Blueprint) -> Blueprint:
    places = tuple(f"Kantor Wilayah {{above}} {one.name}" for one in provinces())
    local = Blueprint((f"{office} {{above}} {{n}}",), "Kepala {name}", "31", field, 2, 4, 2.0, parts=(section,))
    return Blueprint(places, "Kepala {name}", "22", field, 3, 5, parts=(local,))


def _bureaus(upper: str, field: str, section: Blueprint) -> Blueprint:
    names: tuple[str, ...] = ("Pusat Pengembangan {above}", "Pusat Layanan {above}", "Pusat {n} {above}")
    if upper.startswith("Inspektorat"):
        names = ("Inspektorat Wilayah I", "Inspektorat Wilayah II", "Inspektorat Wilayah Tambahan {n}")
    elif upper.startswith("Sekretariat"):
        names = ("Biro Sumber Daya Manusia", "Biro Perencanaan", "Biro Umum", "Biro Hukum", "Pusat Layanan {n}")
    return Blueprint(names, "Kepala {name}", "22", field, 2, 6, parts=(section,))
