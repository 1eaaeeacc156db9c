"""Why a sign-in or a token was refused: stable codes for the ledger, and the few sentences that a visitor is told."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from selaras.errors import DomainError, Unauthenticated


class Reason(StrEnum):
    """Stable codes. What a visitor is told is coarser: nobody learns which accounts there are."""

    # The sign-in under way
    STATE_UNKNOWN = "state_unknown"
    STATE_FOREIGN = "state_foreign"
    PROVIDER_INACTIVE = "provider_inactive"
    # What the provider answered
    DENIED = "denied"
    CODE_REFUSED = "code_refused"
    PROVIDER_UNREACHABLE = "provider_unreachable"
    ANSWER_MALFORMED = "answer_malformed"
    # The token
    ALGORITHM_REFUSED = "algorithm_refused"
    KEY_UNKNOWN = "key_unknown"
    SIGNATURE_INVALID = "signature_invalid"
    ISSUER_MISMATCH = "issuer_mismatch"
    AUDIENCE_MISMATCH = "audience_mismatch"
    TOKEN_EXPIRED = "token_expired"  # noqa: S105  # a reason, not a secret
    TOKEN_FROM_FUTURE = "token_from_future"  # noqa: S105  # likewise
    NONCE_MISMATCH = "nonce_mismatch"
    ACCESS_TOKEN_MISMATCH = "access_token_mismatch"  # noqa: S105  # likewise
    CLAIM_MISSING = "claim_missing"
    CLAIM_MALFORMED = "claim_malformed"
    SUBJECT_MISMATCH = "subject_mismatch"
    TOKEN_REPLAYED = "token_replayed"  # noqa: S105  # likewise
    # How strongly they proved it
    ACR_INSUFFICIENT = "acr_insufficient"
    SIGN_IN_TOO_OLD = "sign_in_too_old"
    # Whom the claims name
    ACCOUNT_UNKNOWN = "account_unknown"
    ACCOUNT_INACTIVE = "account_inactive"
    ACCOUNT_LINKED_ELSEWHERE = "account_linked_elsewhere"
    NUMBER_ENDED = "number_ended"
    INVITATION_INVALID = "invitation_invalid"
    INVITATION_EMAIL = "invitation_email"
    # A session cookie that another agency gave
    SESSION_FOREIGN = "session_foreign"
    # Service tokens and machine clients
    CLIENT_REFUSED = "client_refused"
    CLIENT_TOKEN_INVALID = "client_token_invalid"  # noqa: S105  # likewise
    CLIENT_TOKEN_EXPIRED = "client_token_expired"  # noqa: S105  # likewise
    SCOPE_MISSING = "scope_missing"
    # Rights that somebody took without holding them
    GRANT_EXPIRED = "grant_expired"
    ROLE_OWN = "role_own"
    ROLE_ALONE = "role_alone"


class Sentence(NamedTuple):
    """What a visitor is told: a code of its own, and a sentence."""

    code: str
    message: str


_TOKENS = frozenset(
    {Reason.CLIENT_REFUSED, Reason.CLIENT_TOKEN_INVALID, Reason.CLIENT_TOKEN_EXPIRED, Reason.SCOPE_MISSING}
)

_RIGHTS = frozenset({Reason.GRANT_EXPIRED, Reason.ROLE_OWN, Reason.ROLE_ALONE})

_EXPIRED = Sentence(
    "sign_in.expired",
    "This sign-in has expired, was used already, or was begun in another browser. Nobody was signed in. Start again.",
)
_DENIED = Sentence(
    "sign_in.denied",
    "Your identity provider ended the sign-in without saying who you are. Nobody was signed in. Start again.",
)
_AWAY = Sentence(
    "sign_in.provider_away",
    "Your agency's identity provider cannot be reached just now. Nobody was signed in. Try again in a few minutes.",
)
_WEAK = Sentence(
    "sign_in.stronger",
    "Your agency asks for a stronger sign-in, such as a second factor, and your identity provider did not confirm it. "
    "Sign in again with the second factor, or ask your agency's administrator.",
)
_NO_ACCOUNT = Sentence(
    "sign_in.no_account",
    "Your identity provider knows you, but no account here can be used with that sign-in. Ask your agency's "
    "administrator.",
)
_TOKEN = Sentence(
    "token.refused",
    "The token sent with this request is not valid here. Ask your agency's administrator.",
)
_UNTRUSTED = Sentence(
    "sign_in.untrusted",
    "The answer of your identity provider cannot be trusted, so nobody was signed in. Start again; if it happens "
    "again, tell your agency's administrator this reason: {reason}.",
)
_SAID: dict[Reason, Sentence] = {
    Reason.STATE_UNKNOWN: _EXPIRED,
    Reason.STATE_FOREIGN: _EXPIRED,
    Reason.PROVIDER_INACTIVE: _EXPIRED,
    Reason.DENIED: _DENIED,
    Reason.PROVIDER_UNREACHABLE: _AWAY,
    Reason.ACR_INSUFFICIENT: _WEAK,
    Reason.SIGN_IN_TOO_OLD: _WEAK,
    Reason.ACCOUNT_UNKNOWN: _NO_ACCOUNT,
    Reason.ACCOUNT_INACTIVE: _NO_ACCOUNT,
    Reason.ACCOUNT_LINKED_ELSEWHERE: _NO_ACCOUNT,
    Reason.NUMBER_ENDED: _NO_ACCOUNT,
    Reason.INVITATION_INVALID: _NO_ACCOUNT,
    Reason.INVITATION_EMAIL: _NO_ACCOUNT,
    **dict.fromkeys(_TOKENS, _TOKEN),
}


class SignInRefused(Unauthenticated):
    """Nobody was signed in. `reason` goes to the ledger with `subject` and `facts` (ids and codes only).

    Raised in any view it rolls the request back; the edge then records it in a transaction of its own.
    """

    def __init__(self, reason: Reason, *, subject: str = "sign_in", **facts: object) -> None:
        words = _SAID.get(reason, _UNTRUSTED)
        super().__init__(words.code, words.message, **({"reason": reason.value} if words is _UNTRUSTED else {}))
        self.reason = reason
        self.subject = subject
        self.facts = facts


def action_of(reason: Reason) -> str:
    """The ledger's action for a reason."""
    if reason in _RIGHTS:
        return "right.refused"
    return "token.refused" if reason in _TOKENS else "sign_in.refused"


# Refusals of machine clients, and of rights, are errors of their own; these codes of theirs go to the ledger too.
_BY_CODE = {
    "grant_expired": Reason.GRANT_EXPIRED,
    "input_grant_expired": Reason.GRANT_EXPIRED,
    "role_own": Reason.ROLE_OWN,
    "role_second": Reason.ROLE_ALONE,
    "role_approves_own": Reason.ROLE_ALONE,
    "client_token_invalid": Reason.CLIENT_TOKEN_INVALID,
    "scope_missing": Reason.SCOPE_MISSING,
}


def reason_of(error: Exception) -> Reason | None:
    """The reason behind an error that is recorded; None for every other error."""
    if isinstance(error, SignInRefused):
        return error.reason
    return _BY_CODE.get(error.code) if isinstance(error, DomainError) else None
