"""The agency's own rules of its organisation that travel in packs: letterheads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from selaras.organisation.letterhead_models import OwnLetterhead
from selaras.organisation.letterheads import written
from selaras.tenancy.own_rules import Dated, OwnRules, Taking, dated_rules
from selaras.tenancy.pack_fields import Fields
from selaras.tenancy.rule_rows import RuleRow

LETTERHEAD = "letterhead"


def _check(taking: Taking, row: RuleRow) -> None:
    fields = Fields(taking.origin, LETTERHEAD, row.values)
    written(fields.texts("lines", required=False), fields.text("place"))
    fields.refuse_rest()


def _said(values: Mapping[str, Any]) -> Mapping[str, Any]:
    return values if values["lines"] else {"place": values["place"]}


def _kept(values: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"place": values["place"], "lines": list(values.get("lines", ()))}


OWN_RULES: tuple[OwnRules, ...] = (
    dated_rules(
        LETTERHEAD,
        {"id": "Kop surat", "en": "Letterhead"},
        Dated(
            OwnLetterhead,
            {"lines": "lines", "place": "place"},
            {"account_id": "an account of this agency", "reason": "the agency's own words about its own decision"},
            lambda taking: {"account_id": taking.account_id, "reason": taking.reason},
            said=_said,
            kept=_kept,
        ),
        _check,
    ),
)
