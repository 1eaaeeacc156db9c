"""Dated parameters: each value with its validity, the day it became known, its article and how sure we are."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from selaras.errors import Invalid, Misconfigured
from selaras.regulation.types import DateRange, Label, Source
from selaras.regulation.yamlfile import check_keys, read_label, read_source, read_yaml

KINDS: dict[str, tuple[type, ...]] = {
    "number": (int, float),
    "integer": (int,),
    "code": (str,),
    "day_of_year": (str,),
    "flag": (bool,),
    "list": (list,),
    "table": (dict,),
}
_PARAMETER_KEYS = ("label", "kind", "values")
_PARAMETER_OPTIONS = ("unit", "open", "choices", "minimum", "maximum", "nullable")
_VALUE_KEYS = ("value", "valid_from", "known_from", "article", "certainty")
_VALUE_OPTIONS = ("valid_to", "note", "conflict")


@dataclass(frozen=True)
class Alternative:
    """What another source says instead; it is written down, never silently dropped."""

    value: object
    source: str
    note: str = ""


@dataclass(frozen=True)
class DatedValue:
    """One value of a parameter. `validity` is half-open; `known_from` is the day from which it could be applied."""

    value: Any
    validity: DateRange
    known_from: date
    source: Source
    conflict: tuple[Alternative, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """JSON-able; dates as ISO text."""
        return {
            "value": self.value,
            "valid_from": self.validity.start.isoformat(),
            "valid_to": self.validity.end.isoformat() if self.validity.end else None,
            "known_from": self.known_from.isoformat(),
            "article": self.source.article,
            "certainty": self.source.certainty,
            "note": self.source.note,
            "conflict": [{"value": a.value, "source": a.source, "note": a.note} for a in self.conflict],
        }


@dataclass(frozen=True)
class Parameter:
    """A named number, code, list or table of the law with all its dated values.

    `open` marks what the law leaves to the agency: only such a parameter may be overridden, within `choices` or
    `minimum`..`maximum`.
    """

    name: str
    label: Label
    kind: str
    values: tuple[DatedValue, ...]
    unit: str = ""
    open: bool = False
    nullable: bool = False
    choices: tuple[object, ...] = ()
    minimum: float | None = None
    maximum: float | None = None

    def at(self, on: date, known: date | None = None) -> DatedValue | None:
        """The value for the day `on` as known on the day `known` (None: everything known today)."""
        fitting = [v for v in self.values if on in v.validity and (known is None or v.known_from <= known)]
        return max(fitting, key=lambda value: value.known_from, default=None)


@dataclass(frozen=True)
class Values:
    """The parameters in force on one date: `p.time_factor`; a name that is not in force is refused in words."""

    _dated: Mapping[str, DatedValue]
    _overrides: Mapping[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in self._overrides:
            return self._overrides[name]
        if name in self._dated:
            return self._dated[name].value
        raise Misconfigured(
            "regulation.parameter_unknown",
            "No parameter {name} is in force on this date. In force: {known}.",
            name=name,
            known=", ".join(sorted(self._dated)),
        )

    def __contains__(self, name: object) -> bool:
        return name in self._dated

    def source(self, name: str) -> Source:
        """Where the value in force stands."""
        return self._dated[name].source


class Parameters:
    """All parameters of a regulation."""

    def __init__(self, by_name: Mapping[str, Parameter]) -> None:
        self._by_name = MappingProxyType(dict(by_name))

    def __iter__(self) -> Iterator[Parameter]:
        return iter(self._by_name.values())

    def __getitem__(self, name: str) -> Parameter:
        return self._by_name[name]

    def at(self, on: date, known: date | None = None, overrides: Mapping[str, object] | None = None) -> Values:
        """The values in force on `on`, known by `known`, with the agency's choices for what the law leaves open.

        Raises Invalid for an override of an unknown or closed parameter, or one outside its choices.
        """
        dated = {}
        for parameter in self:
            value = parameter.at(on, known)
            if value is not None:
                dated[parameter.name] = value
        chosen = {name: self._check_override(name, value) for name, value in (overrides or {}).items()}
        return Values(MappingProxyType(dated), MappingProxyType(chosen))

    def joined(self, others: Parameters) -> Parameters:
        """These and others, as an agency adds its own. Raises Misconfigured for a name that is already declared."""
        for one in others:
            if one.name in self._by_name:
                where = f"agency_parameters: {one.name}"
                raise Misconfigured("regulation.parameter_twice", "{where} is already declared.", where=where)
        return Parameters({**self._by_name, **others._by_name})

    def change_days(self) -> set[date]:
        """Every day on which some value starts or stops being valid."""
        days = {value.validity.start for parameter in self for value in parameter.values}
        return days | {v.validity.end for parameter in self for v in parameter.values if v.validity.end}

    def _check_override(self, name: str, value: object) -> object:
        parameter = self._by_name.get(name)
        open_names = ", ".join(sorted(p.name for p in self if p.open)) or "-"
        if parameter is None:
            raise Invalid(
                "regulation.override_unknown",
                "There is no parameter {name}. Open parameters: {open}.",
                name=name,
                open=open_names,
            )
        if not parameter.open:
            raise Invalid(
                "regulation.override_closed",
                "The law sets the parameter {name}; an agency may not change it. Open parameters: {open}.",
                name=name,
                open=open_names,
            )
        problem = _value_problem(parameter, value)
        if problem:
            raise Invalid(
                "regulation.override_value",
                "The parameter {name} cannot be {value}: {problem}.",
                name=name,
                value=repr(value),
                problem=problem,
            )
        return value


def load_parameters(folder: Path) -> Parameters:
    """Read and check every `*.yaml` of the folder. Raises Misconfigured naming file, parameter and entry."""
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise Misconfigured("regulation.no_parameters", "No *.yaml was found in {folder}.", folder=str(folder))
    found: dict[str, Parameter] = {}
    for path in files:
        for name, node in (read_yaml(path) or {}).items():
            where = f"{path.name}: {name}"
            if name in found:
                raise Misconfigured("regulation.parameter_twice", "{where} is already declared.", where=where)
            found[name] = _read_parameter(where, name, node)
    return Parameters(found)


def value_digest(parameter: Parameter, value: DatedValue) -> str:
    """The sha256 of one dated value, by which a released value is recognised (append-only)."""
    text = json.dumps([parameter.name, value.as_dict()], sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _read_parameter(where: str, name: str, node: object) -> Parameter:
    keys = check_keys(where, node, _PARAMETER_KEYS, _PARAMETER_OPTIONS)
    if not name.isidentifier() or name.startswith("_"):
        raise Misconfigured("regulation.parameter_name", "{where}: the name must be an identifier.", where=where)
    if keys["kind"] not in KINDS:
        raise Misconfigured(
            "regulation.parameter_kind",
            "{where} has the kind {kind}; known: {known}.",
            where=where,
            kind=repr(keys["kind"]),
            known=", ".join(KINDS),
        )
    if not isinstance(keys["values"], list) or not keys["values"]:
        raise Misconfigured("regulation.parameter_empty", "{where} has no values.", where=where)
    parameter = Parameter(
        name=name,
        label=read_label(where, keys["label"]),
        kind=keys["kind"],
        values=tuple(_read_value(f"{where}, value {n}", v) for n, v in enumerate(keys["values"], 1)),
        unit=str(keys.get("unit", "")),
        open=bool(keys.get("open", False)),
        nullable=bool(keys.get("nullable", False)),
        choices=tuple(keys.get("choices", ())),
        minimum=keys.get("minimum"),
        maximum=keys.get("maximum"),
    )
    _check_values(where, parameter)
    return parameter


def _read_value(where: str, node: object) -> DatedValue:
    keys = check_keys(where, node, ("value",), _VALUE_KEYS + _VALUE_OPTIONS)
    source = read_source(where, keys)
    check_keys(where, node, _VALUE_KEYS, _VALUE_OPTIONS)
    for name in ("valid_from", "known_from", "valid_to"):
        if name in keys and type(keys[name]) is not date:
            raise Misconfigured(
                "regulation.parameter_date",
                "{where}: {key} must be a date such as 2014-01-01, not {value}.",
                where=where,
                key=name,
                value=repr(keys[name]),
            )
    validity = DateRange(keys["valid_from"], keys.get("valid_to"))
    if validity.end is not None and validity.end <= validity.start:
        raise Misconfigured("regulation.parameter_dates", "{where}: valid_to is not after valid_from.", where=where)
    conflict = tuple(_read_alternative(f"{where}, conflict", a) for a in keys.get("conflict", ()))
    return DatedValue(keys["value"], validity, keys["known_from"], source, conflict)


def _read_alternative(where: str, node: object) -> Alternative:
    keys = check_keys(where, node, ("value", "source"), ("note",))
    return Alternative(keys["value"], str(keys["source"]), str(keys.get("note", "")))


def _check_values(where: str, parameter: Parameter) -> None:
    for number, value in enumerate(parameter.values, 1):
        problem = _value_problem(parameter, value.value)
        if problem:
            raise Misconfigured(
                "regulation.parameter_value", "{where}, value {n}: {problem}.", where=where, n=number, problem=problem
            )
    for number, later in enumerate(parameter.values[1:], 2):
        for earlier in parameter.values[: number - 1]:
            if later.known_from < earlier.known_from:
                raise Misconfigured(
                    "regulation.parameter_order",
                    "{where}, value {n} was known before an earlier entry: new values are appended at the end.",
                    where=where,
                    n=number,
                )
            if later.known_from == earlier.known_from and later.validity.overlaps(earlier.validity):
                raise Misconfigured(
                    "regulation.parameter_overlap",
                    "{where}, value {n} overlaps an entry known from the same day {known}: "
                    "end one of them (valid_to) or give the correction a later known_from.",
                    where=where,
                    n=number,
                    known=later.known_from.isoformat(),
                )


def _value_problem(parameter: Parameter, value: object) -> str:
    if value is None:
        return "" if parameter.nullable else "it may not be empty"
    if not isinstance(value, KINDS[parameter.kind]) or (isinstance(value, bool) and parameter.kind != "flag"):
        return f"it must be a {parameter.kind}"
    if parameter.kind == "day_of_year" and not _is_day_of_year(str(value)):
        return "it must be MM-DD, or MM-DD+N for N years later"
    if parameter.choices and value not in parameter.choices:
        return f"it must be one of {', '.join(map(str, parameter.choices))}"
    return _range_problem(parameter, value) if isinstance(value, int | float) else ""


def _range_problem(parameter: Parameter, value: float) -> str:
    if parameter.minimum is not None and value < parameter.minimum:
        return f"it must be at least {parameter.minimum}"
    if parameter.maximum is not None and value > parameter.maximum:
        return f"it must be at most {parameter.maximum}"
    return ""


def _is_day_of_year(text: str) -> bool:
    if not re.fullmatch(r"\d\d-\d\d(\+\d)?", text):
        return False
    try:
        date.fromisoformat(f"2024-{text[:5]}")
    except ValueError:
        return False
    return True
