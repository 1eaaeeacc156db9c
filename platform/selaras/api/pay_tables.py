"""Endpoints: the agency's tables of pay, drafts of one, and the second person's answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request

from selaras.api import shapes_pay as shapes
from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.exchange import ImportFile
from selaras.api.schemas import schema_of
from selaras.edge.access import needs
from selaras.edge.context import actor, instance, session
from selaras.edge.errors import filled
from selaras.edge.pay_words import finding_words
from selaras.edge.words import words
from selaras.errors import NotFound
from selaras.exchange.pay_tables import take
from selaras.followup.pay import drafting
from selaras.followup.pay.content import PayContent, read_content
from selaras.followup.pay.queries import VersionView, draft, drafts, version, versions
from selaras.identity.permissions import Permission

endpoints = endpoints_of("pay_tables", "The agency's tables of pay: versions, drafts, approval by a second person")

READERS = (*drafting.APPROVERS, Permission.SEE_REMUNERATION)
_DRAFT = "/pay-tables/drafts/<uuid:draft_id>"


@endpoints.route("/pay-tables")
@needs(*READERS)
@endpoints.response(200, schema_of(shapes.PayVersions))
def list_pay_tables() -> Response:
    """Every version of the agency's table of pay, the newest first."""
    return encoded(shapes.PayVersions([_version(one) for one in versions(session())]))


@endpoints.route("/pay-tables/<int:number>")
@needs(*READERS)
@endpoints.response(200, schema_of(shapes.PayVersion))
def show_pay_table(number: int) -> Response:
    """One version."""
    return encoded(_version(version(session(), number)))


@endpoints.route("/pay-tables/drafts")
@needs(*READERS)
@endpoints.response(200, schema_of(shapes.PayDrafts))
def list_pay_drafts() -> Response:
    """Drafts, the newest first."""
    found = drafts(session(), actor().account_id)
    lines = [
        shapes.PayDraftLine(one.id, one.state, one.starts, one.edition, one.drawn_by, one.drawn_at) for one in found
    ]
    return encoded(shapes.PayDrafts(lines))


@endpoints.route("/pay-tables/drafts", methods=["POST"])
@needs(Permission.CHOOSE_RULES)
@endpoints.arguments(schema_of(shapes.PayDraftBegin))
@endpoints.response(201, schema_of(shapes.PayDraft))
def post_pay_draft(body: dict[str, Any]) -> Response:
    """Begin a draft out of the version in force, or out of an earlier one that is to come back."""
    made = drafting.begin(session(), actor(), body["starts"], body["reason"], restores=body["restores"])
    return _shown(made, 201)


@endpoints.route(_DRAFT)
@needs(*READERS)
@endpoints.response(200, schema_of(shapes.PayDraft))
def show_pay_draft(draft_id: UUID) -> Response:
    """One draft with what is wrong with it; its ETag is sent back in `If-Match` when it is written."""
    return _shown(draft_id)


@endpoints.route(_DRAFT, methods=["PUT"])
@needs(Permission.CHOOSE_RULES)
@endpoints.arguments(schema_of(shapes.PayDraftWrite))
@endpoints.response(200, schema_of(shapes.PayDraft))
def put_pay_draft(body: dict[str, Any], draft_id: UUID) -> Response:
    """Write the draft; with `If-Match: <edition>` nothing that was written elsewhere is overwritten."""
    seen = request.headers.get("If-Match", "").strip('"')
    written = drafting.Written(read_content(body["table"]), body["starts"], body["reason"])
    drafting.save(session(), actor(), draft_id, written, seen=int(seen) if seen.isdecimal() else None)
    return _shown(draft_id)


@endpoints.route(f"{_DRAFT}/import", methods=["POST"])
@needs(Permission.CHOOSE_RULES)
@endpoints.arguments(schema_of(shapes.PayImportForm), location="form")
@endpoints.arguments(ImportFile, location="files")
@endpoints.response(200, schema_of(shapes.PayImport))
def import_pay_draft(form: dict[str, Any], files: dict[str, Any], draft_id: UUID) -> Response:
    """Take rows, bases and marks of the draft out of a CSV or XLSX file, or look at it only."""
    file = files["file"]
    name, data = file.filename or "file", file.read()
    taken = take(session(), actor(), instance().registry, draft_id, name, data, preview=form["preview"])
    problems = [
        shapes.PayFileProblem(
            one.row, one.column, one.code, filled(one.message_id, one.params), filled(one.remedy_id, one.params)
        )
        for one in taken.problems
    ]
    table = _table(taken.content) if taken.content else None
    return encoded(shapes.PayImport(taken.taken, taken.rows, table, problems))


@endpoints.route(f"{_DRAFT}/submission", methods=["POST"])
@needs(Permission.CHOOSE_RULES)
@endpoints.response(200, schema_of(shapes.PayDraft))
def submit_pay_draft(draft_id: UUID) -> Response:
    """Hand the draft to the second person."""
    drafting.submit(session(), actor(), instance().registry, draft_id)
    return _shown(draft_id)


@endpoints.route(f"{_DRAFT}/answer", methods=["POST"])
@needs(*drafting.APPROVERS)
@endpoints.arguments(schema_of(shapes.PayAnswer))
@endpoints.response(200, schema_of(shapes.PayDraft))
def answer_pay_draft(body: dict[str, Any], draft_id: UUID) -> Response:
    """The second person approves (the table is in force from its day on), or gives it back with a reason."""
    registry = instance().registry
    drafting.decide(session(), actor(), registry, draft_id, approve=body["approve"], reason=body["reason"])
    return _shown(draft_id)


@endpoints.route(f"{_DRAFT}/withdrawal", methods=["POST"])
@needs(Permission.CHOOSE_RULES)
@endpoints.response(204)
def withdraw_pay_draft(draft_id: UUID) -> Response:
    """Give the draft up."""
    drafting.withdraw(session(), actor(), draft_id)
    return Response(status=204)


def _shown(draft_id: UUID, status: int = 200) -> Response:
    session().flush()
    found = draft(session(), actor().account_id, draft_id)
    registry = instance().registry
    try:
        outcomes = {one.code: words(one.label) for one in drafting.law_on(session(), registry, found.starts).outcomes}
    except NotFound:
        outcomes = {}
    findings = [
        shapes.PayFinding(one.code, one.severity, list(one.rows), finding_words(one, outcomes))
        for one in drafting.findings_of(session(), registry, draft_id)
    ]
    answer = encoded(
        shapes.PayDraft(
            found.id,
            found.kind,
            found.state,
            found.starts,
            found.reason,
            found.edition,
            found.restores,
            found.drawn_by,
            found.drawn_at,
            found.decided_by,
            found.answer,
            _table(found.content),
            findings,
        ),
        status,
    )
    answer.headers["ETag"] = f'"{found.edition}"'
    return answer


def _version(one: VersionView) -> shapes.PayVersion:
    return shapes.PayVersion(one.kind, one.version, one.restores, one.starts, one.ends, _table(one.content))


def _table(content: PayContent) -> shapes.PayTable:
    plain = ("name", "shape", "effect", "source", "certainty", "hit", "performance_weight", "candidate_percent",
             "acting", "acting_percent", "attendance_lag")  # fmt: skip
    values: dict[str, Any] = {name: getattr(content, name) for name in plain}
    return shapes.PayTable(
        **values,
        rows=[
            shapes.PayRow(
                one.percent, one.outcome, one.class_from, one.class_to, one.attendance_from, one.attendance_below
            )
            for one in content.rows
        ],
        bases=[shapes.PayBase(one.job_class, one.base) for one in content.bases],
        components=dict(content.components) if content.components else None,
        rounding=[shapes.PayRounding(one.step, one.digits, one.mode) for one in content.rounding],
        marks=[shapes.PayMark(one.code, one.group, one.percent, one.since) for one in content.marks],
        sources=dict(content.sources) if content.sources else None,
    )
