"""Permissions and the roles that carry them."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Permission(StrEnum):
    """What somebody may do within an agency; every view declares one, or says `public`."""

    SEE_AGENCY = "see_agency"
    SEE_PEOPLE = "see_people"
    SEE_RESULTS = "see_results"
    SEE_OWN = "see_own"
    PLAN_OWN = "plan_own"
    SEE_TEAM = "see_team"
    RATE_TEAM = "rate_team"
    AGREE_PLANS = "agree_plans"
    MANAGE_GOALS = "manage_goals"
    SET_ORGANISATION_RATING = "set_organisation_rating"
    IMPORT = "import"
    CLOSE_PERIOD = "close_period"
    OVERRIDE_DISTRIBUTION = "override_distribution"
    SEE_LEDGER = "see_ledger"
    AUDIT = "audit"
    SEE_REMUNERATION = "see_remuneration"
    SEE_FOLLOWUP = "see_followup"
    SEE_TALENT = "see_talent"
    PROPOSE_FOLLOWUP = "propose_followup"
    ENDORSE_FOLLOWUP = "endorse_followup"
    DECIDE_FOLLOWUP = "decide_followup"
    ASSESS_MERIT = "assess_merit"
    SHARE_INPUT = "share_input"
    CHOOSE_RULES = "choose_rules"
    MANAGE_SIGN_IN = "manage_sign_in"
    MANAGE_ACCOUNTS = "manage_accounts"
    PROVISION = "provision"
    GRANT_ROLES = "grant_roles"
    SEE_ACCESS = "see_access"
    MANAGE_CLIENTS = "manage_clients"
    MANAGE_CHANNELS = "manage_channels"
    MANAGE_LETTERHEAD = "manage_letterhead"
    MANAGE_NATIONAL = "manage_national"
    APPROVE_SUPPORT = "approve_support"
    HANDLE_TICKETS = "handle_tickets"
    CHAIR_CALIBRATION = "chair_calibration"
    MANAGE_SURVEY = "manage_survey"
    MANAGE_CALIBRATION = "manage_calibration"


class Role(StrEnum):
    """The people in the house, within one agency."""

    EMPLOYEE = "employee"
    APPRAISER = "appraiser"
    PERFORMANCE_MANAGER = "performance_manager"
    AUTHORISED_OFFICIAL = "authorised_official"
    APPOINTING_OFFICIAL = "appointing_official"
    AUDITOR = "auditor"
    AGENCY_ADMIN = "agency_admin"
    CALIBRATION_CHAIR = "calibration_chair"


class Origin(StrEnum):
    """Where a granted role came from."""

    GRANTED = "granted"
    DIRECTORY = "directory"
    IMPORT = "import"
    INVITATION = "invitation"
    DEMO = "demo"


class ScopeKind(StrEnum):
    """What a granted role reaches: everybody, the people of one unit and the units below it, or one calibration."""

    AGENCY = "agency"
    UNIT = "unit"
    CALIBRATION = "calibration"


_EMPLOYEE = frozenset({Permission.SEE_OWN, Permission.PLAN_OWN})
_APPRAISER = _EMPLOYEE | {Permission.SEE_TEAM, Permission.RATE_TEAM, Permission.AGREE_PLANS}
_MANAGER = frozenset(
    {
        Permission.SEE_AGENCY,
        Permission.SEE_PEOPLE,
        Permission.SEE_RESULTS,
        Permission.MANAGE_GOALS,
        Permission.SET_ORGANISATION_RATING,
        Permission.IMPORT,
        Permission.CLOSE_PERIOD,
        Permission.MANAGE_CALIBRATION,
        Permission.SEE_REMUNERATION,
        Permission.SEE_FOLLOWUP,
        Permission.SEE_TALENT,
        Permission.PROPOSE_FOLLOWUP,
        Permission.ASSESS_MERIT,
        Permission.CHOOSE_RULES,
        Permission.MANAGE_LETTERHEAD,
        Permission.MANAGE_SURVEY,
        Permission.MANAGE_NATIONAL,
        # Data goes in and out by machines of the manager's own: each gives a client no more than it holds itself.
        Permission.MANAGE_CLIENTS,
    }
)

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.EMPLOYEE: _EMPLOYEE,
    Role.APPRAISER: _APPRAISER,
    Role.PERFORMANCE_MANAGER: _MANAGER,
    Role.AUTHORISED_OFFICIAL: frozenset(
        {
            Permission.SEE_AGENCY,
            Permission.SEE_PEOPLE,
            Permission.SEE_RESULTS,
            Permission.OVERRIDE_DISTRIBUTION,
            Permission.SEE_REMUNERATION,
            Permission.SEE_FOLLOWUP,
            Permission.SEE_TALENT,
            Permission.ENDORSE_FOLLOWUP,
            Permission.SHARE_INPUT,
        }
    ),
    Role.APPOINTING_OFFICIAL: frozenset(
        {
            Permission.SEE_AGENCY,
            Permission.SEE_PEOPLE,
            Permission.SEE_RESULTS,
            Permission.SEE_REMUNERATION,
            Permission.SEE_FOLLOWUP,
            Permission.SEE_TALENT,
            Permission.DECIDE_FOLLOWUP,
        }
    ),
    Role.AUDITOR: frozenset(
        {
            Permission.SEE_AGENCY,
            Permission.SEE_PEOPLE,
            Permission.SEE_RESULTS,
            Permission.SEE_LEDGER,
            Permission.SEE_FOLLOWUP,
            Permission.SEE_ACCESS,
            Permission.AUDIT,
        }
    ),
    Role.AGENCY_ADMIN: frozenset(
        {
            Permission.SEE_AGENCY,
            Permission.MANAGE_SIGN_IN,
            Permission.MANAGE_ACCOUNTS,
            Permission.PROVISION,
            Permission.GRANT_ROLES,
            Permission.MANAGE_CLIENTS,
            Permission.MANAGE_CHANNELS,
            Permission.MANAGE_LETTERHEAD,
            Permission.MANAGE_NATIONAL,
            Permission.APPROVE_SUPPORT,
            Permission.HANDLE_TICKETS,
            Permission.SEE_ACCESS,
            Permission.SEE_LEDGER,
        }
    ),
    Role.CALIBRATION_CHAIR: frozenset({Permission.CHAIR_CALIBRATION}),
}

# What each role may be granted for; roles that are not named are for the whole agency only.
SCOPES: dict[Role, frozenset[ScopeKind]] = {
    Role.PERFORMANCE_MANAGER: frozenset({ScopeKind.AGENCY, ScopeKind.UNIT}),
    Role.AUTHORISED_OFFICIAL: frozenset({ScopeKind.AGENCY, ScopeKind.UNIT}),
    Role.AUDITOR: frozenset({ScopeKind.AGENCY, ScopeKind.UNIT}),
    Role.AGENCY_ADMIN: frozenset({ScopeKind.AGENCY, ScopeKind.UNIT}),
    Role.CALIBRATION_CHAIR: frozenset({ScopeKind.CALIBRATION}),
}

# What is left of a role within one unit's subtree: what is about people and units. What is about the whole agency
# (closing, rules, sign-in, the ledger) stays with those who hold the role for the whole of it.
WITHIN_UNIT = frozenset(
    {
        Permission.SEE_AGENCY,
        Permission.SEE_PEOPLE,
        Permission.SEE_RESULTS,
        Permission.SET_ORGANISATION_RATING,
        Permission.IMPORT,
        Permission.SEE_REMUNERATION,
        Permission.SEE_FOLLOWUP,
        Permission.SEE_TALENT,
        Permission.PROPOSE_FOLLOWUP,
        Permission.ENDORSE_FOLLOWUP,
        Permission.GRANT_ROLES,
        Permission.SEE_ACCESS,
        Permission.AUDIT,
        Permission.HANDLE_TICKETS,
    }
)


# What whoever audits may see only once they have said why (`organisation.inspecting`).
WITH_REASON = frozenset({Permission.SEE_PEOPLE, Permission.SEE_RESULTS, Permission.SEE_FOLLOWUP})


def scopes_of(role: Role) -> frozenset[ScopeKind]:
    """What a role may be granted for."""
    return SCOPES.get(role, frozenset({ScopeKind.AGENCY}))


def carried(role: str, scope: ScopeKind) -> frozenset[Permission]:
    """What a role carries when it is held for a scope; an unknown role carries nothing."""
    whole = permissions_of([role])
    return whole & WITHIN_UNIT if scope is ScopeKind.UNIT else whole


def permissions_of(roles: Iterable[str]) -> frozenset[Permission]:
    """Every permission of some roles; an unknown role carries none."""
    known = {role.value: held for role, held in PERMISSIONS.items()}
    return frozenset().union(*(known.get(role, frozenset()) for role in roles))
