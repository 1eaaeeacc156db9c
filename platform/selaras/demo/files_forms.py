"""The whole form of plans: skp.csv, teks_skp.csv, matriks_peran_hasil.csv, penugasan.csv, masukan_ketua_tim.csv."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from selaras.demo.files_plans import PLAN_HEADER, YEAR, Item
from selaras.demo.files_scores import DETAIL_HEADER, indicator_of, is_scored
from selaras.demo.files_tables import Table, day
from selaras.demo.population_agency import PERIOD, Population
from selaras.demo.population_people import Person

FULL_HEADER = (
    *PLAN_HEADER,
    "MANUAL INDIKATOR",
    "MODEL",
    "TANGGAL PENETAPAN",
    "PERSPEKTIF",
    "ASAL PENUGASAN",
    "KODE PENUGASAN",
)
TEXT_HEADER = ("NIP", "TAHUN", "JENIS", "KODE", "KODE RHK", "ISI")
MATRIX_HEADER = ("NIP PIMPINAN", "TAHUN", "KODE RHK", "NIP", "JENIS", "PORSI", "KELUARAN")
TEAM_HEADER = (
    "KODE PENUGASAN", "NIP", "PERAN", "NIP KETUA", "NAMA KETUA", "ASAL PENUGASAN", "UNOR ID", "INSTANSI", "TUGAS",
    "DASAR", "MULAI", "SELESAI", "HASIL",
)  # fmt: skip
INPUT_HEADER = ("KODE PENUGASAN", "NIP", "PERIODE", "NIP KETUA", "TANGGAL", "ISI")

_PERSPECTIVES = ("penerima layanan", "proses bisnis", "penguatan internal")
_ANNEXES = (
    ("dukungan_sumber_daya", "Anggaran, data, dan sarana kerja sesuai dokumen pelaksanaan tahun berjalan."),
    ("skema_pertanggungjawaban", "Laporan kemajuan setiap bulan dan dialog kinerja setiap triwulan."),
    ("konsekuensi", "Capaian di atas ekspektasi diusulkan untuk penghargaan; capaian di bawahnya dibimbing."),
)
_EXPECTATIONS = (
    ("berorientasi_pelayanan", "Menjawab setiap permintaan paling lambat pada hari kerja berikutnya."),
    ("akuntabel", "Mencatat realisasi beserta bukti dukung setiap minggu."),
    ("kompeten", "Membagikan satu praktik baik kepada rekan setiap triwulan."),
    ("harmonis", "Mendengarkan pendapat rekan sebelum mengambil simpulan."),
    ("loyal", "Menjaga kerahasiaan data pegawai dan pengguna layanan."),
    ("adaptif", "Mengusulkan satu perbaikan alur kerja setiap semester."),
    ("kolaboratif", "Melibatkan unit terkait sejak tahap perencanaan."),
)
_STRATEGY = (
    ("hasil", "Target triwulan disepakati bersama unit pelaksana."),
    ("pendorong", "Reviu kemajuan setiap bulan dengan data yang sama."),
    ("pengembangan_kemampuan", "Pelatihan singkat bagi pelaksana sebelum triwulan kedua."),
)
_TASKS = (
    ("Penyusunan peta proses bisnis lintas unit", "Peta proses bisnis disahkan"),
    ("Percepatan digitalisasi arsip aktif", "Arsip aktif terdigitalisasi"),
    ("Penyiapan survei kepuasan pengguna layanan", "Laporan survei diserahkan"),
)
_WORDS = (
    "Bagian tugasnya diserahkan tepat waktu dan langsung dipakai tim.",
    "Aktif memberi data dan memeriksa ulang naskah bersama anggota lain.",
    "Hadir di setiap rapat; penyelesaian bagian akhir masih perlu didorong.",
)
_PEOPLE_PER_TEAM = 100


@dataclass(frozen=True, slots=True)
class Team:
    """A task of a leader's unit, and those who work on it from other units; `code` names it."""

    code: str
    leader: Person
    members: tuple[Person, ...]
    task: str
    result: str


def teams(population: Population, made: Sequence[Item]) -> list[Team]:
    """A team for every hundred people: led by the head of one unit, its members at work in others."""
    rng = Random(f"{population.seed}/{population.pack.slug}/teams")  # noqa: S311 - repeatable on purpose
    extra = {item.number for item in made if item.kind == "tambahan"}
    free = [one for one in population.people if one.number in extra and not one.is_head]
    leaders = [one for one in population.people if one.is_head and one.post.kind != "jf"]
    found = []
    for turn in range(max(1, len(population.people) // _PEOPLE_PER_TEAM)):
        leader, (task, result) = rng.choice(leaders), _TASKS[turn % len(_TASKS)]
        able = [
            one for one in free if one.unit_id != leader.unit_id and population.superiors[one.number] != leader.number
        ]
        members = tuple(rng.sample(able, min(3, len(able))))
        free = [one for one in free if one not in members]
        if members:
            found.append(Team(f"TIM-{turn + 1:02}", leader, members, task, result))
    return found


def plan_table(population: Population, made: Sequence[Item], formed: Sequence[Team]) -> Table:
    """skp.csv: one row for each aspect of each item, in the form of its owner's post."""
    leaders = {one.number for one in population.people if one.post.kind == "jpt"}
    assigned = {member.number: team.code for team in formed for member in team.members}
    rows = (row for item in made for row in _plan_rows(item, item.number in leaders, assigned.get(item.number, "")))
    if not is_scored(population):
        return Table(FULL_HEADER, rows)
    words = {(item.number, item.code): _counted(item) for item in made}
    return Table(
        (*FULL_HEADER, *DETAIL_HEADER),
        ((*row, *indicator_of(row[0], row[2], words[row[0], row[2]]).cells) for row in rows),
    )


def text_table(population: Population, made: Sequence[Item]) -> Table:
    """teks_skp.csv: everybody's annexes and two expectations of their leader, and the strategies of high leaders."""
    leaders = {one.number for one in population.people if one.post.kind == "jpt"}
    return Table(TEXT_HEADER, (row for row in _texts(population.people, made, leaders)))


def matrix_table(made: Sequence[Item]) -> Table:
    """matriks_peran_hasil.csv: heads below take over parts of a leader's result, all others make something for it."""
    heads = {item.leader for item in made}
    cells: dict[tuple[str, str], dict[str, Item]] = defaultdict(dict)
    for item in made:
        if item.leader:
            cells[item.leader, item.leader_code].setdefault(item.number, item)
    return Table(MATRIX_HEADER, (row for key, served in cells.items() for row in _cells(key, served, heads)))


def team_table(formed: Sequence[Team]) -> Table:
    """penugasan.csv: every team's leader and members, from the same decree."""
    return Table(TEAM_HEADER, (row for team in formed for row in _team(team)))


def input_table(population: Population, formed: Sequence[Team]) -> Table:
    """masukan_ketua_tim.csv: what each team's leader says of each member in the quarter."""
    rng = Random(f"{population.seed}/{population.pack.slug}/inputs")  # noqa: S311 - repeatable on purpose
    said = day(date(YEAR, 9, 25))
    rows = [
        (team.code, member.number, PERIOD, team.leader.number, said, rng.choice(_WORDS))
        for team in formed
        for member in team.members
    ]
    return Table(INPUT_HEADER, rows)


def _plan_rows(item: Item, leading: bool, team: str) -> Iterator[tuple[str, ...]]:
    # Leaders agree first; whose number ends in 7 was late.
    agreed = day(date(YEAR, 1, 16) if leading else date(YEAR, 2, 6) if item.number[-1] == "7" else date(YEAR, 1, 28))
    from_outside = bool(team) and item.kind == "tambahan"
    main = item.kind == "utama"
    perspective = _PERSPECTIVES[int(item.code[-1]) % len(_PERSPECTIVES)] if leading and main else ""
    for promise in item.promises:
        manual = f"{promise.indicator}: dihitung dari laporan bulanan unit." if leading else ""
        yield (
            item.number, str(YEAR), item.code, item.kind, item.title, item.leader, item.leader_code, item.goal,
            promise.aspect, promise.indicator, str(promise.target), promise.unit, manual, "kuantitatif", agreed,
            perspective, "unit lain" if from_outside else "", team if from_outside else "",
        )  # fmt: skip


def _counted(item: Item) -> str:
    return next((one.indicator for one in item.promises if one.aspect == "kuantitas"), "")


def _texts(people: Sequence[Person], made: Sequence[Item], leaders: set[str]) -> Iterator[tuple[str, ...]]:
    year = str(YEAR)
    for turn, person in enumerate(people):
        for code, content in _ANNEXES:
            yield (person.number, year, "lampiran", code, "", content)
        for step in (0, 3):
            code, content = _EXPECTATIONS[(turn + step) % len(_EXPECTATIONS)]
            yield (person.number, year, "ekspektasi", code, "", content)
    for item in made:
        if item.number in leaders and item.kind == "utama":
            for code, content in _STRATEGY:
                yield (item.number, year, "strategi", code, item.code, content)


def _cells(key: tuple[str, str], served: Mapping[str, Item], heads: set[str]) -> Iterator[tuple[str, ...]]:
    direct = [number for number in served if number in heads]
    for number, item in served.items():
        if number in direct:
            yield (key[0], str(YEAR), key[1], number, "langsung", str(100 // len(direct)), "")
        else:
            yield (key[0], str(YEAR), key[1], number, "tidak langsung", "", item.title)


def _team(team: Team) -> Iterator[tuple[str, ...]]:
    number = team.code.removeprefix("TIM-")
    tail = ("", team.task, f"SK Tim Kerja {number}/{YEAR}", day(date(YEAR, 2, 2)), day(date(YEAR, 11, 30)), team.result)
    unit = team.leader.unit_id
    yield (team.code, team.leader.number, "ketua", "", "", "unit sendiri", unit, *tail)
    for member in team.members:
        yield (team.code, member.number, "anggota", team.leader.number, "", "unit lain", unit, *tail)
