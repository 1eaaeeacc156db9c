"""The statements that raise a table's wall: owner, forced row-level security, its one policy, least grants.

`schema` is another than the product's own only where a wall is rehearsed (the proof of isolation, tests).
"""

from __future__ import annotations

from selaras.db.base import SCHEMA

OWNER = "selaras_owner"
MIGRATOR = "selaras_migrator"
APP = "selaras_app"
CONSOLE = "selaras_console"

TENANT_SETTING = "selaras.tenant"
# As PostgreSQL stores it: the catalogue check compares word for word.
TID_BODY = f"RETURN (NULLIF(current_setting('{TENANT_SETTING}'::text, true), ''::text))::integer"


def predicate(schema: str = SCHEMA) -> str:
    """The one condition of every wall."""
    return f"(tenant_id = {schema}.tid())"


def foundation(schema: str = SCHEMA) -> list[str]:
    """What must stand before the first table.

    Inlined by the planner (SQL, STABLE): the policy costs a comparison, and without a tenant it compares with NULL.
    """
    tid = f"{schema}.tid()"
    return [
        f"CREATE FUNCTION {tid} RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE "
        f"RETURN nullif(current_setting('{TENANT_SETTING}', true), '')::integer",
        f"REVOKE ALL ON FUNCTION {tid} FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION {tid} TO {APP}, {CONSOLE}, {MIGRATOR}",
    ]


def tenant_wall(table: str, *, app_may: str = "SELECT, INSERT, UPDATE, DELETE", schema: str = SCHEMA) -> list[str]:
    """Rows are seen and written only by the app, only within the agency of the transaction."""
    name, same = f"{schema}.{table}", predicate(schema)
    return [
        f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY tenant ON {name} FOR ALL TO {APP} USING {same} WITH CHECK {same}",
        f"GRANT {app_may} ON {name} TO {APP}",
    ]


def summary_wall(table: str, *, app_may: str = "SELECT, INSERT, UPDATE, DELETE", schema: str = SCHEMA) -> list[str]:
    """Written by the app within its agency; read by the console across agencies."""
    name = f"{schema}.{table}"
    return [
        *tenant_wall(table, app_may=app_may, schema=schema),
        f"CREATE POLICY console ON {name} FOR SELECT TO {CONSOLE} USING (true)",
        f"GRANT SELECT ON {name} TO {CONSOLE}",
    ]


def platform_grants(
    table: str,
    *,
    app_may: str = "SELECT",
    console_may: str = "SELECT, INSERT, UPDATE, DELETE",
    schema: str = SCHEMA,
) -> list[str]:
    """The console administers, but rewrites no journal; the app reads, and writes only where the model says so."""
    name = f"{schema}.{table}"
    grants = [f"GRANT {console_may} ON {name} TO {CONSOLE}"]
    return [*grants, f"GRANT {app_may} ON {name} TO {APP}"] if app_may else grants
