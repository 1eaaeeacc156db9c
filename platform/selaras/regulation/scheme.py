"""A plugin's declarations in YAML (identity, columns, outcomes, form) read into the types of the border."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from selaras.errors import Misconfigured
from selaras.regulation.adapters import Adapter, read_adapters
from selaras.regulation.types import (
    COLUMN_DTYPES,
    SUBJECTS,
    Aspect,
    Behaviour,
    BehaviourFramework,
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
    PlanForm,
    Source,
    Subject,
    Term,
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
        """The columns under the key `person` or `item` of `columns.yaml`."""
        node = check_keys("columns.yaml", self._read("columns.yaml"), (), ("person", "item"))
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
        return tuple(_consequence("outcomes.yaml: consequences", one) for one in self._outcomes()["consequences"])

    def form(self) -> PlanForm:
        """From `form.yaml`."""
        node = self._form()
        return PlanForm(
            sections=_terms("sections", node["sections"]),
            models=_terms("models", node.get("models", {})),
            aspects=tuple(_aspect(code, one) for code, one in node["aspects"].items()),
            perspectives=_terms("perspectives", node.get("perspectives", {})),
            annexes=_terms("annexes", node.get("annexes", {})),
        )

    def behaviours(self) -> BehaviourFramework:
        """The key `behaviours` of `form.yaml`."""
        where = "form.yaml: behaviours"
        node = check_keys(where, self._form()["behaviours"], ("title", "list", *_SOURCED), ("note",))
        listed = [_behaviour(f"{where}: {code}", code, one) for code, one in node["list"].items()]
        return BehaviourFramework(read_label(where, node["title"]), tuple(listed), read_source(where, node))

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

    def _form(self) -> dict[str, Any]:
        where = "form.yaml"
        return check_keys(
            where, self._read(where), ("sections", "aspects"), ("models", "perspectives", "annexes", "behaviours")
        )


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
    keys = check_keys(where, node, ("name", "valid_from", "known_from", "files"))
    days = (_day(where, keys["valid_from"]), _day(where, keys["known_from"]))
    return Edition(str(keys["name"]), *days, tuple(keys["files"]))


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


def _terms(part: str, nodes: dict[str, Any]) -> tuple[Term, ...]:
    return tuple(Term(code, *_labelled(f"form.yaml: {part}: {code}", one)) for code, one in nodes.items())


def _labelled(where: str, node: object) -> tuple[Label, Source]:
    keys = check_keys(where, node, ("label", *_SOURCED), ("note",))
    return read_label(where, keys["label"]), read_source(where, keys)


def _aspect(code: str, node: object) -> Aspect:
    where = f"form.yaml: aspects: {code}"
    keys = check_keys(where, node, ("label", "required", *_SOURCED), ("note",))
    return Aspect(code, read_label(where, keys["label"]), bool(keys["required"]), read_source(where, keys))


def _behaviour(where: str, code: str, node: object) -> Behaviour:
    keys = check_keys(where, node, ("label",), ("guides",))
    guides = tuple(read_label(f"{where}: guides", one) for one in keys.get("guides", ()))
    return Behaviour(code, read_label(where, keys["label"]), guides)
