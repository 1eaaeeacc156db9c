"""The operators of the demo: one who runs the console, and a second one, since urgent support needs two."""

from __future__ import annotations

from datetime import date

from sqlalchemy.dialects.postgresql import Range

from selaras.demo.stage import OPERATOR, Stage
from selaras.identity.operators.queries import operators
from selaras.identity.operators.roles import OperatorRole
from selaras.identity.operators.service import Doer, add_operator

SINCE = date(2026, 1, 1)
# What their provider calls them, their name, their roles.
OPERATORS = (
    ("operator", "Operator Utama", (OperatorRole.ADMINISTRATOR, OperatorRole.ROLLOUT, OperatorRole.SUPPORT)),
    ("dukungan", "Operator Dukungan", (OperatorRole.SUPPORT,)),
)


def employ(stage: Stage) -> None:
    """Add whoever is not there yet."""
    with stage.console.platform() as session:
        known = {one.login for one in operators(session, SINCE)}
        for login, name, roles in OPERATORS:
            if login not in known:
                add_operator(session, Doer(OPERATOR), login, name, roles, Range(SINCE, None))
