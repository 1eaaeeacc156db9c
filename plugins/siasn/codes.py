"""The codes of the SIASN web service, out of `codes.yaml`: ours into theirs, and what they do not know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from selaras.exchange.national.border import Cause, Owner


@dataclass(frozen=True)
class Ratings:
    """How one regulation's words read in codes: the two ratings' columns, and the outcome."""

    result: str
    behaviour: str
    result_codes: Mapping[str, int]
    behaviour_codes: Mapping[str, int]
    outcomes: Mapping[str, int]


@dataclass(frozen=True)
class Codes:
    """Every table; `coefficients` and `ranks` may be completed by the agency's own."""

    annual_from: int
    regulations: Mapping[str, Ratings]
    periods: Mapping[str, str]
    coefficients: Mapping[str, Mapping[str, str]]
    ranks: Mapping[str, str]
    causes: Mapping[str, Cause]


@cache
def codes() -> Codes:
    """The tables of this release."""
    found: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("codes.yaml").read_text("utf-8"))
    causes = {
        code: Cause(code, Owner(one["owner"]), _words(one["title"]), _words(one["remedy"]))
        for code, one in found["causes"].items()
    }
    regulations = {code: _ratings(one) for code, one in found["regulations"].items()}
    return Codes(
        found["annual_from"]["value"],
        regulations,
        found["periods"],
        found["coefficients"],
        found["ranks"],
        causes,
    )


def own_codes(text: str) -> dict[str, str]:
    """The agency's own rows, one a line as `name = code`; a line that says nothing else is left out."""
    rows = (line.partition("=") for line in text.splitlines() if "=" in line)
    return {name.strip(): code.strip() for name, _, code in rows}


def _words(said: Mapping[str, str]) -> Mapping[str, str]:
    # A comma without quotation marks would end a text early and begin another.
    if set(said) != {"id", "en"}:
        raise ValueError(f"a text of codes.yaml has the languages {sorted(said)}")
    return said


def _ratings(one: Mapping[str, Any]) -> Ratings:
    result, behaviour = one["result"], one["behaviour"]
    return Ratings(result["column"], behaviour["column"], result["codes"], behaviour["codes"], one["outcomes"])
