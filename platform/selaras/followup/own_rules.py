"""The agency's own rules of what follows a result that travel in packs: tables of remuneration."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from selaras.errors import Invalid
from selaras.followup.models import RemunerationTable
from selaras.tenancy.own_rules import Dated, OwnRules, Taking, dated_rules
from selaras.tenancy.pack_fields import Fields
from selaras.tenancy.pack_rules import REMUNERATION, read_remuneration
from selaras.tenancy.packs import REGIONAL, AgencyKind
from selaras.tenancy.rule_rows import RuleRow, stored


def _check(taking: Taking, row: RuleRow) -> None:
    table = read_remuneration(Fields(taking.origin, REMUNERATION, row.values))
    if (AgencyKind(taking.agency.kind) in REGIONAL) != (table.kind == "tpp"):
        raise Invalid(
            "rules.remuneration_kind",
            "The pack's table of remuneration is one of {kind}: a regional government pays tpp, a central agency "
            "tukin. Take a pack of the same kind of agency, or take that table out of it.",
            kind=table.kind,
        )


def _said(values: Mapping[str, Any]) -> Mapping[str, Any]:
    said = {**values, "percent": {code: Decimal(str(share)) for code, share in values["percent"].items()}}
    said["base"] = {job_class: Decimal(str(amount)) for job_class, amount in values["base"].items()}
    return {word: value for word, value in said.items() if value or word not in ("options", "rows")}


def _kept(values: Mapping[str, Any]) -> Mapping[str, Any]:
    table = read_remuneration(Fields("pack", REMUNERATION, values))
    return {
        **values,
        "shape": table.shape,
        "options": stored(values.get("options", {})),
        "rows": stored(values.get("rows", [])),
        "percent": {code: str(percent) for code, percent in table.percents.items()},
        "base": {str(job_class): base for job_class, base in table.bases.items()},
    }


_COLUMNS = {name: name for name in ("name", "kind", "effect", "shape", "options", "rows", "source", "certainty")}
_COLUMNS |= {"percent": "percents", "base": "bases"}


def table_of(row: RuleRow) -> RemunerationTable:
    """The table that a row says, as the agency would keep it; nothing is written."""
    kept = _kept(row.values)
    return RemunerationTable(**{column: kept[word] for word, column in _COLUMNS.items()})


OWN_RULES: tuple[OwnRules, ...] = (
    dated_rules(
        REMUNERATION,
        {"id": "Tabel tunjangan kinerja", "en": "Table of remuneration"},
        Dated(
            RemunerationTable,
            _COLUMNS,
            {
                "version": "counts the revisions at this agency",
                "restores": "names a version of this agency",
            },
            lambda _: {},
            said=_said,
            kept=_kept,
        ),
        _check,
        apart="kind",
    ),
)
