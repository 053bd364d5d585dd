"""Keys for single purposes, derived from the one secret key.

A key that leaks or is misused in one place then says nothing about the others.
"""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr

TICKETS: Final = "tickets"
CLASS_ATTRIBUTE: Final = "class-attribute"
SECRETS_AT_REST: Final = "secrets-at-rest"
VOUCHER_LOOKUP: Final = "voucher-lookup"
PORTAL_SESSIONS: Final = "portal-sessions"
VISIT_SIGNATURES: Final = "visit-signatures"
CODES: Final = "codes"
PROOFS: Final = "proofs"
HELD: Final = "held"
PASSKEYS: Final = "passkeys"
RETURNS: Final = "returns"
CONTACT_LOOKUP: Final = "contact-lookup"
CONTACTS_AT_REST: Final = "contacts-at-rest"
BACKUP_CHECK: Final = "backup-check"

_CONTEXT = "powiat-hotspots/1/"


def derive(secret_key: SecretStr, purpose: str, length: int = 32) -> bytes:
    """The key of `length` octets for one purpose (HKDF-SHA256, RFC 5869; the purpose is its `info`).

    Raises:
        ValueError: The secret key has fewer than 32 octets: it was never loaded.
    """
    material = secret_key.get_secret_value().encode()
    if len(material) < 32:
        raise ValueError("the secret key has fewer than 32 octets")
    # No salt: the input is uniformly random already (RFC 5869, section 3.1).
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=(_CONTEXT + purpose).encode()).derive(material)
