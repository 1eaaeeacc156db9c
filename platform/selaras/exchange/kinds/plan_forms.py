"""What the regulation's form says to rows of a plan: words of the file as its codes, and faults with their row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

import polars as pl

from selaras.errors import DomainError, Fault
from selaras.exchange.intake import Intake
from selaras.exchange.layouts import folded
from selaras.exchange.report import SHOWN, Severity
from selaras.planning.drafts import Holder, ItemDraft, MeasureDraft, PlanDraft
from selaras.planning.queries import holders_on
from selaras.planning.rules import faults, section_for, variant_for
from selaras.regulation import Aspect, Behaviour, PlanForm, Rules, Term, load_registry
from selaras.tenancy.queries import agency, rules_on

NOBODY = Holder(None, False, False)
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


def rules_of(intake: Intake, year: int) -> Rules | None:
    """The rules of the plans of a year; None, with a warning, where the agency followed none at its end."""
    try:
        registry = intake.registry or load_registry()
        return rules_on(intake.session, agency(intake.session, intake.tenant), date(year, 12, 31), registry)
    except DomainError:
        intake.problems.add("form_unchecked", column="TAHUN", severity=Severity.WARNING, year=year)
        return None


def worded(rows: pl.DataFrame, column: str, terms: Iterable[Term | Aspect | Behaviour]) -> pl.DataFrame:
    """`column` with the form's codes where it holds a code or a label; other words stay, to be refused by name."""
    codes = {folded(word): one.code for one in terms for word in (one.code, one.label["id"], one.label["en"])}
    if not codes:
        return rows
    plain = pl.col(column).str.to_uppercase().str.replace_all("[^A-Z0-9]", "")
    known = plain.replace_strict(codes, default=None, return_dtype=pl.String)
    return rows.with_columns(pl.coalesce(known, column).alias(column))


def fitted(intake: Intake, rows: pl.DataFrame, year: int) -> pl.DataFrame:
    """The rows of one year in the form's codes, with the section's `kind` and each plan's `variant`; faults reported.

    What can be filled in later is a warning; what the form does not know is an error.
    """
    rules = rules_of(intake, year)
    if rules is None:
        return rows
    form = rules.form
    for column, terms in _terms(form).items():
        rows = worded(rows, column, terms)
    asked = rows.get_column("model").is_not_null().any()
    found: dict[str, list[tuple[Fault, Mapping[str, Any]]]] = {}
    variants: dict[str, str | None] = {}
    people = {one["person_id"]: _holder(one) for one in holders_on(intake.session, intake.day).iter_rows(named=True)}
    for (person,), own in rows.group_by("person_id", maintain_order=True):
        draft, places = _draft(list(own.iter_rows(named=True)), form)
        holder = people.get(str(person), NOBODY)
        variant = variant_for(form, holder, draft.variant)
        variants[str(person)] = variant.code if variant else None
        for fault in faults(draft, form, rules.behaviours, holder):
            if asked or fault.field != "model":
                found.setdefault(f"{fault.code}/{fault.field.rpartition('.')[2]}", []).append(
                    (fault, _place(places, fault.field))
                )
    _report(intake, found)
    chosen = pl.col("person_id").replace_strict(variants, default=None, return_dtype=pl.String)
    return rows.with_columns(variant=chosen)


def _terms(form: PlanForm) -> Mapping[str, Sequence[Term]]:
    return {
        "model": form.models,
        "variant": form.variants,
        "section": form.sections,
        "perspective": form.perspectives,
    }


def _holder(row: Mapping[str, Any]) -> Holder:
    return Holder(row["post_kind"], row["is_head"], row["has_superior"])


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
