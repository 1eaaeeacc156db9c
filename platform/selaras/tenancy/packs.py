"""Agency packs: found by entry point, read from `pack.toml`, checked in words, frozen."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.metadata import entry_points
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType

from selaras.errors import DomainError
from selaras.regulation.kit import KINDS, SHAPES, read_scheme
from selaras.tenancy.pack_fields import Fields, PackError, refuse_overlaps

GROUP = "selaras.packs"
DEFAULTS = "pack_defaults.toml"
_SHAPE_OF = {"next_quarter": "quarter_to_next_quarter", "next_year": "year_to_next_year"}


class AgencyKind(StrEnum):
    """What an agency is; regional ones carry a region code."""

    MINISTRY = "ministry"
    AGENCY = "agency"
    PROVINCE = "province"
    REGENCY = "regency"
    CITY = "city"


REGIONAL = frozenset({AgencyKind.PROVINCE, AgencyKind.REGENCY, AgencyKind.CITY})


class Certainty(StrEnum):
    """How sure we are of a value; `sample` says that it was made up because the real one was not found."""

    REGULATION = "regulation"
    CIRCULAR = "circular"
    APPLICATION = "application"
    ASSUMED = "assumed"
    SAMPLE = "sample"


class Comparable(StrEnum):
    """Attributes that can make people comparable when they are ranked."""

    POST_KIND = "post_kind"
    POST_LEVEL = "post_level"
    JOB_CLASS = "job_class"
    EMPLOYMENT = "employment"


@dataclass(frozen=True)
class RegulationSpan:
    """Which regulation is followed on the days `starts`..`ends` (both included; no end: until further notice)."""

    code: str
    starts: date
    ends: date | None


@dataclass(frozen=True)
class CodeSpan:
    """A module of the pack that answers hooks of one regulation from a day on, until the next for it."""

    regulation: str
    module: str
    starts: date


@dataclass(frozen=True)
class RankingRule:
    """Who is ranked against whom; groups with fewer people than the minimum are pooled."""

    attributes: tuple[Comparable, ...]
    minimum_size: int


@dataclass(frozen=True)
class RemunerationTable:
    """Outcome code → percent of the base; job class → base in whole rupiah a month; the shape and its options.

    `options` are what `selaras.regulation.kit.read_scheme` takes besides; numbers may be text.
    """

    name: str
    kind: str
    effect: str
    shape: str
    options: Mapping[str, object]
    percents: Mapping[str, Decimal]
    bases: Mapping[int, int]
    source: str
    certainty: Certainty


@dataclass(frozen=True)
class Succession:
    """Who carries on from a day on, by which act; demo units that go elsewhere than to the first successor."""

    successors: tuple[str, ...]
    effective: date
    legal_basis: str
    certainty: Certainty
    unit_shares: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class DemoHints:
    """Names for the generated agency, and the slice of birth days that keeps its numbers apart from others'.

    `ratings`: whether its appraisers give `words` (ratings) or `scores` out of which the pack's code makes ratings.
    `provider`: the identity provider at which its people sign in.
    """

    number_slice: int
    upper_units: tuple[str, ...]
    offices: tuple[str, ...]
    districts: tuple[str, ...]
    history_year: int | None
    ratings: str
    provider: str


@dataclass(frozen=True)
class Pack:
    """One agency as its pack describes it. `choices`: regulation → open parameter → value. `hash` covers every file."""

    slug: str
    name: str
    short_name: str
    kind: AgencyKind
    head_title: str
    region_code: str | None
    bkn_code: str | None
    hosts: tuple[str, ...]
    time_zone: str
    ended_on: date | None
    predecessor: str | None
    regulations: tuple[RegulationSpan, ...]
    code: tuple[CodeSpan, ...]
    ranking: RankingRule
    remuneration: RemunerationTable
    choices: Mapping[str, Mapping[str, object]]
    succession: Succession | None
    demo: DemoHints | None
    hash: str

    def regulation_on(self, day: date) -> str | None:
        """The code of the regulation followed on a day, or None in a gap."""
        spans = (one for one in self.regulations if one.starts <= day and (one.ends is None or day <= one.ends))
        return next((one.code for one in spans), None)


@cache
def defaults() -> tuple[RankingRule, Mapping[str, RemunerationTable]]:
    """What holds where a pack says nothing: the ranking rule, and a remuneration table for tukin and one for tpp."""
    raw = tomllib.loads(files("selaras.tenancy").joinpath(DEFAULTS).read_text("utf-8"), parse_float=Decimal)
    top = Fields("selaras", DEFAULTS, raw)
    tables = {kind: _remuneration(top.table(kind)) for kind in ("tukin", "tpp")}
    return _ranking(top.table("ranking")), MappingProxyType(tables)


@cache
def load_packs() -> Mapping[str, Pack]:
    """All installed packs by slug, each checked by itself and against the others; PackError names what is wrong."""
    packs = {point.name: read_pack(point.name, files(point.value)) for point in entry_points(group=GROUP)}
    for pack in packs.values():
        _check_relations(pack, packs)
    return MappingProxyType(dict(sorted(packs.items())))


def read_pack(slug: str, folder: Traversable) -> Pack:
    """The pack in a folder; PackError says which key of its `pack.toml` is wrong and what to write instead."""
    try:
        raw = tomllib.loads(folder.joinpath("pack.toml").read_text("utf-8"), parse_float=Decimal)
    except FileNotFoundError:
        raise PackError(slug, "pack.toml", "the file is missing", "add it beside __init__.py") from None
    except tomllib.TOMLDecodeError as error:
        raise PackError(slug, "pack.toml", f"it is not TOML ({error})", "mend that line") from error
    top = Fields(slug, "pack.toml", raw)
    pack = _pack(slug, top, folder_hash(folder))
    top.refuse_rest()
    return pack


def folder_hash(folder: Traversable) -> str:
    """SHA-256 over names and bytes of a pack's files, in order of their names, compiled files left out."""
    digest = hashlib.sha256()
    for name, content in sorted(_contents(folder, "")):
        digest.update(f"{len(name)}:{name}:{len(content)}:".encode() + content)
    return digest.hexdigest()


def _contents(folder: Traversable, prefix: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for entry in folder.iterdir():
        if entry.is_dir() and entry.name != "__pycache__":
            found += _contents(entry, f"{prefix}{entry.name}/")
        elif entry.is_file():
            found.append((prefix + entry.name, entry.read_bytes()))
    return found


def _pack(slug: str, top: Fields, pack_hash: str) -> Pack:
    agency, (ranking, tables) = top.table("agency"), defaults()
    own_ranking, own_table = top.table_or_none("ranking"), top.table_or_none("remuneration")
    demo, succession = top.table_or_none("demo"), top.table_or_none("succession")
    kind = agency.choice("kind", AgencyKind)
    pack = Pack(
        slug=slug,
        name=agency.text("name"),
        short_name=agency.text("short_name"),
        kind=kind,
        head_title=agency.text("head_title"),
        region_code=agency.optional("region_code"),
        bkn_code=agency.optional("bkn_code"),
        hosts=agency.texts("hosts"),
        time_zone=agency.zone("time_zone"),
        ended_on=agency.day_or_none("ended_on"),
        predecessor=agency.optional("predecessor"),
        regulations=_spans(top),
        code=_code(top),
        ranking=ranking if own_ranking is None else _ranking(own_ranking),
        remuneration=tables["tpp" if kind in REGIONAL else "tukin"] if own_table is None else _remuneration(own_table),
        choices=_choices(top),
        succession=None if succession is None else _succession(succession),
        demo=None if demo is None else _demo(demo),
        hash=pack_hash,
    )
    if (kind in REGIONAL) != (pack.region_code is not None):
        agency.wrong("region_code", "only a province, regency or city has one, and each must", "add or remove it")
    if pack.region_code is not None:
        agency.region("region_code", pack.region_code, pack.kind)
    if (kind in REGIONAL) != (pack.remuneration.kind == "tpp"):
        top.wrong("remuneration.kind", "a regional government pays tpp, a central agency tukin", "write the other")
    agency.refuse_rest()
    return pack


def _spans(top: Fields) -> tuple[RegulationSpan, ...]:
    spans = []
    for row in top.tables("regulation"):
        span = RegulationSpan(row.text("code"), row.day("from"), row.day_or_none("until"))
        if span.ends is not None and span.ends < span.starts:
            row.wrong("until", f"{span.ends} lies before {span.starts}", "write a later day; it is the last one")
        row.refuse_rest()
        spans.append(span)
    refuse_overlaps(top, [(span.code, span.starts, span.ends) for span in spans])
    return tuple(sorted(spans, key=lambda span: span.starts))


def _code(top: Fields) -> tuple[CodeSpan, ...]:
    found = []
    for row in top.tables("code", required=False):
        found.append(CodeSpan(row.text("regulation"), row.text("module"), row.day("from")))
        row.refuse_rest()
    return tuple(found)


def _choices(top: Fields) -> Mapping[str, Mapping[str, object]]:
    chosen = top.table_or_none("choices")
    if chosen is None:
        return MappingProxyType({})
    return MappingProxyType({code: MappingProxyType(chosen.table(code).values()) for code in chosen.names()})


def _ranking(row: Fields) -> RankingRule:
    attributes = tuple(row.choice_of("group_by", one, Comparable) for one in row.texts("group_by"))
    rule = RankingRule(attributes, row.whole("minimum_size", 1, 1000))
    row.refuse_rest()
    return rule


def _remuneration(row: Fields) -> RemunerationTable:
    effect = row.one_of("effect", ("next_month", "next_quarter", "next_year"))
    options = row.table_or_none("options")
    table = RemunerationTable(
        name=row.text("name"),
        kind=row.one_of("kind", tuple(KINDS)),
        effect=effect,
        shape=row.one_of("shape", tuple(SHAPES), default=_SHAPE_OF.get(effect, "monthly_deduction")),
        options=MappingProxyType({} if options is None else options.plain()),
        percents=row.table("percent").percents(),
        bases=row.table("base").amounts(),
        source=row.text("source"),
        certainty=row.choice("certainty", Certainty),
    )
    row.refuse_rest()
    try:
        read_scheme(table.kind, table.shape, table.percents, table.source, table.certainty, table.options)
    except DomainError as error:
        row.wrong("shape", str(error), "write a shape of this kind and options that it knows")
    return table


def _succession(row: Fields) -> Succession:
    shares = row.table("units")
    succession = Succession(
        successors=row.texts("successors"),
        effective=row.day("effective"),
        legal_basis=row.text("legal_basis"),
        certainty=row.choice("certainty", Certainty),
        unit_shares=MappingProxyType({slug: shares.texts(slug) for slug in shares.names()}),
    )
    shares.refuse_rest()
    row.refuse_rest()
    return succession


def _demo(row: Fields) -> DemoHints:
    hints = DemoHints(
        number_slice=row.whole("number_slice", 0, 15),
        upper_units=row.texts("upper_units", required=False),
        offices=row.texts("offices", required=False),
        districts=row.texts("districts", required=False),
        history_year=row.whole_or_none("history_year", 2014, 2020),
        ratings=row.one_of("ratings", ("words", "scores"), default="words"),
        provider=row.one_of("provider", ("nanoidp", "canaille"), default="nanoidp"),
    )
    row.refuse_rest()
    return hints


def _check_relations(pack: Pack, packs: Mapping[str, Pack]) -> None:
    top = Fields(pack.slug, "pack.toml", {})
    for slug in () if pack.succession is None else pack.succession.successors:
        if slug not in packs or packs[slug].predecessor != pack.slug:
            top.wrong("succession.successors", f"{slug!r} does not name {pack.slug!r} as its predecessor", "agree both")
    before = packs.get(pack.predecessor or pack.slug)
    if before is None or (
        pack.predecessor and (not before.succession or pack.slug not in before.succession.successors)
    ):
        top.wrong("agency.predecessor", f"{pack.predecessor!r} does not name {pack.slug!r} as successor", "agree both")
    for other in packs.values():
        if other.slug < pack.slug:
            _check_apart(top, pack, other)


def _check_apart(top: Fields, pack: Pack, other: Pack) -> None:
    if pack.demo and other.demo and pack.demo.number_slice == other.demo.number_slice:
        top.wrong("demo.number_slice", f"{other.slug} has {pack.demo.number_slice} already", "take a free one")
    if shared := sorted(set(other.hosts) & set(pack.hosts)):
        top.wrong("agency.hosts", f"{other.slug} has {', '.join(shared)} already", "take another")
