"""Why a packet is met with silence. Nothing that is wrong is ever answered; each reason has its counter."""

from __future__ import annotations

from enum import StrEnum


class Drop(StrEnum):
    """Reasons beside those of :class:`radius.wire.Flaw`, which are about the bytes alone."""

    UNKNOWN_CLIENT = "unknown_client"
    OVER_RATE = "over_rate"
    WRONG_CODE = "wrong_code"
    MISSING_MESSAGE_AUTHENTICATOR = "missing_message_authenticator"
    BAD_MESSAGE_AUTHENTICATOR = "bad_message_authenticator"
    PROXY_STATE_UNSIGNED = "proxy_state_unsigned"
    BAD_ACCOUNTING_AUTHENTICATOR = "bad_accounting_authenticator"
    CHAP_CHALLENGE_MISSING = "chap_challenge_missing"
    EAP_UNSUPPORTED = "eap_unsupported"
    STATUS_TYPE_MISSING = "status_type_missing"
    STATUS_TYPE_UNSUPPORTED = "status_type_unsupported"
    SESSION_ID_MISSING = "session_id_missing"
    OVERLOAD = "overload"
    NOT_WRITTEN = "not_written"
    SUPERSEDED = "superseded"
    ANSWER_TOO_LONG = "answer_too_long"
    ERROR = "error"


class Dropped(Exception):  # noqa: N818 - reads as what it says: ``except Dropped``
    """The packet is not to be answered.

    Attributes:
        reason: Why; also the label under which such packets are counted.
    """

    def __init__(self, reason: Drop) -> None:
        super().__init__(reason)
        self.reason = reason
