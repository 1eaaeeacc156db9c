#!/usr/bin/env python3
"""The two commands: `python3 run.py demo` and `python3 run.py test`. Standard library only.

Makes `.venv` beside this file from `requirements.lock` and hands over. A stamp, written last, tells the next run that
nothing is left to do; then it needs no network.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

OLDEST = (3, 11)


class Stop(Exception):
    """What is wrong and what to do, in both languages."""


def refuse_unsuitable(version: "tuple[int, ...]", system: str) -> None:
    """Raise `Stop` for a Python that is too old or a system without Unix sockets."""
    if version < OLDEST:
        found = "{}.{}".format(*version)
        raise Stop(
            f"Selaras memerlukan Python 3.11 atau lebih baru; ini Python {found}. Contoh: python3.12 run.py demo\n"
            f"Selaras needs Python 3.11 or newer; this is Python {found}. For example: python3.12 run.py demo"
        )
    if system != "posix":
        raise Stop("Windows belum didukung langsung; gunakan WSL.\nWindows is not supported directly; use WSL.")


# Here and not in `main`: the annotations further down are more than an old Python can read.
if __name__ == "__main__":
    try:
        refuse_unsuitable(sys.version_info[:2], os.name)
    except Stop as stop:
        sys.exit(f"run.py: {stop}")

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "selaras-stamp"
UNFINISHED = VENV / "selaras-unfinished"
LOCK_FILE = ROOT / ".selaras" / "install.lock"
REQUIREMENTS = ROOT / "requirements.lock"

USAGE = """\
python3 run.py demo [--people N] [--no-serve] ...   menyiapkan dan menjalankan demo / sets up and runs the demo
python3 run.py test [ARG ...]                       menyiapkan dan menjalankan uji / sets up and runs the tests
python3 run.py COMMAND [ARG ...]                    perintah `selaras` lain / any other `selaras` command
"""

# Where packages come from is the user's affair (index, proxy, certificate); where they go to is ours.
FOREIGN = (
    *("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH", "PYTHONSAFEPATH", "PYTHONPLATLIBDIR", "PYTHONUSERBASE"),
    *("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PIP_REQUIRE_VIRTUALENV", "PIP_PYTHON", "PIP_EDITABLE"),
    *("PIP_REQUIREMENT", "PIP_CONSTRAINT", "PIP_NO_DEPS", "PIP_REQUIRE_HASHES", "PIP_DRY_RUN", "PIP_NO_BINARY"),
    *("PIP_NO_BUILD_ISOLATION", "UV_PYTHON", "UV_SYSTEM_PYTHON", "UV_TARGET", "UV_PREFIX", "UV_CONSTRAINT"),
    *("UV_PROJECT_ENVIRONMENT", "UV_WORKING_DIRECTORY", "UV_PROJECT", "UV_NO_BINARY", "UV_REQUIRE_HASHES"),
    *("UV_NO_BUILD_ISOLATION", "CONDA_PREFIX"),
    # Compiled files lie in our own folder; without them every process would compile everything again (three seconds).
    "PYTHONDONTWRITEBYTECODE",
)


def main(arguments: list[str]) -> int:
    """Set up if needed, then become the command; returns only when that cannot be done."""
    if not arguments or arguments[0] in ("-h", "--help"):
        print(USAGE, end="")
        return 0 if arguments else 2
    try:
        set_up()
    except Stop as stop:
        print(f"run.py: {stop}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nrun.py: dihentikan; jalankan lagi untuk melanjutkan / stopped; run again to go on", file=sys.stderr)
        return 130
    hand_over(arguments)
    return 1


def set_up() -> None:
    """Leave `.venv` complete; quick and offline when it already is, and safe when two start at once."""
    if is_ready():
        return
    with _alone():
        if is_ready():
            return
        if UNFINISHED.exists() or (VENV.exists() and not _is_usable()):
            shutil.rmtree(VENV)
        print(f"Menyiapkan {VENV} (sekali saja) ... / Setting up (once) ...", file=sys.stderr, flush=True)
        STAMP.unlink(missing_ok=True)
        _install()
        UNFINISHED.unlink(missing_ok=True)
        draft = STAMP.with_suffix(".new")
        draft.write_text(wanted_stamp())
        draft.replace(STAMP)


def is_ready() -> bool:
    """Whether the environment was completed for exactly these files in exactly this place."""
    try:
        return STAMP.read_text() == wanted_stamp() and os.access(PYTHON, os.X_OK)
    except OSError:
        return False


def _is_usable() -> bool:
    """Whether what lies in `.venv` is a working Python of a version that will do."""
    return _do(str(PYTHON), "-c", f"import sys; sys.exit(sys.version_info < {OLDEST})", quiet=True)


def wanted_stamp() -> str:
    """A hash of what decides the environment: the lock, the project's description and where it lies."""
    digest = hashlib.sha256(str(ROOT).encode())
    for path in (REQUIREMENTS, ROOT / "pyproject.toml"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


@contextmanager
def _alone() -> Iterator[None]:
    import fcntl  # noqa: PLC0415  # not on Windows, which is told so above

    try:
        LOCK_FILE.parent.mkdir(mode=0o700, exist_ok=True)
        file = LOCK_FILE.open("a")
    except OSError as error:
        raise Stop(
            f"{ROOT} tidak dapat ditulisi ({error.strerror}); salin proyek ke folder milik Anda.\n"
            f"{ROOT} cannot be written to ({error.strerror}); copy the project to a folder of your own."
        ) from error
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _install() -> None:
    """With uv if there is one, else (or if it fails) with pip."""
    for way in (_with_uv, _with_pip):
        if way():
            return
    raise Stop(
        "pemasangan paket gagal (lihat di atas). Periksa sambungan ke indeks paket, lalu jalankan lagi.\n"
        "installing the packages failed (see above). Check the way to the package index and run again."
    )


def _with_uv() -> bool:
    uv = shutil.which("uv")
    if uv is None or not _runs(uv):
        return False
    if not PYTHON.exists() and not _do(uv, "venv", "--quiet", "--python", sys.executable, str(VENV)):
        return False
    return _fill(lambda *more: _do(uv, "pip", "install", "--quiet", "--python", str(PYTHON), *more))


def _with_pip() -> bool:
    pip = _make_venv()
    # Twice quiet: errors only. Not compiled: what is imported compiles itself, all of it would take seven seconds more.
    quiet = ("install", "-qq", "--no-compile", "--disable-pip-version-check", "--no-input")
    return _fill(lambda *more: _do(*pip, *quiet, *more))


def _fill(install: Callable[..., bool]) -> bool:
    """The locked packages, each checked against its hash; then the project itself, from this folder.

    The lock names every package, so nothing is left to resolve; pip before 23.1 would stumble over a package that is
    wanted with an extra and locked without.
    """
    UNFINISHED.touch()
    return install("--no-deps", "--require-hashes", "-r", str(REQUIREMENTS)) and install(
        "--no-deps", "--no-build-isolation", "--editable", str(ROOT)
    )


def _make_venv() -> tuple[str, ...]:
    """Make the environment if there is none; the command that is pip for it."""
    own = (str(PYTHON), "-m", "pip")
    if PYTHON.exists() and _runs(*own):
        return own
    if find_spec("ensurepip") and _do(sys.executable, "-m", "venv", str(VENV)):
        return own
    if find_spec("virtualenv") and _do(sys.executable, "-m", "virtualenv", "--quiet", str(VENV)):
        return own
    # pip outside can fill an environment that has none itself (since 22.3).
    if find_spec("pip") and _do(sys.executable, "-m", "venv", "--without-pip", str(VENV)):
        return (sys.executable, "-m", "pip", "--python", str(PYTHON))
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    raise Stop(
        f"Python ini tidak dapat membuat lingkungan virtual (ensurepip tidak ada). Pasang salah satu: paket "
        f"python{version}-venv (Debian/Ubuntu: apt install python{version}-venv), uv, atau virtualenv.\n"
        f"This Python cannot make a virtual environment (it lacks ensurepip). Install one of: the package "
        f"python{version}-venv (Debian/Ubuntu: apt install python{version}-venv), uv, or virtualenv."
    )


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    # A `user = true` in somebody's pip.conf cannot work inside an environment.
    return kept | {"PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"}


def _do(*command: str, quiet: bool = False) -> bool:
    """Whether a command (never through a shell) succeeded."""
    try:
        done = subprocess.run(  # noqa: S603  # our own command
            command, cwd=ROOT, env=_environment(), stdin=subprocess.DEVNULL, capture_output=quiet, check=False
        )
    except OSError:
        return False
    return done.returncode == 0


def _runs(*program: str) -> bool:
    """Whether a program is there and works."""
    return _do(*program, "--version", quiet=True)


def hand_over(arguments: list[str]) -> None:
    """Become pytest (from the project's root) or `selaras` (from where we are)."""
    environment = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    environment["VIRTUAL_ENV"] = str(VENV)
    environment["PATH"] = f"{PYTHON.parent}{os.pathsep}{environment.get('PATH', os.defpath)}"
    if arguments[0] == "test":
        os.chdir(ROOT)
        command = [str(PYTHON), "-m", "pytest", *arguments[1:]]
    else:
        command = [str(VENV / "bin" / "selaras"), *arguments]
    sys.stdout.flush()
    os.execve(command[0], command, environment)  # noqa: S606  # no shell is wanted


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
