"""The proof of isolation: first every planted leak must be found, then its own zero may be trusted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import psycopg

from selaras import clock
from selaras.db.catalogue import Finding, Subject, check, product
from selaras.db.session import Database
from selaras.db.walls import CONSOLE
from selaras.errors import Conflict, Unavailable
from selaras.tenancy import queries, service
from selaras.tenancy.isolation import scratch
from selaras.tenancy.isolation.attacker import ATTACKS, Leak, attack
from selaras.tenancy.isolation.plants import PLANTS, Plant
from selaras.tenancy.isolation.probes import Ground, Probe, console_findings, pool_probe
from selaras.tenancy.isolation.rows import Rows, forget_rows, make_rows
from selaras.tenancy.isolation.targets import Connection, Target, targets

CONTROL = "sound walls are not accused"
SLUG = "isolation-proof-"
_ONE_AT_A_TIME = 0x53454C49534F4C
_OPERATOR = "selaras tenant prove-isolation"

MoreProbes = Callable[[Ground], Sequence[Probe]]
Say = Callable[[str], None]


@dataclass(frozen=True)
class Servers:
    """The ways in: the app, the console, the migrator who plants; an admin (superuser) only for the last few plants."""

    app: str
    console: str
    migrator: str
    admin: str | None = None


@dataclass(frozen=True)
class Planted:
    """A planted leak and who had to find it. `caught` None: it could not be planted here, for the reason in `note`."""

    name: str
    finder: str
    caught: bool | None
    note: str = ""

    @property
    def is_control(self) -> bool:
        """Whether nothing was planted, and nothing may have been found."""
        return self.name == CONTROL


@dataclass(frozen=True)
class Proof:
    """The report. Times in UTC; `probed` are names of probes with how much each found."""

    started: datetime
    finished: datetime
    server: str
    seed: int
    tables: int
    agencies: int
    planted: tuple[Planted, ...]
    findings: tuple[Finding, ...]
    attacks: int
    refused: int
    empty: int
    kinds: int
    leaks: tuple[Leak, ...]
    probed: tuple[tuple[str, int], ...]

    @property
    def missed(self) -> tuple[Planted, ...]:
        """Planted leaks that nobody found: the zero below them would mean nothing."""
        return tuple(one for one in self.planted if one.caught is False)

    @property
    def holds(self) -> bool:
        """Whether every planted leak was found and nothing else."""
        return not (self.missed or self.findings or self.leaks)


def prove(
    servers: Servers, *, attacks: int, seed: int, more: MoreProbes = lambda _: (), say: Say = lambda _: None
) -> Proof:
    """Plant, check, attack, probe; everything it made is gone afterwards, also what a killed run left behind.

    Raises Misconfigured if app or console run as a role that walls do not bind, Conflict if another proof is running.
    """
    started = clock.now()
    for url in (servers.app, servers.console):
        _refuse_bypass(url)
    with _open(servers.migrator) as migrator, _open(servers.app) as app, _open(servers.console) as console:
        _alone(migrator)
        scratch.sweep(migrator)
        _sweep_agencies(migrator)
        say("Planting leaks")
        planted = [*_planted_in_catalogue(migrator, servers.admin), *_planted_for_attacker(migrator, app)]
        planted.append(_planted_for_console(migrator, console))
        subject = product()
        say("Checking the catalogue")
        findings = list(check(migrator, subject))
        found = _walled(migrator, subject)
        with _agencies(servers, migrator, found) as (ground, rows):
            say(f"Attacking {len(found)} tables {attacks} times")
            pair = (ground.mine[0], ground.theirs[0])
            tally = attack(app, found, rows, pair, attacks=attacks, seed=seed)
            reach = console_findings(console, found, {one.name: one.side for one in subject.declared})
            say("Probing what lies beside the tables")
            probes = (pool_probe(servers.app, found[0], *pair), *more(ground))
            probed = [("console role", len(reach)), *(_probed(probe, planted, findings) for probe in probes)]
        version = migrator.info.server_version
    return Proof(
        started=started,
        finished=clock.now(),
        server=f"PostgreSQL {version // 10000}.{version % 10000}",
        seed=seed,
        tables=len(found),
        agencies=len(ground.agencies),
        planted=tuple(planted),
        findings=(*findings, *reach),
        attacks=tally.attacks,
        refused=tally.refused,
        empty=tally.empty,
        kinds=len(tally.kinds),
        leaks=tuple(tally.leaks),
        probed=tuple(probed),
    )


def _planted_in_catalogue(migrator: Connection, admin_url: str | None) -> Iterator[Planted]:
    with scratch.rehearsed(migrator) as schema:
        yield _is_silent(migrator, schema)
        for plant in PLANTS:
            if not plant.superuser:
                yield _catalogue_finds(migrator, schema, plant)
    last = [plant for plant in PLANTS if plant.superuser]
    if admin_url is None:
        note = "only a superuser can plant it; the tests do"
        yield from (Planted(plant.name, f"catalogue: {plant.rule}", None, note) for plant in last)
        return
    with _open(admin_url) as admin, scratch.rehearsed(admin) as schema:
        for plant in last:
            yield _catalogue_finds(admin, schema, plant)


def _is_silent(connection: Connection, schema: str) -> Planted:
    """Sound walls must not be accused: a check that always cries would find every plant."""
    return Planted(CONTROL, "catalogue", not check(connection, scratch.subject(schema)))


def _catalogue_finds(connection: Connection, schema: str, plant: Plant) -> Planted:
    with scratch.undone(connection):
        scratch.run_as(connection, plant.role, plant.statements, schema)
        found = check(connection, plant.told(scratch.subject(schema)))
    return Planted(plant.name, f"catalogue: {plant.rule}", any(one.rule == plant.rule for one in found))


def _planted_for_attacker(migrator: Connection, app: Connection) -> Iterator[Planted]:
    with scratch.committed(migrator) as schema:
        found, rows = scratch.make_scratch_rows(migrator, schema)
        tally = attack(app, found, rows, scratch.TENANTS, attacks=len(ATTACKS) * len(found), seed=1)
        yield Planted(CONTROL, "attacker", not tally.leaks)
    for plant in PLANTS:
        if plant.attack:
            yield _attacker_finds(migrator, app, plant)


def _attacker_finds(migrator: Connection, app: Connection, plant: Plant) -> Planted:
    with scratch.committed(migrator) as schema:
        with migrator.transaction():
            scratch.run_as(migrator, plant.role, plant.statements, schema)
        found, rows = scratch.make_scratch_rows(migrator, schema)
        enough = 4 * len(ATTACKS) * len(found)
        tally = attack(app, found, rows, scratch.TENANTS, attacks=enough, seed=1, until_leak=True)
    by = f"attacker: {tally.leaks[0].attack}" if tally.leaks else "attacker"
    return Planted(plant.name, by, bool(tally.leaks))


def _planted_for_console(migrator: Connection, console: Connection) -> Planted:
    with scratch.committed(migrator) as schema:
        with migrator.transaction():
            opened = (f"GRANT SELECT ON {{s}}.citizen TO {CONSOLE}",)
            scratch.run_as(migrator, "selaras_owner", opened, schema)
        found = targets(migrator, schema, without=("city",))
        sides = {one.name: one.side for one in scratch.subject(schema).declared}
        caught = [one.object for one in console_findings(console, found, sides)]
    return Planted("the console may read a person's row", "console role", caught == ["citizen"])


def _probed(probe: Probe, planted: list[Planted], findings: list[Finding]) -> tuple[str, int]:
    before = list(probe.run())
    with probe.planted():
        planted.append(Planted(f"a leak in {probe.name}", f"probe: {probe.name}", len(probe.run()) > len(before)))
    findings += before
    return probe.name, len(before)


def _walled(connection: Connection, subject: Subject) -> tuple[Target, ...]:
    return targets(connection, subject.schema, without=[one.name for one in subject.declared if one.side == "platform"])


@contextmanager
def _agencies(servers: Servers, migrator: Connection, found: Sequence[Target]) -> Iterator[tuple[Ground, Rows]]:
    """Two agencies of the proof's own, with rows in every table; they are gone at the end."""
    mark = uuid4().hex[:12]
    database = Database(servers.migrator, pool_size=1)
    try:
        with database.platform() as session:
            numbers = [
                service.create_agency(
                    session,
                    _OPERATOR,
                    service.NewAgency(
                        slug=f"{SLUG}{side}-{mark}",
                        name=f"Uji isolasi {side.upper()}",
                        short_name=f"Uji {side.upper()}",
                        kind="agency",
                        time_zone="Asia/Jakarta",
                        hosts=(f"{SLUG}{side}-{mark}.invalid",),
                        status="suspended",
                    ),
                )
                for side in ("a", "b")
            ]
            views = queries.list_agencies(session)
        uuids: dict[int, UUID] = {one.tenant_id: one.uuid for one in views}
        mine, theirs = ((number, uuids[number]) for number in numbers)
        rows = make_rows(migrator, found, numbers)
        yield Ground(servers.app, mine, theirs, frozenset(uuids.values())), rows
    finally:
        database.close()
        _sweep_agencies(migrator)


def _sweep_agencies(migrator: Connection) -> None:
    """Delete the proof's own agencies, also those that a killed proof left behind."""
    rows = migrator.execute("SELECT tenant_id FROM selaras.agency WHERE starts_with(slug, %s)", (SLUG,)).fetchall()
    numbers = [row[0] for row in rows]
    if not numbers:
        return
    with migrator.transaction():
        forget_rows(migrator, _walled(migrator, product()), numbers)
        migrator.execute("DELETE FROM selaras.agency_host WHERE tenant_id = ANY(%s)", (numbers,))
        migrator.execute("DELETE FROM selaras.agency WHERE tenant_id = ANY(%s)", (numbers,))


def _refuse_bypass(url: str) -> None:
    database = Database(url, pool_size=1)
    try:
        database.refuse_bypass()
    finally:
        database.close()


def _open(url: str) -> Connection:
    try:
        return psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://", 1), autocommit=True)
    except psycopg.OperationalError as error:
        raise Unavailable(
            "database_unreachable",
            "The database server does not let us in: {reason}. Check address, login and password of the URL.",
            reason=str(error).strip(),
        ) from error


def _alone(migrator: Connection) -> None:
    [(free,)] = migrator.execute("SELECT pg_try_advisory_lock(%s)", (_ONE_AT_A_TIME,)).fetchall()
    if not free:
        raise Conflict("isolation.running", "Another proof of isolation is running here. Wait for it to end.")
