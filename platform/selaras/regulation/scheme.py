"""A plugin's declarations in YAML (identity, columns, outcomes, form) read into the types of the border."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, cast, get_args

from selaras.errors import Misconfigured
from selaras.regulation.adapters import Adapter, read_adapters
from selaras.regulation.parameters import Values
from selaras.regulation.plan_types import (
    BehaviourFramework,
    PlanForm,
)
from selaras.regulation.planform import FormReader
from selaras.regulation.survey import SurveyRule, read_survey
from selaras.regulation.types import (
    COLUMN_DTYPES,
    PROVIDED,
    SUBJECTS,
    Better,
    Column,
    Consequence,
    Coverage,
    DateRange,
    Edition,
    Identity,
    Label,
    OrganisationLevel,
    OutcomeLevel,
    OutcomeScale,
    Subject,
)
from selaras.regulation.yamlfile import check_keys, read_label, read_source, read_yaml

_SOURCED = ("article", "certainty")
_COLUMN_OPTIONS = (
    "unit",
    "required",
    "allowed",
    "minimum",
    "maximum",
    "above_minimum",
    "requires",
    "article",
    "better",
    "note",
    "provided",
)
_TONES = ("sb", "b", "bp", "k", "sk")


class Scheme:
    """The YAML files in a plugin's folder, each read once, when it is asked for.

    `Scheme(Path(__file__).parent, __name__)` in a plugin's `__init__.py`; the name is needed where the folder's is not
    the import name (a package within an agency's pack). `parameters` is the folder of the dated values.
    """

    def __init__(self, folder: Path, package: str = "") -> None:
        self._folder = folder
        self._package = package or folder.name
        self._files: dict[str, Any] = {}

    @property
    def parameters(self) -> Path:
        return self._folder / "parameters"

    def identity(self) -> Identity:
        """From `identity.yaml`. The package's import name is the folder's name."""
        where = "identity.yaml"
        keys = ("code", "title", "legal_basis", "in_force", "covers", "editions")
        node = check_keys(where, self._read(where), keys, ("subject",))
        force = check_keys(f"{where}: in_force", node["in_force"], ("from", *_SOURCED), ("to", "note"))
        return Identity(
            code=node["code"],
            package=self._package,
            title=read_label(f"{where}: title", node["title"]),
            legal_basis=tuple(node["legal_basis"]),
            in_force=DateRange(_day(where, force["from"]), _day(where, force["to"]) if force.get("to") else None),
            in_force_source=read_source(f"{where}: in_force", force),
            covers=tuple(_coverage(f"{where}: covers", one) for one in node["covers"]),
            editions=tuple(_edition(f"{where}: editions", one) for one in node["editions"]),
            subject=_subject(where, node.get("subject", "appraisal")),
        )

    def columns(self, table: str) -> tuple[Column, ...]:
        """The columns under the key `person`, `item` or `segment` of `columns.yaml`."""
        node = check_keys("columns.yaml", self._read("columns.yaml"), (), ("person", "item", "segment"))
        return tuple(_column(f"columns.yaml: {name}", name, one) for name, one in node.get(table, {}).items())

    def outcome_scale(self) -> OutcomeScale:
        """The key `outcome` of `outcomes.yaml`; levels are written from the best to the worst."""
        node = check_keys("outcomes.yaml: outcome", self._outcomes()["outcome"], ("step", "levels"), ("score_step",))
        levels = [OutcomeLevel(*_level("outcomes.yaml", code, one, n)) for n, code, one in _numbered(node["levels"])]
        return OutcomeScale(tuple(levels), node["step"], node.get("score_step"))

    def organisation_levels(self) -> tuple[OrganisationLevel, ...]:
        """The key `organisation` of `outcomes.yaml`, from the best to the worst."""
        nodes = self._outcomes().get("organisation", {})
        return tuple(OrganisationLevel(*_level("outcomes.yaml", code, one, n)) for n, code, one in _numbered(nodes))

    def consequences(self) -> tuple[Consequence, ...]:
        """The key `consequences` of `outcomes.yaml`."""
        nodes = self._outcomes().get("consequences", ())
        return tuple(_consequence("outcomes.yaml: consequences", one) for one in nodes)

    def form(self, values: Values | None = None) -> PlanForm:
        """From `form.yaml`; `values` (the hook's `p`) where a value is a parameter's: `{parameter: NAME}`."""
        return FormReader(self._read("form.yaml"), values).form()

    def behaviours(self) -> BehaviourFramework | None:
        """The key `behaviours` of `form.yaml`; None without it."""
        return FormReader(self._read("form.yaml")).behaviours()

    def survey(self, values: Values) -> SurveyRule:
        """From `survey.yaml`; `values` is the hook's `p`."""
        return read_survey(self._read("survey.yaml"), values)

    def adapters(self) -> tuple[Adapter, ...]:
        """From `adapters.yaml`."""
        return read_adapters("adapters.yaml", self._read("adapters.yaml"))

    def _read(self, name: str) -> Any:
        if name not in self._files:
            self._files[name] = read_yaml(self._folder / name)
        return self._files[name]

    def _outcomes(self) -> dict[str, Any]:
        where = "outcomes.yaml"
        return check_keys(where, self._read(where), ("outcome",), ("organisation", "consequences"))


def _numbered(nodes: dict[str, Any]) -> list[tuple[int, str, Any]]:
    return [(n, code, one) for n, (code, one) in enumerate(nodes.items(), 1)]


def _day(where: str, value: object) -> date:
    if type(value) is not date:
        raise Misconfigured(
            "regulation.date", "{where}: {value} is not a date such as 2014-01-01.", where=where, value=repr(value)
        )
    return value


def _subject(where: str, value: object) -> Subject:
    for subject in SUBJECTS:
        if subject == value:
            return subject
    raise Misconfigured(
        "regulation.subject",
        "{where}: the subject {subject} is unknown; one of {known}.",
        where=where,
        subject=repr(value),
        known=", ".join(SUBJECTS),
    )


def _coverage(where: str, node: object) -> Coverage:
    keys = check_keys(where, node, ("employment", *_SOURCED), ("note",))
    return Coverage(keys["employment"], read_source(where, keys))


def _edition(where: str, node: object) -> Edition:
    keys = check_keys(where, node, ("name", "valid_from", "known_from", "files"), ("combining",))
    days = (_day(where, keys["valid_from"]), _day(where, keys["known_from"]))
    return Edition(str(keys["name"]), *days, tuple(keys["files"]), tuple(keys.get("combining", ())))


def _column(where: str, name: str, node: object) -> Column:
    keys = check_keys(where, node, ("label", "type"), _COLUMN_OPTIONS)
    if keys["type"] not in COLUMN_DTYPES:
        raise Misconfigured(
            "regulation.column_type",
            "{where}: the type {type} is unknown; one of {known}.",
            where=where,
            type=repr(keys["type"]),
            known=", ".join(COLUMN_DTYPES),
        )
    allowed = keys.get("allowed", ())
    labels = {c: read_label(f"{where}: {c}", one) for c, one in allowed.items()} if isinstance(allowed, dict) else {}
    return Column(
        name=name,
        type=keys["type"],
        label=read_label(where, keys["label"]),
        unit=keys.get("unit", ""),
        required=keys.get("required", True),
        allowed=tuple(str(value) for value in allowed),
        labels=labels,
        minimum=keys.get("minimum"),
        maximum=keys.get("maximum"),
        above_minimum=keys.get("above_minimum", False),
        requires=tuple(keys.get("requires", ())),
        article=keys.get("article", ""),
        better=_better(where, keys.get("better", "")),
        note=keys.get("note", ""),
        provided=_provided(where, name, bool(keys.get("provided", False))),
    )


def _provided(where: str, name: str, provided: bool) -> bool:
    if provided and name not in PROVIDED:
        raise Misconfigured(
            "regulation.provided",
            "{where}: the platform provides no such fact; it knows: {known}.",
            where=where,
            known=", ".join(PROVIDED),
        )
    return provided


def _better(where: str, value: object) -> Better:
    for known in get_args(Better):
        if value == known:
            return cast(Better, known)
    raise Misconfigured(
        "regulation.better",
        "{where}: better is {value}; write higher or lower for a number, first or last for a code.",
        where=where,
        value=repr(value),
    )


def _level(where: str, code: str, node: object, order: int) -> tuple[str, Label, int, Any]:
    keys = check_keys(f"{where}: {code}", node, ("label", "tone"))
    if keys["tone"] not in _TONES:
        raise Misconfigured(
            "regulation.tone",
            "{where}: {outcome} has the tone {tone}; one of {known}.",
            where=where,
            outcome=code,
            tone=repr(keys["tone"]),
            known=", ".join(_TONES),
        )
    return code, read_label(f"{where}: {code}", keys["label"]), order, keys["tone"]


def _consequence(where: str, node: object) -> Consequence:
    keys = check_keys(where, node, ("outcome", "code", "label", *_SOURCED), ("note",))
    return Consequence(keys["outcome"], keys["code"], read_label(where, keys["label"]), read_source(where, keys))
