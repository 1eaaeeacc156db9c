"""Endpoints: the agency's rules as a pack, how far it has moved from the one it began with, and loading another."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from selaras.api import shapes_rule_packs as shapes
from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.edge.access import needs
from selaras.edge.context import actor, instance, session
from selaras.exchange import rule_packs
from selaras.identity.permissions import Permission
from selaras.tenancy.rule_rows import Difference, stored

endpoints = endpoints_of("rule_packs", "An agency's rules as a pack, out and in")


@endpoints.route("/rule-pack")
@needs(Permission.CHOOSE_RULES)
@endpoints.response(200, schema_of(shapes.RulePack))
def show_rule_pack() -> Response:
    """The rules as a pack.toml, and where they differ from the pack that the agency began with.

    `version` is sent back in `If-Match` when a pack is loaded.
    """
    pack = rule_packs.pack_of(session())
    moved = rule_packs.drift(session(), pack).rules if pack else ()
    text = rule_packs.exported(session())
    version = rule_packs.version(session())
    return encoded(shapes.RulePack(text, version, pack.slug if pack else None, [_change(one) for one in moved]))


@endpoints.route("/rule-pack", methods=["POST"])
@needs(Permission.CHOOSE_RULES)
@endpoints.arguments(schema_of(shapes.PackRequest))
@endpoints.response(200, schema_of(shapes.Loaded))
def load_rule_pack(body: dict[str, Any]) -> Response:
    """Make the agency's rules those of a pack from a day on; with `dry_run` only say what would change.

    With `If-Match: <version>` nothing newer is overwritten. Refused for days of closed periods.
    """
    text, start, registry = body["pack"], body["from_day"], instance().registry
    if body["dry_run"]:
        found = rule_packs.preview(session(), actor(), registry, text, start)
    else:
        seen = request.headers.get("If-Match", "").strip('"') or None
        found = rule_packs.load(session(), actor(), registry, text, start, reason=body["reason"], seen=seen)
    changes = [_change(one) for one in found.changes]
    return encoded(shapes.Loaded(found.pack, changes, list(found.left), rule_packs.version(session())))


def _change(one: Difference) -> shapes.RuleChange:
    return shapes.RuleChange(one.of, one.apart, one.starts, one.last, stored(one.before), stored(one.after))
