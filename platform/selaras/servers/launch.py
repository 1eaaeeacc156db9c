"""The last step before a child process: ties its life to its parent's, settles who it is, and becomes it.

Run as a script of its own (`python -I -S launch.py SPEC`), so that nothing is done between fork and exec of a program
with threads. It imports the standard library only.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import pwd
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

PR_SET_PDEATHSIG = 1
PR_SET_KEEPCAPS = 8
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CLONE_NEWUSER = 0x10000000
CAPABILITY_VERSION_3 = 0x20080522
CAP_DAC_OVERRIDE = 1
NOBODY = 65534

LOCKED = 75
PARENT_GONE = 76
IDENTITY_REFUSED = 77
NOT_STARTED = 127


def prctl(option: int, argument: int, more: int = 0) -> None:
    """Linux's prctl(2); raises OSError where it is refused."""
    _call("prctl", option, argument, more, 0, 0)


def _call(name: str, *arguments: Any) -> None:
    function = getattr(ctypes.CDLL(None, use_errno=True), name)
    plain = [ctypes.c_ulong(value) if isinstance(value, int) else value for value in arguments]
    if function(*plain) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def unprivileged_uid() -> int:
    """The user id of `nobody`; PostgreSQL's initdb insists on an id that has a name."""
    try:
        return pwd.getpwnam("nobody").pw_uid
    except KeyError:
        return NOBODY


def enter_user_namespace() -> None:
    """Become `nobody` in a namespace of our own, where `nobody` stands for whom we are outside."""
    uid, gid, inside = os.geteuid(), os.getegid(), unprivileged_uid()
    _call("unshare", CLONE_NEWUSER)
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{inside} {uid} 1"),
        ("gid_map", f"{NOBODY} {gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def become_nobody() -> None:
    """Leave root for `nobody`, keeping only the right to reach files under folders that `nobody` may not enter."""
    uid = unprivileged_uid()
    if sys.platform == "linux":
        prctl(PR_SET_KEEPCAPS, 1)
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(uid, uid, uid)
    if sys.platform == "linux":
        _keep_file_access()


def _keep_file_access() -> None:
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    kept = 1 << CAP_DAC_OVERRIDE
    sets = (ctypes.c_uint32 * 6)(kept, kept, kept, 0, 0, 0)
    try:
        _call("capset", ctypes.byref(header), ctypes.byref(sets))
        prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE)
    except OSError:
        # Without it the server still starts wherever its folders can be entered by anyone.
        return


IDENTITIES: dict[str, Callable[[], None]] = {
    "same": lambda: None,
    "namespace": enter_user_namespace,
    "nobody": become_nobody,
}


def hold(path: str) -> bool:
    """Lock a file for as long as any process of the server lives (the descriptor is inherited); False: it is held."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    os.set_inheritable(descriptor, True)
    return True


def die_with(parent: int, number: int) -> None:
    """Receive a signal when the parent dies; leave at once if it has died already."""
    if sys.platform == "linux":
        prctl(PR_SET_PDEATHSIG, number)
    if os.getppid() != parent:
        sys.exit(PARENT_GONE)


def become(command: list[str]) -> None:
    """Replace this process by the command."""
    try:
        os.execv(command[0], command)  # noqa: S606  # no shell is wanted
    except OSError as error:
        print(f"{command[0]}: {error.strerror}", file=sys.stderr)
        os._exit(NOT_STARTED)


def guard(command: list[str], grace: float) -> int:
    """Run the command in a process group of its own and leave nobody of that group behind; its exit status."""
    me = os.getpid()
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        die_with(me, signal.SIGKILL)
        become(command)
    asked: list[float] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked.append(time.monotonic()))
    status = _await(child, asked, grace)
    _signal_group(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(status)


def _await(child: int, asked: list[float], grace: float) -> int:
    told = False
    while True:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return status
        if asked and not told:
            _signal_group(child, signal.SIGTERM)
            told = True
        if asked and time.monotonic() - asked[0] > grace:
            _signal_group(child, signal.SIGKILL)
        time.sleep(0.02 if asked else 0.2)


def _signal_group(child: int, number: int) -> None:
    try:
        os.killpg(child, number)
    except (ProcessLookupError, PermissionError):
        return


def main(text: str) -> int:
    """Carry out one specification (see `spawn.spawn`)."""
    spec = json.loads(text)
    if spec["lock"] and not hold(spec["lock"]):
        return LOCKED
    try:
        IDENTITIES[spec["identity"]]()
    except OSError as error:
        print(f"{spec['identity']}: {error.strerror}", file=sys.stderr)
        return IDENTITY_REFUSED
    # After the change of identity, which would clear it.
    die_with(spec["parent"], spec["death_signal"])
    if spec["guard"]:
        status = guard(spec["command"], spec["grace"])
        return status if status >= 0 else 128 - status
    become(spec["command"])
    return NOT_STARTED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
