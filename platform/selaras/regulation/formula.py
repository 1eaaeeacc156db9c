"""A step's expression in the words of its labels: `Realisasi ÷ Target × 100`, one line per case of a choice."""

from __future__ import annotations

import io
import json
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from selaras.regulation.telling import PARAMETER, ROUNDED, TABLE

Words = Callable[[str], str]
_CHOICE, _OR, _AND, _COMPARE, _SUM, _PRODUCT, _ATOM = range(7)
_OPERATORS = {
    "Or": ("atau", _OR),
    "LogicalOr": ("atau", _OR),
    "And": ("dan", _AND),
    "LogicalAnd": ("dan", _AND),
    "Eq": ("=", _COMPARE),
    "EqValidity": ("=", _COMPARE),
    "NotEq": ("≠", _COMPARE),
    "NotEqValidity": ("≠", _COMPARE),
    "Lt": ("<", _COMPARE),
    "LtEq": ("≤", _COMPARE),
    "Gt": (">", _COMPARE),
    "GtEq": ("≥", _COMPARE),
    "Plus": ("+", _SUM),
    "Minus": ("−", _SUM),
    "Multiply": ("×", _PRODUCT),
    "TrueDivide": ("÷", _PRODUCT),
    "Divide": ("÷", _PRODUCT),
    "FloorDivide": ("dibagi bulat", _PRODUCT),
    "Modulus": ("sisa bagi", _PRODUCT),
}
_CALLS = {
    "MeanHorizontal": "rata-rata dari",
    "SumHorizontal": "jumlah dari",
    "MaxHorizontal": "yang terbesar dari",
    "MinHorizontal": "yang terkecil dari",
    "Coalesce": "yang pertama terisi dari",
    "AnyHorizontal": "salah satu dari",
    "AllHorizontal": "semua dari",
    "Abs": "nilai mutlak",
    "Floor": "bilangan bulat ke bawah dari",
    "Ceil": "bilangan bulat ke atas dari",
    "Sign": "tanda dari",
    "Negate": "minus",
    "Not": "tidak",
    "ConcatHorizontal": "gabungan dari",
}
_AFTER = {"IsNull": "kosong", "IsNotNull": "terisi", "IsNan": "bukan bilangan", "IsFinite": "berhingga"}
_BETWEEN = {"IsIn": "salah satu dari", "FillNull": "atau, bila kosong,", "Pow": "pangkat", "IsBetween": "antara"}
AGGREGATES = {
    "mean": "rata-rata",
    "sum": "jumlah semua",
    "min": "yang terkecil dari",
    "max": "yang terbesar dari",
    "count": "banyaknya",
    "missing": "banyaknya yang kosong dari",
}
_MODES = {
    "half_away": "setengah menjauhi nol",
    "half_down": "setengah ke bawah",
    "half_even": "setengah ke genap",
    "down": "ke bawah",
    "up": "ke atas",
}


# What appears more than once and is longer than this is told once and named.
_LONG = 60
_COMPUTING = frozenset({"BinaryExpr", "Ternary", "Function", "Agg", "Over"})


class Untold(Exception):
    """The expression has a part for which there are no words."""


def formula(expr: pl.Expr, words: Words) -> list[str]:
    """The lines of a formula in Indonesian; `words` gives the label of a column, step or parameter.

    A choice at the top gives one line per case; what is long and appears several times is told once, as [a], [b].
    Raises Untold where the expression uses what has no words here.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the readable form is marked as one that may change between versions
        tree = json.loads(expr.meta.serialize(format="json"))
    teller = _Teller(words)
    whole, parts = _shared(_bare(tree), teller)
    return [*teller.lines(whole), *(f"dengan {name} = {'; '.join(teller.lines(part))}" for name, part in parts)]


class _Teller:
    def __init__(self, words: Words) -> None:
        self._words = words

    def lines(self, node: Any) -> list[str]:
        """One line, or one per branch of a choice."""
        found = []
        while _kind(node) == "Ternary":
            parts = node["Ternary"]
            found.append(f"bila {self.text(parts['predicate'], _OR)}: {self.text(parts['truthy'], _CHOICE)}")
            node = _bare(parts["falsy"])
        if not found:
            return [self.text(node, _CHOICE)]
        return found if _is_null(node) else [*found, f"selain itu: {self.text(node, _CHOICE)}"]

    def text(self, node: Any, level: int) -> str:
        """The words of a node; in parentheses where it binds less than `level` asks."""
        said, own = self._said(_bare(node))
        return f"({said})" if own < level else said

    def _said(self, node: Any) -> tuple[str, int]:
        tellers: dict[str, Callable[[Any], tuple[str, int]]] = {
            "Column": lambda body: (self._column(body), _ATOM),
            "Literal": lambda body: (_literal(body), _ATOM),
            "BinaryExpr": self._operation,
            "Ternary": lambda _: ("; ".join(self.lines(node)), _CHOICE),
            "Alias": lambda body: self._marked(*body),
            "Agg": self._aggregate,
            "Over": self._over,
            "Function": self._function,
        }
        kind = _kind(node)
        if kind not in tellers:
            raise Untold(kind)
        return tellers[kind](node[kind])

    def _aggregate(self, body: Mapping[str, Any]) -> tuple[str, int]:
        how, inner = next(iter(body.items()))
        inner = inner.get("input", inner) if isinstance(inner, Mapping) else inner
        return f"{AGGREGATES.get(how.lower(), how)} {self.text(inner, _ATOM)}", _ATOM

    def _over(self, body: Mapping[str, Any]) -> tuple[str, int]:
        keys = ", ".join(self.text(one, _ATOM) for one in body["partition_by"])
        return f"{self.text(body['function'], _ATOM)} per {keys}", _PRODUCT

    def _column(self, name: str) -> str:
        if name.startswith("items."):
            _, step, how = name.split(".")
            return f"{AGGREGATES[how]} {self._words(step)}"
        return self._words(name)

    def _operation(self, body: Mapping[str, Any]) -> tuple[str, int]:
        if body["op"] not in _OPERATORS:
            raise Untold(body["op"])
        sign, level = _OPERATORS[body["op"]]
        if sign == "dan" and _is_true(body["left"]):
            return self._said(_bare(body["right"]))
        after = level + 1 if body["op"] in ("Minus", "TrueDivide", "Divide") else level
        return f"{self.text(body['left'], level)} {sign} {self.text(body['right'], after)}", level

    def _marked(self, inner: Any, name: str) -> tuple[str, int]:
        if name.startswith(ROUNDED):
            digits, mode = name.removeprefix(ROUNDED).split("|")
            places = self._words(digits) if digits.startswith(PARAMETER) else digits
            how = f"{places} desimal" if places != "0" else "bilangan bulat"
            return f"{self.text(inner, _SUM)}, dibulatkan ke {how} ({_MODES.get(mode, mode)})", _CHOICE
        if name.startswith(TABLE):
            keys = [self.text(one, _ATOM) for one in _bare(inner)["Function"]["input"]]
            return f"menurut tabel {self._words(PARAMETER + name.removeprefix(TABLE))}: {' × '.join(keys)}", _CHOICE
        return self._said(_bare(inner))

    def _function(self, body: Mapping[str, Any]) -> tuple[str, int]:
        name = _function_name(body["function"])
        inputs = body["input"]
        if name in _AFTER:
            return f"{self.text(inputs[0], _ATOM)} {_AFTER[name]}", _COMPARE
        if name in _BETWEEN:
            others = " dan ".join(self.text(one, _ATOM) for one in inputs[1:])
            return f"{self.text(inputs[0], _ATOM)} {_BETWEEN[name]} {others}", _COMPARE
        if name == "Clip":
            return f"{self.text(inputs[0], _ATOM)} dalam batas {self._listed(inputs[1:])}", _COMPARE
        if name in ("Replace", "ReplaceStrict"):
            pairs = zip(*(_values(one) for one in inputs[1:3]), strict=False)
            listed = "; ".join(f"{_plain(old)} → {_plain(new)}" for old, new in pairs)
            return f"{self.text(inputs[0], _ATOM)} dibaca menurut tabel ({listed})", _COMPARE
        if name == "ZFill":
            return f"{self.text(inputs[0], _ATOM)} ditulis {self.text(inputs[1], _ATOM)} angka", _COMPARE
        if name in _CALLS:
            return f"{_CALLS[name]} ({self._listed(inputs)})", _ATOM
        raise Untold(name)

    def _listed(self, nodes: list[Any]) -> str:
        return "; ".join(self.text(one, _CHOICE) for one in nodes)


def _shared(tree: Any, teller: _Teller) -> tuple[Any, list[tuple[str, Any]]]:
    """The tree in which long repeated parts are replaced by a name, and these parts; the largest first."""
    parts: list[tuple[str, Any]] = []
    for letter in "abcdefghijkl":
        repeated = [node for node, times in _counted([tree, *(part for _, part in parts)]) if times > 1]
        long = [(len(said), node) for node in repeated if len(said := teller.text(node, _CHOICE)) >= _LONG]
        if not long:
            break
        part, name = max(long, key=lambda one: one[0])[1], f"[{letter}]"
        tree = _replaced(tree, part, name)
        parts = [*((other, _replaced(told, part, name)) for other, told in parts), (name, part)]
    return tree, parts


def _counted(trees: list[Any]) -> list[tuple[Any, int]]:
    """Every part of the trees that computes something, and how often it appears."""
    found: dict[str, tuple[Any, int]] = {}
    waiting = list(trees)
    while waiting:
        node = _bare(waiting.pop())
        if isinstance(node, Mapping):
            if len(node) == 1 and next(iter(node)) in _COMPUTING:
                key = json.dumps(node, sort_keys=True)
                found[key] = (node, found.get(key, (node, 0))[1] + 1)
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
    return list(found.values())


def _replaced(node: Any, part: Any, name: str) -> Any:
    node = _bare(node)
    if node == part:
        return {"Column": name}
    if isinstance(node, Mapping):
        return {key: _replaced(inner, part, name) for key, inner in node.items()}
    return [_replaced(one, part, name) for one in node] if isinstance(node, list) else node


def number(value: float) -> str:
    """A number in Indonesian form: 1.234,5."""
    text = f"{value:,.10f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:,}"
    return text.replace(",", " ").replace(".", ",").replace(" ", ".")


def _kind(node: Any) -> str:
    if not isinstance(node, Mapping) or len(node) != 1:
        raise Untold(str(node)[:40])
    return str(next(iter(node)))


def _bare(node: Any) -> Any:
    """Without casts, and without names that mark nothing."""
    while isinstance(node, Mapping):
        if "Cast" in node:
            node = node["Cast"]["expr"]
        elif "Alias" in node and not node["Alias"][1].startswith((ROUNDED, TABLE)):
            node = node["Alias"][0]
        else:
            break
    return node


def _function_name(function: Any) -> str:
    while isinstance(function, Mapping):
        key, inner = next(iter(function.items()))
        if key in ("Boolean", "StringExpr") or (isinstance(inner, str) and key not in _BETWEEN):
            function = inner
            continue
        return str(key)
    return str(function)


def _literal(body: Any) -> str:
    kind, value = next(iter(body.items()))
    if kind == "Dyn" or (kind == "Scalar" and isinstance(value, Mapping) and not {"List", "Null"} & set(value)):
        return _plain(next(iter(value.values())))
    if kind == "Scalar" and "List" in value:
        return "; ".join(_plain(one) for one in _listed(value["List"]))
    if kind == "Scalar" and "Null" in value:
        return "kosong"
    raise Untold(kind)


def _values(node: Any) -> list[Any]:
    """The values of a literal list, or of a literal that stands for itself."""
    node = _bare(node)
    body = node["Literal"]["Scalar"] if "Scalar" in node.get("Literal", {}) else {}
    if "List" not in body:
        raise Untold("list")
    return _listed(body["List"])


def _listed(stream: list[int]) -> list[Any]:
    listed = pl.read_ipc_stream(io.BytesIO(bytes(stream))).to_series().to_list()
    return listed[0] if listed and isinstance(listed[0], list) else listed


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if value is None:
        return "kosong"
    return f"“{value.replace('_', ' ')}”" if isinstance(value, str) else number(value)


def _is_true(node: Any) -> bool:
    return _kind(_bare(node)) == "Literal" and _literal(_bare(node)["Literal"]) == "ya"


def _is_null(node: Any) -> bool:
    return _kind(node) == "Literal" and _literal(node["Literal"]) == "kosong"
