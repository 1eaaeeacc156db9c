"""`selaras.clock` is the only source of now; stop-watches may run elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
from architecture.sources import Source, named, source, sources

CLOCK = "platform/selaras/clock.py"
# What asks for the day or the time of day; `monotonic` and `perf_counter` measure how long something takes.
ASKS = re.compile(
    r"(^|\.)(datetime\.(now|today|utcnow)|date\.today|time\.(time|time_ns|localtime|gmtime|ctime|strftime))$"
)
SQL = ("current_date", "localtimestamp", "current_time")


def askers(given: Iterable[Source]) -> list[str]:
    """Calls that ask the machine, not the clock; and SQL that lets the database's session decide which day it is."""
    found = []
    for one in given:
        if one.name == CLOCK:
            continue
        for call, called in one.calls():
            if ASKS.search(called):
                found.append(f"{one.name}:{call.lineno}: {called}")
        for number, line in enumerate(one.text.splitlines(), 1):
            if any(word in line.lower() for word in SQL):
                found.append(f"{one.name}:{number}: {line.strip()}")
    return found


def test_only_the_clock_knows_the_time() -> None:
    found = askers(sources())
    assert not found, named(found)


@pytest.mark.parametrize(
    "text",
    [
        "from datetime import datetime\nAT = datetime.now(UTC)\n",
        "import datetime\nAT = datetime.datetime.now(UTC)\n",
        "from datetime import date\nDAY = date.today()\n",
        "import time\nAT = time.time()\n",
        'QUERY = "SELECT * FROM t WHERE during @> CURRENT_DATE"\n',
    ],
)
def test_whoever_asks_the_machine_is_found(text: str) -> None:
    assert len(askers([source(text)])) == 1


def test_a_stop_watch_is_no_clock() -> None:
    text = "import time\nfrom selaras import clock\nBEGAN = time.monotonic() + time.perf_counter()\nAT = clock.now()\n"
    assert askers([source(text)]) == []
