"""The words of the interface for the codes that the platform itself knows."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _

from selaras.closing.rules import Stage
from selaras.evaluation.rules import OutcomeState
from selaras.notices.words import TITLES
from selaras.web import vocabulary_plans
from selaras.web.agenda_words import (  # noqa: F401  # asked for by name
    FUNNEL,
    HANDED_IN,
    TEAM,
    TEAM_SHAPES,
    URGENCY_SHAPES,
)
from selaras.web.desk_words import (  # noqa: F401  # said by their names
    CLUSTERS,
    DAY_KINDS,
    EXTENTS,
    MATTERS,
    ROLE_REQUESTS,
    SIDES,
    TICKET_LEVELS,
    TICKETS,
    UNLOCKS,
)
from selaras.web.rule_words import RULE_WORDS  # noqa: F401  # asked for by name
from selaras.web.survey_words import RATERS, SPREADS, SURVEYS  # noqa: F401  # asked for by name

STAGES = {
    Stage.READINESS: _("Check that nothing is missing"),
    Stage.GROUPS: _("Form ranking groups"),
    Stage.APPRAISE: _("Work out the predikat"),
    Stage.DISTRIBUTION: _("Check the distribution of units"),
    Stage.SET: _("Set the results (penetapan)"),
    Stage.REMUNERATION: _("Work out the effect on pay"),
    Stage.DOCUMENT: _("Write the determination document"),
    Stage.NOTICES: _("Tell everybody their result"),
    Stage.SUMMARY: _("Write the summary"),
}
STATES = {
    OutcomeState.DRAFTED: _("Draft"),
    OutcomeState.SET: _("Set"),
    OutcomeState.DELIVERED: _("Delivered, awaiting an answer"),
    OutcomeState.ACCEPTED: _("Accepted"),
    OutcomeState.OBJECTED: _("Objection under way"),
    OutcomeState.FINAL: _("Final"),
}
CLOSES = {
    "none": _("Not yet closed"),
    "running": _("Being closed"),
    "blocked": _("Waiting for a decision"),
    "set": _("Set and closed"),
}
CAUSES = {
    "start": _("from the beginning"),
    "move": _("moved to another post"),
    "promotion": _("promoted to a higher post"),
    "new_appraiser": _("a new appraiser"),
    "acting": _("acting in another post"),
    "leave": _("on leave"),
    "study": _("on study leave"),
    "return": _("back on duty"),
    "regulation_change": _("another regulation"),
    "closed_period": _("a period that was closed before"),
}
ENDS = {"death": _("died"), "retirement": _("retired"), "departure": _("left for elsewhere")}
PERIODS = {"open": _("open"), "closing": _("being closed"), "closed": _("closed")}
POSTS = {
    "jpt": _("High-level leader (JPT)"),
    "administrator": _("Administrator"),
    "pengawas": _("Supervisor (pengawas)"),
    "jf": _("Functional official (JF)"),
    "pelaksana": _("Executor (pelaksana)"),
}
EMPLOYMENTS = {
    "pns": "PNS",
    "cpns": "CPNS",
    "pppk": "PPPK",
    "pppk_paruh_waktu": _("part-time PPPK"),
}
NUMBERS = {"nip": "NIP", "ni_pppk": "NI PPPK"}
APPOINTMENTS = {"definitive": _("definitive"), "plt": _("acting (Plt.)"), "plh": _("daily acting (Plh.)")}
ROLES = {
    "employee": _("Employee"),
    "appraiser": _("Appraiser"),
    "performance_manager": _("Performance manager"),
    "authorised_official": _("Authorised official"),
    "appointing_official": _("Appointing official"),
    "auditor": _("Internal auditor"),
    "agency_admin": _("Agency administrator"),
    "calibration_chair": _("Chair of a calibration"),
    "support": _("Operator's support, read-only"),
}
SUPPORT_STAGES = {
    "asked": _("waiting for the agency"),
    "open": _("open"),
    "refused": _("refused"),
    "withdrawn": _("withdrawn"),
    "lapsed": _("lapsed without an answer"),
    "ended": _("ended"),
    "over": _("ended by itself"),
}
SUPPORT_STEPS = {
    "confirmed": _("confirmed by a second operator"),
    "handed_over": _("a way in was made"),
    "approved": _("approved by the agency"),
    "refused": _("refused by the agency"),
    "entered": _("entered"),
    "ended": _("ended by an operator"),
    "ended_by_agency": _("ended by the agency"),
    "left": _("left"),
    "noted": _("noted by the agency"),
}
DELEGATIONS = {
    "plt": _("Plt (vacant post)"),
    "plh": _("Plh (holder is away)"),
    "mandate": _("Mandate"),
}
INPUT_GRANTS = {
    "offered": _("waits for the other agency's official"),
    "accepted": _("agreed to by both"),
    "declined": _("declined"),
    "ended": _("ended"),
    "expired": _("over"),
}
INPUT_REFUSALS = {
    "input_grant_ended": _("not taken: the other agency had ended it"),
    "input_grant_expired": _("not taken: its last day was over"),
    "period_settled": _("not taken: the period is closed there"),
    "input_period": _("not taken: the assignment touches no day of the period"),
}
GRANT_ORIGINS = {
    "granted": _("on the server"),
    "import": _("by an import"),
    "directory": _("by the agency's directory"),
    "invitation": _("by an invitation"),
    "demo": _("for the demonstration"),
}
ACCOUNT_STATES = {"open": _("open"), "closed": _("closed"), "never": _("never signed in")}
ACCOUNT_SOURCES = {
    "setup": _("setting up"),
    "import": _("import"),
    "scim": _("directory (SCIM)"),
    "jit": _("first sign-in"),
    "invitation": _("invitation"),
}
INVITATIONS = {
    "waiting": _("not accepted yet"),
    "expired": _("the link has expired"),
    "accepted": _("accepted"),
    "revoked": _("taken back"),
}
ACCOUNT_CAUSES = {
    "left": _("its holder has left"),
    "scim": _("closed by the directory"),
    "import": _("closed by an import"),
    "page": _("closed by an administrator"),
    "deleted": _("deleted by the directory"),
    "invited": _("invited, not accepted yet"),
}
CERTAINTIES = {
    "regulation": _("read in the regulation"),
    "circular": _("read in a circular"),
    "application": _("as agencies' applications do it; the text itself was not read"),
    "assumed": _("assumed; to be confirmed"),
    "sample": _("an example of this demonstration"),
}
PLANS = {"draft": _("Draft"), "submitted": _("Submitted to the appraiser"), "agreed": _("Agreed")}
DOCUMENTS = {"rpjmd": "RPJMD", "renstra": "Renstra", "perjanjian_kinerja": "Perjanjian Kinerja"}
ORIGINS = {"own_unit": _("own unit"), "other_unit": _("another unit"), "other_agency": _("another agency")}
SHARES = {"direct": _("direct part"), "supporting": _("supporting output")}
TEAM_ROLES = {"leader": _("team leader"), "member": _("member")}
IMPORTS = {
    "units": _("Units"),
    "people": _("People and posts"),
    "superiors": _("Superiors"),
    "goals": _("Goals"),
    "assignments": _("Assignments to teams"),
    "plans": _("Plans (SKP)"),
    "plan_texts": _("Texts of plans"),
    "matrix": _("Role and result matrices"),
    "progress": _("Progress"),
    "daily_log": _("Daily logs"),
    "feedback": _("Feedback"),
    "team_inputs": _("Team leaders' inputs"),
    "organisation_ratings": _("Ratings of units"),
    "ratings": _("Ratings"),
    "accounts": _("Accounts"),
    "history": _("Earlier results"),
    "potential": _("Potential"),
    "closed_days": _("Closed days"),
}
CLOSED_DAYS = {
    "national": _("National holiday"),
    "joint_leave": _("Joint leave"),
    "local": _("Local holiday"),
}
IMPORT_STATES = {"taken": _("taken"), "refused": _("refused"), "previewed": _("looked at only")}
SIGNED_IN_BY = {
    "oidc": _("by the agency's identity provider"),
    "demonstration": _("by the demonstration, without proof"),
    "support": _("support access of the operator"),
}
ACCESS_LIMITS = {
    "idle_minutes": _("Minutes without use until a session ends"),
    "absolute_minutes": _("Minutes until a session ends in any case"),
    "session_requests": _("Requests a minute of one session"),
    "client_requests": _("Requests a minute of one machine client"),
    "address_requests": _("Requests a minute of one address, before signing in"),
}
CLIENTS = {"token": _("service token"), "oauth": _("OAuth2 client credentials")}
SCOPES = {
    "agency:read": _("read the agency's figures and periods"),
    "people:read": _("read people, posts and superiors"),
    "results:read": _("read people's plans and results"),
    "remuneration:read": _("read the effect of results on pay"),
    "followup:read": _("read what follows results"),
    "import": _("import data"),
    "scim": _("provision accounts (SCIM)"),
}
OFFICES = {
    "planning": _("Planning unit"),
    "hr": _("Personnel unit"),
    "internal_audit": _("Internal audit unit"),
}
PAY = {"tukin": _("Performance allowance (tukin)"), "tpp": _("Additional income (TPP)")}
NOTICES = {code: _(title) for code, title in TITLES.items()}
FOLLOW_UPS = {
    "reward": _("Reward"),
    "sanction": _("Sanction"),
    "improvement": _("Improvement"),
    "development": _("Development"),
    "contract_renewal": _("Renewal of the contract"),
    "contract_end": _("End of the contract"),
    "contract_incomplete": _("Contract: evaluation incomplete"),
    "talent_box": _("Talent box"),
    "credit_points": _("Credit points"),
    "succession_priority": _("Priority for the succession group"),
    "development_priority": _("Priority for competence development"),
    "accelerated_candidate": _("Candidate for an accelerated promotion (KPLB)"),
}
PROPOSALS = {
    "proposed": _("Proposed by the system"),
    "endorsed": _("Endorsed by the authorised official"),
    "declined": _("Declined by the authorised official"),
    "decided": _("Decided by the appointing official"),
    "rejected": _("Rejected by the appointing official"),
    "carried_out": _("Carried out"),
    "withdrawn": _("Withdrawn after a correction"),
}
MOVES = {
    "endorsed": _("Endorse"),
    "declined": _("Decline"),
    "decided": _("Decide"),
    "rejected": _("Reject"),
    "carried_out": _("Record as carried out"),
}
IMPROVEMENTS = {
    "improving": _("Time to improve"),
    "paused": _("Clock stopped (force majeure)"),
    "competency_test": _("Competency test"),
    "temporary": _("Temporary placement"),
    "improved": _("Improved"),
    "placed_fitting": _("Placed in a fitting post"),
    "placed_lower": _("Placed in a lower post"),
    "discharged": _("Honourably discharged"),
    "withdrawn": _("Withdrawn after a correction"),
}
IMPROVEMENT_STEPS = {
    "open": _("Time to improve begins"),
    "pause": _("Stop the clock (force majeure)"),
    "resume": _("Let the clock go on"),
    "improved": _("The person has improved"),
    "competency_test": _("Send to a competency test"),
    "place_fitting": _("Place in a fitting post"),
    "place_lower": _("Place in a lower post"),
    "place_temporarily": _("Place temporarily: no vacancy"),
    "discharge": _("Discharge honourably"),
}
DECIDERS = {
    "atasan_pejabat_penilai": _("the appraiser's superior"),
    "ppk": _("the appointing official, since nobody stands above the appraiser"),
    "pyb": _("the authorised official, since nobody stands above the appraiser"),
    "tidak_ada": _("nobody: there is nobody above the appraiser"),
}
MERIT_FIGURES = {
    "people": _("People who serve"),
    "with_plan": _("of them with an agreed plan"),
    "plan_on_time": _("of them agreed on time"),
    "evaluated_yearly": _("evaluated for the year"),
    "evaluated_periodically": _("evaluated in every closed period"),
    "periodic_periods": _("Closed periods of the year"),
    "with_progress": _("People with progress recorded"),
    "with_feedback": _("People with feedback"),
    "objections": _("Objections"),
    "objections_decided": _("of them decided"),
    "follow_ups_proposed": _("Proposals for follow-up"),
    "follow_ups_decided": _("of them decided or carried out"),
    "improvement_cases": _("Improvement cases begun"),
}
CHANGED = {
    "units": _("Units"),
    "places": _("Places in the tree of units"),
    "posts": _("Posts"),
    "people": _("People"),
    "numbers": _("NIP / NI PPPK"),
    "accounts": _("Accounts"),
    "roles": _("Granted roles"),
    "appointments": _("Posts held"),
    "reporting_lines": _("Reporting lines"),
    "goals": _("Goals"),
    "plans": _("Plans (SKP)"),
    "items": _("Results planned"),
    "measures": _("Targets and what was reached"),
    "texts": _("Texts of plans"),
    "shares": _("Role and result matrices"),
    "assignments": _("Assignments to teams"),
    "team_inputs": _("Team leaders' inputs"),
    "progress": _("Progress"),
    "feedback": _("Feedback"),
    "ratings": _("Ratings"),
    "organisation_ratings": _("Ratings of units"),
    "handed_over_results": _("Results handed over"),
    "potential": _("Potential"),
}
CHANGES = {"new": _("new"), "changed": _("changed"), "ended": _("ended")}
SHAPES = {"sb": "▲▲", "b": "▲", "bp": "◆", "k": "▼", "sk": "▼▼", "": ""}

PROVIDER_STATES = {
    "draft": _("draft"),
    "tested": _("tried, not yet switched on"),
    "active": _("switched on"),
    "retired": _("retired"),
}
CHECK_STATES = {"good": _("In order"), "warn": _("To be looked at"), "bad": _("Wrong")}
CHECKS = {
    "discovery": _("Published metadata"),
    "issuer": _("Issuer"),
    "endpoints": _("Addresses"),
    "flow": _("Code flow"),
    "algorithms": _("Algorithms"),
    "keys": _("Keys"),
    "keys_private": _("A secret key in public"),
    "pkce": _("PKCE"),
    "client": _("Proof of the client"),
    "rfc9207": _("Issuer in the answer"),
    "clock": _("Clock"),
    "scopes": _("Scopes"),
    "claims": _("Claims"),
    "acr": _("Level (acr)"),
    "logout": _("Signing out from here"),
    "backchannel": _("Signing out from there"),
}
MAPPED = {"number": _("NIP or user name"), "name": _("Name"), "email": _("E-mail address")}
REASONS = {
    "denied": _("The provider ended the sign-in without an answer. Allow the client there to be used by you."),
    "code_refused": _("The provider did not take the code: look at client id, secret and redirect address there."),
    "provider_unreachable": _("The provider could not be reached from the server."),
    "answer_malformed": _("What the provider answered holds no token that can be read."),
    "algorithm_refused": _(
        "The token is signed in a way that is not taken here. Let the provider sign with RS256 or ES256."
    ),
    "key_unknown": _("The token names a key that the provider does not publish."),
    "signature_invalid": _("The token's signature is not the provider's."),
    "issuer_mismatch": _("Another issuer answered than the one entered."),
    "audience_mismatch": _("The token was issued for another client."),
    "token_expired": _("The token had expired when it came. Compare the clocks."),
    "token_from_future": _("The token is dated in the future. Compare the clocks."),
    "nonce_mismatch": _("The token does not answer this very sign-in."),
    "access_token_mismatch": _("The tokens do not belong together."),
    "claim_missing": _("The token lacks a claim that it must have."),
    "claim_malformed": _("The token has a claim that cannot be read."),
    "subject_mismatch": _("The userinfo is about somebody else than the token."),
    "acr_insufficient": _("The level that is demanded was not confirmed. Sign in there with the second factor."),
    "sign_in_too_old": _("The provider asked longer ago than is allowed."),
    "account_unknown": _("No account here bears that NIP or user name. Look at the claim, or import people first."),
    "account_inactive": _("The account of that NIP or user name is closed."),
    "account_linked_elsewhere": _("The account was signed in with under another mark of the provider's."),
}


def say(table: str, code: object) -> str:
    """The word for a code of one of the tables above; an unknown code stands for itself."""
    words: Mapping[object, object] = globals().get(table) or getattr(vocabulary_plans, table)
    return str(words.get(code, code))


def changed(name: str) -> str:
    """What an import's count counts: `ratings.new` is `Ratings: new`."""
    thing, _dot, what = name.partition(".")
    return f"{say('CHANGED', thing)}: {say('CHANGES', what)}" if what else say("CHANGED", thing)
