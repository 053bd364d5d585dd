"""The proof that a login page on a gateway was written by us, for gateways that sign nothing themselves.

It stands in the page that the gateway shows to everybody, so it is no secret: it binds an access point to the address
where that one takes logins, and nobody can make one for another address.
"""

from __future__ import annotations

import hmac

from hotspots.keyed_digest import hmac_sha256


def prove(uam_secret: bytes, nas_identifier: str, login_base: str) -> str:
    """64 hexadecimal digits: HMAC-SHA256 under the access point's UAM secret over its name and its login address.

    ``login_base`` is where the gateway takes logins, with a final slash: ``http://10.20.4.1/``.
    """
    return hmac_sha256(uam_secret, f"gateway\n{nas_identifier}\n{login_base}".encode()).hex()


def holds(proof: str, uam_secret: bytes, nas_identifier: str, login_base: str) -> bool:
    """Whether the proof is that of this access point and this address, compared in constant time."""
    expected = prove(uam_secret, nas_identifier, login_base)
    return hmac.compare_digest(proof.encode(), expected.encode())
