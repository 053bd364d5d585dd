"""Making certificates (RFC 5280): the authority's own, a server's, an access point's, and the list of revoked ones.

Nothing here is kept: :mod:`hotspots.certificates.register` does that.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pydantic import SecretStr

BACKDATED: Final = timedelta(days=1)
"""A certificate is good from a day before: an access point's clock may be behind, more so before its first NTP."""

CRL_GOOD_FOR: Final = timedelta(days=30)
_RSA_BITS: Final = 3072

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey


class KeyKind(StrEnum):
    """What kind of key: P-256 is quicker in every handshake, RSA is for devices that know nothing else."""

    EC = "ec"
    RSA = "rsa"


class Purpose(StrEnum):
    """What a certificate is for; also what its row is called."""

    AUTHORITY = "authority"
    SERVER = "server"
    ACCESS_POINT = "access_point"


@dataclass(frozen=True, slots=True, repr=False)
class Signer:
    """A certificate and its private key."""

    certificate: x509.Certificate
    key: PrivateKey


def make_key(kind: KeyKind) -> PrivateKey:
    """A new private key."""
    if kind is KeyKind.RSA:
        return rsa.generate_private_key(public_exponent=65537, key_size=_RSA_BITS)
    return ec.generate_private_key(ec.SECP256R1())


def key_pem(key: PrivateKey) -> SecretStr:
    """The private key as PEM (PKCS #8), without a password."""
    octets = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return SecretStr(octets.decode())


def certificate_pem(certificate: x509.Certificate) -> str:
    """The certificate as PEM."""
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the whole certificate, in hexadecimal: the name by which a connection's certificate is found."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def authority_certificate(name: str, key: PrivateKey, now: datetime, days: int) -> x509.Certificate:
    """The certificate that all others are signed with, signed by itself; it signs no other authority."""
    subject = _named(name)
    usage = _usage(key_cert_sign=True, crl_sign=True)
    builder = (
        _begun(subject, key.public_key(), now, days)
        .issuer_name(subject)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
    )
    return builder.sign(key, hashes.SHA256())


def issue(
    signer: Signer, purpose: Purpose, names: Sequence[str], public_key: PublicKey, now: datetime, days: int
) -> x509.Certificate:
    """A certificate for a server or an access point, good for so many days or until the authority's own ends.

    ``names`` go into subjectAltName, host names and IP addresses apart (RFC 6614 section 2.3); the first is the
    common name.
    """
    usage = ExtendedKeyUsageOID.SERVER_AUTH if purpose is Purpose.SERVER else ExtendedKeyUsageOID.CLIENT_AUTH
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.key.public_key())
    builder = (
        _begun(_named(names[0]), public_key, now, days, signer.certificate.not_valid_after_utc)
        .issuer_name(signer.certificate.subject)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_alternative(name) for name in names]), critical=False)
        .add_extension(identifier, critical=False)
    )
    return builder.sign(signer.key, hashes.SHA256())


def revocation_list(signer: Signer, revoked: Iterable[tuple[str, datetime]], now: datetime) -> str:
    """The certificates that are good no more, by serial number and when they were revoked, as a PEM of RFC 5280."""
    builder = x509.CertificateRevocationListBuilder(
        issuer_name=signer.certificate.subject, last_update=now, next_update=now + CRL_GOOD_FOR
    )
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.key.public_key())
    builder = builder.add_extension(identifier, critical=False)
    # A number that grows (RFC 5280 section 5.2.3) without anything to remember.
    builder = builder.add_extension(x509.CRLNumber(int(now.timestamp() * 1000)), critical=False)
    for serial, at in revoked:
        entry = x509.RevokedCertificateBuilder(int(serial, 16), at)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(signer.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def _begun(
    subject: x509.Name, public_key: PublicKey, now: datetime, days: int, at_most: datetime | None = None
) -> x509.CertificateBuilder:
    ends = now + timedelta(days=days)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(min(ends, at_most) if at_most else ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def _named(name: str) -> x509.Name:
    # RFC 5280 appendix A.1 has room for so many; the whole name stands in subjectAltName.
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _usage(
    *, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )
