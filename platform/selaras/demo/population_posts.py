"""Posts of a generated agency: job families by field, levels by rank, job classes by level."""

from __future__ import annotations

from types import MappingProxyType

Family = tuple[str, str]
"""A functional job family: its name, and the education it asks for (s1 for expertise, d3 for skill)."""

_OFFICE: tuple[Family, ...] = (
    ("Analis Sumber Daya Manusia Aparatur", "s1"),
    ("Perencana", "s1"),
    ("Arsiparis", "d3"),
    ("Pranata Komputer", "s1"),
    ("Analis Kebijakan", "s1"),
    ("Pranata Hubungan Masyarakat", "d3"),
)
_HEALTH: tuple[Family, ...] = (
    ("Perawat", "d3"),
    ("Perawat", "s1"),
    ("Bidan", "d3"),
    ("Dokter", "profesi"),
    ("Apoteker", "profesi"),
    ("Nutrisionis", "d3"),
    ("Tenaga Sanitasi Lingkungan", "d3"),
)
_WORKS: tuple[Family, ...] = (
    ("Penata Kelola Jalan dan Jembatan", "s1"),
    ("Pembina Jasa Konstruksi", "s1"),
    ("Penata Ruang", "s1"),
    *_OFFICE[1:3],
)
_FAMILIES: MappingProxyType[str, tuple[Family, ...]] = MappingProxyType(
    {
        "school": (("Guru", "s1"),),
        "education_office": (("Pengawas Sekolah", "s1"), ("Pamong Belajar", "s1"), *_OFFICE),
        "health": _HEALTH,
        "hospital": _HEALTH,
        "health_office": (("Administrator Kesehatan", "s1"), ("Epidemiolog Kesehatan", "s1"), *_OFFICE),
        "tax": (("Pemeriksa Pajak", "s1"), ("Pemeriksa Pajak", "d3"), ("Penyuluh Pajak", "s1"), *_OFFICE[3:5]),
        "customs": (("Pemeriksa Bea dan Cukai", "s1"), ("Pemeriksa Bea dan Cukai", "d3"), *_OFFICE[3:5]),
        "finance": (("Analis Anggaran", "s1"), ("Pembina Teknis Perbendaharaan Negara", "s1"), *_OFFICE[2:]),
        "audit": (("Auditor", "s1"), ("Auditor", "d3"), ("Analis Kebijakan", "s1")),
        "works": _WORKS,
        "water": (("Teknik Pengairan", "s1"), ("Teknik Pengairan", "d3"), *_OFFICE[1:3]),
        "housing": (("Teknik Tata Bangunan dan Perumahan", "s1"), *_OFFICE[1:4]),
        "district": (("Polisi Pamong Praja", "d3"), ("Penyuluh Sosial", "s1"), ("Arsiparis", "d3")),
        "social": (("Pekerja Sosial", "s1"), ("Penyuluh Sosial", "s1"), ("Arsiparis", "d3")),
    }
)  # fmt: skip

_CLERKS: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {
        "s1": (
            "Penelaah Teknis Kebijakan",
            "Penata Layanan Operasional",
            "Penata Kelola Sistem dan Teknologi Informasi",
        ),
        "d3": ("Pengolah Data dan Informasi", "Pengelola Layanan Operasional"),
        "sma": ("Pengadministrasi Perkantoran", "Operator Layanan Operasional"),
        "sd": ("Pengelola Umum Operasional",),
    }
)

EXPERT = ((45, "utama", "Ahli Utama", 14), (43, "madya", "Ahli Madya", 12), (34, "muda", "Ahli Muda", 10),
          (32, "pertama", "Ahli Pertama", 8))  # fmt: skip
SKILLED = ((34, "penyelia", "Penyelia", 9), (32, "mahir", "Mahir", 7), (24, "terampil", "Terampil", 6))
"""Highest rank code, level code, words in the title, job class; read from the lowest rank up."""

HEAD_CLASS = MappingProxyType({"11": 17, "12": 16, "21": 15, "22": 14, "31": 12, "32": 11, "41": 9, "42": 8})
HEAD_KIND = MappingProxyType({"1": "jpt", "2": "jpt", "3": "administrator", "4": "pengawas", "9": "jf"})
"""First digit of the eselon code → kind of post; 99 marks units headed by a functional official."""
CLERK_CLASS = MappingProxyType({"s1": 7, "d3": 6, "sma": 5, "sd": 1})


def families(field: str) -> tuple[Family, ...]:
    """The functional job families at work in a field."""
    return _FAMILIES.get(field, _OFFICE)


def clerk_titles(education: str) -> tuple[str, ...]:
    """Titles of executive posts (pelaksana) that an education opens."""
    return _CLERKS[education]


def functional_level(education: str, rank: int) -> tuple[str, str, int]:
    """Level code, words in the title, job class of a functional official by education and PNS rank code."""
    ladder = SKILLED if education == "d3" else EXPERT
    found = [step for step in ladder if rank <= step[0]]
    _, code, words, job_class = found[-1] if found else ladder[0]
    return code, words, job_class
