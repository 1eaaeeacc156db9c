"""A plugin's `form.yaml` read into types of the border: sections, models, variants, aspects, annexes, behaviours."""

from __future__ import annotations

from typing import Any, get_args

from selaras.errors import Misconfigured
from selaras.regulation.parameters import Values
from selaras.regulation.plan_types import (
    Annex,
    Aspect,
    Behaviour,
    BehaviourFramework,
    ItemKind,
    PlanForm,
    PlanModel,
    PlanVariant,
    Section,
    SpecialTask,
    SuperiorResult,
    TaskOrigin,
    Term,
)
from selaras.regulation.types import (
    Label,
    Source,
)
from selaras.regulation.yamlfile import check_keys, read_label, read_source

_SOURCED = ("label", "article", "certainty")
_PARTS = ("models", "perspectives", "annexes", "variants", "stages", "special", "least_indicators", "behaviours")
_VARIANT = ("posts", "heads", "superior_result", "perspective", "strategy", "manual")


class FormReader:
    """The parts of one `form.yaml`. A value `{parameter: NAME}` is the dated parameter's, in force on the day."""

    def __init__(self, node: object, values: Values | None = None) -> None:
        self._node = check_keys("form.yaml", node, ("sections", "aspects"), _PARTS)
        self._values = values

    def form(self) -> PlanForm:
        """Everything but the behaviours."""
        variants = tuple(self._variant(*one) for one in self._listed("variants"))
        special = self._node.get("special")
        return PlanForm(
            sections=tuple(_section(*one) for one in self._listed("sections")),
            models=tuple(_model(*one) for one in self._listed("models")),
            aspects=tuple(_aspect(*one) for one in self._listed("aspects")),
            perspectives=tuple(_term(*one) for one in self._listed("perspectives")),
            annexes=tuple(_annex(*one, {variant.code for variant in variants}) for one in self._listed("annexes")),
            variants=variants,
            stages=tuple(_term(*one) for one in self._listed("stages")),
            special=self._special("form.yaml: special", special) if special is not None else None,
            least_indicators=int(self._value(self._node.get("least_indicators", 0))),
        )

    def behaviours(self) -> BehaviourFramework | None:
        """The key `behaviours`; None without it."""
        where = "form.yaml: behaviours"
        if "behaviours" not in self._node:
            return None
        node = check_keys(
            where, self._node["behaviours"], ("title", "list", "article", "certainty"), ("note", "expectation")
        )
        listed = tuple(_behaviour(f"{where}: {code}", code, one) for code, one in node["list"].items())
        said = node.get("expectation")
        expectation = _term(f"{where}: expectation", "expectation", said) if said is not None else None
        return BehaviourFramework(read_label(where, node["title"]), listed, read_source(where, node), expectation)

    def _listed(self, part: str) -> list[tuple[str, str, Any]]:
        """Where it stands, code, node of every entry of a part."""
        return [(f"form.yaml: {part}: {code}", code, one) for code, one in self._node.get(part, {}).items()]

    def _variant(self, where: str, code: str, node: object) -> PlanVariant:
        keys = check_keys(where, node, _SOURCED, ("note", *_VARIANT))
        said = {name: self._value(keys[name]) for name in _VARIANT if name in keys}
        _refuse_unknown(where, {said.get("superior_result", "none")} - set(get_args(SuperiorResult)))
        return PlanVariant(code, *_labelled(where, keys), **{**said, "posts": tuple(said.get("posts", ()))})

    def _special(self, where: str, node: object) -> SpecialTask:
        keys = check_keys(where, node, (*_SOURCED, "origins"), ("note",))
        origins = tuple(self._value(keys["origins"]))
        _refuse_unknown(where, set(origins) - set(get_args(TaskOrigin)))
        return SpecialTask(*_labelled(where, keys), origins)

    def _value(self, node: Any) -> Any:
        if not isinstance(node, dict):
            return node
        name = check_keys("form.yaml: a value", node, ("parameter",))["parameter"]
        if self._values is None:
            raise Misconfigured(
                "regulation.form_needs_values",
                "form.yaml takes {name} from the parameters: let the hook form(p) pass them on, scheme.form(p).",
                name=name,
            )
        return getattr(self._values, name)


def _labelled(where: str, keys: dict[str, Any]) -> tuple[Label, Source]:
    return read_label(where, keys["label"]), read_source(where, keys)


def _term(where: str, code: str, node: object) -> Term:
    return Term(code, *_labelled(where, check_keys(where, node, _SOURCED, ("note",))))


def _section(where: str, code: str, node: object) -> Section:
    keys = check_keys(where, node, _SOURCED, ("note", "kind", "scored"))
    kind = keys.get("kind", "main")
    _refuse_unknown(where, {kind} - set(get_args(ItemKind)))
    return Section(code, *_labelled(where, keys), kind, bool(keys.get("scored", True)))


def _model(where: str, code: str, node: object) -> PlanModel:
    keys = check_keys(where, node, _SOURCED, ("note", "measured"))
    return PlanModel(code, *_labelled(where, keys), bool(keys.get("measured", True)))


def _annex(where: str, code: str, node: object, variants: set[str]) -> Annex:
    keys = check_keys(where, node, _SOURCED, ("note", "variants"))
    chosen = tuple(keys.get("variants", ()))
    _refuse_unknown(where, set(chosen) - variants)
    return Annex(code, *_labelled(where, keys), chosen)


def _aspect(where: str, code: str, node: object) -> Aspect:
    keys = check_keys(where, node, (*_SOURCED, "required"), ("note",))
    return Aspect(code, read_label(where, keys["label"]), bool(keys["required"]), read_source(where, keys))


def _behaviour(where: str, code: str, node: object) -> Behaviour:
    keys = check_keys(where, node, ("label",), ("guides",))
    guides = tuple(read_label(f"{where}: guides", one) for one in keys.get("guides", ()))
    return Behaviour(code, read_label(where, keys["label"]), guides)


def _refuse_unknown(where: str, codes: set[str]) -> None:
    if codes:
        raise Misconfigured(
            "regulation.form_code", "{where} names the unknown {codes}.", where=where, codes=", ".join(sorted(codes))
        )
