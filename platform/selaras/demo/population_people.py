"""One generated person at a time: birth, entry, rank, post and number, so that all of them fit together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from types import MappingProxyType
from uuid import UUID

from selaras.demo import population_posts as posts
from selaras.demo.names import full_name, place
from selaras.demo.structure import Unit
from selaras.errors import Invalid

TODAY = date(2026, 6, 30)
"""The day on which the demo's agencies exported their people; nobody is past retirement on it."""
NUMBER_SLICES = 16
"""Birth days are dealt out among the agencies by their ordinal, so that no two agencies make one number."""
FIRST_SERIAL, LAST_SERIAL = 901, 999
"""The state counts serials from 001 and hardly passes 100: numbers from 901 are valid and nobody's."""
CONTRACT_CODE = MappingProxyType({"pppk": "21", "pppk_part_time": "24"})
RANKS = (11, 12, 13, 14, 21, 22, 23, 24, 31, 32, 33, 34, 41, 42, 43, 44, 45)

_ENTRY_AGE = MappingProxyType({"sd": (19, 30), "sma": (18, 27), "d3": (21, 30), "s1": (22, 33), "profesi": (25, 34)})
_FIRST_RANK = MappingProxyType({"sd": 11, "sma": 21, "d3": 23, "s1": 31, "profesi": 32})
_CLERK_LIMIT = MappingProxyType({"sd": 21, "sma": 32, "d3": 33, "s1": 34, "profesi": 34})
_HEAD_RANK = MappingProxyType({"1": 43, "2": 42, "3": 41, "4": 33, "9": 33})
_HEAD_SERVICE = MappingProxyType({"1": (26, 33), "2": (23, 33), "3": (18, 30), "4": (13, 25), "9": (14, 29)})
_PPPK_RANK = MappingProxyType({"sd": "I", "sma": "V", "d3": "VII", "s1": "IX", "profesi": "X"})
_DEGREES = MappingProxyType(
    {
        "school": ("", "S.Pd."),
        "tax": ("", "S.E."),
        "customs": ("", "S.E."),
        "finance": ("", "S.E."),
        "audit": ("", "S.Ak."),
        "works": ("", "S.T."),
        "water": ("", "S.T."),
        "housing": ("", "S.T."),
        "health": ("", "S.Kep."),
        "hospital": ("", "S.Kep."),
    }
)


@dataclass(frozen=True, slots=True)
class Post:
    """What a person holds: kind (jpt, administrator, pengawas, jf, pelaksana), title, level, job class 1–17."""

    kind: str
    title: str
    level: str
    job_class: int
    eselon: str


@dataclass(frozen=True, slots=True)
class Person:
    """A generated civil servant as the export shows one. `rank` is a PNS code (34) or a PPPK class (IX)."""

    id: str
    number: str
    name: str
    front_title: str
    back_title: str
    sex: str
    birth: date
    birth_place: str
    employment: str
    unit_id: str
    is_head: bool
    post: Post
    rank: str
    first_rank: str
    education: str
    graduated: int
    entered: date
    permanent: date | None
    ranked: date
    posted: date


@dataclass(frozen=True, slots=True)
class Slot:
    """A place to be filled: where, whether as head, which kind of post, under which kind of employment."""

    unit: Unit
    is_head: bool
    kind: str
    employment: str


class Maker:
    """Makes people for one agency; keeps the serials so that no number is made twice."""

    def __init__(
        self,
        rng: Random,
        number_slice: int,
        as_of: date,
        *,
        posted_before: date | None = None,
        contracts_from: int = 2021,
    ) -> None:
        self._rng, self._slice, self._as_of = rng, number_slice, as_of
        self._posted_before, self._contracts_from = posted_before, contracts_from
        self._serials: dict[str, int] = {}

    def person(self, slot: Slot) -> Person:
        """Somebody who fits the slot."""
        rng = self._rng
        family, education = self._schooling(slot)
        sex = "F" if rng.random() < (0.68 if slot.unit.field in ("school", "health", "hospital") else 0.42) else "M"
        entered, birth = self._entry(slot, education)
        rank, first_rank = self._rank(slot, education, entered)
        front, back = _titles(slot, family, education)
        permanent = _permanent(slot, entered)
        ranked = self._since(permanent or entered)
        return Person(
            id=str(UUID(int=rng.getrandbits(128), version=4)),
            number=self._number(slot.employment, birth, entered, sex),
            name=full_name(rng, sex),
            front_title=front,
            back_title=back,
            sex=sex,
            birth=birth,
            birth_place=place(rng),
            employment=slot.employment,
            unit_id=slot.unit.id,
            is_head=slot.is_head,
            post=self._post(slot, family, education, rank),
            rank=rank,
            first_rank=first_rank,
            education=education,
            graduated=max(birth.year + 12, entered.year - rng.randint(1, 3)),
            entered=entered,
            permanent=permanent,
            ranked=ranked,
            posted=self._posted(slot, permanent or entered),
        )

    def _schooling(self, slot: Slot) -> tuple[str, str]:
        rng, field = self._rng, slot.unit.field
        if slot.kind == "jf":
            if slot.is_head:
                return ("Guru", "s1") if field == "school" else ("Dokter", "profesi")
            return rng.choice(posts.families(field))
        if slot.is_head:
            return "", "s1"
        weights = (20, 25, 45, 10) if slot.employment != "pppk_part_time" else (5, 10, 65, 20)
        return "", rng.choices(("s1", "d3", "sma", "sd"), weights)[0]

    def _entry(self, slot: Slot, education: str) -> tuple[date, date]:
        rng = self._rng
        youngest, oldest = _ENTRY_AGE[education]
        if slot.employment in CONTRACT_CODE:
            entered = self._contract_start(slot.employment)
            age = rng.randint(max(youngest, 23), 50)
        else:
            # Retirement is at 60 for high leaders and teachers, at 58 for the others.
            limit = 59 if slot.kind == "jpt" or (slot.kind == "jf" and slot.unit.field == "school") else 57
            # The later years until today count too: an agency that has ended exported its people earlier.
            later = (TODAY - self._as_of).days // 365 + 2
            months = min(self._service_months(slot), (limit - youngest - later) * 12)
            entered = _month_before(self._as_of, months)
            age = min(rng.randint(youngest, oldest), limit - (TODAY.year - entered.year) - 1)
        birth = date(entered.year - age - 1, 1, 1) + timedelta(days=rng.randrange(NUMBER_SLICES, 330))
        return entered, birth - timedelta(days=(birth.toordinal() - self._slice) % NUMBER_SLICES)

    def _contract_start(self, employment: str) -> date:
        last = self._as_of.year if self._as_of.month > 3 else self._as_of.year - 1
        if employment == "pppk_part_time":
            return date(2025, 10, 1)
        return date(self._rng.randint(self._contracts_from, last - 1), self._rng.choice((2, 3, 4, 6)), 1)

    def _service_months(self, slot: Slot) -> int:
        rng = self._rng
        if slot.is_head:
            low, high = _HEAD_SERVICE[slot.unit.eselon[0]]
            return rng.randint(low * 12, high * 12)
        if slot.employment == "cpns":
            return rng.randint(3, 9)
        return max(20, int(rng.triangular(20, 12 * 34, 12 * 11)))

    def _rank(self, slot: Slot, education: str, entered: date) -> tuple[str, str]:
        if slot.employment in CONTRACT_CODE:
            return _PPPK_RANK[education], _PPPK_RANK[education]
        start = RANKS.index(_FIRST_RANK[education])
        highest = 44 if slot.is_head else 43
        limit = highest if slot.kind != "pelaksana" else _CLERK_LIMIT[education]
        if slot.kind == "jf" and education == "d3":
            limit = 34
        reached = min(RANKS[min(start + (self._as_of - entered).days // 1461, len(RANKS) - 1)], limit)
        if slot.is_head:
            reached = max(reached, _HEAD_RANK[slot.unit.eselon[0]])
        return str(reached), str(_FIRST_RANK[education])

    def _post(self, slot: Slot, family: str, education: str, rank: str) -> Post:
        eselon = slot.unit.eselon if slot.is_head else "00"
        if slot.is_head and slot.kind != "jf":
            return Post(slot.kind, slot.unit.head_title, eselon, posts.HEAD_CLASS[eselon], eselon)
        if slot.kind == "jf":
            code = 31 if education != "d3" else 23
            level, words, job_class = posts.functional_level(education, int(rank) if rank.isdecimal() else code)
            title = slot.unit.head_title if slot.is_head else f"{family} {words}"
            return Post("jf", title, level, job_class, "00")
        title = self._rng.choice(posts.clerk_titles(education))
        return Post("pelaksana", title, "", posts.CLERK_CLASS[education], "00")

    def _since(self, start: date) -> date:
        """A first of April or October between a start and the export, as promotions are dated."""
        years = max((self._as_of - start).days // 365, 0)
        day = date(self._as_of.year - self._rng.randint(0, min(years, 3)), self._rng.choice((4, 10)), 1)
        return day if start <= day <= self._as_of else start

    def _posted(self, slot: Slot, start: date) -> date:
        """When the present post began; who served in the year of the agency's history held it then already."""
        if slot.employment in ("cpns", *CONTRACT_CODE):
            return start
        latest = min(self._as_of, date(2025, 6, 1))
        if self._posted_before is not None and start < self._posted_before:
            latest = self._posted_before
        earliest = max(start, latest - timedelta(days=5 * 365))
        day = earliest + timedelta(days=self._rng.randrange(max((latest - earliest).days, 1)))
        return max(day.replace(day=1), start)

    def _number(self, employment: str, birth: date, entered: date, sex: str) -> str:
        middle = CONTRACT_CODE.get(employment, f"{entered.month:02}")
        stem = f"{birth:%Y%m%d}{entered.year}{middle}{1 if sex == 'M' else 2}"
        self._serials[stem] = self._serials.get(stem, FIRST_SERIAL - 1) + 1
        if self._serials[stem] > LAST_SERIAL:
            raise Invalid("demo.numbers_used_up", "So many people share {stem} that serials run out.", stem=stem)
        return f"{stem}{self._serials[stem]}"


def _titles(slot: Slot, family: str, education: str) -> tuple[str, str]:
    if education == "profesi":
        return ("dr.", "") if family == "Dokter" else ("", "S.Farm.")
    if education == "d3":
        return "", "A.Md.Kep." if family == "Perawat" else "A.Md."
    if education != "s1":
        return "", ""
    front, back = _DEGREES.get(slot.unit.field, ("", "S.Sos."))
    return front, f"{back}, M.Si." if slot.is_head and slot.kind != "jf" else back


def _permanent(slot: Slot, entered: date) -> date | None:
    return entered.replace(year=entered.year + 1) if slot.employment == "pns" else None


def _month_before(day: date, months: int) -> date:
    whole = day.year * 12 + day.month - 1 - months
    return date(whole // 12, whole % 12 + 1, 1)
