"""What can be exported as a file: each list once, with its columns, its statement and who may have it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from selaras.exchange.lists.access import ACCESS
from selaras.exchange.lists.cycle import CYCLE
from selaras.exchange.lists.declaring import ListExport
from selaras.exchange.lists.organisation import ORGANISATION
from selaras.exchange.lists.plans import PLANS
from selaras.exchange.lists.results import RESULTS

LISTS: Mapping[str, ListExport] = MappingProxyType(
    {one.code: one for one in (*ORGANISATION, *PLANS, *RESULTS, *CYCLE, *ACCESS)}
)
"""Every list by its code; those of an import's kind have that kind's code and columns."""

__all__ = ["LISTS", "ListExport"]
