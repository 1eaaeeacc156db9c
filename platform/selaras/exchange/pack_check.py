"""What is wrong with a pack, and what it assumes: dates, gaps, sources, rules that can be, equal after a round trip."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import tomli_w
from sqlalchemy.dialects.postgresql import Range

from selaras.errors import DomainError
from selaras.exchange.own_rules import KINDS, rows_of
from selaras.regulation import Registry
from selaras.tenancy.pack_code import pack_code
from selaras.tenancy.pack_rules import CHOICE, RANKING, REMUNERATION, Certainty
from selaras.tenancy.packs import Pack, read_text
from selaras.tenancy.rule_rows import RuleRow, clipped, differences, overlapping, written
from selaras.tenancy.rules import gaps

REGULATION = "regulation"
MADE_UP = (Certainty.ASSUMED, Certainty.SAMPLE)
MARK = "(contoh)"


@dataclass(frozen=True)
class Finding:
    """Something about a part of a pack. `problem`: the pack may not stay as it is; else it is what it assumes."""

    part: str
    says: str
    problem: bool = True


@dataclass(frozen=True)
class Checked:
    """A pack with what was found."""

    pack: Pack
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing has to be mended."""
        return not any(one.problem for one in self.findings)


def check(pack: Pack, registry: Registry, today: date) -> Checked:
    """Everything that can be said of a pack without an agency; in the order of its file."""
    try:
        rows = rows_of(pack, defaults=True)
    except DomainError as error:
        return Checked(pack, (Finding("rule", str(error)),))
    parts = (_dates(pack, rows, today), _laws(pack, rows, registry), _sources(pack), _assumptions(pack, rows))
    return Checked(pack, (*(one for part in parts for one in part), *_round_trip(pack, rows)))


def _dates(pack: Pack, rows: tuple[RuleRow, ...], today: date) -> Iterator[Finding]:
    if not pack.regulations:
        yield Finding(REGULATION, "it follows no regulation on any day")
        return
    first = min(one.starts for one in pack.regulations)
    last = pack.ended_on - timedelta(days=1) if pack.ended_on else max(today, first)
    days = [Range(one.starts, one.ends and one.ends + timedelta(days=1)) for one in pack.regulations]
    for gap in gaps(days, first, last):
        yield Finding(REGULATION, f"no regulation is followed from {gap.first} to {gap.last}")
    if twice := overlapping(rows):
        yield Finding(twice.of, f"two of them hold on {twice.starts}")
    newest = max(one.starts for one in pack.regulations)
    for of, start in ((RANKING, first), (REMUNERATION, newest)):
        held = [Range(one.starts, one.ends) for one in rows if one.of == of]
        for gap in gaps(held, start, last):
            yield Finding(of, f"there is none from {gap.first} to {gap.last}")


def _laws(pack: Pack, rows: tuple[RuleRow, ...], registry: Registry) -> Iterator[Finding]:
    for span in pack.regulations:
        for day in (span.starts, span.ends):
            if day is not None:
                yield from _tried(REGULATION, registry, span.code, day, {})
    for row in rows:
        if row.of == CHOICE:
            chosen = row.values["parameters"]
            code, first = str(row.values["regulation"]), row.first
            if code in registry.codes():
                first = max(first, registry.identity(code).in_force.start)
            yield from _tried(f"{CHOICE} {code}", registry, code, first, chosen)
    yield from _codes(pack, registry)


def _codes(pack: Pack, registry: Registry) -> Iterator[Finding]:
    for code_span in pack.code:
        try:
            found = pack_code(pack.slug, code_span.regulation, code_span.starts)
            assert found is not None
            registry.appraisal(code_span.regulation, on=code_span.starts, pack=found.module)
        except DomainError as error:
            yield Finding("code", str(error))


def _tried(part: str, registry: Registry, code: str, day: date, chosen: object) -> Iterator[Finding]:
    try:
        registry.rules(code, on=day, overrides=chosen if isinstance(chosen, dict) else None)
    except DomainError as error:
        yield Finding(part, str(error))


def _sources(pack: Pack) -> Iterator[Finding]:
    """What every part rests on: a table of remuneration says it itself, the others by a fact."""
    known = {one.about for one in pack.facts}
    wanted = {REGULATION} | {
        one.of if one.of != CHOICE else f"choices.{one.values['regulation']}" for one in pack.rules
    }
    for part in sorted(wanted - {REMUNERATION} - known):
        yield Finding(part, f'it has no source: add a [[fact]] with about = "{part}", its source and its certainty')
    for one in pack.facts:
        head = one.about.split(".")[0]
        if head not in {REGULATION, "agency", "choices", "code", "succession", "rule", *KINDS}:
            yield Finding("fact", f"{one.about!r} is no part of a pack")


def _part(row: RuleRow) -> str:
    return row.of if row.of != CHOICE else f"choices.{row.values['regulation']}"


def _assumptions(pack: Pack, rows: tuple[RuleRow, ...]) -> Iterator[Finding]:
    for one in pack.facts:
        if one.certainty in MADE_UP:
            yield Finding(one.about, f"{one.certainty.value}: {one.says} [{one.source}]", problem=False)
    for row in rows:
        if row.of == REMUNERATION and row.values.get("certainty") in list(MADE_UP):
            name = str(row.values["name"])
            if row.values["certainty"] == Certainty.SAMPLE.value and MARK not in name:
                yield Finding(REMUNERATION, f"its figures are samples, so its name must say {MARK}: {name}")
            yield Finding(REMUNERATION, f"{row.values['certainty']}: {name} [{row.values['source']}]", problem=False)
    if pack.supplied and RANKING in {one.of for one in pack.supplied}:
        yield Finding(RANKING, "assumed: the default of this instance, since nothing is known", problem=False)


def _round_trip(pack: Pack, rows: tuple[RuleRow, ...]) -> Iterator[Finding]:
    """Written as an export writes it and read again, every day says the same."""
    agency = {"name": "-", "short_name": "-", "kind": pack.kind.value, "head_title": "-", "time_zone": pack.time_zone}
    agency |= {"region_code": pack.region_code} if pack.region_code else {}
    whole = {"whole": True, REGULATION: [], "agency": {**agency, "hosts": ["round-trip.localhost"]}}
    document = tomli_w.dumps({**whole, "rule": [_written(one) for one in rows]})
    again = rows_of(read_text(pack.slug, document), defaults=False)
    for one in differences(clipped(rows, None), again):
        yield Finding(one.of, f"read again it differs from {one.starts} on: {', '.join(one.keys)}")


def _written(row: RuleRow) -> dict[str, object]:
    days = {"from": row.starts, "until": row.ends - timedelta(days=1) if row.ends else None}
    return {"of": row.of, **{name: day for name, day in days.items() if day}, **written(row.values)}
