"""The page of a regulation for its lawyers: article by article, with parameters, formulas and worked examples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from selaras.regulation.articles import Article, StepTold, Told, tell
from selaras.regulation.markdown import both, cell, day, span, table, value
from selaras.regulation.parameters import DatedValue, Parameter
from selaras.regulation.registry import Registry
from selaras.regulation.rules import Rules
from selaras.regulation.types import Certainty, Column, Source

INDEX = "README.md"
COMMAND = "selaras regulation pages"
CERTAIN: Mapping[Certainty, str] = {
    "regulation": "peraturan",
    "circular": "surat edaran",
    "application": "praktik aplikasi",
    "assumed": "tafsiran kami",
}
_SUBJECTS = {
    "appraisal": "penilaian kinerja · *appraisal*",
    "credit_points": "angka kredit · *credit points*",
    "talent": "manajemen talenta · *talent*",
    "promotion": "kenaikan pangkat · *promotion*",
    "merit": "sistem merit · *merit system*",
    "remuneration": "tunjangan · *remuneration*",
    "contract": "perjanjian kerja PPPK · *contract*",
    "discipline": "disiplin · *discipline*",
    "acting": "pejabat pengganti · *acting officials*",
}
_PERIODS = {"month": "bulan", "quarter": "triwulan", "half_year": "semester", "year": "tahun"}
_EMPLOYMENTS = {"pns": "PNS", "pppk": "PPPK", "pppk_paruh_waktu": "PPPK paruh waktu", "cpns": "CPNS"}
_LEVELS = {
    "item": "per butir · *per item*",
    "person": "per pegawai · *per person*",
    "segment": "per bagian tahun · *per segment*",
    "combined": "gabungan · *combined*",
}
_NOTICE = f"<!-- Dibuat dari plugin oleh `{COMMAND}`. Jangan diubah tangan. -->"


def pages(registry: Registry) -> dict[str, str]:
    """File name → content, one page per installed regulation and the index; the same for the same plugins."""
    all_told = {code: tell(registry, code) for code in registry.codes()}
    written = {f"{code}.md": "\n".join(_page(one)) for code, one in all_told.items()}
    return {INDEX: "\n".join(_index(all_told)), **written}


def stale(written: Mapping[str, str], folder: Path) -> list[str]:
    """Pages of the folder that are missing, say something else, or belong to nothing installed."""
    differing = [name for name, text in written.items() if _content(folder / name) != text]
    return [*differing, *obsolete(written, folder)]


def obsolete(written: Mapping[str, str], folder: Path) -> list[str]:
    """Pages of the folder that were made by the command, for a regulation that is no longer installed."""
    there = sorted(folder.glob("*.md")) if folder.is_dir() else []
    return [path.name for path in there if path.name not in written and (_content(path) or "").startswith(_NOTICE)]


def _content(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _index(all_told: Mapping[str, Told]) -> Iterator[str]:
    yield _NOTICE
    yield "# Peraturan yang terpasang · *Installed regulations*"
    yield ""
    yield "Tiap halaman disusun pasal demi pasal: angka dan kata, langkah penghitungan, dan contoh yang mengujinya."
    yield f"*Each page goes article by article. Made by `{COMMAND}`; a test fails when a page is out of date.*"
    yield ""
    yield from _certainties()
    heads = ("peraturan", "perihal", "berlaku", "pasal", "langkah", "contoh", "sumber berbeda", "pasal tanpa contoh")
    rows = []
    for code, one in sorted(all_told.items(), key=lambda pair: (pair[1].rules.subject != "appraisal", pair[0])):
        rules = one.rules
        counts = (len(one.articles), len(one.steps), len(one.cases), len(_disputed(one)), len(one.untouched))
        title = f"[{rules.title['id']}]({code}.md)"
        force = span(rules.in_force.start, rules.in_force.end)
        rows.append((title, _SUBJECTS.get(rules.subject, rules.subject), force, *map(str, counts)))
    yield from table(heads, rows)


def _certainties() -> Iterator[str]:
    yield "Kepastian tiap pernyataan · *How sure each statement is*:"
    yield ""
    yield "- **peraturan** · *regulation*: bunyi peraturan, atau penjelasan resmi instansi penerbitnya"
    yield "- **surat edaran** · *circular*: disebut surat edaran"
    yield "- **praktik aplikasi** · *application*: hanya terlihat pada aplikasi yang memakainya"
    yield "- **tafsiran kami** · *assumed*: bacaan kami; perlu diperiksa ahli hukum"
    yield ""


def _page(one: Told) -> Iterator[str]:
    rules = one.rules
    yield _NOTICE
    yield f"# {rules.title['id']}"
    yield ""
    yield f"*{rules.title['en']}*"
    yield ""
    yield from _identity(rules)
    yield from _articles(one)
    yield from _answers(rules)
    yield from _inputs(rules)
    yield from _cases(one)
    yield from _conflicts(one)
    yield from _gaps(one)
    yield f"[Semua peraturan · *all regulations*]({INDEX})"
    yield ""


def _identity(rules: Rules) -> Iterator[str]:
    identity = rules.identity
    covers = [f"{_EMPLOYMENTS.get(c.employment, c.employment)} ({_where(c.source)})" for c in identity.covers]
    editions = [f"{e.name}: sejak {day(e.valid_from)}, diketahui sejak {day(e.known_from)}" for e in identity.editions]
    force = f"{span(identity.in_force.start, identity.in_force.end)} ({_where(identity.in_force_source)})"
    rows = [
        ("kode · *code*", f"`{rules.code}`"),
        ("perihal · *subject*", _SUBJECTS.get(rules.subject, rules.subject)),
        ("dasar hukum · *legal basis*", "; ".join(identity.legal_basis)),
        ("berlaku · *in force*", f"{force}. {identity.in_force_source.note}".removesuffix(". ")),
        ("bagi · *covers*", "; ".join(covers)),
        ("periode · *periods*", ", ".join(_PERIODS.get(one, one) for one in rules.periods)),
        ("edisi rumus · *editions of the formulas*", "; ".join(editions)),
    ]
    yield from table(("", ""), [row for row in rows if row[1]])


def _articles(one: Told) -> Iterator[str]:
    yield "## Pasal demi pasal · *Article by article*"
    yield ""
    for article in one.articles:
        yield f"### {article.name}"
        yield ""
        yield from _parameters(article)
        for step in article.steps:
            yield from _step(step)
        if article.steps:
            yield ""
        if article.others:
            listed = [id_ if id_ == en else f"{id_} · *{en}*" for id_, en in dict.fromkeys(article.others)]
            yield from (f"- {cell(text)}" for text in listed)
            yield ""
        if article.cases:
            yield f"Contoh · *examples*: {', '.join(dict.fromkeys(article.cases))}"
            yield ""
        elif article.is_computed:
            yield "Belum ada contoh · *no example yet*."
            yield ""


def _parameters(article: Article) -> Iterator[str]:
    heads = (
        "angka atau kata · *number or word*",
        "nilai · *value*",
        "berlaku · *valid*",
        "kepastian",
        "catatan · *note*",
    )
    yield from table(heads, (_parameter(parameter, dated) for parameter, dated in article.parameters))


def _parameter(parameter: Parameter, dated: DatedValue) -> tuple[str, ...]:
    unit = f" {parameter.unit}" if parameter.unit else ""
    known = f"; diketahui sejak {day(dated.known_from)}" if dated.known_from != dated.validity.start else ""
    notes = [dated.source.note] if dated.source.note else []
    if parameter.open:
        notes.append(f"**Pilihan instansi** · *left to the agency*{_choices(parameter)}.")
    for other in dated.conflict:
        note = f" ({other.note})" if other.note else ""
        notes.append(f"**Sumber lain** · *otherwise*: {value(other.value, parameter.kind)}, {other.source}{note}.")
    return (
        f"{both(parameter.label)} (`{parameter.name}`)",
        f"{value(dated.value, parameter.kind)}{unit}",
        span(dated.validity.start, dated.validity.end) + known,
        CERTAIN[dated.source.certainty],
        "<br>".join(notes),
    )


def _choices(parameter: Parameter) -> str:
    if parameter.choices:
        return f": {', '.join(value(one) for one in parameter.choices)}"
    low = f" paling kecil {value(parameter.minimum)}" if parameter.minimum is not None else ""
    high = f" paling besar {value(parameter.maximum)}" if parameter.maximum is not None else ""
    return f":{low}{high}" if low or high else ""


def _step(step: StepTold) -> Iterator[str]:
    info = step.info
    unit = f" [{info.unit}]" if info.unit else ""
    per = _LEVELS[step.level]
    yield f"- **{info.label['id']}**{unit} · *{info.label['en']}* (`{info.name}`; {per}; {CERTAIN[info.certainty]})"
    if step.said:
        yield f"  - {cell(step.said)}"
    if step.lines:
        yield from (f"  - {cell(line)}" for line in step.lines)
    elif not step.said:
        yield "  - lihat rumusnya di kode · *see its formula in the code*"


def _answers(rules: Rules) -> Iterator[str]:
    yield from _scale(rules)
    yield from _distribution(rules)
    yield from _days(rules)
    if rules.consequences:
        yield "## Akibat · *Consequences*"
        yield ""
        labels = {level.code: level.label["id"] for level in rules.outcomes}
        rows = [
            (labels[one.outcome], both(one.label), _where(one.source), one.source.note) for one in rules.consequences
        ]
        yield from table(("hasil · *outcome*", "akibat · *consequence*", "pasal", "catatan"), rows)


def _scale(rules: Rules) -> Iterator[str]:
    for title, levels in (
        ("Predikat · *Outcomes*", rules.outcomes),
        ("Predikat organisasi · *Ratings of the organisation*", rules.organisation_levels),
    ):
        if levels:
            yield f"## {title}"
            yield ""
            yield from (f"{level.order}. {both(level.label)}" for level in levels)
            yield ""


def _distribution(rules: Rules) -> Iterator[str]:
    rule = rules.distribution
    if rule is None:
        return
    yield "## Pola distribusi · *Distribution*"
    yield ""
    names = {level.code: both(level.label) for level in rules.organisation_levels}
    rows = [
        (names.get(rating, rating), "<br>".join(both(limit.label) for limit in limits))
        for rating, limits in rule.limits.items()
    ]
    yield from table(("predikat organisasi · *the organisation's rating*", "syarat · *demands*"), rows)
    yield f"Sumber · *source*: {_where(rule.source)}."
    yield ""


def _days(rules: Rules) -> Iterator[str]:
    rows = [
        (both(one.label), value(one.day, "day_of_year"), _where(one.source), one.source.note) for one in rules.deadlines
    ]
    if rules.subject == "appraisal":
        window = rules.objection
        kind = {"calendar": "hari kalender", "working": "hari kerja"}[window.kind]
        label = "Keberatan sejak hasil diterima · *Objection from receipt*"
        rows.append((label, f"{window.days} {kind}", _where(window.source), window.source.note))
    if rows:
        yield "## Tenggat · *Deadlines and objection*"
        yield ""
        yield from table(("apa · *what*", "kapan · *when*", "pasal", "catatan"), rows)


def _inputs(rules: Rules) -> Iterator[str]:
    for title, columns in (
        ("Yang dibaca per pegawai · *Read per person*", rules.person_columns),
        ("Yang dibaca per butir · *Read per item*", rules.item_columns),
    ):
        if columns:
            yield f"## {title}"
            yield ""
            heads = ("isian · *input*", "isi · *content*", "wajib", "pasal")
            yield from table(heads, (_column(one) for one in columns))


def _column(column: Column) -> tuple[str, ...]:
    labels = [column.labels[one]["id"] if one in column.labels else one for one in column.allowed]
    content = ", ".join(labels) or {"number": "angka", "integer": "bilangan bulat", "boolean": "ya/tidak"}.get(
        column.type, {"date": "tanggal"}.get(column.type, "teks")
    )
    low = "di atas" if column.above_minimum else "dari"
    content += f" {low} {value(column.minimum)}" if column.minimum is not None else ""
    content += f" s.d. {value(column.maximum)}" if column.maximum is not None else ""
    content += f" ({column.unit})" if column.unit else ""
    return both(column.label) + f" (`{column.name}`)", content, "ya" if column.required else "tidak", column.article


def _cases(one: Told) -> Iterator[str]:
    if not one.cases:
        return
    yield "## Contoh · *Worked examples*"
    yield ""
    rows = [
        (str(case["id"]), _what(case), str(case.get("source", "")), "; ".join(one.touches[str(case["id"])]))
        for case in one.cases
    ]
    yield from table(("contoh", "hasil yang diuji · *results tested*", "sumber · *source*", "pasal"), rows)


def _what(case: Mapping[str, Any]) -> str:
    expected = case.get("expected")
    named = ", ".join(str(name) for name in expected) if isinstance(expected, Mapping) else ""
    return f"{named} ({case['rule']})"


def _conflicts(one: Told) -> Iterator[str]:
    rows = [
        (both(parameter.label), value(dated.value, parameter.kind), _otherwise(parameter, dated), _where(dated.source))
        for parameter, dated in _disputed(one)
    ]
    if rows:
        yield "## Sumber yang berbeda · *Where sources differ*"
        yield ""
        yield "Tidak ada yang dipilih diam-diam: yang dipakai ialah nilai parameter, yang lain tercatat padanya."
        yield ""
        yield from table(("perihal · *about*", "dipakai · *used*", "lain · *otherwise*", "pasal"), rows)


def _disputed(one: Told) -> list[tuple[Parameter, DatedValue]]:
    return [(parameter, dated) for parameter in one.rules.parameters for dated in parameter.values if dated.conflict]


def _otherwise(parameter: Parameter, dated: DatedValue) -> str:
    return "<br>".join(f"{value(other.value, parameter.kind)}: {other.source}" for other in dated.conflict)


def _gaps(one: Told) -> Iterator[str]:
    yield "## Yang belum teruji · *What is not held*"
    yield ""
    if one.untouched:
        yield "Pasal tanpa contoh · *articles without an example*:"
        yield ""
        yield from (f"- {name}" for name in one.untouched)
    else:
        yield "Setiap pasal yang dihitung punya contoh · *every article that is computed has an example*."
    yield ""
    if one.homeless:
        yield f"Contoh yang tidak menyentuh pasal · *examples that touch no article*: {', '.join(one.homeless)}"
    else:
        yield "Setiap contoh menyentuh sebuah pasal · *every example touches an article*."
    yield ""


def _where(source: Source) -> str:
    return f"{source.article}; {CERTAIN[source.certainty]}"
