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

from selaras.tenancy.letterheads import Letterhead, read_letterhead
from selaras.tenancy.pack_fields import Fields, PackError, refuse_overlaps
from selaras.tenancy.pack_rules import (
    Certainty,
    Comparable,
    Fact,
    RankingRule,
    RemunerationTable,
    Said,
    defaults,
    read_choices,
    read_facts,
    read_ranking,
    read_remuneration,
    read_rows,
)
from selaras.tenancy.rule_rows import RuleRow

__all__ = [
    "AgencyKind",
    "Certainty",
    "Comparable",
    "Pack",
    "PackError",
    "RegulationSpan",
    "defaults",
    "letterhead_of",
    "load_packs",
]

GROUP = "selaras.packs"


class AgencyKind(StrEnum):
    """What an agency is; regional ones carry a region code."""

    MINISTRY = "ministry"
    AGENCY = "agency"
    PROVINCE = "province"
    REGENCY = "regency"
    CITY = "city"


REGIONAL = frozenset({AgencyKind.PROVINCE, AgencyKind.REGENCY, AgencyKind.CITY})


@dataclass(frozen=True)
class RegulationSpan:
    """Which regulation is followed on the days `starts`..`ends` (both included; no end: until further notice)."""

    code: str
    starts: date
    ends: date | None
    edition: str | None = None


@dataclass(frozen=True)
class CodeSpan:
    """A module of the pack that answers hooks of one regulation from a day on, until the next for it."""

    regulation: str
    module: str
    starts: date


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
    """One agency as its pack describes it. `choices`: regulation → open parameter → value. `hash` covers every file.

    `ranking` and `remuneration` are the defaults where the pack says nothing. `rules`: what it says, as dated rows;
    `supplied`: what it leaves to the defaults, nothing where it is `whole`. `facts`: what is known and what is assumed.
    """

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
    letterhead: Letterhead
    succession: Succession | None
    demo: DemoHints | None
    facts: tuple[Fact, ...]
    rules: tuple[RuleRow, ...]
    supplied: tuple[RuleRow, ...]
    whole: bool
    hash: str

    def regulation_on(self, day: date) -> str | None:
        """The code of the regulation followed on a day, or None in a gap."""
        spans = (one for one in self.regulations if one.starts <= day and (one.ends is None or day <= one.ends))
        return next((one.code for one in spans), None)


@cache
def load_packs() -> Mapping[str, Pack]:
    """All installed packs by slug, each checked by itself and against the others; PackError names what is wrong."""
    packs = {point.name: read_pack(point.name, files(point.value)) for point in entry_points(group=GROUP)}
    for pack in packs.values():
        _check_relations(pack, packs)
    return MappingProxyType(dict(sorted(packs.items())))


def letterhead_of(slug: str | None) -> Letterhead:
    """What the pack of an agency says of its printed forms; without a pack, nothing."""
    pack = load_packs().get(slug or "")
    return pack.letterhead if pack else Letterhead()


def read_pack(slug: str, folder: Traversable) -> Pack:
    """The pack in a folder; PackError says which key of its `pack.toml` is wrong and what to write instead."""
    try:
        text = folder.joinpath("pack.toml").read_text("utf-8")
    except FileNotFoundError:
        raise PackError(slug, "pack.toml", "the file is missing", "add it beside __init__.py") from None
    return read_text(slug, text, folder_hash(folder))


def read_text(slug: str, text: str, pack_hash: str | None = None) -> Pack:
    """The pack that a `pack.toml` describes, wherever it came from."""
    try:
        raw = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise PackError(slug, "pack.toml", f"it is not TOML ({error})", "mend that line") from error
    top = Fields(slug, "pack.toml", raw)
    pack = _pack(slug, top, pack_hash or hashlib.sha256(text.encode()).hexdigest())
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
    agency, (ranking, tables), whole = top.table("agency"), defaults(), top.flag("whole")
    demo, succession = top.table_or_none("demo"), top.table_or_none("succession")
    kind, spans, said = agency.choice("kind", AgencyKind), _spans(top), _said(top)
    default_table = tables["tpp" if kind in REGIONAL else "tukin"]
    rules, supplied = _rules(top, spans, said, Said(None, None, {}) if whole else Said(ranking, default_table, {}))
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
        regulations=spans,
        code=_code(top),
        ranking=said.ranking or ranking,
        remuneration=said.remuneration or default_table,
        choices=said.choices,
        letterhead=read_letterhead(top.table_or_none("letterhead")),
        succession=None if succession is None else _succession(succession),
        demo=None if demo is None else _demo(demo),
        facts=read_facts(top),
        rules=rules,
        supplied=supplied,
        whole=whole,
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


def _said(top: Fields) -> Said:
    ranking, table = top.table_or_none("ranking"), top.table_or_none("remuneration")
    return Said(
        None if ranking is None else read_ranking(ranking),
        None if table is None else read_remuneration(table),
        read_choices(top),
    )


def _rules(
    top: Fields, spans: tuple[RegulationSpan, ...], said: Said, default: Said
) -> tuple[tuple[RuleRow, ...], tuple[RuleRow, ...]]:
    """What the pack says as dated rows, and what it leaves to the defaults."""
    began, rows = [(one.code, one.starts) for one in spans], read_rows(top)
    own, written = said.rows(began), {one.of for one in rows}
    for twice in sorted({one.of for one in own} & written):
        top.wrong("rule", f"{twice} is said in a table of its own already", "say it in one place")
    kinds = {one.of for one in own} | written
    return (*own, *rows), tuple(one for one in default.rows(began) if one.of not in kinds)


def _spans(top: Fields) -> tuple[RegulationSpan, ...]:
    spans = []
    for row in top.tables("regulation"):
        span = RegulationSpan(row.text("code"), row.day("from"), row.day_or_none("until"), row.optional("edition"))
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
