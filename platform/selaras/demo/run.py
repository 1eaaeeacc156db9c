"""The demo: the six pilots of 2019 load their files, close a quarter, and one of them a year under the older law."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from selaras.closing import service as closing
from selaras.closing.queries import Overview, overview
from selaras.demo.files import write_files
from selaras.demo.following import follow
from selaras.demo.meeting import calibrate
from selaras.demo.offices import OFFICES, office, user_name
from selaras.demo.population import generate
from selaras.demo.population_agency import Population
from selaras.demo.stage import OPERATOR, Stage, refuse_refused
from selaras.demo.succession import inherit
from selaras.demo.surveying import SURVEYED, hold, leave_open
from selaras.errors import NotFound, Unavailable
from selaras.evaluation import service as evaluation
from selaras.evaluation.queries import period_by_code
from selaras.evaluation.rules import period_span
from selaras.exchange import imports
from selaras.exchange.rule_packs import seed
from selaras.identity.permissions import Origin
from selaras.identity.service import ensure_account, grant_role
from selaras.organisation.accounts import give_accounts
from selaras.regulation import Rules
from selaras.tenancy.packs import Pack
from selaras.tenancy.queries import agency, agency_by_slug, rules_on
from selaras.tenancy.service import create_agency, from_pack, set_status

SEED = 2019
WORKBOOK_UP_TO = 1_000
PATIENCE = 900.0
REASON = (
    "Capaian unit dinilai langsung oleh pimpinan satu tingkat di atasnya dan seluruh target triwulan tercapai; "
    "data rekaan untuk demonstrasi."
)
# Import kind → file, in the order in which one needs the other.
GROUND = (("units", "unor.csv"), ("people", "asn"), ("superiors", "penilai.csv"))
RUNNING = (
    ("goals", "sasaran.csv"),
    ("assignments", "penugasan.csv"),
    ("plans", "skp.csv"),
    ("plan_texts", "teks_skp.csv"),
    ("matrix", "matriks_peran_hasil.csv"),
    ("progress", "progres.csv"),
    ("feedback", "umpan_balik.csv"),
    ("team_inputs", "masukan_ketua_tim.csv"),
    ("organisation_ratings", "predikat_organisasi.csv"),
    ("ratings", "penilaian.csv"),
)

Tell = Callable[[str, float], None]
"""Called with what is being done and how far the agency is, from 0 to 1."""


@dataclass(frozen=True)
class Closed:
    """One period that an agency closed: its figures, and the seconds from the first file to the last stage."""

    agency: str
    overview: Overview
    seconds: float
    loaded: int


class Player:
    """One agency of the demo, from its pack to its closed periods. Every step may be repeated without effect."""

    def __init__(self, stage: Stage, pack: Pack, packs: Mapping[str, Pack], people: int, tell: Tell) -> None:
        self._stage, self._pack, self._packs, self._people, self._tell = stage, pack, packs, people, tell
        self._loaded = 0

    def play(self) -> list[Closed]:
        """Create, load and close; returns the closed periods, oldest first."""
        tenant = self._create()
        population = generate(self._pack, self._people, SEED)
        history = self._pack.demo.history_year if self._pack.demo else None
        wanted = [code for code in (str(history) if history else None, population.period) if code]
        with TemporaryDirectory(prefix="selaras-demo-") as folder:
            self._tell("berkas", 0.05)
            files = None if self._all_set(tenant, wanted) else self._write(population, Path(folder))
            if files is not None:
                self._load(tenant, GROUND, files, 0.1)
                self._accounts(tenant, population.as_of)
            self._loaded += inherit(self._stage, self._pack, tenant, [one.number for one in population.people])
            return [self._period(tenant, code, files) for code in wanted]

    def _write(self, population: Population, folder: Path) -> dict[str, Path]:
        workbook = len(population.people) <= WORKBOOK_UP_TO
        files = write_files(population, folder, workbook=workbook)
        return {**files, "asn": files["asn.xlsx" if workbook else "asn.csv"]}

    def _create(self) -> int:
        with self._stage.console.platform() as session:
            tenant = create_agency(session, OPERATOR, from_pack(self._pack, self._packs))
            known = agency_by_slug(session, self._pack.slug)
            status = "ended" if self._pack.ended_on else "active"
            if known.status != status:
                set_status(session, OPERATOR, tenant, status, "Peragaan enam instansi percontohan 2019.")
        start = min(span.starts for span in self._pack.regulations)
        with self._stage.app.tenant(tenant) as session:
            seed(session, self._stage.registry, self._pack)
            for key, name, role in OFFICES:
                account = ensure_account(session, user_name(key, self._pack.slug), f"{name} {self._pack.short_name}")
                grant_role(session, account, role, Range(start, None), origin=Origin.DEMO)
        return tenant

    def _accounts(self, tenant: int, day: date) -> None:
        with self._stage.app.tenant(tenant) as session:
            give_accounts(session, day)

    def _all_set(self, tenant: int, codes: list[str]) -> bool:
        with self._stage.app.tenant(tenant) as session:
            return all(_state(session, code) == "set" for code in codes)

    def _load(self, tenant: int, kinds: tuple[tuple[str, str], ...], files: Mapping[str, Path], share: float) -> None:
        for kind, name in kinds:
            if name not in files:
                continue
            self._tell(kind, share)
            with self._stage.app.tenant(tenant) as session:
                report = imports.run(
                    session,
                    office(session, tenant, "pengelola"),
                    kind,
                    files[name].name,
                    files[name].read_bytes(),
                    registry=self._stage.registry,
                    store=self._stage.store,
                    as_of=self._pack.ended_on,
                )
            refuse_refused(report, files[name].name, self._pack.slug)
            self._loaded += report.rows

    def _period(self, tenant: int, code: str, files: Mapping[str, Path] | None) -> Closed:
        began = time.monotonic()
        yearly = period_span(code).kind == "year"
        with self._stage.app.tenant(tenant) as session:
            state = _state(session, code)
            if state == "none":
                rules = self._rules(session, tenant, code)
                evaluation.open_period(session, office(session, tenant, "pengelola"), code, rules)
        if state == "none" and files is not None:
            kinds = (
                ("plans", f"skp_{code}.csv"),
                ("progress", f"progres_{code}.csv"),
                ("ratings", f"penilaian_{code}.csv"),
            )
            self._load(tenant, kinds if yearly else RUNNING, files, 0.5)
            if self._surveyed and not yearly:
                self._tell("survei", 0.65)
                hold(self._stage, tenant, code)
            if not yearly:
                calibrate(self._stage, tenant, code)
            with self._stage.app.tenant(tenant) as session:
                closing.start(session, office(session, tenant, "pengelola"), code, self._rules(session, tenant, code))
        final = self._wait(tenant, code)
        if not self._pack.ended_on:
            follow(self._stage, tenant, code)
        if self._surveyed and not yearly:
            leave_open(self._stage, tenant, code)
        return Closed(self._pack.short_name, final, time.monotonic() - began, self._loaded)

    @property
    def _surveyed(self) -> bool:
        return self._pack.slug == SURVEYED

    def _rules(self, session: Session, tenant: int, code: str) -> Rules:
        return rules_on(session, agency(session, tenant), period_span(code).ends, self._stage.registry)

    def _wait(self, tenant: int, code: str) -> Overview:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with self._stage.app.tenant(tenant) as session:
                seen = overview(session, code)
                if seen.problem:
                    raise Unavailable(
                        "demo_close", "The close of {code} waits: {problem}", code=code, problem=seen.problem["message"]
                    )
                if seen.state == "blocked":
                    self._override(session, tenant, seen)
            self._tell(f"tutup {code}", 0.7 + 0.3 * sum(stage.done for stage in seen.stages) / len(seen.stages))
            if seen.state == "set":
                return seen
            time.sleep(0.1)
        raise Unavailable("demo_patience", "The close of {code} did not end; see the workers' logs.", code=code)

    @staticmethod
    def _override(session: Session, tenant: int, seen: Overview) -> None:
        official = office(session, tenant, "pejabat")
        for check in seen.checks:
            if check.breached:
                closing.override(session, official, seen.period.code, check.unit_id, REASON)


def _state(session: Session, code: str) -> str:
    try:
        period_by_code(session, code)
    except NotFound:
        return "none"
    return overview(session, code).state
