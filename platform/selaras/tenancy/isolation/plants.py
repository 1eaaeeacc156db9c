"""One leak of each kind, to be planted in a scratch schema: whoever cannot find these may not claim to find none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from selaras.db.catalogue import Subject
from selaras.db.walls import APP, CONSOLE, MIGRATOR, OWNER

Change = Callable[[Subject], Subject]


@dataclass(frozen=True)
class Plant:
    """A leak: the statements that make it ({s} is the schema), and the rule that must find it.

    `role`: who runs them (None: the connection's own role). `attack`: the attacker must get through as well.
    `change`: what the check is told otherwise, for leaks that lie in a role. `superuser`: only such a one can plant it.
    """

    name: str
    rule: str
    statements: tuple[str, ...] = ()
    role: str | None = OWNER
    attack: bool = False
    change: Change | None = None
    superuser: bool = False

    def told(self, subject: Subject) -> Subject:
        """The subject of the check once this leak is planted."""
        return self.change(subject) if self.change else subject


def _policy(name: str, using: str, guard: str, more: str = "") -> str:
    return f"CREATE POLICY {name} ON {{s}}.citizen {more} TO {APP} USING ({using}) WITH CHECK ({guard})"


_SAME = "tenant_id = {s}.tid()"
_LOWERED = "DROP POLICY tenant ON {s}.citizen"

TABLES = (
    Plant("a table that no model declares", "side-undeclared", ("CREATE TABLE {s}.forgotten (id integer)",)),
    Plant("a declared table that is not there", "table-missing", ("DROP TABLE {s}.city",)),
    Plant(
        "a foreign table",
        "foreign-table",
        (
            "CREATE FOREIGN DATA WRAPPER rehearsal",
            "CREATE SERVER rehearsal FOREIGN DATA WRAPPER rehearsal",
            "CREATE FOREIGN TABLE {s}.far (tenant_id integer) SERVER rehearsal",
        ),
        role=None,
        superuser=True,
    ),
    Plant(
        "a walled table without tenant_id",
        "tenant-column",
        ("DROP TABLE {s}.visit", "CREATE TABLE {s}.visit (id uuid PRIMARY KEY)"),
    ),
    Plant(
        "an empty tenant_id is allowed",
        "tenant-nullable",
        (
            "ALTER TABLE {s}.visit DROP CONSTRAINT visit_pkey",
            "ALTER TABLE {s}.visit ALTER COLUMN tenant_id DROP NOT NULL",
        ),
    ),
    Plant(
        "tenant_id is filled with a fixed number",
        "tenant-default",
        ("ALTER TABLE {s}.citizen ALTER COLUMN tenant_id SET DEFAULT 1",),
    ),
    Plant(
        "a column is filled by a function of one's own",
        "column-default",
        (
            "CREATE FUNCTION {s}.filled() RETURNS text LANGUAGE sql RETURN 'x'",
            "ALTER TABLE {s}.citizen ALTER COLUMN note SET DEFAULT {s}.filled()",
        ),
    ),
    Plant(
        "a platform table with tenant_id and no reason",
        "platform-reason",
        ("ALTER TABLE {s}.city ADD COLUMN tenant_id integer",),
    ),
    Plant("a summary that names people", "summary-person", ("ALTER TABLE {s}.figure ADD COLUMN person_id uuid",)),
    Plant("a table of another owner", "owner", (f"ALTER TABLE {{s}}.citizen OWNER TO {MIGRATOR}",), role=None),
)

WALLS = (
    Plant("a wall that is not raised", "rls-off", ("ALTER TABLE {s}.citizen DISABLE ROW LEVEL SECURITY",), attack=True),
    Plant("a wall that its owner ignores", "rls-not-forced", ("ALTER TABLE {s}.citizen NO FORCE ROW LEVEL SECURITY",)),
    Plant("a policy that is missing", "policy-missing", (_LOWERED,)),
    Plant("a second permissive policy", "policy-extra", (_policy("more", "true", _SAME),), attack=True),
    Plant(
        "a second policy for deleting",
        "policy-extra",
        (
            f"CREATE POLICY clean ON {{s}}.figure FOR DELETE TO {APP} USING (true)",
            f"CREATE POLICY look ON {{s}}.figure FOR SELECT TO {APP} USING (true)",
        ),
        attack=True,
    ),
    Plant(
        "a policy that lets everything be read",
        "policy-different",
        (_LOWERED, _policy("tenant", "true", _SAME)),
        attack=True,
    ),
    Plant(
        "a policy that lets everything be written",
        "policy-different",
        (_LOWERED, _policy("tenant", _SAME, "true")),
        attack=True,
    ),
    Plant(
        "a policy that compares the wrong way",
        "policy-different",
        (_LOWERED, _policy("tenant", "tenant_id >= {s}.tid()", _SAME)),
        attack=True,
    ),
    Plant(
        "a policy that opens without an agency",
        "policy-different",
        (_LOWERED, _policy("tenant", f"{_SAME} OR {{s}}.tid() IS NULL", _SAME)),
        attack=True,
    ),
    Plant(
        "a policy with a subquery",
        "policy-different",
        (_LOWERED, _policy("tenant", "tenant_id IN (SELECT {s}.tid())", _SAME)),
    ),
    Plant(
        "a policy for everybody",
        "policy-different",
        (_LOWERED, f"CREATE POLICY tenant ON {{s}}.citizen USING ({_SAME}) WITH CHECK ({_SAME})"),
    ),
    Plant(
        "a restrictive policy only", "policy-different", (_LOWERED, _policy("tenant", _SAME, _SAME, "AS RESTRICTIVE"))
    ),
    Plant(
        "a console that reads behind the wall",
        "policy-extra",
        (f"CREATE POLICY console ON {{s}}.citizen FOR SELECT TO {CONSOLE} USING (true)",),
    ),
)

KEYS = (
    Plant(
        "a primary key without tenant_id",
        "primary-key",
        ("ALTER TABLE {s}.visit DROP CONSTRAINT visit_pkey", "ALTER TABLE {s}.visit ADD PRIMARY KEY (id)"),
        attack=True,
    ),
    Plant(
        "a primary key that ends with tenant_id",
        "primary-key",
        ("ALTER TABLE {s}.visit DROP CONSTRAINT visit_pkey", "ALTER TABLE {s}.visit ADD PRIMARY KEY (id, tenant_id)"),
    ),
    Plant("a unique key without tenant_id", "unique-open", ("ALTER TABLE {s}.citizen ADD UNIQUE (code)",), attack=True),
    Plant(
        "a unique index on an expression",
        "unique-open",
        ("CREATE UNIQUE INDEX ON {s}.citizen (lower(code))",),
        attack=True,
    ),
    Plant(
        "tenant_id in a unique index only beside the key",
        "unique-open",
        ("CREATE UNIQUE INDEX ON {s}.citizen (code) INCLUDE (tenant_id)",),
        attack=True,
    ),
    Plant(
        "an exclusion across agencies",
        "exclusion-open",
        ("ALTER TABLE {s}.visit ADD EXCLUDE USING gist (during WITH &&, citizen_id WITH =)",),
        attack=True,
    ),
    Plant(
        "a foreign key without tenant_id",
        "foreign-key-open",
        (
            "ALTER TABLE {s}.citizen ADD UNIQUE (id)",
            "ALTER TABLE {s}.visit DROP CONSTRAINT visit_tenant_id_citizen_id_fkey",
            "ALTER TABLE {s}.visit ADD FOREIGN KEY (citizen_id) REFERENCES {s}.citizen (id)",
        ),
        attack=True,
    ),
    Plant(
        "a platform table that refers behind the wall",
        "foreign-key-open",
        (
            "ALTER TABLE {s}.citizen ADD UNIQUE (id)",
            "ALTER TABLE {s}.city ADD COLUMN mayor uuid REFERENCES {s}.citizen (id)",
        ),
    ),
)

GRANTS = (
    Plant("the app may empty a table", "grant-excess", (f"GRANT TRUNCATE ON {{s}}.figure TO {APP}",), attack=True),
    Plant("the app may refer to a table", "grant-excess", (f"GRANT REFERENCES ON {{s}}.citizen TO {APP}",)),
    Plant("the app may hang triggers", "grant-excess", (f"GRANT TRIGGER ON {{s}}.citizen TO {APP}",), attack=True),
    Plant("the app may maintain a table", "grant-excess", (f"GRANT MAINTAIN ON {{s}}.citizen TO {APP}",)),
    Plant("the app may write the platform's rows", "grant-excess", (f"GRANT UPDATE ON {{s}}.city TO {APP}",)),
    Plant("the console may read a person's row", "grant-excess", (f"GRANT SELECT ON {{s}}.citizen TO {CONSOLE}",)),
    Plant("the console may read one column", "grant-excess", (f"GRANT SELECT (note) ON {{s}}.citizen TO {CONSOLE}",)),
    Plant("everybody may read a table", "grant-public", ("GRANT SELECT ON {s}.citizen TO PUBLIC",)),
    Plant("everybody may call a function", "grant-public", ("GRANT EXECUTE ON FUNCTION {s}.tid() TO PUBLIC",)),
    Plant(
        "a right that may be passed on", "grant-option", (f"GRANT SELECT ON {{s}}.citizen TO {APP} WITH GRANT OPTION",)
    ),
    Plant(
        "a child that is reached past its parent",
        "child-granted",
        (
            "CREATE TABLE {s}.elder (PRIMARY KEY (tenant_id, id)) INHERITS ({s}.citizen)",
            f"GRANT SELECT ON {{s}}.elder TO {APP}",
        ),
        attack=True,
    ),
    Plant(
        "a sequence that tells how much others write",
        "sequence-grant",
        ("CREATE SEQUENCE {s}.counter", f"GRANT SELECT ON SEQUENCE {{s}}.counter TO {APP}"),
    ),
    Plant("the app may make objects", "schema-grant", (f"GRANT CREATE ON SCHEMA {{s}} TO {APP}",), attack=True),
    Plant("everybody may look into the schema", "schema-grant", ("GRANT USAGE ON SCHEMA {s} TO PUBLIC",)),
    Plant(
        "tables that will be open once they are made",
        "default-privilege",
        (f"ALTER DEFAULT PRIVILEGES IN SCHEMA {{s}} GRANT SELECT ON TABLES TO {APP}",),
    ),
    Plant(
        "the app may switch checks off",
        "parameter-grant",
        (f"GRANT SET ON PARAMETER session_replication_role TO {APP}",),
        role=None,
        superuser=True,
    ),
)

CODE = (
    Plant(
        "a view that runs with its owner's rights",
        "view-runs-as-owner",
        ("CREATE VIEW {s}.everyone AS SELECT * FROM {s}.citizen", f"GRANT SELECT ON {{s}}.everyone TO {APP}"),
        role=None,
        attack=True,
    ),
    Plant(
        "rows that were gathered across walls",
        "materialised-view",
        (
            "CREATE MATERIALIZED VIEW {s}.gathered AS SELECT * FROM {s}.citizen",
            f"GRANT SELECT ON {{s}}.gathered TO {APP}",
        ),
        role=None,
        attack=True,
    ),
    Plant(
        "a function that runs with its owner's rights",
        "definer-function",
        ("CREATE FUNCTION {s}.everybody() RETURNS bigint LANGUAGE sql SECURITY DEFINER RETURN 1",),
    ),
    Plant(
        "a function that sees rows before the wall does",
        "leakproof-function",
        ("CREATE FUNCTION {s}.peek(integer) RETURNS boolean LANGUAGE sql LEAKPROOF RETURN true",),
        role=None,
        superuser=True,
    ),
    Plant(
        "a function that names another agency",
        "tid-different",
        ("CREATE OR REPLACE FUNCTION {s}.tid() RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE RETURN 2",),
        attack=True,
    ),
    Plant(
        "a trigger behind every write",
        "trigger",
        (
            "CREATE FUNCTION {s}.tell() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
            "CREATE TRIGGER tell BEFORE INSERT ON {s}.citizen FOR EACH ROW EXECUTE FUNCTION {s}.tell()",
        ),
    ),
    Plant(
        "a rule that rewrites statements",
        "rewrite-rule",
        ("CREATE RULE also AS ON DELETE TO {s}.citizen DO ALSO DELETE FROM {s}.figure",),
    ),
    Plant(
        "an extension among the tables",
        "extension-inside",
        ("CREATE EXTENSION pg_trgm SCHEMA {s}",),
        role=None,
        superuser=True,
    ),
)

ROLES = (
    Plant("an app that walls do not bind", "role-attribute", change=lambda one: replace(one, app=MIGRATOR)),
    Plant("an app that can become the owner", "role-member", change=lambda one: replace(one, app=MIGRATOR)),
    Plant("a role that does not exist", "role-missing", change=lambda one: replace(one, console="selaras_nobody")),
    Plant("an owner who may sign in", "role-owner", change=lambda one: replace(one, owner=MIGRATOR)),
    Plant(
        "a stranger who can become the owner",
        "owner-member",
        change=lambda one: replace(one, migrator="selaras_nobody"),
    ),
    Plant(
        "an app that starts with the walls switched off",
        "role-setting",
        (
            "DO $$ BEGIN EXECUTE format('ALTER ROLE CURRENT_USER IN DATABASE %I SET row_security = off', "
            "current_database()); END $$",
        ),
        role=None,
        change=lambda one: replace(one, app=MIGRATOR),
    ),
    Plant(
        "an app that may make schemas",
        "database-grant",
        (f"DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO {APP}', current_database()); END $$",),
    ),
)

PLANTS: tuple[Plant, ...] = (*TABLES, *WALLS, *KEYS, *GRANTS, *CODE, *ROLES)
