"""What the API declares, and whether an answer keeps to it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import jsonschema_rs
from werkzeug.test import TestResponse

from factories.site import Site


def declared_at(site: Site) -> dict[str, Any]:
    return site.closed.visitor().get("/api/v1/openapi.json").json


def check(spec: dict[str, Any], method: str, template: str, response: TestResponse) -> None:
    """The answer fits the schema that is declared for its status (or for every error)."""
    operation = spec["paths"][template][method.lower()]
    answers = operation["responses"]
    found = answers.get(str(response.status_code)) or answers["default"]
    if "$ref" in found:
        found = spec["components"]["responses"][found["$ref"].rpartition("/")[2]]
    content = found["content"]
    assert response.mimetype in content, (template, response.mimetype, list(content))
    schema = {**content[response.mimetype]["schema"], "components": spec["components"]}
    jsonschema_rs.validator_for(schema).validate(response.json)


def example(spec: dict[str, Any], method: str, template: str) -> Any:
    """The smallest body that an operation takes by its description; an empty one where it takes none."""
    operation = spec["paths"][template][method.lower()]
    content = operation.get("requestBody", {}).get("content", {})
    schema = next((one["schema"] for one in content.values()), {"type": "object"})
    return _smallest(spec, schema)


NAMED = {"issuer": "https://sso.example"}
"""Fields whose text must be more than any text."""


def _smallest(spec: dict[str, Any], schema: dict[str, Any]) -> Any:
    if "$ref" in schema:
        return _smallest(spec, spec["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return _smallest(spec, schema[choice][0])
    kind = schema.get("type", "object")
    kind = kind[0] if isinstance(kind, list) else kind
    if "enum" in schema:
        return schema["enum"][0]
    if kind == "object":
        fields = schema.get("properties", {})
        return {name: NAMED.get(name) or _smallest(spec, fields[name]) for name in schema.get("required", ())}
    if kind == "array":
        return [_smallest(spec, schema["items"]) for _ in range(schema.get("minItems", 0))]
    if kind == "string":
        return _text(schema)
    return {"boolean": True, "integer": schema.get("minimum", 1), "number": schema.get("minimum", 1)}[kind]


def _text(schema: dict[str, Any]) -> str:
    made = {"uuid": str(uuid4()), "date": "2026-10-01", "date-time": "2026-10-01T00:00:00+00:00"}
    return made.get(schema.get("format", "")) or "x" * max(30, schema.get("minLength", 0))
