"""Attacks that write: into another agency, onto its rows, or so that a clash tells what it has."""

from __future__ import annotations

import json
from uuid import uuid4

from psycopg import errors, sql

from selaras.tenancy.isolation.attacks import NOBODY, Attack, Attempt
from selaras.tenancy.isolation.targets import Row


def update(on: Attempt) -> str | None:
    """Change their rows."""
    return on.touched("UPDATE {t} SET tenant_id = tenant_id WHERE tenant_id = {theirs}")


def update_returning(on: Attempt) -> str | None:
    """Change every row and look at what comes back."""
    return on.seen("UPDATE {t} SET tenant_id = tenant_id RETURNING tenant_id")


def update_key(on: Attempt) -> str | None:
    """Push one's own rows over to them."""
    return on.touched("UPDATE {t} SET tenant_id = {theirs} WHERE tenant_id = {mine}")


def update_from(on: Attempt) -> str | None:
    """Change their rows through a join."""
    return on.touched("UPDATE {t} u SET tenant_id = u.tenant_id FROM (VALUES ({theirs})) v(x) WHERE u.tenant_id = v.x")


def delete(on: Attempt) -> str | None:
    """Delete their rows."""
    return on.touched("DELETE FROM {t} WHERE tenant_id = {theirs}")


def delete_returning(on: Attempt) -> str | None:
    """Delete every row and look at what comes back."""
    return on.seen("DELETE FROM {t} WHERE tenant_id <> {mine} RETURNING tenant_id")


def merge_delete(on: Attempt) -> str | None:
    """Delete their rows by MERGE."""
    return on.touched("MERGE INTO {t} m USING (VALUES ({theirs})) v(x) ON m.tenant_id = v.x WHEN MATCHED THEN DELETE")


def merge_update(on: Attempt) -> str | None:
    """Change their rows by MERGE."""
    return on.touched(
        "MERGE INTO {t} m USING (VALUES ({theirs})) v(x) ON m.tenant_id = v.x "
        "WHEN MATCHED THEN UPDATE SET tenant_id = v.x"
    )


def insert(on: Attempt) -> str | None:
    """Write a row of one's own under their number."""
    row = on.row_of(on.mine)
    if row is None:
        return None
    return _wrote(on.insert(_fresh(on, row) | {"tenant_id": on.theirs}))


def upsert(on: Attempt) -> str | None:
    """Write their values where a clash is passed over in silence, as an agency that has no rows of its own."""
    row = on.row_of(on.theirs)
    if row is None:
        return None
    on.enter(NOBODY)
    return None if on.insert(row | {"tenant_id": NOBODY}, "ON CONFLICT DO NOTHING") else "a clash was with their row"


def upsert_update(on: Attempt) -> str | None:
    """Write over their row by its key, and change it."""
    row = on.row_of(on.theirs)
    if row is None or not on.target.key:
        return None
    key = sql.SQL(", ").join(sql.Identifier(name) for name in on.target.key)
    names = sql.SQL(", ").join(sql.Identifier(name) for name in row)
    return on.touched(
        "INSERT INTO {t} ({names}) SELECT {names} FROM jsonb_populate_record(NULL::{t}, {row}::jsonb) "
        "ON CONFLICT ({key}) DO UPDATE SET tenant_id = EXCLUDED.tenant_id",
        names=names,
        key=key,
        row=sql.Literal(_json(row)),
    )


def copy_in(on: Attempt) -> str | None:
    """Copy rows in under their number; PostgreSQL refuses COPY into a walled table altogether."""
    row = on.row_of(on.mine)
    if row is None:
        return None
    row = _fresh(on, row) | {"tenant_id": on.theirs}
    names = sql.SQL(", ").join(sql.Identifier(name) for name in row)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(on.target.identifier, names)
    with on.connection.cursor().copy(statement) as copy:
        copy.write_row([_json(one) if isinstance(one, dict | list) else one for one in row.values()])
    return "rows were copied in under another agency's number"


def copy_in_staged(on: Attempt) -> str | None:
    """Copy rows into a stage and from there in under their number, as the product's own imports do."""
    row = on.row_of(on.mine)
    if row is None:
        return None
    row = _fresh(on, row) | {"tenant_id": on.theirs}
    on.connection.execute("CREATE TEMPORARY TABLE stage_of_attack (row jsonb) ON COMMIT DROP")
    with on.connection.cursor().copy("COPY stage_of_attack (row) FROM STDIN") as copy:
        copy.write_row([_json(row)])
    names = sql.SQL(", ").join(sql.Identifier(name) for name in row)
    return on.touched(
        "INSERT INTO {t} ({names}) SELECT {record} FROM stage_of_attack s, jsonb_populate_record(NULL::{t}, s.row) r",
        names=names,
        record=sql.SQL(", ").join(sql.Identifier("r", name) for name in row),
    )


def foreign_key_oracle(on: Attempt) -> str | None:
    """Refer from one's own row to theirs; if that is accepted, it tells that theirs exists."""
    if not on.target.references:
        return None
    reference = on.chance.choice(on.target.references)
    own, parent = on.row_of(on.mine), on.row_of(on.theirs, reference.table)
    pairs = [pair for pair in zip(reference.columns, reference.keys, strict=True) if pair[0] != "tenant_id"]
    if own is None or parent is None or not pairs:
        return None
    aimed = {column: parent[key] for column, key in pairs}
    return "a row may refer to another agency's row" if on.insert(_fresh(on, own) | aimed) else None


def unique_oracle(on: Attempt) -> str | None:
    """Write their values as an agency that has no rows at all; any clash must be with somebody else's."""
    row = on.row_of(on.theirs)
    if row is None:
        return None
    on.enter(NOBODY)
    try:
        on.insert(row | {"tenant_id": NOBODY})
    except (errors.UniqueViolation, errors.ExclusionViolation):
        return "a clash told which values another agency has"
    return None


def write_without_agency(on: Attempt) -> str | None:
    """Write without naming an agency at all."""
    row = on.row_of(on.mine)
    if row is None:
        return None
    on.connection.execute("SELECT set_config('selaras.tenant', '', true)")
    return _wrote(on.insert(_fresh(on, row) | {"tenant_id": on.theirs}))


def truncate(on: Attempt) -> str | None:
    """Empty the table: no policy is asked."""
    on.run("TRUNCATE {t} CASCADE")
    return "the table could be emptied for everybody"


def lower_the_wall(on: Attempt) -> str | None:
    """Take the wall down."""
    on.run("ALTER TABLE {t} DISABLE ROW LEVEL SECURITY")
    return "the wall could be taken down"


def add_policy(on: Attempt) -> str | None:
    """Let everything through by one policy more."""
    on.run("CREATE POLICY everything ON {t} USING (true)")
    return "a policy could be added"


def become_somebody_else(on: Attempt) -> str | None:
    """Become a role that walls do not bind."""
    on.run("SET LOCAL ROLE {role}", role=sql.Identifier(on.chance.choice(("selaras_owner", "selaras_migrator"))))
    return "the app may become a role that walls do not bind"


def make_objects(on: Attempt) -> str | None:
    """Make a function among the tables, where others would call it by mistake."""
    on.run(
        "CREATE FUNCTION {name}() RETURNS integer LANGUAGE sql RETURN 1",
        name=sql.Identifier(on.target.schema, "attack_" + uuid4().hex[:8]),
    )
    return "the app may make objects among the tables"


def listen_behind(on: Attempt) -> str | None:
    """Hang a trigger behind other people's writes."""
    on.connection.execute(
        "CREATE FUNCTION pg_temp.tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"
    )
    on.run("CREATE TRIGGER attack BEFORE INSERT ON {t} FOR EACH ROW EXECUTE FUNCTION pg_temp.tell()")
    return "a trigger could be hung behind other people's writes"


def _fresh(on: Attempt, row: Row) -> Row:
    """The row with a new id, so that it clashes with nothing by its key."""
    return row | ({"id": str(uuid4())} if row.get("id") and on.target.column("id").type == "uuid" else {})


def _wrote(count: int) -> str | None:
    return "a row was written under another agency's number" if count else None


def _json(value: object) -> str:
    return json.dumps(value)


WRITING: tuple[Attack, ...] = (
    update,
    update_returning,
    update_key,
    update_from,
    delete,
    delete_returning,
    merge_delete,
    merge_update,
    insert,
    upsert,
    upsert_update,
    copy_in,
    copy_in_staged,
    foreign_key_oracle,
    unique_oracle,
    write_without_agency,
    truncate,
    lower_the_wall,
    add_policy,
    become_somebody_else,
    make_objects,
    listen_behind,
)
