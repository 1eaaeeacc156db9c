"""`prove-isolation`: it finds what is planted, is silent about sound walls, cries at a real hole, and cleans up."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
import redis
from click.testing import CliRunner
from conftest import Urls

from selaras.cli import selaras
from selaras.config import settings
from selaras.errors import Conflict, Misconfigured
from selaras.tenancy.isolation import scratch
from selaras.tenancy.isolation.plants import PLANTS
from selaras.tenancy.isolation.probes import Ground, Probe, files_probe, redis_probe
from selaras.tenancy.isolation.proof import SLUG, Servers, prove
from selaras.tenancy.isolation.report import as_json, as_text

pytestmark = pytest.mark.slow


@pytest.fixture
def servers(urls: Urls) -> Servers:
    return Servers(urls.app, urls.console, urls.migrator, urls.admin)


def left_behind(urls: Urls) -> tuple[int, int]:
    with psycopg.connect(urls.admin) as admin:
        [(schemas,)] = admin.execute(
            "SELECT count(*) FROM pg_namespace WHERE starts_with(nspname, %s)", (scratch.PREFIX,)
        ).fetchall()
        [(agencies,)] = admin.execute(
            "SELECT count(*) FROM selaras.agency WHERE starts_with(slug, %s)", (SLUG,)
        ).fetchall()
    return schemas, agencies


def test_sound_walls_are_proven(servers: Servers, urls: Urls, redis_url: str, tmp_path: Path) -> None:
    """Every plant is found, nothing else is, nothing stays behind, not even a killed proof's; one at a time."""
    with psycopg.connect(urls.migrator, autocommit=True) as migrator:
        with migrator.transaction():
            scratch.raise_walls(migrator, scratch.fresh_name())
        migrator.execute(
            "INSERT INTO selaras.agency (slug, name, short_name, kind, time_zone)"
            " VALUES (%s, 'x', 'x', 'agency', 'Asia/Jakarta')",
            (f"{SLUG}a-killed",),
        )
    assert left_behind(urls) == (1, 1)

    def more(ground: Ground) -> list[Probe]:
        with pytest.raises(Conflict, match="Another proof"):
            prove(servers, attacks=1, seed=1)
        return [files_probe(tmp_path, ground.agencies)]

    proof = prove(servers, attacks=300, seed=5, more=more)
    assert proof.holds, (proof.missed, proof.findings, proof.leaks)
    tried = [one for one in proof.planted if not one.is_control]
    assert all(one.caught for one in tried)
    assert {plant.name for plant in PLANTS} <= {one.name for one in tried}
    assert {name for name, _ in proof.probed} == {"console role", "pooled connections", "files"}
    assert left_behind(urls) == (0, 0)
    assert "TERBUKTI" in as_text(proof)
    assert json.loads(json.dumps(as_json(proof), default=str))["holds"] is True


def test_a_real_hole_is_found_by_check_and_attacker(servers: Servers, urls: Urls) -> None:
    with psycopg.connect(urls.admin, autocommit=True) as admin:
        admin.execute("CREATE POLICY hole ON selaras.notice TO selaras_app USING (true)")
        try:
            proof = prove(servers, attacks=2000, seed=5)
        finally:
            admin.execute("DROP POLICY hole ON selaras.notice")
    assert not proof.holds
    assert ("policy-extra", "notice") in {(one.rule, one.object) for one in proof.findings}
    assert {one.target for one in proof.leaks} == {"notice"}
    assert "NOT PROVEN" in as_text(proof)
    assert left_behind(urls) == (0, 0)


def test_what_a_superuser_must_plant_is_said_to_be_left_out(servers: Servers) -> None:
    proof = prove(Servers(servers.app, servers.console, servers.migrator), attacks=1, seed=1)
    left_out = {one.name for one in proof.planted if one.caught is None}
    assert left_out == {plant.name for plant in PLANTS if plant.superuser}
    assert "skipped" in as_text(proof)


def test_no_proof_as_a_mighty_role(servers: Servers) -> None:
    with pytest.raises(Misconfigured, match="Refusing to start"):
        prove(Servers(servers.migrator, servers.console, servers.migrator), attacks=1, seed=1)


def test_redis_keys_name_their_agency(redis_url: str) -> None:
    client = redis.Redis.from_url(redis_url)
    agency, other, stranger = uuid4(), uuid4(), uuid4()
    keys = {
        f"selaras:{agency}:session:x": None,
        f"selaras:{stranger}:session:x": "names an agency that does not exist",
        f"LIMITS:LIMITER/selaras:limit/{agency}:any\nthing/sign-in/10/1/minute": "is the agency's own",
        f"LIMITS:LIMITER/selaras:limit/{stranger}:127.0.0.1/sign-in/10/1/minute": "names an agency that does not exist",
        f"LIMITS:LIMITER/somewhere/{agency}:127.0.0.1": "names no agency",
        f"somewhere:{agency}": "names no agency",
        "selaras:planted": "names no agency",
        f"rq:job:{agency}_{uuid4()}": b"[[1]]",
        f"rq:job:{agency}_{other}": f"{agency} {other}".encode(),
        f"rq:job:{agency}_with-number": b"198501012010011001",
        "rq:job:nobody": b"[]",
    }
    for key, value in keys.items():
        if isinstance(value, bytes):
            client.hset(key, "data", value)
        else:
            client.set(key, "x")
    probe = redis_probe(redis_url, [agency, other])
    found = {one.object: one.what for one in probe.run() if one.object in keys}
    client.delete(*keys)
    assert found == {
        f"selaras:{stranger}:session:x": "the key names an agency that does not exist",
        f"LIMITS:LIMITER/selaras:limit/{stranger}:127.0.0.1/sign-in/10/1/minute": (
            "the key names an agency that does not exist"
        ),
        f"LIMITS:LIMITER/somewhere/{agency}:127.0.0.1": "the key names no agency",
        f"somewhere:{agency}": "the key names no agency",
        "selaras:planted": "the key names no agency",
        f"rq:job:{agency}_{other}": "it names more than one agency",
        f"rq:job:{agency}_with-number": "it carries a person's number",
        "rq:job:nobody": "the job names no agency",
    }
    before = len(probe.run())
    with probe.planted():
        assert len(probe.run()) > before
    assert len(probe.run()) == before


def test_files_lie_in_their_agencys_folder(tmp_path: Path) -> None:
    agency = uuid4()
    home = tmp_path / str(agency)
    home.mkdir(mode=0o700)
    (home / "ab").mkdir()
    probe = files_probe(tmp_path, [agency])
    assert probe.run() == []
    with probe.planted():
        assert [one.rule for one in probe.run()] == ["file-place"]
    (tmp_path / str(uuid4())).mkdir(mode=0o700)
    (home / "ab" / "link").symlink_to(tmp_path)
    home.chmod(0o755)
    assert sorted(one.rule for one in probe.run()) == ["file-link", "file-mode", "file-place"]


@pytest.fixture
def command(urls: Urls, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    for name in ("app", "console", "migrator"):
        monkeypatch.setenv(f"SELARAS_{name.upper()}_DATABASE_URL", getattr(urls, name))
    monkeypatch.setenv("SELARAS_HOME", str(tmp_path))
    monkeypatch.setenv("SELARAS_FILES", str(tmp_path / "files"))
    settings.cache_clear()
    yield CliRunner()
    settings.cache_clear()


def test_the_command_writes_a_dated_report(command: CliRunner, tmp_path: Path) -> None:
    ran = command.invoke(
        selaras,
        ["tenant", "prove-isolation", "--attacks", "50", "--seed", "1", "--report", str(tmp_path / "proof.txt")],
        catch_exceptions=False,
    )
    assert ran.exit_code == 0, ran.output
    text = (tmp_path / "proof.txt").read_text("utf-8")
    assert "UTC" in text
    assert "TERBUKTI" in text
    assert text in ran.output


def test_the_command_fails_where_a_wall_does(command: CliRunner, urls: Urls) -> None:
    with psycopg.connect(urls.admin, autocommit=True) as admin:
        admin.execute("GRANT TRUNCATE ON selaras.goal TO selaras_app")
        try:
            ran = command.invoke(selaras, ["tenant", "prove-isolation", "--attacks", "1", "--json"])
        finally:
            admin.execute("REVOKE TRUNCATE ON selaras.goal FROM selaras_app")
    assert ran.exit_code == 1
    report = json.loads(ran.stdout)
    assert [(one["rule"], one["object"]) for one in report["findings"]] == [("grant-excess", "goal")]


def test_agencies_and_rollouts_by_command(command: CliRunner) -> None:
    slug = f"cli-{uuid4().hex[:8]}"
    given = ["--name", "Badan Contoh", "--kind", "agency", "--host", f"{slug}.localhost", "--actor", "Rini"]

    def run(*arguments: str) -> str:
        ran = command.invoke(selaras, list(arguments), catch_exceptions=False)
        assert ran.exit_code == 0, ran.output
        return ran.stdout

    run("tenant", "create", "--slug", slug, *given)
    assert slug in {one["slug"] for one in json.loads(run("tenant", "list", "--json"))}
    assert run("tenant", "host", slug, "KINERJA." + slug + ".go.id").strip() == f"kinerja.{slug}.go.id"
    run("tenant", "assign", slug, "pp46_2011", "--from", "2014-01-01", "--reason", "uji")
    made = json.loads(
        run(
            *("rollout", "start", "--regulation", "permenpan_6_2022", "--agency", slug),
            *("--from", "2026-01-01", "--reason", "uji", "--json"),
        )
    )
    for stage in ("pilot", "live"):
        moved = json.loads(run("rollout", "advance", made["id"], "--reason", "lanjut", "--json"))
        assert [one["stage"] for one in moved["agencies"]] == [stage]
    shown = json.loads(run("tenant", "regulation", slug, "--json"))
    assert [one["regulation"] for one in shown["regulations"]] == ["pp46_2011", "permenpan_6_2022"]
    run("rollout", "rollback", made["id"], "--reason", "keliru", "--actor", "Budi")
    shown = json.loads(run("tenant", "regulation", slug, "--json"))
    assert [one["regulation"] for one in shown["regulations"]] == ["pp46_2011"]
    assert "Budi: keliru" in run("rollout", "show", made["id"])
    assert made["id"] in run("rollout", "list")
