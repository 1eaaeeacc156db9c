"""What follows the demo's results: proposals, some endorsed and decided, an improvement case, two objections."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.clock import today
from selaras.demo.offices import office
from selaras.demo.stage import Stage
from selaras.errors import Refused
from selaras.evaluation.queries import latest_outcome
from selaras.followup import deciding
from selaras.followup.access import objection_for
from selaras.followup.desk.hearing import state
from selaras.followup.improving import open_case
from selaras.followup.lists import Asked, counts, proposals
from selaras.followup.objecting import Verdict, decide, file
from selaras.followup.proposing import propose
from selaras.followup.rules import ProposalState, Said
from selaras.identity.actor import Actor, system
from selaras.identity.permissions import Role, permissions_of
from selaras.organisation.accounts import account_of
from selaras.organisation.queries import superior_of
from selaras.tenancy.queries import agency

DECREE = "Contoh/001"
ENDORSED, DECIDED = 6, 3
_WHY = "Data rekaan untuk demonstrasi: "
_OBJECTED = _WHY + "hasil pekerjaan lintas unit pada akhir triwulan belum ikut diperhitungkan."
_EXPLAINED = _WHY + "pekerjaan lintas unit telah dihitung pada hasil kerja tim sesuai bukti dukung yang ada."
_REFUSED = _WHY + "kedua belah pihak telah didengar, bukti yang diajukan sudah diperhitungkan."
_IMPROVE = _WHY + "target belum terpenuhi, pegawai dibimbing selama masa perbaikan."

# Those below target whose appraiser has a superior, the first by name.
_OBJECTORS = text(
    """
    SELECT o.person_id FROM selaras.outcome o
    JOIN selaras.period p ON p.tenant_id = :tenant AND p.id = o.period_id AND p.code = :code
    JOIN selaras.person who ON who.tenant_id = :tenant AND who.id = o.person_id
    JOIN selaras.reporting_line above
      ON above.tenant_id = :tenant AND above.person_id = o.appraiser_id AND above.during @> CAST(:day AS date)
    WHERE o.tenant_id = :tenant AND o.outcome = 'butuh_perbaikan' AND above.superior_id <> o.person_id
    ORDER BY who.search_name, who.id LIMIT 2
    """
)


@dataclass(frozen=True)
class Scene:
    """One closed period of one agency, in one transaction."""

    stage: Stage
    session: Session
    tenant: int
    code: str

    def official(self, subject: str) -> Actor:
        """One of the agency's offices."""
        return office(self.session, self.tenant, subject)

    def person(self, person_id: UUID, role: Role) -> Actor:
        """One of the agency's people as somebody who acts."""
        whose = agency(self.session, self.tenant)
        account = account_of(self.session, person_id, today(whose.time_zone))
        return Actor(self.tenant, account, role.value, frozenset({role.value}), permissions_of([role]), person_id)


def follow(stage: Stage, tenant: int, code: str) -> None:
    """Play what follows a closed period once; a second time nothing happens."""
    with stage.app.tenant(tenant) as session:
        if counts(session, system(tenant), code):
            return
        scene = Scene(stage, session, tenant, code)
        if not propose(session, scene.official("pengelola"), code, stage.registry):
            return
        _rewards(scene)
        _improvement(scene)
        _objections(scene)


def _rewards(scene: Scene) -> None:
    chosen = [
        line.id
        for line in proposals(scene.session, system(scene.tenant), Asked(scene.code, "reward"), limit=ENDORSED).items
    ]
    if chosen:
        deciding.endorse(scene.session, scene.official("pejabat"), chosen)
        decree = Said("", DECREE, today(agency(scene.session, scene.tenant).time_zone))
        deciding.decide(scene.session, scene.official("ppk"), chosen[:DECIDED], decree)


def _improvement(scene: Scene) -> None:
    """The first permanent civil servant below target begins the time to improve."""
    pyb = scene.official("pejabat")
    for line in proposals(scene.session, system(scene.tenant), Asked(scene.code, "improvement"), limit=ENDORSED).items:
        if line.state == ProposalState.PROPOSED:
            deciding.endorse(scene.session, pyb, [line.id])
            day = today(agency(scene.session, scene.tenant).time_zone)
            try:
                open_case(scene.session, pyb, scene.stage.registry, line.id, from_day=day, reason=_IMPROVE)
            except Refused:
                continue
            return


def _hear(scene: Scene, objector: Actor, appraiser: Actor) -> None:
    """The appraiser explains the result; the person has nothing to add to the objection."""
    scene.session.flush()
    assert objector.person_id is not None
    stage = scene.stage
    found = objection_for(scene.session, objector, stage.registry, objector.person_id, scene.code)
    state(scene.session, objector, stage.store, found, "", nothing_to_add=True)
    state(scene.session, appraiser, stage.store, found, _EXPLAINED)


def _objections(scene: Scene) -> None:
    """Two object: one waits for the superior of the appraiser, the other has been heard and refused."""
    whose = agency(scene.session, scene.tenant)
    day = today(whose.time_zone)
    values = {"tenant": scene.tenant, "code": scene.code, "day": day}
    for turn, person_id in enumerate(scene.session.scalars(_OBJECTORS, values).all()):
        outcome = latest_outcome(scene.session, person_id, scene.code)
        if outcome is None or outcome.state != "delivered" or outcome.appraiser_id is None:
            continue
        objector = scene.person(person_id, Role.EMPLOYEE)
        file(scene.session, objector, scene.stage.registry, scene.stage.store, scene.code, _OBJECTED)
        above = superior_of(scene.session, outcome.appraiser_id, day)
        if turn and above is not None:
            superior = scene.person(above, Role.APPRAISER)
            _hear(scene, objector, scene.person(outcome.appraiser_id, Role.APPRAISER))
            verdict = Verdict(False, _REFUSED)
            decide(scene.session, superior, scene.stage.registry, person_id, scene.code, verdict)
