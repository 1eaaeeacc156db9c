"""What the regulation's form says to rows of a plan: words of the file as its codes, and faults with their row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

import polars as pl

from selaras.errors import DomainError, Fault
from selaras.exchange.intake import Intake
from selaras.exchange.kinds.plan_details import detailed
from selaras.exchange.layouts import folded
from selaras.exchange.report import SHOWN, Severity
from selaras.planning.drafts import Holder, ItemDraft, MeasureDraft, PlanDraft
from selaras.planning.rules import faults, section_for, variant_for
from selaras.regulation import Aspect, Behaviour, PlanForm, Rules, Term, load_registry
from selaras.tenancy.queries import Followed, agency, rules_within

HEADERS = {
    "model": "MODEL",
    "variant": "FORMULIR",
    "section": "BAGIAN",
    "perspective": "PERSPEKTIF",
    "parent_item_id": "KODE RHK PIMPINAN",
    "expectation": "EKSPEKTASI PIMPINAN",
    "origin": "ASAL PENUGASAN",
    "aspect": "ASPEK",
    "measures": "INDIKATOR",
    "title": "RENCANA HASIL KERJA",
    "indicator": "INDIKATOR",
    "target": "TARGET",
    "manual": "MANUAL INDIKATOR",
}
AGAIN = "Correct it in the file and import again."
# Which result it is, is checked for the file as a whole; here it only matters that one is named.
_NAMED = UUID(int=0)


def by_rules(intake: Intake, rows: pl.DataFrame) -> Iterator[tuple[Rules | None, pl.DataFrame]]:
    """`rows` (`year`, `last`) by the rules of the last day of their plan; without any, a warning says so."""
    for (year,), own in rows.group_by("year", maintain_order=True):
        left = own
        for followed in _followed(intake, int(str(year))):
            covered = pl.col("last").is_between(followed.starts, followed.until, closed="left")
            mine, left = left.filter(covered), left.filter(~covered)
            if not mine.is_empty():
                yield followed.rules, mine
        if not left.is_empty():
            intake.problems.add("form_unchecked", column="TAHUN", severity=Severity.WARNING, year=year)
            yield None, left


def _followed(intake: Intake, year: int) -> tuple[Followed, ...]:
    try:
        registry = intake.registry or load_registry()
        whose = agency(intake.session, intake.tenant)
        return rules_within(intake.session, whose, date(year, 1, 1), date(year, 12, 31), registry)
    except DomainError:
        return ()


def worded(rows: pl.DataFrame, column: str, terms: Iterable[Term | Aspect | Behaviour]) -> pl.DataFrame:
    """`column` with the form's codes where it holds a code or a label; other words stay, to be refused by name."""
    codes = {folded(word): one.code for one in terms for word in (one.code, one.label["id"], one.label["en"])}
    if not codes:
        return rows
    plain = pl.col(column).str.to_uppercase().str.replace_all("[^A-Z0-9]", "")
    known = plain.replace_strict(codes, default=None, return_dtype=pl.String)
    return rows.with_columns(pl.coalesce(known, column).alias(column))


def fitted(intake: Intake, rows: pl.DataFrame, rules: Rules | None) -> pl.DataFrame:
    """The rows under one form in its codes, with the section's `kind` and each plan's `variant`; faults reported.

    What can be filled in later is a warning; what the form does not know is an error.
    """
    if rules is None:
        return rows.with_columns(detail=pl.lit(None, pl.String))
    form = rules.form
    for column, terms in _terms(form).items():
        rows = worded(rows, column, terms)
    asked = rows.get_column("model").is_not_null().any()
    found: dict[str, list[tuple[Fault, Mapping[str, Any]]]] = {}
    variants = []
    for (person, first), own in rows.group_by("person_id", "first", maintain_order=True):
        draft, places = _draft(list(own.iter_rows(named=True)), form)
        holder = _holder(own.row(0, named=True))
        variant = variant_for(form, holder, draft.variant)
        variants.append((person, first, variant.code if variant else None))
        for fault in faults(draft, form, rules.behaviours, holder):
            if asked or fault.field != "model":
                found.setdefault(f"{fault.code}/{fault.field.rpartition('.')[2]}", []).append(
                    (fault, _place(places, fault.field))
                )
    _report(intake, found)
    schema: dict[str, type[pl.DataType]] = {"person_id": pl.String, "first": pl.Date, "variant": pl.String}
    chosen = pl.DataFrame(variants, schema, orient="row")
    return detailed(intake, rows.drop("variant"), rules).join(
        chosen, on=["person_id", "first"], how="left", maintain_order="left"
    )


def _terms(form: PlanForm) -> Mapping[str, Sequence[Term]]:
    return {
        "model": form.models,
        "variant": form.variants,
        "section": form.sections,
        "perspective": form.perspectives,
    }


def _holder(row: Mapping[str, Any]) -> Holder:
    return Holder(row["post_kind"], bool(row["is_head"]), row["superior_id"] is not None)


def _draft(rows: Sequence[Mapping[str, Any]], form: PlanForm) -> tuple[PlanDraft, dict[str, Mapping[str, Any]]]:
    """One person's rows as a draft, and which row stands behind each of its places."""
    places: dict[str, Mapping[str, Any]] = {"": rows[0]}
    items: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        items.setdefault(row["code"], []).append(row)
    made = []
    for n, own in enumerate(items.values()):
        places[f"items.{n}"] = own[0]
        measures = [row for row in own if row["aspect"] is not None]
        places |= {f"items.{n}.measures.{m}": row for m, row in enumerate(measures)}
        made.append(_item(own[0], measures, form))
    return PlanDraft(model=rows[0]["model"], variant=rows[0]["variant"], items=tuple(made)), places


def _item(row: Mapping[str, Any], measures: Sequence[Mapping[str, Any]], form: PlanForm) -> ItemDraft:
    section = section_for(form, row["section"], row["kind"])
    return ItemDraft(
        code=row["code"],
        title=row["title"],
        section=section.code if section else row["section"],
        perspective=row["perspective"],
        origin=row["origin"],
        expectation=row["expectation"],
        parent_item_id=_NAMED if row["parent_code"] is not None else None,
        measures=tuple(
            MeasureDraft(
                one["aspect"],
                one["indicator"],
                Decimal(one["target"]) if one["target"] is not None else None,
                one["measure"],
                one["manual"],
            )
            for one in measures
        ),
    )


def _place(places: Mapping[str, Mapping[str, Any]], field: str) -> Mapping[str, Any]:
    """The row behind `items.0.measures.1.target`, or behind the nearest place that holds it."""
    while field not in places:
        field = field.rpartition(".")[0]
    return places[field]


def _report(intake: Intake, found: Mapping[str, Sequence[tuple[Fault, Mapping[str, Any]]]]) -> None:
    for key, faulty in found.items():
        header = HEADERS.get(key.partition("/")[2])
        for fault, row in faulty[:SHOWN]:
            intake.problems.add(
                fault.code,
                row=row["row"],
                sheet=row["sheet"],
                column=header,
                severity=Severity.WARNING if fault.final else Severity.ERROR,
                words=(fault.message, AGAIN),
                **cast(dict[str, Any], fault.params),
            )
        if len(faulty) > SHOWN:
            severity = Severity.WARNING if faulty[0][0].final else Severity.ERROR
            intake.problems.add("more", column=header, severity=severity, count=len(faulty) - SHOWN)
