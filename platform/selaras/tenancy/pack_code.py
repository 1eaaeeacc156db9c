"""The code of a pack, for the few agencies whose own rules data cannot say."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points
from types import ModuleType

from selaras.errors import Misconfigured
from selaras.regulation.hookspecs import PROJECT
from selaras.tenancy.packs import GROUP

_MARK = f"{PROJECT}_impl"


@cache
def pack_code(name: str | None) -> ModuleType | None:
    """The pack's module if it answers any hook of the engine, else None. Misconfigured if the pack is not installed."""
    if name is None:
        return None
    found = [point for point in entry_points(group=GROUP) if point.name == name]
    if not found:
        raise Misconfigured(
            "pack.not_installed",
            "The agency's pack {pack} is not installed here. Install it and start again.",
            pack=name,
        )
    module: ModuleType = found[0].load()
    return module if any(hasattr(value, _MARK) for value in vars(module).values()) else None
