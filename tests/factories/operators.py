"""Operators of the instance, and support access on its way, for tests."""

from __future__ import annotations

from datetime import date
from itertools import count
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range

from selaras.db.session import Database
from selaras.identity.operators.roles import OperatorRole
from selaras.identity.operators.service import Doer, add_operator
from selaras.identity.support import asking
from selaras.identity.support.asking import Asker, Wish
from selaras.tenancy.queries import agency

SERVER = Doer("cli:test")
SINCE = date(2020, 1, 1)
REASON = "Halaman hasil triwulan tidak terbuka bagi pegawai."
_numbers = count(1)


def make_operator(console: Database, *roles: str, name: str = "", login: str = "", until: date | None = None) -> Asker:
    """An operator of the console with some roles (none: all of them)."""
    number = next(_numbers)
    name, login = name or f"Operator {number}", login or f"operator-{number}"
    with console.platform() as session:
        held = roles or tuple(OperatorRole)
        return Asker(add_operator(session, SERVER, login, name, held, Range(SINCE, until)), name)


def ask_support(
    console: Database, asker: Asker, tenant_id: int, *, minutes: int = 60, urgent: bool = False, reason: str = REASON
) -> UUID:
    """A request for support access to an agency."""
    with console.platform() as session:
        wish = Wish(reason, "TIKET-17", minutes, urgent)
        return asking.ask(session, asker, agency(session, tenant_id), wish)


def way_in(console: Database, asker: Asker, request_id: UUID) -> str:
    """A code with which the operator enters, once."""
    with console.platform() as session:
        return asking.hand_over(session, asker, request_id)
