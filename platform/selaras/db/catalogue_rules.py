"""The rules of the catalogue check: each is a query over pg_catalog that returns (object, what is wrong with it).

All start from the same words (`WORDS`): the tables of the schema, the side that each model declares, and what each
role may do. `search_path` is empty while they run, so that PostgreSQL writes every name in full.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import LiteralString

WORDS: LiteralString = """
WITH declared AS (
    SELECT * FROM jsonb_to_recordset(%(declared)s::jsonb) AS d(name text, side text, reason text)
), allowed AS (
    SELECT * FROM jsonb_to_recordset(%(allowed)s::jsonb) AS a(name text, role text, privilege text)
), rel AS (
    SELECT c.* FROM pg_class c WHERE c.relnamespace = to_regnamespace(%(schema)s)
), child AS (
    SELECT i.inhrelid AS oid, p.relname AS parent FROM pg_inherits i JOIN rel p ON p.oid = i.inhparent
), walled AS (
    SELECT rel.*, d.side, a.attnum AS tenant, a.attnotnull, a.atttypid
    FROM rel JOIN declared d ON d.name = rel.relname
    LEFT JOIN pg_attribute a ON a.attrelid = rel.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
    WHERE rel.relkind IN ('r', 'p') AND d.side IN ('tenant', 'summary')
), grants AS (
    SELECT rel.oid, rel.relname, rel.relkind, rel.relowner, g.grantee, g.privilege_type, g.is_grantable,
           CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(g.grantee) END AS who
    FROM rel, aclexplode(rel.relacl) g WHERE g.grantee <> rel.relowner
    UNION ALL
    SELECT rel.oid, rel.relname, rel.relkind, rel.relowner, g.grantee, g.privilege_type, g.is_grantable,
           CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(g.grantee) END
    FROM rel JOIN pg_attribute a ON a.attrelid = rel.oid, aclexplode(a.attacl) g
    WHERE g.grantee <> rel.relowner
), expected AS (
    SELECT oid, 'tenant' AS name, '*' AS cmd, %(app)s AS role, %(predicate)s AS qual, %(predicate)s AS guard FROM walled
    UNION ALL
    SELECT oid, 'console', 'r', %(console)s, 'true', NULL FROM walled WHERE side = 'summary'
), policy AS (
    SELECT p.polrelid AS oid, p.polname AS name, p.polcmd::text AS cmd, p.polpermissive,
           array_to_string(ARRAY(SELECT CASE r WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(r) END
                                 FROM unnest(p.polroles) r ORDER BY 1), ', ') AS role,
           pg_get_expr(p.polqual, p.polrelid) AS qual, pg_get_expr(p.polwithcheck, p.polrelid) AS guard
    FROM pg_policy p
), processes AS (
    SELECT * FROM pg_roles WHERE rolname IN (%(app)s, %(console)s)
), routine AS (
    SELECT p.* FROM pg_proc p WHERE p.pronamespace = to_regnamespace(%(schema)s)
    AND NOT EXISTS (SELECT FROM pg_depend d
                    WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
)
"""


@dataclass(frozen=True)
class Rule:
    """One rule: its code, the query after `WORDS`, and what to do about a finding."""

    code: str
    query: LiteralString
    remedy: str


TABLES = (
    Rule(
        "side-undeclared",
        """SELECT relname, 'no model declares on which side this table stands' FROM rel
        WHERE relkind IN ('r', 'p', 'f') AND relname NOT IN (SELECT name FROM declared)
        AND oid NOT IN (SELECT oid FROM child WHERE parent IN (SELECT name FROM declared))""",
        "derive its model from TenantModel, SummaryModel or PlatformModel, or drop the table",
    ),
    Rule(
        "table-missing",
        """SELECT name, 'a model declares this table, and the database has none' FROM declared
        WHERE name NOT IN (SELECT relname FROM rel WHERE relkind IN ('r', 'p'))""",
        "run the migrations",
    ),
    Rule(
        "foreign-table",
        "SELECT relname, 'rows of another server know no walls' FROM rel WHERE relkind = 'f'",
        "drop the foreign table",
    ),
    Rule(
        "tenant-column",
        """SELECT relname, 'it has no column tenant_id of the type integer' FROM walled
        WHERE tenant IS NULL OR atttypid <> 'integer'::regtype""",
        "add tenant_id integer",
    ),
    Rule(
        "tenant-nullable",
        "SELECT relname, 'tenant_id may be empty' FROM walled WHERE tenant IS NOT NULL AND NOT attnotnull",
        "ALTER COLUMN tenant_id SET NOT NULL",
    ),
    Rule(
        "tenant-default",
        """SELECT relname, 'tenant_id is filled with ' || pg_get_expr(d.adbin, d.adrelid)
        FROM walled JOIN pg_attrdef d ON d.adrelid = walled.oid AND d.adnum = walled.tenant
        WHERE pg_get_expr(d.adbin, d.adrelid) <> %(tid)s""",
        "the only default of tenant_id is the agency of the transaction, tid()",
    ),
    Rule(
        "column-default",
        """SELECT rel.relname || '.' || a.attname, 'its default or generation calls ' || p.oid::regprocedure
        FROM pg_depend d JOIN pg_attrdef f ON d.classid = 'pg_attrdef'::regclass AND d.objid = f.oid
        JOIN rel ON rel.oid = f.adrelid JOIN pg_attribute a ON a.attrelid = f.adrelid AND a.attnum = f.adnum
        JOIN pg_proc p ON d.refclassid = 'pg_proc'::regclass AND p.oid = d.refobjid
        WHERE p.pronamespace <> 'pg_catalog'::regnamespace AND p.oid IS DISTINCT FROM to_regprocedure(%(tid)s)""",
        "fill columns from built-in functions only",
    ),
    Rule(
        "platform-reason",
        """SELECT rel.relname, 'a platform table with a tenant_id, and its model gives no reason'
        FROM rel JOIN declared d ON d.name = rel.relname AND d.side = 'platform' AND d.reason = ''
        JOIN pg_attribute a ON a.attrelid = rel.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped""",
        "write in the model's `reason` why it stands outside the walls, or make it a TenantModel",
    ),
    Rule(
        "summary-person",
        """SELECT w.relname || '.' || a.attname, 'a summary that the console reads names a person or an account'
        FROM walled w JOIN pg_attribute a ON a.attrelid = w.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE w.side = 'summary' AND a.attname ~ '(^|_)(person|account|nip|number|name|email)(_id)?$'""",
        "keep what names a person behind the wall",
    ),
    Rule(
        "owner",
        """SELECT relname, 'it belongs to ' || pg_get_userbyid(relowner) FROM rel
        WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND pg_get_userbyid(relowner) <> %(owner)s
        UNION ALL
        SELECT oid::regprocedure::text, 'it belongs to ' || pg_get_userbyid(proowner) FROM routine
        WHERE pg_get_userbyid(proowner) <> %(owner)s
        UNION ALL
        SELECT nspname, 'the schema belongs to ' || pg_get_userbyid(nspowner) FROM pg_namespace
        WHERE nspname = %(schema)s AND pg_get_userbyid(nspowner) <> %(owner)s""",
        "ALTER … OWNER TO selaras_owner: an owner is not bound by policies as others are",
    ),
)

WALLS = (
    Rule(
        "rls-off",
        "SELECT relname, 'row-level security is not enabled' FROM walled WHERE NOT relrowsecurity",
        "ALTER TABLE … ENABLE ROW LEVEL SECURITY",
    ),
    Rule(
        "rls-not-forced",
        "SELECT relname, 'row-level security is not forced: its owner sees every row' FROM walled "
        "WHERE NOT relforcerowsecurity",
        "ALTER TABLE … FORCE ROW LEVEL SECURITY",
    ),
    Rule(
        "policy-missing",
        """SELECT w.relname, 'the policy ' || e.name || ' is missing' FROM expected e JOIN walled w USING (oid)
        WHERE NOT EXISTS (SELECT FROM policy p WHERE p.oid = e.oid AND p.name = e.name)""",
        "raise the wall again as db/walls.py writes it",
    ),
    Rule(
        "policy-extra",
        """SELECT w.relname, 'there is one policy more, ' || p.name || ' (' ||
        CASE WHEN p.polpermissive THEN 'permissive: rows it lets through are seen' ELSE 'restrictive' END || ')'
        FROM policy p JOIN walled w USING (oid)
        WHERE NOT EXISTS (SELECT FROM expected e WHERE e.oid = p.oid AND e.name = p.name)""",
        "DROP POLICY: one permissive policy more opens the whole table",
    ),
    Rule(
        "policy-different",
        """SELECT w.relname, 'the policy ' || p.name || ' reads ' || concat_ws(' ', p.cmd, p.role, p.qual, p.guard)
        FROM policy p JOIN walled w USING (oid) JOIN expected e ON e.oid = p.oid AND e.name = p.name
        WHERE NOT p.polpermissive
        OR (p.cmd, p.role, p.qual, p.guard) IS DISTINCT FROM (e.cmd, e.role, e.qual, e.guard)""",
        "raise the wall again as db/walls.py writes it, word for word",
    ),
    Rule(
        "primary-key",
        """SELECT w.relname, coalesce('the primary key begins with ' || a.attname, 'it has no primary key')
        FROM walled w LEFT JOIN pg_index i ON i.indrelid = w.oid AND i.indisprimary
        LEFT JOIN pg_attribute a ON a.attrelid = w.oid AND a.attnum = i.indkey[0]
        WHERE a.attname IS DISTINCT FROM 'tenant_id'""",
        "begin the primary key with tenant_id",
    ),
    Rule(
        "unique-open",
        """SELECT i.indexrelid::regclass::text, 'it is unique across agencies: a clash tells what another agency has'
        FROM walled w JOIN pg_index i ON i.indrelid = w.oid AND i.indisunique
        WHERE w.tenant IS NULL OR NOT w.tenant = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])""",
        "put tenant_id into the unique key",
    ),
    Rule(
        "exclusion-open",
        """SELECT c.conname, 'it excludes across agencies: a clash tells what another agency has'
        FROM walled w JOIN pg_constraint c ON c.conrelid = w.oid AND c.contype = 'x'
        WHERE NOT EXISTS (SELECT FROM generate_subscripts(c.conkey, 1) n JOIN pg_operator o ON o.oid = c.conexclop[n]
                          WHERE c.conkey[n] = w.tenant AND o.oprname = '=')""",
        "begin the constraint with tenant_id WITH =",
    ),
    Rule(
        "foreign-key-open",
        """SELECT c.conname, 'it refers to ' || t.relname || ' without pairing tenant_id: its check looks across walls'
        FROM pg_constraint c JOIN rel s ON s.oid = c.conrelid JOIN walled t ON t.oid = c.confrelid
        LEFT JOIN walled f ON f.oid = s.oid
        WHERE c.contype = 'f' AND c.conparentid = 0 AND NOT EXISTS (
            SELECT FROM generate_subscripts(c.conkey, 1) n WHERE c.conkey[n] = f.tenant AND c.confkey[n] = t.tenant)""",
        "FOREIGN KEY (tenant_id, x_id) REFERENCES … (tenant_id, id)",
    ),
)

GRANTS = (
    Rule(
        "grant-excess",
        """SELECT relname, who || ' may ' || privilege_type FROM grants
        WHERE relkind IN ('r', 'p') AND oid NOT IN (SELECT oid FROM child) AND grantee <> 0
        AND (relname, who, privilege_type) NOT IN (SELECT name, role, privilege FROM allowed)""",
        "REVOKE it: TRUNCATE ignores policies, REFERENCES and TRIGGER reach behind them",
    ),
    Rule(
        "grant-public",
        """SELECT relname, 'every role may ' || privilege_type FROM grants WHERE grantee = 0
        UNION ALL
        SELECT oid::regprocedure::text, 'every role may EXECUTE' FROM routine,
        aclexplode(coalesce(proacl, acldefault('f', proowner))) g WHERE g.grantee = 0""",
        "REVOKE ALL … FROM PUBLIC",
    ),
    Rule(
        "grant-option",
        "SELECT relname, who || ' may pass on ' || privilege_type FROM grants WHERE is_grantable",
        "REVOKE GRANT OPTION FOR …",
    ),
    Rule(
        "child-granted",
        """SELECT c.relname, who || ' may ' || privilege_type || ': a child or partition has no wall of its own'
        FROM grants g JOIN pg_class c USING (oid) WHERE g.oid IN (SELECT oid FROM child)""",
        "REVOKE ALL on the child; reach its rows through the parent",
    ),
    Rule(
        "sequence-grant",
        """SELECT relname, who || ' may ' || privilege_type FROM grants
        WHERE relkind = 'S' AND privilege_type <> 'USAGE'""",
        "grant USAGE only: SELECT tells how much others write, UPDATE sets it back",
    ),
    Rule(
        "schema-grant",
        """SELECT nspname, CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(g.grantee) END || ' may ' ||
        g.privilege_type || ' in the schema'
        FROM pg_namespace, aclexplode(coalesce(nspacl, acldefault('n', nspowner))) g
        WHERE nspname = %(schema)s AND g.grantee <> nspowner AND (g.grantee = 0 OR g.privilege_type = 'CREATE')""",
        "REVOKE it: who makes objects there owns them",
    ),
    Rule(
        "default-privilege",
        """SELECT coalesce(n.nspname, 'database'), 'what ' || pg_get_userbyid(d.defaclrole) || ' makes later lets ' ||
        CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(g.grantee) END || ' ' || g.privilege_type
        FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace, aclexplode(d.defaclacl) g
        WHERE g.grantee <> d.defaclrole AND (n.nspname = %(schema)s OR d.defaclnamespace = 0)
        AND d.defaclobjtype IN ('r', 'S', 'f')""",
        "ALTER DEFAULT PRIVILEGES … REVOKE; each table is granted by its wall",
    ),
    Rule(
        "parameter-grant",
        """SELECT p.parname, pg_get_userbyid(g.grantee) || ' may ' || g.privilege_type || ' it'
        FROM pg_parameter_acl p, aclexplode(p.paracl) g
        WHERE g.grantee IN (SELECT oid FROM processes) OR g.grantee = 0""",
        "REVOKE … ON PARAMETER",
    ),
)

CODE = (
    Rule(
        "view-runs-as-owner",
        """SELECT relname, 'the view runs with its owner''s rights' FROM rel WHERE relkind = 'v'
        AND NOT coalesce(reloptions::text[] && ARRAY['security_invoker=true', 'security_invoker=on',
        'security_invoker=1'], false)""",
        "CREATE VIEW … WITH (security_invoker = true)",
    ),
    Rule(
        "materialised-view",
        """SELECT DISTINCT relname, who || ' reads rows that were gathered across walls' FROM grants
        WHERE relkind = 'm'""",
        "REVOKE it; publish figures through a summary table",
    ),
    Rule(
        "definer-function",
        """SELECT oid::regprocedure::text, 'it runs with its owner''s rights and is not on the reviewed list' ||
        CASE WHEN coalesce(proconfig::text, '') !~ 'search_path=' THEN ', and its search_path is not fixed' ELSE '' END
        FROM routine WHERE prosecdef AND (oid::regprocedure::text <> ALL (%(definers)s::text[])
        OR coalesce(proconfig::text, '') !~ 'search_path=')""",
        "make it SECURITY INVOKER, or have it reviewed and listed with a fixed search_path",
    ),
    Rule(
        "leakproof-function",
        """SELECT oid::regprocedure::text, 'it is marked leakproof: it sees rows before the wall does'
        FROM routine WHERE proleakproof""",
        "ALTER FUNCTION … NOT LEAKPROOF",
    ),
    Rule(
        "tid-different",
        """SELECT %(tid)s, 'the function that names the agency is missing or reads otherwise'
        WHERE NOT EXISTS (SELECT FROM pg_proc p WHERE p.oid = to_regprocedure(%(tid)s)
        AND pg_get_function_sqlbody(p.oid) = %(tid_body)s AND NOT p.prosecdef AND p.provolatile = 's'
        AND p.proconfig IS NULL)""",
        "create it again as db/walls.py writes it",
    ),
    Rule(
        "trigger",
        """SELECT rel.relname, 'the trigger ' || t.tgname || ' runs code behind every write' FROM pg_trigger t
        JOIN rel ON rel.oid = t.tgrelid WHERE NOT t.tgisinternal""",
        "drop it; what must happen stands in the service",
    ),
    Rule(
        "rewrite-rule",
        """SELECT rel.relname, 'the rule ' || r.rulename || ' rewrites statements with its owner''s rights'
        FROM pg_rewrite r JOIN rel ON rel.oid = r.ev_class WHERE r.rulename <> '_RETURN'""",
        "DROP RULE",
    ),
    Rule(
        "extension-inside",
        """SELECT extname, 'an extension keeps its objects among the tables' FROM pg_extension
        WHERE extnamespace = to_regnamespace(%(schema)s)""",
        "ALTER EXTENSION … SET SCHEMA extensions",
    ),
)

ROLES = (
    Rule(
        "role-attribute",
        """SELECT rolname, 'it is ' || concat_ws(', ', CASE WHEN rolsuper THEN 'superuser' END,
        CASE WHEN rolbypassrls THEN 'BYPASSRLS' END, CASE WHEN rolcreaterole THEN 'CREATEROLE' END,
        CASE WHEN rolcreatedb THEN 'CREATEDB' END, CASE WHEN rolreplication THEN 'REPLICATION' END)
        FROM processes WHERE rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication""",
        "ALTER ROLE … NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION",
    ),
    Rule(
        "role-missing",
        """SELECT r, 'the role does not exist' FROM unnest(ARRAY[%(app)s, %(console)s, %(owner)s]) r
        WHERE r NOT IN (SELECT rolname FROM pg_roles)""",
        "run selaras database prepare",
    ),
    Rule(
        "role-member",
        """SELECT p.rolname, 'it is a member of ' || pg_get_userbyid(m.roleid) FROM processes p
        JOIN pg_auth_members m ON m.member = p.oid""",
        "REVOKE the membership: a process is what it is and can become nothing else",
    ),
    Rule(
        "role-owner",
        "SELECT rolname, 'the owner of the tables may sign in' FROM pg_roles WHERE rolname = %(owner)s AND rolcanlogin",
        "ALTER ROLE selaras_owner NOLOGIN",
    ),
    Rule(
        "owner-member",
        """SELECT r.rolname, 'it may act as the owner of the tables' FROM pg_auth_members m
        JOIN pg_roles r ON r.oid = m.member JOIN pg_roles o ON o.oid = m.roleid
        WHERE o.rolname = %(owner)s AND r.rolname <> %(migrator)s AND r.rolcanlogin AND NOT r.rolsuper
        AND NOT r.rolcreaterole""",
        "REVOKE selaras_owner from it; only the migrator may become the owner",
    ),
    Rule(
        "role-setting",
        """SELECT p.rolname, 'it starts every connection with ' || c.setting FROM pg_db_role_setting s
        JOIN processes p ON p.oid = s.setrole, unnest(s.setconfig) AS c(setting)
        WHERE c.setting ~ '^(selaras\\.tenant|row_security|role|session_replication_role|session_preload_libraries)='
        AND s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))""",
        "ALTER ROLE … RESET it: the agency is named by each transaction alone",
    ),
    Rule(
        "database-grant",
        """SELECT datname, CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(g.grantee) END ||
        ' may make schemas in the database'
        FROM pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) g
        WHERE datname = current_database() AND g.privilege_type = 'CREATE'
        AND (g.grantee = 0 OR g.grantee IN (SELECT oid FROM processes))""",
        "REVOKE CREATE ON DATABASE",
    ),
)

RULES = (*TABLES, *WALLS, *GRANTS, *CODE, *ROLES)
