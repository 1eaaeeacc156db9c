"""Accounts (akun.csv): who may sign in, by user name or NIP, with e-mail, roles and whether the account is open."""

from __future__ import annotations

import re
from collections.abc import Mapping
from uuid import UUID

import polars as pl

from selaras.db.merge import Merged
from selaras.exchange.intake import Intake, refuse_duplicates
from selaras.exchange.report import listed
from selaras.identity.account_files import AccountRow, take_accounts
from selaras.identity.directory import grantable_to_groups
from selaras.identity.permissions import Permission, Role
from selaras.organisation.accounts import join_accounts

LONGEST = 250
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
# As the interface calls them, beside our own codes.
_WORDS = {
    "pengelola kinerja": Role.PERFORMANCE_MANAGER,
    "pejabat yang berwenang": Role.AUTHORISED_OFFICIAL,
    "pejabat pembina kepegawaian": Role.APPOINTING_OFFICIAL,
    "auditor internal": Role.AUDITOR,
}
GRANTABLE = {**_WORDS, **{role: Role(role) for role in grantable_to_groups()}}


def load(intake: Intake, table: pl.DataFrame) -> Mapping[str, Merged]:
    """Every row an account: new, or brought to what the file says. Whoever is not in the file is left alone.

    Where the column of roles is missing, nobody's roles change; where it is there, it says all that an import granted.
    """
    rows = table.with_columns(key=pl.col("subject").str.to_lowercase())
    refuse_duplicates(intake, rows, ["key"], "NAMA PENGGUNA", "user name")
    wrong = rows.filter(pl.col("email").is_not_null() & ~pl.col("email").str.contains(f"^{_EMAIL.pattern}$"))
    intake.problems.add_rows("not_an_email", wrong, column="EMAIL", value="email")
    has_roles = rows.get_column("roles").is_not_null().any()
    _check_roles(intake, rows)
    intake.problems.refuse_errors()
    if has_roles:
        intake.actor.require_whole(Permission.GRANT_ROLES)
    wanted = [
        AccountRow(subject, name, email, frozenset(_roles(roles)) if has_roles else None, state != "closed")
        for subject, name, email, roles, state in rows.select("subject", "name", "email", "roles", "state").iter_rows()
    ]
    made = take_accounts(intake.session, intake.actor, intake.batch_id, wanted, intake.today)
    linked: list[UUID] = join_accounts(intake.session, intake.today)
    return {
        "accounts": Merged(made.new, made.changed, made.closed),
        "roles": Merged(made.granted, 0, made.ended),
        "people": Merged(0, len(linked), 0),
    }


def _check_roles(intake: Intake, rows: pl.DataFrame) -> None:
    known = listed([*_WORDS])
    bad = rows.filter(pl.col("roles").map_elements(lambda text: not _known(text), return_dtype=pl.Boolean))
    intake.problems.add_rows("not_allowed", bad, column="PERAN", value="roles", allowed=known)


def _known(text: str) -> bool:
    return all(one in GRANTABLE for one in _split(text))


def _roles(text: str | None) -> list[str]:
    return [GRANTABLE[one].value for one in _split(text or "")]


def _split(text: str) -> list[str]:
    return [part for part in (" ".join(one.lower().split()) for one in text.split(";")) if part]
