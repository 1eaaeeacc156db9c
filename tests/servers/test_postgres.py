"""The embedded PostgreSQL: started once, shared, stopped, killed, and started again with everything in it."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import sqlalchemy

from selaras.errors import Misconfigured, Unavailable
from selaras.servers import folders, launch, postgres
from selaras.servers.postgres import embedded_postgres

from .conftest import Runner, is_running

pytestmark = pytest.mark.slow

OWNER = """
import sys, time, psycopg
from pathlib import Path
from selaras.servers.postgres import embedded_postgres
with embedded_postgres(Path(sys.argv[1])) as server:
    with psycopg.connect(server.admin_url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
        connection.execute("INSERT INTO kept VALUES (1)")
    print(server.pid, server.owned, flush=True)
    time.sleep(600)
"""

STARTER = """
import sys, time
from pathlib import Path
from selaras.servers.postgres import embedded_postgres
with embedded_postgres(Path(sys.argv[1]), durable=False) as server:
    print(server.pid, server.owned, flush=True)
    time.sleep(600)
"""


def _rows(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM kept").fetchone()
    assert row is not None
    return int(row[0])


def _first_line(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout is not None
    return process.stdout.readline().split()


def test_is_postgresql_18_reached_by_psycopg_and_by_sqlalchemy(server: postgres.Postgres) -> None:
    with psycopg.connect(server.admin_url) as connection:
        assert connection.info.server_version >= 180000
    engine = sqlalchemy.create_engine(server.sqlalchemy_url)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT uuidv7() IS NOT NULL").scalar() is True
    engine.dispose()


def test_listens_on_a_private_socket_only_and_asks_for_a_password(server: postgres.Postgres) -> None:
    with psycopg.connect(server.admin_url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        (sockets,) = connection.execute("SHOW unix_socket_directories").fetchone() or ("",)
    assert stat.S_IMODE(Path(sockets.strip('"')).stat().st_mode) == 0o700
    without = server.admin_url.replace(server.admin_url.split(":")[2].split("@")[0], "wrong")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(without)


def test_password_file_is_private_and_hidden_in_representations(server: postgres.Postgres) -> None:
    file = server.data.parent / "password"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text() not in repr(server)


def test_durable_unless_asked_otherwise(tmp_path: Path, server: postgres.Postgres) -> None:
    with embedded_postgres(tmp_path) as durable, psycopg.connect(durable.admin_url) as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
        assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)
    with psycopg.connect(server.admin_url) as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("off",)


def test_one_process_asking_twice_gets_one_server_until_both_leave(tmp_path: Path, gone: Callable[..., None]) -> None:
    with embedded_postgres(tmp_path, durable=False) as first:
        with embedded_postgres(tmp_path, durable=False) as second:
            assert second == first
        psycopg.connect(first.admin_url).close()
    gone(first.pid)


def test_another_process_shares_and_leaves_it_running(tmp_path: Path, program: Runner) -> None:
    owner = program(OWNER, tmp_path)
    pid, owned = _first_line(owner)
    assert owned == "True"
    with embedded_postgres(tmp_path) as shared:
        assert (shared.pid, shared.owned) == (int(pid), False)
        assert _rows(shared.admin_url) == 1
    assert is_running(int(pid))
    psycopg.connect(shared.admin_url).close()


def test_two_starters_at_once_make_one_server(tmp_path: Path, program: Runner) -> None:
    lines = [_first_line(process) for process in [program(STARTER, tmp_path) for _ in range(3)]]
    assert len({pid for pid, _ in lines}) == 1
    assert sorted(owned for _, owned in lines) == ["False", "False", "True"]


@pytest.mark.parametrize("also_the_server", [False, True], ids=["owner killed", "owner and server killed"])
def test_after_kill_no_orphan_and_nothing_lost(
    tmp_path: Path, program: Runner, gone: Callable[..., None], kill: Callable[[int], None], also_the_server: bool
) -> None:
    owner = program(OWNER, tmp_path)
    pid = int(_first_line(owner)[0])
    owner.kill()
    if also_the_server:
        kill(pid)
    owner.wait()
    with embedded_postgres(tmp_path) as again:
        assert again.owned
        assert again.pid != pid
        assert _rows(again.admin_url) == 1
        gone(pid)


def test_killed_and_left_alone_the_server_goes_away(tmp_path: Path, program: Runner, gone: Callable[..., None]) -> None:
    owner = program(OWNER, tmp_path)
    pid = int(_first_line(owner)[0])
    owner.kill()
    gone(pid)


def test_ctrl_c_at_the_terminal_does_not_reach_the_server(tmp_path: Path) -> None:
    with embedded_postgres(tmp_path, durable=False) as server:
        assert os.getsid(server.pid) != os.getsid(0)
        assert os.getpgid(server.pid) != os.getpgid(0)


def test_started_from_a_thread_it_outlives_the_thread(tmp_path: Path, program: Runner) -> None:
    process = program(
        """
        import sys, threading, time, psycopg
        from pathlib import Path
        from selaras.servers.postgres import embedded_postgres
        held = []
        def start():
            context = embedded_postgres(Path(sys.argv[1]), durable=False)
            held.append((context, context.__enter__()))
        thread = threading.Thread(target=start)
        thread.start(); thread.join()
        time.sleep(1)
        psycopg.connect(held[0][1].admin_url).close()
        print("alive")
        held[0][0].__exit__(None, None, None)
        """,
        tmp_path,
    )
    assert _first_line(process) == ["alive"]
    assert process.wait(30) == 0


def test_works_below_a_path_with_spaces_and_far_too_long_for_a_socket(tmp_path: Path) -> None:
    home = tmp_path / "rumah kita, satu" / ("x" * 120)
    for _ in range(2):
        with embedded_postgres(home, durable=False) as server:
            psycopg.connect(server.admin_url).close()
            place = Path(folders.read_state(folders.make(home, "postgres"))["socket_folder"])
            assert len(str(place / postgres.SOCKET)) <= folders.SOCKET_PATH_LIMIT
            assert stat.S_IMODE(place.stat().st_mode) == 0o700
        assert not place.exists()


def test_interrupted_initdb_leaves_nothing_that_hinders(tmp_path: Path) -> None:
    half = tmp_path / "postgres" / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with embedded_postgres(tmp_path, durable=False) as server:
        psycopg.connect(server.admin_url).close()


def test_data_of_another_major_version_are_refused_in_words(tmp_path: Path) -> None:
    data = tmp_path / "postgres" / "data"
    data.mkdir(parents=True, mode=0o700)
    (data / "PG_VERSION").write_text("17\n")
    with pytest.raises(Misconfigured, match="written by PostgreSQL 17") as refusal, embedded_postgres(tmp_path):
        pass
    assert refusal.value.code == "embedded_data_version"


def test_a_server_that_cannot_start_says_why_in_its_own_words(tmp_path: Path) -> None:
    with embedded_postgres(tmp_path, durable=False) as server:
        data = server.data
    with (data / "postgresql.auto.conf").open("a") as file:
        file.write("no_such_setting = 1\n")
    with pytest.raises(Unavailable, match="no_such_setting") as refusal, embedded_postgres(tmp_path, durable=False):
        pass
    assert refusal.value.code == "embedded_server_failed"


def test_client_programs_come_with_it(server: postgres.Postgres) -> None:
    assert os.access(server.binary("pg_dump"), os.X_OK)
    assert os.access(server.binary("pg_restore"), os.X_OK)


WITHOUT_NAMESPACES = """
import ctypes, os, sys
from pathlib import Path
import psycopg
from selaras.servers.postgres import embedded_postgres
unshare = ctypes.CDLL(None).unshare
ready, go = os.pipe(), os.pipe()
child = os.fork()
if child:
    os.read(ready[0], 1)
    for name in ("uid_map", "gid_map"):
        Path(f"/proc/{child}/{name}").write_text("0 0 65536")
    os.write(go[1], b"x")
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
assert unshare(0x10000000) == 0
os.write(ready[1], b"x")
os.read(go[0], 1)
Path("/proc/sys/user/max_user_namespaces").write_text("0")
assert unshare(0x10000000) == -1
with embedded_postgres(Path(sys.argv[1]), durable=False) as server:
    psycopg.connect(server.admin_url).close()
    print(server.data.stat().st_uid, flush=True)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become nobody")
def test_root_without_namespaces_runs_it_as_nobody_and_gets_its_data_back(tmp_path: Path, program: Runner) -> None:
    """As in a container: the kernel refuses user namespaces. The home is below a folder closed to nobody."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    for _ in range(2):
        process = program(WITHOUT_NAMESPACES, closed)
        assert _first_line(process) == [str(launch.unprivileged_uid())]
        assert process.wait(30) == 0
        with embedded_postgres(closed, durable=False) as server:
            psycopg.connect(server.admin_url).close()
            assert server.data.stat().st_uid == 0
