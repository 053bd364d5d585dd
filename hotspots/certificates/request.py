"""A certificate request (PKCS #10) that a device made with a private key of its own, which then never leaves it."""

from __future__ import annotations

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from hotspots.certificates.issuing import PublicKey
from hotspots.errors import HotspotsError

_LEAST_RSA_BITS = 2048


def public_key_of(pem: bytes, where: str) -> PublicKey:
    """The public key of a request, PEM or DER; the names that it asks for are not looked at.

    Args:
        pem: What the file holds.
        where: What the error calls it.

    Raises:
        HotspotsError: It is no request, not signed with its own key, or its key is too weak.
    """
    try:
        request = x509.load_pem_x509_csr(pem) if pem.lstrip().startswith(b"-----") else x509.load_der_x509_csr(pem)
        good = request.is_signature_valid
        key = request.public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise HotspotsError(
            f"{where} is no certificate request: {error}", "make one on the device (PKCS #10, PEM or DER)"
        ) from error
    if not good:
        raise HotspotsError(f"{where} is not signed with the key in it", "make a new one on the device")
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1 | ec.SECP384R1):
        return key
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= _LEAST_RSA_BITS:
        return key
    raise HotspotsError(
        f"the key in {where} is not one that is taken", "make one with P-256, P-384 or RSA of at least 2048 bits"
    )
