"""How openNDS writes a visitor into the address of the portal, level by level, for the tests."""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

VECTOR = "0123456789abcdef"


def written(plain: str, level: int, faskey: str) -> dict[str, str]:
    """The parameters; the base 64 with its plus signs, which a browser sends as they are."""
    octets = plain.encode()
    if level in (1, 4):
        return {"fas": base64.b64encode(octets).decode()}
    key = faskey.encode()[:32].ljust(32, b"\0")
    padder = PKCS7(128).padder()
    encryptor = Cipher(AES(key), CBC(VECTOR.encode())).encryptor()
    sealed = encryptor.update(padder.update(octets) + padder.finalize()) + encryptor.finalize()
    return {"fas": base64.b64encode(base64.b64encode(sealed)).decode(), "iv": VECTOR}
