"""What is exported can be imported: all of an agency's data out, into an empty agency, and out again the same."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from conftest import Tenant
from sqlalchemy.orm import Session

from selaras.db.session import Database
from selaras.demo.files import write_files
from selaras.demo.population import generate
from selaras.demo.run import RUNNING
from selaras.evaluation.service import open_period
from selaras.exchange.exporting import Asked, export
from selaras.exchange.imports import run
from selaras.exchange.layouts import Kind
from selaras.identity.actor import system
from selaras.regulation import load_registry
from selaras.tenancy.packs import load_packs
from selaras.tenancy.queries import agency, rules_on

pytestmark = pytest.mark.slow

FROM, DAY, PERIOD, YEAR = date(2026, 1, 1), date(2026, 10, 1), "2026-TW3", 2026
ORDER: tuple[tuple[str, str], ...] = (
    ("units", "unor.csv"), ("people", "asn.csv"), ("superiors", "penilai.csv"), *RUNNING,
)  # fmt: skip
BESIDES = {
    "accounts": (
        "NAMA PENGGUNA;NAMA;EMAIL;PERAN;STATUS\n"
        "siti;Siti;siti@contoh.id;auditor internal;aktif\n-budi;@Budi;;;nonaktif\n"
    ),
    "closed_days": "TANGGAL;JENIS;NAMA;DASAR\n12-10-2026;libur daerah;Hari jadi;Perda 1\n",
}
# Kinds that neither the population nor a line here has are told apart, so that none is forgotten.
ELSEWHERE = {"potential": "tests/exchange/test_exports.py", "history": "tests/exchange/test_exports.py"}


def take(session: Session, kind: str, data: bytes, *, preview: bool = False) -> dict[str, int]:
    actor = system(session.info["tenant"])
    report = run(session, actor, kind, f"{kind}.csv", data, registry=load_registry(), as_of=FROM, preview=preview)
    assert report.state == ("previewed" if preview else "taken"), (kind, [one.message for one in report.problems][:5])
    return report.changed


def prepare(session: Session) -> None:
    whose = agency(session, session.info["tenant"])
    open_period(session, system(whose.tenant_id), PERIOD, rules_on(session, whose, date(2026, 9, 30), load_registry()))


def out(session: Session, kind: str, form: str = "csv") -> bytes:
    return export(session, system(session.info["tenant"]), Asked(kind, form, DAY, YEAR, PERIOD)).data


def rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))


@pytest.fixture
def files(tmp_path: Path) -> dict[str, bytes]:
    written = write_files(generate(load_packs()["sidoarjo"], 60, 5), tmp_path, workbook=False)
    found = {kind: written[name].read_bytes() for kind, name in ORDER if name in written}
    planned = next(csv.DictReader(io.StringIO(found["plans"].decode())))
    line = (
        f"{planned['NIP']};{planned['KODE RHK']};02-09-2026;08:00;09.30;Menyusun naskah;2,5;naskah;https://contoh.id/1"
    )
    log = f"NIP;Rencana Aksi;Tanggal;Jam Mulai;Jam Selesai;Kegiatan Harian;Realisasi;Satuan;Bukti Dukung\n{line}\n"
    return {**found, **{kind: text.encode() for kind, text in {**BESIDES, "daily_log": log}.items()}}


def test_everything_out_into_another_agency_and_out_again_is_the_same(
    database: Database, two_tenants: tuple[Tenant, Tenant], files: dict[str, bytes]
) -> None:
    assert set(files) | set(ELSEWHERE) == {kind.value for kind in Kind}
    one, other = two_tenants
    with database.tenant(one.tenant_id) as session:
        prepare(session)
        for kind, data in files.items():
            take(session, kind, data)
        first = {kind: out(session, kind) for kind in files}
        sheets = {kind: out(session, kind, "xlsx") for kind in files}
    for kind, data in first.items():
        assert len(rows(data)) > 1, f"{kind} came out empty"
    with database.tenant(other.tenant_id) as session:
        prepare(session)
        for kind in files:
            # A dry run says what would change, and changes nothing.
            promised = take(session, kind, first[kind], preview=True)
            assert len(rows(out(session, kind))) == 1, kind
            assert take(session, kind, first[kind]) == promised, kind
        second = {kind: out(session, kind) for kind in files}
        for kind in files:
            assert rows(second[kind]) == rows(first[kind]), kind
        # The same again changes nothing, from a workbook neither.
        for kind in files:
            assert take(session, kind, sheets[kind]) == {}, kind
