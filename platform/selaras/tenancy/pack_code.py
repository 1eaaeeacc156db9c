"""The code of a pack, for the few agencies whose own rules data cannot say: for one regulation, from a day on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import import_module
from types import ModuleType

from selaras.errors import Misconfigured
from selaras.regulation.parameters import load_parameters
from selaras.tenancy.packs import load_packs


@dataclass(frozen=True)
class PackCode:
    """A module that answers hooks of a regulation for its agency, and the days on which its parameters change."""

    module: ModuleType
    changes: tuple[date, ...]

    def standing(self, on: date, day: date) -> date:
        """The last day up to `day` on which the code or its parameters changed, if later than `on`."""
        return max([on, *(change for change in self.changes if change <= day)])


def pack_code(name: str | None, regulation: str, day: date) -> PackCode | None:
    """What the pack's `[[code]]` says for a regulation on a day; None for nothing. Misconfigured if not installed."""
    if name is None:
        return None
    packs = load_packs()
    if name not in packs:
        raise Misconfigured(
            "pack.not_installed",
            "The agency's pack {pack} is not installed here. Install it and start again.",
            pack=name,
        )
    spans = [one for one in packs[name].code if one.regulation == regulation and one.starts <= day]
    return _loaded(*max((one.starts, one.module) for one in spans)) if spans else None


@cache
def _loaded(starts: date, module: str) -> PackCode:
    try:
        code = import_module(module)
    except ImportError as error:
        raise Misconfigured(
            "pack.code",
            "The module {module} of a pack cannot be imported: {problem}",
            module=module,
            problem=str(error),
        ) from error
    own = getattr(code, "agency_parameters", None)
    changes = load_parameters(own()).change_days() if own else set()
    return PackCode(code, tuple(sorted({starts} | {change for change in changes if change > starts})))
