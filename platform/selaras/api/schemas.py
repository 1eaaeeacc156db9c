"""Marshmallow schemas out of frozen dataclasses: each shape of the API is written once and described from there."""

from __future__ import annotations

import dataclasses
import re
import types
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import marshmallow as ma


class DecimalText(ma.fields.String):
    """A number as text, such as "1234.56": JSON's own numbers would lose digits of money."""

    PATTERN: ClassVar[str] = r"^-?[0-9]{1,15}([.][0-9]{1,10})?$"

    def __init__(self, *, metadata: Mapping[str, Any] | None = None, **more: Any) -> None:
        super().__init__(metadata={"pattern": self.PATTERN, **(metadata or {})}, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> Any:
        written = super()._deserialize(value, attr, data, **more)
        if not re.fullmatch(self.PATTERN, str(written)):
            raise ma.ValidationError("Not a number; write it as 1234.56.")
        return Decimal(str(written))


_FIELDS: dict[object, Callable[..., ma.fields.Field[Any]]] = {
    str: ma.fields.String,
    int: ma.fields.Integer,
    float: ma.fields.Float,
    bool: ma.fields.Boolean,
    UUID: ma.fields.UUID,
    date: ma.fields.Date,
    datetime: ma.fields.DateTime,
    Decimal: DecimalText,
    Any: ma.fields.Raw,
    object: ma.fields.Raw,
}


@cache
def schema_of(shape: type) -> type[ma.Schema]:
    """The schema of a dataclass; a field without a default is always there. Its name is the shape's."""
    hints = get_type_hints(shape)
    made: dict[str, Any] = {}
    for one in dataclasses.fields(shape):
        optional = one.default is not dataclasses.MISSING
        extra: dict[str, Any] = {"load_default": one.default} if optional else {"required": True}
        description = one.metadata.get("description")
        if description:
            extra["metadata"] = {"description": description}
        if "validate" in one.metadata:
            extra["validate"] = one.metadata["validate"]
        made[one.name] = _field(hints[one.name], extra)
    made["Meta"] = type("Meta", (), {"unknown": ma.RAISE})
    return type(shape.__name__, (ma.Schema,), made)


def _field(hint: object, extra: dict[str, Any]) -> ma.fields.Field[Any]:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        present = [one for one in arguments if one is not type(None)]
        return _field(present[0], {**extra, "allow_none": True})
    if origin in (list, tuple):
        return ma.fields.List(_field(arguments[0], {}), **extra)
    if origin is dict:
        return ma.fields.Dict(keys=ma.fields.String(), values=_field(arguments[1], {}), **extra)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return ma.fields.Nested(schema_of(hint), **extra)
    if hint in (Any, object):
        extra = {**extra, "allow_none": True}
    return _FIELDS[hint](**extra)
