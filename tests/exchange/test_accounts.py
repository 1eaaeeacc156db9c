"""A file of accounts: all or nothing, row by row, with the roles that an import grants and takes back."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from factories.site import Site
from factories.uploads import NIP, codes, csv_file, staffed, taken, upload, workbook
from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.clock import today
from selaras.errors import Refused
from selaras.exchange.imports import run
from selaras.identity.actor import Actor
from selaras.identity.permissions import PERMISSIONS, Permission, Role
from selaras.identity.queries import account_by_subject

HEADER = ("NAMA PENGGUNA", "NAMA", "EMAIL", "PERAN", "STATUS")
ROWS = (
    (NIP["clerk"], "Clerk", "clerk@contoh.go.id", "Pengelola Kinerja; auditor", ""),
    ("auditor.luar", "Auditor Luar", "", "Auditor Internal", "aktif"),
    ("lama", "Akun Lama", "", "", "nonaktif"),
)


def file(*rows: tuple[str, ...], header: tuple[str, ...] = HEADER) -> bytes:
    return csv_file(header, rows)


def roles(session: Session, subject: str) -> frozenset[str]:
    found = account_by_subject(session, subject, today("Asia/Jakarta"))
    assert found is not None
    return found.roles


def row(session: Session, subject: str) -> Any:
    return session.execute(
        text("SELECT * FROM selaras.account WHERE tenant_id = :t AND subject = :s"),
        {"t": session.info["tenant"], "s": subject},
    ).one()


def test_a_file_makes_changes_closes_and_grants(session: Session) -> None:
    staffed(session)
    report = taken(session, "accounts", file(*ROWS))
    assert report.changed == {"accounts.new": 3, "accounts.ended": 1, "roles.new": 3, "people.changed": 1}
    assert roles(session, NIP["clerk"]) == {"performance_manager", "auditor"}
    assert (row(session, "lama").active, row(session, "lama").inactive_cause) == (False, "import")
    assert row(session, NIP["clerk"]).emails == [{"value": "clerk@contoh.go.id", "type": "work", "primary": True}]
    assert row(session, NIP["clerk"]).source == "import"
    assert taken(session, "accounts", file(*ROWS)).changed == {}, "the same file twice changes nothing"
    changed = ((NIP["clerk"], "Clerk Baru", "", "auditor", ""), ("lama", "Akun Lama", "", "", "aktif"))
    again = taken(session, "accounts", file(*changed))
    assert again.changed == {"accounts.changed": 2, "roles.ended": 1}
    assert roles(session, NIP["clerk"]) == {"auditor"}
    assert roles(session, "auditor.luar") == {"auditor"}, "who is not in the file is left alone"
    assert row(session, "lama").active
    assert row(session, NIP["clerk"]).emails, "an empty cell takes no address away"
    origins = session.execute(
        text("SELECT DISTINCT origin FROM selaras.role_grant WHERE tenant_id = :t"), {"t": session.info["tenant"]}
    ).scalars()
    assert list(origins) == ["import"]


def test_without_the_column_nobody_s_roles_change(session: Session) -> None:
    taken(session, "accounts", file(*ROWS))
    plain = csv_file(HEADER[:2], [("auditor.luar", "Auditor Luar Negeri")])
    assert taken(session, "accounts", plain).changed == {"accounts.changed": 1}
    assert roles(session, "auditor.luar") == {"auditor"}


def test_what_is_wrong_is_named_row_by_row_and_nothing_is_taken(session: Session) -> None:
    unread = upload(session, "accounts", file(("", "E", "", "", ""), ("f", "F", "", "", "mungkin")))
    assert unread.state == "refused"
    assert {(2, "NAMA PENGGUNA", "empty"), (3, "STATUS", "not_allowed")} <= set(codes(unread))
    bad = file(
        ("a.b", "A", "bukan-surel", "", ""),
        ("A.B", "A lagi", "", "", ""),
        ("c", "C", "", "kaisar", ""),
        ("d", "D", "", "auditor; pegawai", ""),
    )
    report = upload(session, "accounts", bad)
    assert report.state == "refused"
    assert set(codes(report)) == {
        (3, "NAMA PENGGUNA", "duplicate"),
        (2, "EMAIL", "not_an_email"),
        (4, "PERAN", "not_allowed"),
        (5, "PERAN", "not_allowed"),
    }
    assert account_by_subject(session, "c", today("Asia/Jakarta")) is None


def test_a_workbook_is_read_as_well(session: Session) -> None:
    data = workbook({"Akun": [HEADER, *ROWS]})
    report = run(session, _actor(session, Role.AGENCY_ADMIN), "accounts", "akun.xlsx", data)
    assert (report.state, report.rows) == ("taken", 3)


def _actor(session: Session, role: Role, without: Permission | None = None) -> Actor:
    held = PERMISSIONS[role] - ({without} if without else set())
    return Actor(session.info["tenant"], None, "A", frozenset({role.value}), held)


def test_the_performance_manager_makes_no_accounts_and_only_a_granter_grants(session: Session) -> None:
    with pytest.raises(Refused):
        run(session, _actor(session, Role.PERFORMANCE_MANAGER), "accounts", "akun.csv", file(*ROWS))
    with pytest.raises(Refused):
        run(session, _actor(session, Role.AGENCY_ADMIN), "people", "asn.csv", b"x")
    keeper = _actor(session, Role.AGENCY_ADMIN, Permission.GRANT_ROLES)
    with pytest.raises(Refused):
        run(session, keeper, "accounts", "akun.csv", file(*ROWS))
    plain = csv_file(HEADER[:2], [("baru", "Baru")])
    assert run(session, keeper, "accounts", "akun.csv", plain).state == "taken"


def test_the_administrator_imports_on_the_page_and_sees_only_that(site: Site) -> None:
    admin, manager = site.open.as_role(Role.AGENCY_ADMIN), site.open.manager()
    page = admin.page("/imports")
    assert 'value="accounts"' in page
    assert 'value="people"' not in page
    assert 'value="accounts"' not in manager.page("/imports")
    sent = {"kind": "accounts", "file": (BytesIO(file(("dari.halaman", "Dari Halaman", "", "", ""))), "akun.csv")}
    answer = admin.post("/imports", sent, on="/imports", content_type="multipart/form-data")
    assert answer.status_code == 303
    place = answer.headers["Location"]
    assert "akun.csv" in admin.page(place)
    assert manager.get(place).status_code == 404
