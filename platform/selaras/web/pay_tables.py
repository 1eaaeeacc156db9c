"""The agency's table of pay: versions, the editor of a draft, its file, and the second person's answer."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge import pay_words
from selaras.edge.access import needs
from selaras.edge.context import actor, day, instance, session
from selaras.edge.downloads import attachment
from selaras.edge.fields import day_of_field, whole_of_field
from selaras.edge.words import words
from selaras.errors import Conflict, DomainError, Invalid, NotFound, Refused
from selaras.evaluation.queries import periods as period_list
from selaras.exchange import pay_tables as files
from selaras.exchange.exporting import FORMATS
from selaras.followup.pay import drafting
from selaras.followup.pay.content import CERTAINTIES
from selaras.followup.pay.queries import DraftView, draft, drafts, version, versions
from selaras.followup.pay.simulation_queries import simulations
from selaras.identity.permissions import Permission
from selaras.regulation.kit import SHAPES
from selaras.web import pay_form
from selaras.web.blueprint import pages
from selaras.web.pages import render, see

READERS = (*drafting.APPROVERS, Permission.SEE_REMUNERATION)
BLANK = 3
"""Empty rows that a form has below those that are filled."""


@pages.get("/pay-tables")
@needs(*READERS)
def pay_tables() -> Response:
    """Every version of the table, drafts, and the form that begins one."""
    return _page()


@pages.post("/pay-tables")
@needs(Permission.CHOOSE_RULES)
def begin_pay_table() -> BaseResponse:
    """Begin a draft out of the version in force, or out of an earlier one that is to come back."""
    form = request.form
    try:
        restores = whole_of_field(form["restores"], "restores") if form.get("restores") else None
        starts = day_of_field(form.get("starts", ""), "starts") or day()
        made = drafting.begin(session(), actor(), starts, form.get("reason", ""), restores=restores)
    except (Conflict, Invalid, NotFound) as error:
        return _page(error)
    return see("web.pay_draft", draft_id=made)


@pages.get("/pay-tables/<int:number>")
@needs(*READERS)
def pay_version(number: int) -> Response:
    """One version as it is, or was, in force."""
    found = version(session(), number)
    return render("pay_version.html", active="web.periods_page", one=found, outcomes=outcomes_on(found.starts or day()),
                  pay_words=pay_words, written=pay_form.written, formats=FORMATS)  # fmt: skip


@pages.get("/pay-tables/<int:number>/file.<form>")
@needs(*READERS)
def pay_version_file(number: int, form: str) -> Response:
    """One version as a file."""
    return _file(version(session(), number).content, form, f"pay-table-{number}")


@pages.get("/pay-tables/drafts/<uuid:draft_id>")
@needs(*READERS)
def pay_draft(draft_id: UUID) -> Response:
    """The editor of a draft, with what is wrong with it."""
    return draft_page(draft_id)


@pages.get("/pay-tables/drafts/<uuid:draft_id>/file.<form>")
@needs(*READERS)
def pay_draft_file(draft_id: UUID, form: str) -> Response:
    """A draft as a file."""
    return _file(_found(draft_id).content, form, "pay-table-draft")


@pages.post("/pay-tables/drafts/<uuid:draft_id>")
@needs(Permission.CHOOSE_RULES)
def write_pay_draft(draft_id: UUID) -> BaseResponse:
    """Write the draft; what cannot be read or was changed meanwhile comes back as written."""
    found = _found(draft_id)
    try:
        seen = whole_of_field(request.form.get("edition", ""), "edition")
        drafting.save(session(), actor(), draft_id, pay_form.written_in(request.form, found.content), seen=seen)
        if request.form.get("then") == "submit":
            drafting.submit(session(), actor(), instance().registry, draft_id)
            return see("web.pay_draft", "pay-submitted", draft_id=draft_id)
    except (Conflict, Invalid) as error:
        return draft_page(draft_id, error, fields=request.form)
    return see("web.pay_draft", "saved", draft_id=draft_id)


@pages.post("/pay-tables/drafts/<uuid:draft_id>/import")
@needs(Permission.CHOOSE_RULES)
def import_pay_draft(draft_id: UUID) -> BaseResponse:
    """Take rows, bases and marks out of a file, or look at it only."""
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise Invalid("import_file_missing", "Choose a file (CSV or XLSX) first.")
        preview = request.form.get("preview") == "true"
        taken = files.take(
            session(), actor(), instance().registry, draft_id, file.filename, file.read(), preview=preview
        )
    except (Conflict, Invalid) as error:
        return draft_page(draft_id, error)
    if taken.taken:
        return see("web.pay_draft", "imported", draft_id=draft_id)
    return draft_page(draft_id, taken=taken)


@pages.post("/pay-tables/drafts/<uuid:draft_id>/answer")
@needs(*drafting.APPROVERS)
def answer_pay_draft(draft_id: UUID) -> BaseResponse:
    """The second person approves, or gives it back with a reason."""
    approve = request.form.get("answer") == "approve"
    try:
        reason = request.form.get("reason", "")
        drafting.decide(session(), actor(), instance().registry, draft_id, approve=approve, reason=reason)
    except (Conflict, Invalid, Refused) as error:
        return draft_page(draft_id, error)
    return see("web.pay_draft", "pay-approved" if approve else "pay-returned", draft_id=draft_id)


@pages.post("/pay-tables/drafts/<uuid:draft_id>/withdrawal")
@needs(Permission.CHOOSE_RULES)
def withdraw_pay_draft(draft_id: UUID) -> BaseResponse:
    """Give a draft up."""
    try:
        drafting.withdraw(session(), actor(), draft_id)
    except Conflict as error:
        return draft_page(draft_id, error)
    return see("web.pay_tables", "pay-withdrawn")


def _found(draft_id: UUID) -> DraftView:
    return draft(session(), actor().account_id, draft_id)


def _file(content: object, form: str, name: str) -> Response:
    if form not in FORMATS:
        raise NotFound("export_unknown", "There is no list “{code}” to export.", code=form[:40])
    data, file_name, media_type = files.table_file(content, form, name)  # type: ignore[arg-type]  # a table's content
    return attachment(data, file_name, media_type)


def outcomes_on(on: date) -> dict[str, str]:
    """Code → word of the outcomes of the regulation of a day."""
    try:
        return {one.code: words(one.label) for one in drafting.law_on(session(), instance().registry, on).outcomes}
    except NotFound:
        return {}


def _page(error: DomainError | None = None) -> Response:
    return render(
        "pay_tables.html",
        error.status if error else 200,
        active="web.periods_page",
        versions=versions(session()),
        drafts=drafts(session(), actor().account_id),
        today=day(),
        pay_words=pay_words,
        form=request.form,
        error=error,
    )


def draft_page(
    draft_id: UUID,
    error: DomainError | None = None,
    *,
    fields: pay_form.Fields | None = None,
    taken: files.PayFile | None = None,
) -> Response:
    """The page of a draft, with what went wrong where something did."""
    found = _found(draft_id)
    outcomes = outcomes_on(found.starts)
    faults = drafting.findings_of(session(), instance().registry, draft_id)
    shown = fields or pay_form.fields_of(found.content, found.starts.isoformat(), found.reason)
    return render(
        "pay_draft.html",
        error.status if error else 422 if taken and not taken.content else 200,
        active="web.periods_page",
        draft=found,
        fields=shown,
        form_rows=pay_form,
        blank=BLANK,
        outcomes=outcomes,
        faults=[(one, pay_words.finding_words(one, outcomes)) for one in faults],
        errors=sum(1 for one in faults if one.severity == "error"),
        pay_words=pay_words,
        simulations=simulations(session(), draft_id),
        periods=[one.code for one in period_list(session()) if one.state == "closed"],
        shapes=[one for one, kinds in SHAPES.items() if found.kind in kinds],
        certainties=CERTAINTIES,
        formats=FORMATS,
        writes=Permission.CHOOSE_RULES in actor().permissions and found.state == "draft",
        approves=any(actor().holds_whole(one) for one in drafting.APPROVERS) and not found.own,
        taken=taken,
        error=error,
        written=pay_form.written,
    )
