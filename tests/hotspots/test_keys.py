"""Keys for single purposes."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from pydantic import SecretStr

from hotspots import keys

SECRET = SecretStr("x" * 64)


def test_agrees_with_the_definition_in_rfc_5869() -> None:
    extracted = hmac.digest(b"\0" * 32, b"x" * 64, hashlib.sha256)
    expanded = hmac.digest(extracted, b"powiat-hotspots/1/tickets\x01", hashlib.sha256)

    assert keys.derive(SECRET, keys.TICKETS) == expanded


def test_each_purpose_has_its_own_key() -> None:
    purposes = [
        keys.TICKETS,
        keys.CLASS_ATTRIBUTE,
        keys.SECRETS_AT_REST,
        keys.VOUCHER_LOOKUP,
        keys.PORTAL_SESSIONS,
        keys.VISIT_SIGNATURES,
    ]

    assert len({keys.derive(SECRET, purpose) for purpose in purposes}) == len(purposes)


def test_length_is_as_asked() -> None:
    assert len(keys.derive(SECRET, keys.TICKETS, length=16)) == 16


def test_a_key_that_was_never_loaded_derives_nothing() -> None:
    with pytest.raises(ValueError, match="fewer than 32 octets"):
        keys.derive(SecretStr(""), keys.TICKETS)
