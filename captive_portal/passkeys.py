"""Passkeys (W3C Web Authentication, Level 2): making one for an account, and signing in with it.

What the browser is asked, the challenge included, is carried by the page in a signed token, so that nothing is stored
for those who only look.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import AuthenticatorSelectionCriteria, ResidentKeyRequirement

from captive_portal.signing import Signer
from hotspots.database import Database
from hotspots.models import Account, Passkey
from hotspots.policy import utc

KEPT: Final = timedelta(minutes=15)
"""No shorter than what the pages say on which passkeys are asked for: :data:`captive_portal.proofs.KEPT`."""

_NAME: Final = "Public Wi-Fi"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the browser is to do (JSON), and the token that comes back with what it did."""

    options: str
    token: str


class PasskeyDesk:
    """Asks browsers for passkeys under the portal's own address, and checks what they answer."""

    def __init__(self, database: Database, base_url: str, key: bytes) -> None:
        self._database = database
        parts = urlsplit(base_url)
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._host = parts.hostname or ""
        self._signer = Signer(key, "passkey")

    def __repr__(self) -> str:
        return f"PasskeyDesk({self._origin})"

    def ask_for_new(self, account_id: int, name: str, now: datetime) -> Asked:
        """What has a browser make a passkey for this account; it keeps ``name`` with it."""
        options = generate_registration_options(
            rp_id=self._host,
            rp_name=_NAME,
            user_name=name,
            user_id=hashlib.sha256(f"account {account_id}".encode()).digest(),
            authenticator_selection=AuthenticatorSelectionCriteria(resident_key=ResidentKeyRequirement.REQUIRED),
        )
        return Asked(options_to_json(options), self._token(options.challenge, account_id, now))

    def add(self, account_id: int, token: str, credential: str, now: datetime) -> bool:
        """Keep the passkey that a browser made; False where what came does not prove that it did."""
        challenge = self._challenge(token, account_id, now)
        if challenge is None:
            return False
        try:
            made = verify_registration_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=self._host,
                expected_origin=self._origin,
            )
        except WebAuthnException:
            return False
        with self._database.write() as db:
            db.add(
                Passkey(
                    id=bytes_to_base64url(made.credential_id),
                    account_id=account_id,
                    public_key=made.credential_public_key,
                    sign_count=made.sign_count,
                    created_at=now,
                )
            )
        return True

    def ask(self, now: datetime) -> Asked:
        """What has a browser sign in with whichever passkey of ours it has."""
        options = generate_authentication_options(rp_id=self._host)
        return Asked(options_to_json(options), self._token(options.challenge, 0, now))

    def sign_in(self, token: str, credential: str, now: datetime) -> Account | None:
        """Whose passkey it is; None where we do not know it or the signature is not its own."""
        challenge = self._challenge(token, 0, now)
        if challenge is None:
            return None
        with self._database.write() as db:
            try:
                known = db.get(Passkey, parse_authentication_credential_json(credential).id, with_for_update=True)
                if known is None:
                    return None
                proved = verify_authentication_response(
                    credential=credential,
                    expected_challenge=challenge,
                    expected_rp_id=self._host,
                    expected_origin=self._origin,
                    credential_public_key=known.public_key,
                    credential_current_sign_count=known.sign_count,
                )
            except WebAuthnException:
                return None
            known.sign_count = proved.new_sign_count
            return db.get_one(Account, known.account_id)

    def _token(self, challenge: bytes, account_id: int, now: datetime) -> str:
        return self._signer.sign([int(now.timestamp()), account_id, bytes_to_base64url(challenge)])

    def _challenge(self, token: str, account_id: int, now: datetime) -> bytes | None:
        values = self._signer.read(token)
        if values is None:
            return None
        asked_at, whose, challenge = values
        fresh = now - utc(asked_at) <= KEPT and whose == account_id
        return base64url_to_bytes(challenge) if fresh else None
