"""Every page, for everybody: what axe finds, width, weight, statements, time to interactive on a slow phone."""

from __future__ import annotations

import argparse
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench.ground import ground
from bench.pages_ground import SLUG, Stage, Walker, staged
from bench.pages_walk import Found, rules_of, walked
from bench.report import keep
from bench.request import served, site
from selaras.app import create_app
from selaras.config import Settings
from selaras.edge.context import EXTENSION
from selaras.identity.sessions import Proof, SessionStore, connect

PAGE = Path("docs/pages.md")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
WIDTHS = (360, 1280)
# A slow phone, as Lighthouse simulates it: a fourth of this machine's speed, 1.6 Mbit/s, 150 ms to the server.
SLOWER, DOWN, LATENCY = 4, 1.6e6 / 8, 150
HEAVIEST, LONGEST, TRIES = 100_000, 2.0, 3
# When the document is parsed, deferred scripts have run, and no long task is under way any more, in seconds.
_READY = """() => new Promise(done => {
  const timing = performance.getEntriesByType("navigation")[0], ends = [timing.domContentLoadedEventEnd];
  new PerformanceObserver(list => list.getEntries().forEach(one => ends.push(one.startTime + one.duration)))
    .observe({type: "longtask", buffered: true});
  setTimeout(() => done(Math.max(...ends) / 1000), 300);
})"""
_HEADS = "| address | who | statements | kB, gzip | interactive, s | serious | at 360 px |"
_ABOUT = """\
# Every page, looked at

<!-- Written by `python -m bench pages --write`; do not change by hand. -->

`python -m bench pages --write` walks through all pages as somebody who is not signed in, an employee, an appraiser, the
performance manager and the administrator of an agency in the middle of a year: every link is followed, one page of each
kind is looked at in Chromium. `--new` looks only at pages that are not listed here yet, and at those that were slow.

Statements: once everything is warm. Weight: the page with all that it loads. Interactive: parsed, scripts run, no long
task under way, with an empty cache, 1.6 Mbit/s, {latency} ms to the server and a processor {slower} times slower; of a
page that took more than {longest} s, the least of {tries} tries, as the machine was at work with other things. Serious:
axe's serious and critical findings at 360 and 1280 px, everything folded open.

"""
_APART = """\
## Addresses that are no page of theirs

Fragments, files, forms that end in a redirect, and pages that need something this agency does not have (a job under
way, a support request, an invitation's token). Tests in the folders of their capability look at those.

"""
_ROW = re.compile(r"^\| `([^`]+)` \| (\w+) \|", re.MULTILINE)


@dataclass(frozen=True)
class Seen:
    """A page as a browser shows it to one walker: `faults`: axe's serious and critical findings; `wide` in pixels."""

    found: Found
    interactive: float
    faults: tuple[str, ...]
    wide: int

    @property
    def bad(self) -> list[str]:
        """What is not as it should be."""
        place = f"{self.found.rule} ({self.found.walker}, {self.found.address})"
        said = [f"{place}: {one}" for one in self.faults]
        said += [f"{place}: {self.wide} px wide"] * (self.wide > WIDTHS[0])
        said += [f"{place}: {self.found.weight} bytes"] * (self.found.weight > HEAVIEST)
        return said


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options of `python -m bench pages`."""
    parser = argparse.ArgumentParser(prog="python -m bench pages", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {PAGE}")
    parser.add_argument("--new", action="store_true", help=f"only pages that {PAGE} does not list, or lists as slow")
    parser.add_argument("--walkers", nargs="+", help="only these (nobody, employee, appraiser, manager, administrator)")
    parser.add_argument("--most", type=int, help="at most so many pages of each walker")
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> None:
    """Walk, print what is bad, and write where asked; a serious finding ends it with an error."""
    asked = parse(arguments)
    kept = _quick(rows_of(PAGE.read_text("utf-8"))) if asked.new and PAGE.exists() else {}
    with ground() as place:
        stage, chosen = staged(place), site(place)
        app = create_app(chosen)
        pages = [one for one in _found(app, stage, asked) if (one.rule, one.walker) not in kept]
        app.extensions[EXTENSION].database.close()
        with served(chosen) as port:
            seen = [one for one in _looked_at(chosen, port, stage, pages)]
    bad = [one for page in seen for one in page.bad]
    slow = [one for one in seen if one.interactive > LONGEST]
    print("\n".join([*bad, f"{len(seen)} pages, {len(bad)} faults, {len(slow)} slower than {LONGEST} s"]))
    keep(asked.json, {"pages": [{**vars(one.found), **_plain(one)} for one in seen], "bad": bad})
    if asked.write:
        rows = kept | {(one.found.rule, one.found.walker): _row(one) for one in seen}
        PAGE.write_text(document(rows, set(rules_of(app).values())), "utf-8")
    if bad:
        raise SystemExit(1)


def _found(app: Any, stage: Stage, asked: argparse.Namespace) -> Iterator[Found]:
    for walker in (None, *stage.walkers):
        if not asked.walkers or (walker.name if walker else "nobody") in asked.walkers:
            yield from walked(app, stage, walker)[: asked.most]


def _looked_at(chosen: Settings, port: int, stage: Stage, pages: Iterable[Found]) -> Iterator[Seen]:
    axe, known = Axe(), {one.name: one for one in stage.walkers}
    with _chromium() as browser:
        contexts: dict[str, BrowserContext] = {}
        for one in pages:
            if one.walker not in contexts:
                contexts[one.walker] = _context(browser, chosen, port, stage, known.get(one.walker))
            page = contexts[one.walker].new_page()
            yield _look(axe, page, one)
            page.close()


@contextmanager
def _chromium() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        raise SystemExit("no Chromium here: apt-get install chromium")
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield made
        made.close()


def _context(browser: Browser, chosen: Settings, port: int, stage: Stage, walker: Walker | None) -> BrowserContext:
    made = browser.new_context(base_url=f"http://{SLUG}.localhost:{port}")
    if walker:
        store = SessionStore(connect(chosen.redis_url))
        token = store.start(stage.uuid, walker.account_id, Proof(method="bench"))
        made.add_cookies([{"name": "selaras_session", "value": token, "domain": stage.host, "path": "/"}])
    return made


def _look(axe: Axe, page: Page, one: Found) -> Seen:
    page.set_viewport_size({"width": WIDTHS[0], "height": 800})
    interactive = min(_tries(page, one.address))
    faults: dict[str, None] = {}
    wide = int(page.evaluate("document.documentElement.scrollWidth"))
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        for fault in axe.run(page).response["violations"]:
            if fault["impact"] in ("serious", "critical"):
                faults[f"{fault['id']} at {width}: {fault['nodes'][0]['html'][:160]}"] = None
    return Seen(one, interactive, tuple(faults), wide)


def _tries(page: Page, address: str) -> Iterator[float]:
    """A slow answer may be the machine's: it is asked for again, and only the page can be slow every time."""
    for _ in range(TRIES):
        took = _on_a_slow_phone(page, address)
        yield took
        if took <= LONGEST:
            return


def _on_a_slow_phone(page: Page, address: str) -> float:
    control = page.context.new_cdp_session(page)
    control.send("Network.enable")
    control.send("Network.setCacheDisabled", {"cacheDisabled": True})
    control.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    limits = {"offline": False, "latency": LATENCY, "downloadThroughput": DOWN, "uploadThroughput": DOWN / 2}
    control.send("Network.emulateNetworkConditions", limits)
    page.goto(address)
    ready = float(page.evaluate(_READY))
    control.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    control.send("Network.emulateNetworkConditions", limits | {"latency": 0, "downloadThroughput": -1})
    control.detach()
    return ready


def _plain(one: Seen) -> dict[str, object]:
    return {"interactive": one.interactive, "faults": one.faults, "wide": one.wide}


def rows_of(page: str) -> dict[tuple[str, str], str]:
    """(Rule, walker) → its line, of every page that the document lists."""
    return {(found[1], found[2]): page[found.start() :].partition("\n")[0] for found in _ROW.finditer(page)}


def _quick(rows: dict[tuple[str, str], str]) -> dict[tuple[str, str], str]:
    return {key: row for key, row in rows.items() if float(row.split("|")[5]) <= LONGEST}


def _row(one: Seen) -> str:
    found = one.found
    fits = "fits" if one.wide <= WIDTHS[0] else f"{one.wide} wide"
    figures = f"{found.statements} | {found.weight / 1000:.1f} | {one.interactive:.2f} | {len(one.faults)} | {fits}"
    return f"| `{found.rule}` | {found.walker} | {figures} |"


def document(rows: dict[tuple[str, str], str], rules: set[str]) -> str:
    """The page about the pages: the table, and the addresses that nobody was shown."""
    kept = {key: row for key, row in rows.items() if key[0] in rules}
    apart = sorted(rules - {rule for rule, _ in kept})
    lines = [
        *_ABOUT.format(latency=LATENCY, slower=SLOWER, longest=LONGEST, tries=TRIES).splitlines(),
        _HEADS,
        "|" + "---|" * (_HEADS.count("|") - 1),
        *(kept[key] for key in sorted(kept)),
        "",
        *_APART.splitlines(),
        *(f"- `{rule}`" for rule in apart),
        "",
    ]
    return "\n".join(lines)
