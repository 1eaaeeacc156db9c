"""SCIM filters and sorting as SQL: the same answers as the library's own evaluator, which tests compare them with."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from unicodedata import normalize

from pydantic import TypeAdapter
from scim2_models import InvalidFilterException
from scim2_models.path import (
    AttrPath,
    CompareOperator,
    Comparison,
    FilterNode,
    FilterVisitor,
    LogicalExpr,
    LogicalOperator,
    Not,
    Present,
    ValuePath,
)
from sqlalchemy import ColumnElement, FromClause, and_, exists, false, func, literal, literal_column, not_, or_, true

Kind = Literal["text", "exact", "flag", "moment"]
_MOMENT = TypeAdapter(datetime)
_ORDERS: Mapping[CompareOperator, Callable[[Any, Any], ColumnElement[bool]]] = {
    CompareOperator.eq: operator.eq,
    CompareOperator.gt: operator.gt,
    CompareOperator.ge: operator.ge,
    CompareOperator.lt: operator.lt,
    CompareOperator.le: operator.le,
}


@dataclass(frozen=True)
class Attribute:
    """A single value: what it is in SQL, and how it is compared (text: whatever its case).

    `key`: a column that holds the value as it is compared, where there is one with an index.
    """

    value: ColumnElement[Any]
    kind: Kind = "text"
    key: ColumnElement[Any] | None = None

    @property
    def comparable(self) -> ColumnElement[Any]:
        """The value as comparisons and sorting see it."""
        if self.kind != "text":
            return self.value
        if self.key is not None:
            return self.key
        return func.lower(func.normalize(self.value, literal_column("NFC")))

    @property
    def present(self) -> ColumnElement[bool]:
        """Whether there is something."""
        if self.kind in ("flag", "moment"):
            return self.value.is_not(None)
        return func.coalesce(self.value != "", false())


@dataclass(frozen=True)
class Several:
    """An attribute of many values: the rows they are, and what each of them has."""

    rows: FromClause
    belong: ColumnElement[bool]
    parts: Mapping[str, Attribute]
    first: Mapping[str, ColumnElement[Any]]

    def any(self, condition: ColumnElement[bool]) -> ColumnElement[bool]:
        """Whether one of the values meets the condition."""
        return exists(literal(1)).select_from(self.rows).where(self.belong, condition)


Known = Mapping[str, Attribute | Several]
"""Attribute, in lower case and without its schema (`name.givenname`) → what it is."""


def condition(node: FilterNode, schema: str, known: Known) -> ColumnElement[bool]:
    """A filter as a condition that is true or false, never unknown; attributes that are not `known` match nothing."""
    return _Translator(schema, known).visit(node)


def sorting(path: str, schema: str, known: Known) -> ColumnElement[Any] | None:
    """What to sort by; None for an attribute that has no order of its own."""
    head, _, part = path.lower().removeprefix(f"{schema.lower()}:").partition(".")
    found = known.get(f"{head}.{part}" if part and f"{head}.{part}" in known else head)
    if isinstance(found, Several):
        return found.first.get(part or "value")
    return found.comparable if found is not None else None


class _Translator(FilterVisitor[ColumnElement[bool]]):
    def __init__(self, schema: str, known: Known) -> None:
        self._schema = schema.lower()
        self._known = known

    def visit_comparison(self, node: Comparison) -> ColumnElement[bool]:
        several, found = self._find(node.attr_path)
        if found is None:
            return false()
        if several is None:
            return _compared(found, node.op, node.value)
        if node.op == CompareOperator.ne:
            return not_(several.any(not_(_compared(found, node.op, node.value))))
        return several.any(_compared(found, node.op, node.value))

    def visit_present(self, node: Present) -> ColumnElement[bool]:
        path = node.attr_path
        if not self._ours(path):
            return false()
        head = path.attr.lower()
        found = self._known.get(f"{head}.{path.sub_attr.lower()}" if path.sub_attr else head)
        several = self._known.get(head)
        if isinstance(several, Several):
            parts = [part for name, part in several.parts.items() if name == (path.sub_attr or name).lower()]
            return several.any(or_(false(), *(part.present for part in parts)))
        if isinstance(found, Attribute):
            return found.present
        inside = [one for name, one in self._known.items() if name.startswith(f"{head}.") and not path.sub_attr]
        return or_(false(), *(one.present for one in inside if isinstance(one, Attribute)))

    def visit_not(self, node: Not) -> ColumnElement[bool]:
        return not_(self.visit(node.expr))

    def visit_logical_expr(self, node: LogicalExpr) -> ColumnElement[bool]:
        terms = [self.visit(term) for term in node.terms]
        return and_(true(), *terms) if node.op == LogicalOperator.and_ else or_(false(), *terms)

    def visit_value_path(self, node: ValuePath) -> ColumnElement[bool]:
        several = self._known.get(node.attr_path.attr.lower())
        if not isinstance(several, Several) or not self._ours(node.attr_path):
            return false()
        return several.any(_Translator("", several.parts).visit(node.val_filter))

    def _ours(self, path: AttrPath) -> bool:
        return path.uri is None or path.uri.lower() == self._schema

    def _find(self, path: AttrPath) -> tuple[Several | None, Attribute | None]:
        """A comparison with an attribute of many values means their `value`."""
        if not self._ours(path):
            return None, None
        head = self._known.get(path.attr.lower())
        if isinstance(head, Several):
            return head, head.parts.get((path.sub_attr or "value").lower())
        name = f"{path.attr}.{path.sub_attr}" if path.sub_attr else path.attr
        found = self._known.get(name.lower())
        return None, found if isinstance(found, Attribute) else None


def _compared(attribute: Attribute, op: CompareOperator, value: Any) -> ColumnElement[bool]:
    left = attribute.comparable
    if value is None:
        return {CompareOperator.eq: left.is_(None), CompareOperator.ne: left.is_not(None)}.get(op, false())
    right = _operand(attribute.kind, op, value)
    if right is None:
        return false()
    if op == CompareOperator.ne:
        return left.is_distinct_from(right)
    return func.coalesce(_holds(left, op, right), false())


def _holds(left: ColumnElement[Any], op: CompareOperator, right: Any) -> ColumnElement[bool]:
    if op in _ORDERS:
        return _ORDERS[op](left, right)
    if op == CompareOperator.co:
        return func.strpos(left, right) > 0
    if op == CompareOperator.sw:
        return func.starts_with(left, right)
    ends: ColumnElement[bool] = func.right(left, len(right)) == right
    return ends


def _operand(kind: Kind, op: CompareOperator, value: Any) -> Any:
    """The value to compare with; None where the two can never be compared (a part of a moment)."""
    fragment = op in (CompareOperator.co, CompareOperator.sw, CompareOperator.ew)
    if kind == "flag":
        return None if fragment else value
    if kind == "moment":
        return None if fragment else _MOMENT.validate_python(value)
    if not isinstance(value, str) or "\0" in value:
        raise InvalidFilterException(detail=f"{value!r} is no text")
    plain = normalize("NFC", value)
    return normalize("NFC", plain.lower()) if kind == "text" else plain
