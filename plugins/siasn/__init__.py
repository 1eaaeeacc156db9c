"""The web service of SIASN (apisiasn/1.0, BKN) as a national endpoint.

What public clients show is taken as seen; no manual is public. Addresses are settings, never constants.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime

from selaras.exchange.national.border import Appraiser, Ask, Field, Kind, Result
from siasn.codes import codes
from siasn.line import Line
from siasn.payloads import payload, translated
from siasn.settings import FIELDS
from siasn.tokens import end_of


class Siasn:
    """Implements `border.Endpoint`."""

    code = "siasn"
    title: Mapping[str, str] = {"id": "SIASN (BKN)", "en": "SIASN (BKN)"}
    fields: tuple[Field, ...] = FIELDS

    @property
    def causes(self) -> Mapping[str, object]:
        """Why a result may not go, with who can mend it."""
        return codes().causes

    def kind(self, period_kind: str, starts: date, regulation: str) -> Kind | None:
        """Years from 2022 on as annual, months and quarters as periodic; half years have no code."""
        tables = codes()
        if regulation not in tables.regulations or starts.year < tables.annual_from:
            return None
        if period_kind == "year":
            return Kind.ANNUAL
        return Kind.PERIODIC if period_kind in tables.periods else None

    def wants(self, result: Result) -> bool:
        """Periodic results serve the conversion into credit points, which only functional officials have."""
        return result.kind is Kind.ANNUAL or result.post_kind == "jf"

    def faults(self, result: Result, settings: Mapping[str, str]) -> tuple[str, ...]:
        """All of them, in the order in which they are best mended."""
        return tuple(_faults(result, settings))

    def content(self, result: Result, settings: Mapping[str, str]) -> bytes:
        """The body as it would be sent, without an id, names in order."""
        return json.dumps(payload(result, settings), sort_keys=True, ensure_ascii=False).encode()

    def expires(self, settings: Mapping[str, str]) -> datetime | None:
        """The end of the token that an operator lent; None where tokens are had by password."""
        return None if settings.get("operator_password") else end_of(settings.get("operator_token", ""))

    def dial(self, settings: Mapping[str, str], ask: Ask, today: Callable[[], datetime]) -> Line:
        """A line with these settings."""
        return Line(settings, ask, today)


def _faults(result: Result, settings: Mapping[str, str]) -> Iterator[str]:
    said = translated(result, settings)
    if not result.number:
        yield "number_missing"
    if result.appraiser is None:
        yield "appraiser_missing"
    else:
        yield from _faults_of(result.appraiser, said.rank)
    if said.result is None or said.behaviour is None:
        yield "rating_missing"
    if said.outcome is None:
        yield "outcome_unknown"
    if result.kind is Kind.PERIODIC and said.coefficient is None:
        yield "coefficient_unknown"


def _faults_of(appraiser: Appraiser, rank: str | None) -> Iterator[str]:
    if not appraiser.post or not appraiser.unit:
        yield "appraiser_incomplete"
    if appraiser.number and rank is None:
        yield "appraiser_rank_unknown"


endpoint = Siasn()
