"""Lists as files: every one runs, has its columns, reaches as far as the permission, and is in the ledger."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from conftest import Tenant, Urls
from factories.uploads import staffed, taken
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.config import settings
from selaras.db.session import Database
from selaras.errors import Invalid, NotFound, Refused
from selaras.exchange import export_jobs
from selaras.exchange.exporting import Asked, TooLarge, export, forget_old, safe
from selaras.exchange.layouts import LAYOUTS, Kind
from selaras.exchange.lists import LISTS
from selaras.exchange.sheets import read_sheets
from selaras.files.service import open_file
from selaras.files.store import LocalStore
from selaras.identity.actor import Actor, Inspected, Within, system
from selaras.identity.permissions import Permission
from selaras.identity.service import ensure_account
from selaras.jobs.carrying import Carrier
from selaras.jobs.watch import Watch
from selaras.organisation.inspecting import begin

DAY = date(2026, 10, 1)


def asked(code: str, form: str = "csv") -> Asked:
    return Asked(code, form, DAY, 2026, "2026-TW3")


def rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))


@pytest.fixture
def agency(session: Session) -> Session:
    staffed(session)
    return session


def whole(session: Session) -> Actor:
    return system(session.info["tenant"])


@pytest.mark.parametrize("code", LISTS)
def test_every_list_runs_and_has_the_columns_that_it_says(agency: Session, code: str) -> None:
    made = export(agency, whole(agency), asked(code))
    found = rows(made.data)
    assert tuple(found[0][: len(LISTS[code].columns)]) == LISTS[code].columns
    assert made.rows == len(found) - 1
    assert made.name.startswith(code)


CYCLE = """
WITH period AS (
    INSERT INTO selaras.period (tenant_id, code, kind, starts, ends)
    VALUES (:t, '2026-TW3', 'quarter', '2026-07-01', '2026-09-30') RETURNING id
), u AS (SELECT id FROM selaras.unit WHERE tenant_id = :t AND source_id = 'u-school'),
p AS (SELECT id FROM selaras.person WHERE tenant_id = :t AND source_id = 'p-teacher'),
a AS (INSERT INTO selaras.account (tenant_id, subject, name) VALUES (:t, 'x', 'Pelapor') RETURNING id),
counted AS (INSERT INTO selaras.funnel_count (tenant_id, period_id, counted_at) SELECT :t, id, now() FROM period),
units AS (INSERT INTO selaras.funnel_unit (tenant_id, period_id, unit_id, below, people, planned, submitted, agreed,
    logged, rated, delivered, accepted, objected)
    SELECT :t, period.id, u.id, 0, 3, 2, 0, 2, 1, 1, 0, 0, 0 FROM period, u),
appraisers AS (INSERT INTO selaras.funnel_appraiser (tenant_id, period_id, person_id, unit_id, plans, ratings)
    SELECT :t, period.id, p.id, u.id, 4, 5 FROM period, p, u),
ticket AS (INSERT INTO selaras.ticket (tenant_id, category, content, reference, place, browser, account_id, unit_id,
    level) SELECT :t, 'information_system', '=1+1', 'r-1', 'web.home', 'Firefox', a.id, u.id, 'unit' FROM a, u),
opened AS (INSERT INTO selaras.unlock (tenant_id, code, matter, until, reason, asked_by, asked_at)
    SELECT :t, '2026-TW3', 'rating', now() + interval '1 day', 'Pejabat penilai sakit.', a.id, now() FROM a),
survey AS (INSERT INTO selaras.survey_campaign (tenant_id, period_id, opens, closes, moderated, state, asked, answered)
    SELECT :t, id, '2026-09-01', '2026-09-20', true, 'open', 9, 3 FROM period)
INSERT INTO selaras.merit_assessment (tenant_id, year, regulation, rule_hash, figures, answers, evidence, scores)
VALUES (:t, 2026, 'permenpan_40_2018', 'h', '{"people": 7}', '{"share": 0.5}', '{"score_a": "SK 4"}',
    '{"score_a": 12.5}')
"""


def test_the_lists_around_the_cycle_say_what_stands_there(agency: Session) -> None:
    agency.execute(text(CYCLE), {"t": agency.info["tenant"]})

    def only(code: str) -> list[list[str]]:
        return rows(export(agency, whole(agency), asked(code)).data)[1:]

    assert only("funnel")[0][3:11] == ["3", "2", "0", "2", "1", "1", "0", "0"]
    assert [only("waited_for")[0][at] for at in (3, 4, 6)] == ["2026-TW3", "4", "5"]
    [ticket] = only("tickets")
    assert (ticket[3], ticket[-1]) == ("information_system", "'=1+1"), "no spreadsheet takes it for a formula"
    assert "Pelapor" not in "".join(ticket)
    assert only("unlocks")[0][:2] == ["2026-TW3", "rating"]
    assert only("surveys")[0][4:8] == ["open", "ya", "", ""], "how many answered is told once it is closed"
    assert [row[2:6] for row in only("merit")] == [
        ["nilai", "score_a", "12,5", "SK 4"], ["jawaban", "share", "0,5", ""], ["angka", "people", "7", ""],
    ]  # fmt: skip


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_import_has_an_export_with_all_the_columns_that_must_be_there(kind: Kind) -> None:
    headers = set(LISTS[kind.value].columns)
    assert {column.header for column in LAYOUTS[kind] if column.present or column.filled} <= headers
    assert headers <= {column.header for column in LAYOUTS[kind]}


def test_a_part_of_the_agency_is_all_that_its_manager_gets(agency: Session) -> None:
    unit = agency.execute(
        text("SELECT id FROM selaras.unit WHERE tenant_id = :t AND source_id = 'u-school'"),
        {"t": agency.info["tenant"]},
    ).scalar_one()
    held = frozenset({Permission.SEE_PEOPLE, Permission.SEE_AGENCY, Permission.SEE_ACCESS})
    manager = Actor(agency.info["tenant"], None, "Pengelola", frozenset(), held, within=(Within(unit, held),))
    people = rows(export(agency, manager, asked("people")).data)[1:]
    assert {row[0] for row in people} == {"p-school", "p-teacher", "p-contract"}
    assert [row[0] for row in rows(export(agency, manager, asked("units")).data)[1:]] == ["u-school"]
    for code in ("posts", "reporting_lines"):
        assert 0 < export(agency, manager, asked(code)).rows <= 3
    with pytest.raises(Refused):
        export(agency, manager, asked("roles"))
    with pytest.raises(Refused):
        export(agency, manager, asked("outcomes"))


def test_what_is_no_list_form_year_or_period_is_refused_in_words(agency: Session) -> None:
    actor = whole(agency)
    for wrong, error, words in (
        (Asked("weather", "csv", DAY), NotFound, "no list"),
        (Asked("people", "pdf", DAY), Invalid, "csv or xlsx"),
        (Asked("plans", "csv", DAY), Invalid, "Say of which year"),
        (Asked("plans", "csv", DAY, 1500), Invalid, "Say of which year"),
    ):
        with pytest.raises(error, match=words):
            export(agency, actor, wrong)
    for period in (None, "", "sometime"):
        with pytest.raises((Invalid, NotFound)):
            export(agency, actor, Asked("outcomes", "csv", DAY, None, period))


def test_the_ledger_records_what_left_and_names_nobody(agency: Session) -> None:
    made = export(agency, whole(agency), asked("people"))
    entry = agency.execute(
        text("SELECT payload FROM selaras.ledger_entry WHERE tenant_id = :t AND action = 'export.make'"),
        {"t": agency.info["tenant"]},
    ).scalar_one()
    assert (entry["list"], entry["rows"], entry["format"], len(entry["sha256"])) == ("people", made.rows, "csv", 64)
    assert "Teacher" not in str(entry)


def test_a_long_list_is_not_made_at_once(agency: Session) -> None:
    with pytest.raises(TooLarge):
        export(agency, whole(agency), asked("people"), most=6)
    assert export(agency, whole(agency), asked("people"), most=7).rows == 7


@given(st.text(max_size=40))
def test_no_cell_begins_a_formula_and_the_import_reads_it_as_it_was(cell: str) -> None:
    made = safe(cell)
    assert not made.startswith(("=", "+", "@", "\t", "\r"))
    assert made.removeprefix("'") == cell.removeprefix("'")
    assert safe("-5,25") == "-5,25"
    assert safe("-2+3") == "'-2+3"


def test_names_that_look_like_formulas_do_no_harm(agency: Session) -> None:
    agency.execute(
        text("UPDATE selaras.person SET name = '=HYPERLINK(1)', search_name = '=hyperlink(1)'"
             " WHERE tenant_id = :t AND source_id = 'p-clerk'"),
        {"t": agency.info["tenant"]},
    )  # fmt: skip
    written = export(agency, whole(agency), asked("people")).data.decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in written
    assert ";=HYPERLINK" not in written
    # The reader refuses a workbook that holds a formula anywhere; here it is text.
    (sheet,) = read_sheets("people.xlsx", export(agency, whole(agency), asked("people", "xlsx")).data)
    assert "=HYPERLINK(1)" in sheet.cells.get_column("2").to_list()


def test_titles_posts_and_ranks_come_out_as_they_are_read(agency: Session) -> None:
    found = rows(export(agency, whole(agency), asked("people")).data)
    header, people = found[0], {row[0]: row for row in found[1:]}
    head = dict(zip(header, people["p-office"], strict=True))
    assert (head["JENIS JABATAN ID"], head["ESELON ID"], head["KELAS JABATAN"]) == ("1", "22", "14")
    assert (head["TANGGAL LAHIR"], head["TMT JABATAN"]) == ("02-02-1975", "01-03-2020")
    teacher = dict(zip(header, people["p-teacher"], strict=True))
    assert (teacher["JENIS JABATAN ID"], teacher["JENIS PEGAWAI NAMA"]) == ("2", "PNS")


def test_potential_comes_out_and_goes_in_again(agency: Session) -> None:
    data = b"NIP;POTENSIAL;SUMBER;BERLAKU MULAI\n198505052010051005;tinggi;Asesmen;01-01-2026\n"
    taken(agency, "potential", data)
    out = export(agency, whole(agency), asked("potential")).data
    assert len(rows(out)) == 2
    assert taken(agency, "potential", out).changed == {}


def test_whoever_audits_is_listed_with_everybody_in_the_file(agency: Session) -> None:
    tenant = agency.info["tenant"]
    account = ensure_account(agency, "auditor", "Auditor")
    held = frozenset({Permission.SEE_PEOPLE, Permission.AUDIT})
    auditor = Actor(tenant, account, "Auditor", frozenset({"auditor"}), held)
    audit = begin(agency, auditor, "Pemeriksaan berkala atas data kepegawaian.", 4)
    inspecting = replace(auditor, inspection=Inspected(audit, "POST /exports"))
    assert export(agency, inspecting, asked("people"), most=1).rows == 7
    seen = text("SELECT count(DISTINCT person_id) FROM selaras.inspection_view WHERE tenant_id = :t")
    assert agency.execute(seen, {"t": tenant}).scalar_one() == 7


def test_a_large_file_is_made_by_a_job_for_whoever_ordered_it(
    database: Database, tenant: Tenant, urls: Urls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SELARAS_FILES", str(tmp_path))
    monkeypatch.setattr(export_jobs, "SMALL", 3)
    settings.cache_clear()
    with database.tenant(tenant.tenant_id) as session:
        staffed(session)
        account = ensure_account(session, "official", "Pejabat")
        actor = Actor(tenant.tenant_id, account, "Pejabat", frozenset(), frozenset({Permission.SEE_PEOPLE}))
        made = export_jobs.order(session, actor, asked("people"))
        assert (made.file, export_jobs.order(session, actor, asked("superiors")).job_id) == (None, None)
        job = made.job_id
        assert job is not None
        session.execute(
            text("UPDATE selaras.job_envelope SET state = 'admitted' WHERE tenant_id = :t"), {"t": tenant.tenant_id}
        )
    watch = Watch(urls.app)
    try:
        carrier = Carrier(database, watch, {export_jobs.JOB: export_jobs.run}, lambda: False)
        carrier.carry(tenant.tenant_id, job)
    finally:
        watch.close()
    with database.tenant(tenant.tenant_id) as session:
        done = export_jobs.export_job(session, actor, job)
        assert (done.state, done.result and done.result["rows"]) == ("done", 7), done.error
        _, blocks = open_file(session, LocalStore(tmp_path), UUID(done.result["file_id"]))
        assert len(rows(b"".join(blocks))) == 8
        other = replace(actor, account_id=ensure_account(session, "other", "Lain"))
        with pytest.raises(NotFound):
            export_jobs.export_job(session, other, job)
        session.execute(
            text("UPDATE selaras.stored_file SET created_at = now() - interval '8 days' WHERE tenant_id = :t"),
            {"t": tenant.tenant_id},
        )
        assert forget_old(session) == 1
    settings.cache_clear()
