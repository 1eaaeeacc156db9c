"""The console's role and pages cannot reach a person: asked of the database, of every route and of every statement."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from factories.staff import create_staff
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from selaras.db.tables import sides
from selaras.edge.access import declared
from selaras.errors import Misconfigured
from selaras_admin.app import create_console
from selaras_admin.operators import OperatorPermission

TENANT = sorted(name for name, model in sides().items() if model.side == "tenant")
READS = ("/", "/regions", "/rollouts", "/isolation", "/sign-in", "/operators", "/journal", "/support", "/sessions")


def test_every_table_in_the_catalogue_is_declared(console_database):
    with console_database.platform() as session:
        there = set(
            session.scalars(
                text(
                    "SELECT relname FROM pg_class WHERE relnamespace = 'selaras'::regnamespace"
                    " AND relkind IN ('r', 'p', 'v', 'm') AND relname <> 'alembic_version'"
                )
            )
        )
    assert there == set(sides())
    assert len(TENANT) > 20


@pytest.mark.parametrize("table", TENANT)
def test_the_consoles_role_is_refused_every_tenant_table(console_database, table):
    for statement in (f"SELECT 1 FROM selaras.{table}", f"DELETE FROM selaras.{table}"):
        with pytest.raises(ProgrammingError, match="permission denied"), console_database.platform() as session:
            session.execute(text(statement))


def test_the_consoles_role_changes_no_summary(console_database):
    for table in ("close_summary", "outcome_summary"):
        with pytest.raises(ProgrammingError, match="permission denied"), console_database.platform() as session:
            session.execute(text(f"UPDATE selaras.{table} SET people = 0"))


def test_every_route_declares_a_permission_or_public(app):
    undeclared, views = [], 0
    for rule in app.url_map.iter_rules():
        views += 1
        needed = declared(app.view_functions[rule.endpoint])
        if needed is None or not needed <= set(OperatorPermission):
            undeclared.append(rule.rule)
    assert undeclared == []
    assert views > 8


def test_only_the_way_in_and_the_style_are_public(app):
    public = {
        rule.rule for rule in app.url_map.iter_rules() if declared(app.view_functions[rule.endpoint]) == frozenset()
    }
    assert public == {
        *("/assets/<digest>/<name>", "/language", "/sign-in", "/sign-in/provider", "/sign-in/callback"),
        *("/sign-out", "/sign-out/back-channel"),
    }


def test_no_page_speaks_of_a_tenant_table(operator, statements, plant, close_period, rule_text):
    one = plant("Pemerintah Kabupaten Sidoarjo", region="3515", kind="regency")
    close_period(one)
    for path in (*READS, f"/agencies/{one.uuid}"):
        operator.get(path)
    named = {word for statement in statements for word in re.findall(r"selaras\.(\w+)", statement)}
    assert {"agency", "close_summary", "outcome_summary"} <= named
    assert named & set(TENANT) == set()


def test_no_page_shows_a_person(operator, database, plant, close_period, rule_text):
    one = plant("Instansi Berpegawai")
    with database.tenant(one.tenant_id) as session:
        create_staff(session, 30)
        people = session.execute(text("SELECT * FROM selaras.person WHERE tenant_id = :t"), {"t": one.tenant_id}).all()
    close_period(one)
    told = {str(value) for row in people for value in (row.id, row.name)}
    assert len(told) == 60
    for path in (*READS, f"/agencies/{one.uuid}"):
        page = operator.get(path).text
        assert [word for word in told if word in page] == []


def test_the_local_number_of_an_agency_leaves_no_page(operator, plant, close_period):
    """Addresses carry the uuid; the number is this server's own."""
    one = plant("Instansi Bernomor")
    page = operator.page("/?search=Bernomor")
    assert f"/agencies/{one.uuid}" in page
    assert operator.get(f"/agencies/{one.tenant_id}").status_code == 404


@pytest.mark.parametrize("role", ["migrator", "admin"])
def test_a_role_that_bypasses_the_walls_is_refused_at_start(console_settings, urls: Any, role):
    with pytest.raises(Misconfigured) as refused:
        create_console(replace(console_settings, console_database_url=getattr(urls, role)))
    assert refused.value.code == "role_bypasses_walls"


def test_another_roles_database_is_not_used_in_its_place(console_settings, urls: Any):
    chosen = replace(
        console_settings, console_database_url="", app_database_url=urls.app, migrator_database_url=urls.migrator
    )
    with pytest.raises(Misconfigured) as refused:
        create_console(chosen)
    assert refused.value.params["variable"] == "SELARAS_CONSOLE_DATABASE_URL"
