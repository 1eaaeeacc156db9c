"""The registry: every installed regulation, checked at load; and the rules of one of them on a date."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pluggy

from selaras.errors import DomainError, Invalid, Misconfigured, NotFound
from selaras.regulation.editions import combining_hash, edition_hash, pack_hash, package_folder
from selaras.regulation.hookspecs import (
    APPRAISAL_HOOKS,
    DEFAULT_HOOKS,
    LAW_HOOKS,
    PROJECT,
    CoreDefaults,
    Hooks,
    RulebookDefaults,
)
from selaras.regulation.parameters import Parameters, load_parameters
from selaras.regulation.purity import impurities
from selaras.regulation.rules import Asked, Rules
from selaras.regulation.types import Edition, Identity, Subject

if TYPE_CHECKING:
    from selaras.regulation.adapters import Adapter

GROUP = "selaras.regulations"
_HOOK_NAMES = frozenset(name for name in vars(Hooks) if not name.startswith("_"))
_CACHED_RULES = 512


@dataclass(frozen=True)
class Loaded:
    """One installed regulation."""

    plugin: object
    identity: Identity
    parameters: Parameters
    folder: Path

    def edition(self, on: date, known: date | None, name: str | None) -> Edition:
        """The named edition, or the newest one valid on `on` and known by `known`."""
        editions = self.identity.editions
        if name is not None:
            found = [one for one in editions if one.name == name]
        else:
            found = [one for one in editions if one.valid_from <= on and (known is None or one.known_from <= known)]
        if not found:
            raise NotFound(
                "regulation.edition_unknown",
                "{regulation} has no edition {edition} on {on}; it has: {known}.",
                regulation=self.identity.code,
                edition=name or "",
                on=on.isoformat(),
                known=", ".join(one.name for one in editions),
            )
        return max(found, key=lambda one: one.valid_from)


class Registry:
    """Regulations by code. One pluggy manager per regulation, edition and pack; never a global one."""

    def __init__(self, plugins: Mapping[str, object]) -> None:
        self._loaded = {code: _load(code, plugin) for code, plugin in sorted(plugins.items())}
        self._managers: dict[tuple[str, str, str], pluggy.PluginManager] = {}
        self._rules: dict[tuple[object, ...], Rules] = {}
        self._adapters: dict[str, tuple[Adapter, ...]] = {}
        for loaded in self._loaded.values():
            self._check(loaded)

    def codes(self, subject: Subject | None = None) -> tuple[str, ...]:
        """The codes of the installed regulations (of one subject, if it is named), in alphabetical order."""
        return tuple(code for code, one in self._loaded.items() if subject in (None, one.identity.subject))

    def identity(self, code: str) -> Identity:
        """Who a regulation is, without a date. Raises NotFound for an unknown code."""
        return self.loaded(code).identity

    def loaded(self, code: str) -> Loaded:
        """The installed regulation itself. Raises NotFound for an unknown code."""
        if code not in self._loaded:
            raise NotFound(
                "regulation.unknown",
                "No regulation {regulation} is installed; installed: {known}.",
                regulation=code,
                known=", ".join(self._loaded) or "-",
            )
        return self._loaded[code]

    def adapters(self, code: str) -> tuple[Adapter, ...]:
        """How worked examples name this regulation's columns and steps."""
        if code not in self._adapters:
            loaded = self.loaded(code)
            manager = self._manager(loaded, loaded.identity.editions[-1].name, None, pack_hash(None))
            self._adapters[code] = tuple(manager.hook.case_adapters())
        return self._adapters[code]

    def rules(
        self,
        code: str,
        *,
        on: date,
        known: date | None = None,
        edition: str | None = None,
        pack: object | None = None,
        overrides: Mapping[str, object] | None = None,
    ) -> Rules:
        """The rules of `code` on the day `on`, as known on the day `known` (None: all that is known).

        `pack` is an agency's plugin object, `overrides` its choices for open parameters. Raises NotFound for an
        unknown code or edition, Invalid for a day outside the law's time or a refused override.
        """
        loaded = self.loaded(code)
        chosen = dict(overrides or {})
        fingerprint = pack_hash(pack)
        key = (code, on, known, edition, fingerprint, json.dumps(chosen, sort_keys=True, default=str))
        if key not in self._rules:
            if len(self._rules) >= _CACHED_RULES:
                self._rules.clear()
            self._rules[key] = self._build(loaded, Asked(edition or "", on, known, chosen), pack, fingerprint)
        return self._rules[key]

    def appraisal(
        self,
        code: str,
        *,
        on: date,
        edition: str | None = None,
        pack: object | None = None,
        overrides: Mapping[str, object] | None = None,
    ) -> Rules:
        """The rules that an agency appraises by: as `rules`, but Invalid for a regulation about something else."""
        rules = self.rules(code, on=on, edition=edition, pack=pack, overrides=overrides)
        if rules.subject != "appraisal":
            raise Invalid(
                "regulation.no_appraisal",
                "{regulation} is about {subject}, it appraises nobody: no agency can follow it. Choose from: {known}.",
                regulation=code,
                subject=rules.subject,
                known=", ".join(self.codes("appraisal")),
            )
        return rules

    def with_parameters(self, code: str, parameters: Parameters) -> Registry:
        """A copy in which one regulation has other parameters, unchecked: to see what depends on a number."""
        copy = object.__new__(Registry)
        copy._loaded = {**self._loaded, code: replace(self.loaded(code), parameters=parameters)}
        copy._managers, copy._adapters = self._managers, self._adapters
        copy._rules = {}
        return copy

    def _build(self, loaded: Loaded, asked: Asked, pack: object | None, fingerprint: str) -> Rules:
        identity = loaded.identity
        if asked.on not in identity.in_force:
            raise Invalid(
                "regulation.not_in_force",
                "{regulation} was not in force on {on}: it holds from {start} until {end}. Choose a date in between.",
                regulation=identity.code,
                on=asked.on.isoformat(),
                start=identity.in_force.start.isoformat(),
                end=f"before {identity.in_force.end.isoformat()}" if identity.in_force.end else "now",
            )
        edition = loaded.edition(asked.on, asked.known, asked.edition or None)
        manager = self._manager(loaded, edition.name, pack, fingerprint)
        combining = combining_hash(loaded.folder, edition)
        code = (edition_hash(loaded.folder, edition), fingerprint, *([combining] if combining else []))
        asked = Asked(edition.name, asked.on, asked.known, asked.overrides)
        return Rules(
            identity, asked, _with_own(loaded.parameters, manager.hook.agency_parameters()), manager.hook, code
        )

    def _manager(self, loaded: Loaded, edition: str, pack: object | None, fingerprint: str) -> pluggy.PluginManager:
        key = (loaded.identity.code, edition, fingerprint)
        if key not in self._managers:
            self._managers[key] = _manager(loaded.identity.code, loaded.plugin, pack)
        return self._managers[key]

    def _check(self, loaded: Loaded) -> None:
        """Ask everything once, in each edition and on each day on which a parameter changes."""
        force = loaded.identity.in_force
        days = {force.start} | {day for day in loaded.parameters.change_days() if day in force}
        for edition in loaded.identity.editions:
            for day in sorted({max(day, edition.valid_from) for day in days}):
                if day in force:
                    self.rules(loaded.identity.code, on=day, edition=edition.name).check()


def _with_own(parameters: Parameters, folder: Path | None) -> Parameters:
    return parameters if folder is None else parameters.joined(load_parameters(folder))


@cache
def load_registry() -> Registry:
    """All regulations of the entry-point group `selaras.regulations`, checked; Misconfigured names what is wrong.

    Read once in a process: what is installed does not change under it.
    """
    return Registry({entry.name: _import(entry) for entry in entry_points(group=GROUP)})


def distributions() -> dict[str, tuple[str, str]]:
    """Code → (name, version) of the distribution that brought each installed regulation."""
    found = {}
    for entry in entry_points(group=GROUP):
        if entry.dist is not None:
            found[entry.name] = (entry.dist.name, entry.dist.version)
    return found


def answering(named: object) -> object:
    """What answers for the named thing: the `rulebook` of a package that has one, else the thing itself."""
    return getattr(named, "rulebook", named) if isinstance(named, ModuleType) else named


def _import(entry: EntryPoint) -> object:
    try:
        return answering(entry.load())
    except Exception as error:  # whatever a plugin's import raises, its name must be said
        raise Misconfigured(
            "regulation.import",
            "The regulation {regulation} cannot be imported: {kind}: {problem}",
            regulation=entry.name,
            kind=type(error).__name__,
            problem=str(error),
        ) from error


def _load(code: str, plugin: object) -> Loaded:
    try:
        hook = _manager(code, plugin, None).hook
        identity = hook.identity()
        if identity.code != code:
            raise Misconfigured(
                "regulation.code", "It calls itself {own}; the two must be the same.", own=repr(identity.code)
            )
        _check_editions(identity)
        folder = package_folder(identity)
        impure = impurities(folder)
        if impure:
            raise Misconfigured("regulation.impure", "{problems}.", problems="; ".join(impure))
        return Loaded(plugin, identity, load_parameters(hook.parameters()), folder)
    except DomainError as error:
        raise Misconfigured(
            error.code, "The regulation {regulation} is refused. {problem}", regulation=code, problem=str(error)
        ) from error


def _check_editions(identity: Identity) -> None:
    starts = [edition.valid_from for edition in identity.editions]
    names = [edition.name for edition in identity.editions]
    if not starts or len(set(starts)) < len(starts) or len(set(names)) < len(names):
        raise Misconfigured("regulation.editions", "Its editions need names and first days that differ.")
    if min(starts) > identity.in_force.start:
        raise Misconfigured("regulation.edition_missing", "No edition covers its first day in force.")
    if identity.in_force.end is not None and identity.in_force.end <= identity.in_force.start:
        raise Misconfigured("regulation.in_force", "It ends before it begins.")


def _manager(code: str, plugin: object, pack: object | None) -> pluggy.PluginManager:
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(Hooks)
    manager.register(CoreDefaults(), "core")
    for name, answerer in (("regulation", plugin), ("pack", pack)):
        if answerer is not None:
            _register(manager, code, name, answerer)
    return manager


def _register(manager: pluggy.PluginManager, code: str, name: str, answerer: object) -> None:
    marked = {hook for hook in dir(answerer) if manager.parse_hookimpl_opts(answerer, hook) is not None}
    for unknown in sorted(marked - _HOOK_NAMES):
        close = get_close_matches(unknown, _HOOK_NAMES, 1)
        raise Misconfigured(
            "regulation.hook_unknown",
            "The {who} answers a hook {hook}, which does not exist.{hint}",
            who=name,
            hook=unknown,
            hint=f" Did you mean {close[0]}?" if close else f" Hooks: {', '.join(sorted(_HOOK_NAMES))}.",
        )
    if name == "pack" and marked & LAW_HOOKS:
        raise Misconfigured(
            "regulation.hook_law",
            "The pack answers {hooks}, which only the regulation {regulation} may answer.",
            hooks=", ".join(sorted(marked & LAW_HOOKS)),
            regulation=code,
        )
    missing = _HOOK_NAMES - DEFAULT_HOOKS - marked
    if "identity" in marked and answerer.identity().subject != "appraisal":  # type: ignore[attr-defined]  # a hook
        manager.register(RulebookDefaults(), "rulebook")
        missing -= APPRAISAL_HOOKS
    if name == "regulation" and missing:
        raise Misconfigured(
            "regulation.hook_missing",
            "It does not answer {hooks}. Let the entry point name its rulebook, and mark its methods with @hookimpl.",
            hooks=", ".join(sorted(missing)),
        )
    try:
        manager.register(answerer, name)
    except pluggy.PluginValidationError as error:
        raise Misconfigured(
            "regulation.hook_arguments",
            "The {who} answers a hook with arguments that it does not have: {problem}",
            who=name,
            problem=str(error),
        ) from error
