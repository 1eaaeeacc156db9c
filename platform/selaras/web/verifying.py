"""Paper that can be checked: the public page behind a QR code, the plan to print, and who has not filed one."""

from __future__ import annotations

import re
from hashlib import sha256
from uuid import UUID

from flask import Response, request

from selaras.documents.issuing import issued
from selaras.edge import words
from selaras.edge.access import needs, public
from selaras.edge.context import actor, agency, day, rules, session
from selaras.edge.downloads import attachment, own_origin
from selaras.errors import NotFound
from selaras.evaluation.plan_document import print_not_filed, print_plan
from selaras.evaluation.verifying import still_holds
from selaras.identity.permissions import Permission
from selaras.organisation.inspecting import note
from selaras.organisation.reach import reach
from selaras.planning.access import plan_seen
from selaras.planning.queries import last_day, plan
from selaras.planning.readiness import open_plans
from selaras.web.blueprint import pages
from selaras.web.pages import render

_HASH = re.compile(r"[0-9a-f]{64}")
MOST_LISTED = 5_000


@pages.get("/verify/<code>")
@public
def verify(code: str) -> Response:
    """What a printed document's code says: kind, hash, day, and whether it still holds. Nothing about people."""
    return _verify_page(code)


@pages.post("/verify/<code>")
@public
def compare(code: str) -> Response:
    """Compare a file or a hash with what was printed; the file is read in this request and not kept."""
    file = request.files.get("file")
    given = sha256(file.read()).hexdigest() if file and file.filename else _hash(request.form.get("hash", ""))
    return _verify_page(code, given)


def _hash(written: str) -> str:
    found = _HASH.search(written.lower().replace(" ", ""))
    return found[0] if found else ""


def _verify_page(code: str, given: str | None = None) -> Response:
    found = issued(session(), code)
    if found is None:
        raise NotFound(
            "printed_unknown",
            "No document of this agency bears this code. Check the address, or ask whoever gave you the paper.",
        )
    return render(
        "verify.html",
        found=found,
        holds=still_holds(session(), found, rules),
        given=given,
        same=given == found.sha256,
        code=code,
    )


@pages.get("/people/<uuid:person_id>/plans/<int(min=2000,max=2100):year>/document")
@needs(Permission.SEE_RESULTS, Permission.SEE_TEAM, Permission.SEE_OWN)
def plan_document(person_id: UUID, year: int) -> Response:
    """The plan (SKP) as a PDF in the regulation's form; a draft says that it is one."""
    segment = request.args.get("segment", type=int)
    plan_seen(session(), actor(), person_id, year)
    view = plan(session(), person_id, year, segment=segment)
    if view is None:
        raise NotFound("plan_unknown", "There is no plan of {year} here.", year=year)
    language = words.language_or_own(request.args.get("language", ""))
    made = print_plan(session(), agency(), view, rules(last_day(year, view)), language, own_origin())
    return attachment(made.data, made.name, "application/pdf")


@pages.get("/plans/<int(min=2000,max=2100):year>/not-filed/document")
@needs(Permission.SEE_PEOPLE)
def not_filed_document(year: int) -> Response:
    """Those whose plan is missing, not agreed or not whole, as a PDF: of the units that one may see."""
    within = reach(session(), actor(), Permission.SEE_PEOPLE, day())
    people = open_plans(session(), year, day(), limit=MOST_LISTED, within=within)
    note(session(), actor(), [one.person_id for one in people])
    language = words.language_or_own(request.args.get("language", ""))
    made = print_not_filed(session(), agency(), year, people, language, own_origin())
    return attachment(made.data, made.name, "application/pdf")
