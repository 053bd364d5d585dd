"""The register of certificates in the database: what was signed for whom, and what is good no more.

All of it happens in a transaction of the caller, who commits, and each step is written into the audit log.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotspots import audit, lookup
from hotspots.certificates import issuing
from hotspots.certificates.issuing import PrivateKey, PublicKey, Purpose, Signer
from hotspots.errors import HotspotsError
from hotspots.models import AccessPoint, Certificate
from hotspots.vault import Vault


def found_authority(
    session: Session, vault: Vault, name: str, key: PrivateKey, now: datetime, days: int
) -> Certificate:
    """A new authority, which signs from now on; what an older one signed stays good.

    Raises:
        HotspotsError: There is or was one of this name, which peers could not tell from the new one.
    """
    if any(row.kind == Purpose.AUTHORITY and row.name == name for row in every(session)):
        raise HotspotsError(f"there is an authority named {name} already", "give the new one another --name")
    certificate = issuing.authority_certificate(name, key, now, days)
    return _enter(session, Purpose.AUTHORITY, name, certificate, now, sealed_key=vault.seal(issuing.key_pem(key)))


def sign_for_server(
    session: Session, vault: Vault, names: Sequence[str], key: PrivateKey, now: datetime, days: int
) -> Certificate:
    """A certificate for the RadSec server under these host names and addresses; it is the one used from now on.

    Raises:
        HotspotsError: There is no authority.
    """
    certificate = issuing.issue(signer(session, vault, now), Purpose.SERVER, names, key.public_key(), now, days)
    return _enter(session, Purpose.SERVER, names[0], certificate, now, sealed_key=vault.seal(issuing.key_pem(key)))


def sign_for_access_point(
    session: Session, vault: Vault, name: str, public_key: PublicKey, now: datetime, days: int
) -> Certificate:
    """A certificate for an access point in service. Those that it has stay good, so that it can change over.

    Raises:
        HotspotsError: There is no such access point, or no authority.
    """
    access_point = lookup.access_point(session, name)
    certificate = issuing.issue(signer(session, vault, now), Purpose.ACCESS_POINT, [name], public_key, now, days)
    return _enter(session, Purpose.ACCESS_POINT, name, certificate, now, access_point=access_point)


def revoke(session: Session, rows: Iterable[Certificate], now: datetime, *, revoked_by: str) -> None:
    """Let these be good no more; connections that were opened with them end within a moment."""
    for row in rows:
        row.revoked_at = now
        detail = {"serial": row.serial, "purpose": row.kind}
        audit.append(
            session, actor=revoked_by, action="certificate.revoke", subject=row.name, now=now, detail=detail
        )


def orphan(session: Session, access_point_ids: Iterable[int], now: datetime) -> None:
    """Revoke what was signed for access points that are deleted without a trace; that it was signed stays known."""
    for row in session.scalars(select(Certificate).where(Certificate.access_point_id.in_(list(access_point_ids)))):
        row.access_point_id = None
        row.revoked_at = row.revoked_at or now


def every(session: Session) -> list[Certificate]:
    """All that were ever signed, the newest last."""
    return list(session.scalars(select(Certificate).order_by(Certificate.id)))


def good(session: Session, now: datetime, purpose: Purpose | None = None) -> list[Certificate]:
    """The certificates that are neither revoked nor over, the newest last; of one purpose where that is given."""
    statement = select(Certificate).where(Certificate.revoked_at.is_(None), Certificate.not_after > now)
    if purpose is not None:
        statement = statement.where(Certificate.kind == purpose.value)
    return list(session.scalars(statement.order_by(Certificate.id)))


def has_certificate(session: Session, access_point: str, now: datetime) -> bool:
    """Whether the access point of that name has one that is neither revoked nor over."""
    statement = (
        select(Certificate.id)
        .join(Certificate.access_point)
        .where(AccessPoint.name == access_point, Certificate.revoked_at.is_(None), Certificate.not_after > now)
    )
    return session.scalars(statement.limit(1)).first() is not None


def newest(session: Session) -> list[Certificate]:
    """Those that somebody has to renew in time, over or not: the last of the authority, of the server, of each device.

    Those of access points that are out of service, and revoked ones, are left out.
    """
    statement = (
        select(Certificate)
        .outerjoin(AccessPoint, Certificate.access_point_id == AccessPoint.id)
        .where(Certificate.revoked_at.is_(None), AccessPoint.removed_at.is_(None))
        .order_by(Certificate.id)
    )
    return list({(row.kind, row.access_point_id): row for row in session.scalars(statement)}.values())


def load_fingerprints(session: Session) -> dict[str, int]:
    """Of the access points' certificates that are not revoked: whose each is. TLS looks at the dates itself."""
    statement = select(Certificate.fingerprint, Certificate.access_point_id).where(
        Certificate.kind == Purpose.ACCESS_POINT.value, Certificate.revoked_at.is_(None)
    )
    return {fingerprint: number for fingerprint, number in session.execute(statement) if number is not None}


def find(session: Session, name_or_serial: str, now: datetime) -> list[Certificate]:
    """The good certificates with this name, or the one with this serial number.

    Raises:
        HotspotsError: There is none.
    """
    rows = good(session, now)
    wanted = name_or_serial.lower().replace(":", "")
    found = [row for row in rows if row.name == name_or_serial] or [row for row in rows if row.serial == wanted]
    if not found:
        hint = (
            lookup.suggestion(name_or_serial, {row.name for row in rows}) or "hotspots certificate list shows all"
        )
        raise HotspotsError(f"there is no good certificate {name_or_serial}", hint=hint)
    return found


def signer(session: Session, vault: Vault, now: datetime) -> Signer:
    """The authority that signs: the newest.

    Raises:
        HotspotsError: There is none.
    """
    return _signers(session, vault, now)[-1]


def opened_key(row: Certificate, vault: Vault) -> SecretStr:
    """The private key of the authority or of a server, as PEM.

    Raises:
        HotspotsError: It is not kept here, or was sealed under another secret key.
    """
    if row.sealed_key is None:
        raise HotspotsError(f"the private key of {row.name} is not kept here", hint="it is where it is used")
    return vault.open(row.sealed_key)


def revocation_list(session: Session, vault: Vault, now: datetime) -> str:
    """Of each authority the list of what it signed, is revoked, and would not be over yet; one PEM after the other.

    Raises:
        HotspotsError: There is no authority.
    """
    revoked = select(Certificate).where(Certificate.revoked_at.is_not(None), Certificate.not_after > now)
    rows = [(_loaded(row).issuer, row) for row in session.scalars(revoked)]
    lists = []
    for signer in _signers(session, vault, now):
        own = [(row.serial, row.revoked_at) for issuer, row in rows if issuer == signer.certificate.subject]
        lists.append(issuing.revocation_list(signer, [(serial, at) for serial, at in own if at is not None], now))
    return "".join(lists)


def _enter(
    session: Session,
    purpose: Purpose,
    name: str,
    certificate: x509.Certificate,
    now: datetime,
    *,
    sealed_key: bytes | None = None,
    access_point: AccessPoint | None = None,
) -> Certificate:
    row = Certificate(
        kind=purpose.value,
        name=name,
        access_point=access_point,
        serial=f"{certificate.serial_number:x}",
        fingerprint=issuing.fingerprint(certificate),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        pem=issuing.certificate_pem(certificate),
        sealed_key=sealed_key,
    )
    session.add(row)
    session.flush()
    detail = {"serial": row.serial, "purpose": row.kind, "not_after": row.not_after.isoformat()}
    audit.append(session, actor=audit.COMMAND_LINE, action="certificate.sign", subject=name, now=now, detail=detail)
    return row


def _signers(session: Session, vault: Vault, now: datetime) -> list[Signer]:
    rows = good(session, now, Purpose.AUTHORITY)
    if not rows:
        raise HotspotsError("there is no certificate authority", hint="run: hotspots certificate authority")
    return [Signer(_loaded(row), _load_key(opened_key(row, vault))) for row in rows]


def _loaded(row: Certificate) -> x509.Certificate:
    return x509.load_pem_x509_certificate(row.pem.encode())


def _load_key(pem: SecretStr) -> PrivateKey:
    key = load_pem_private_key(pem.get_secret_value().encode(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise HotspotsError("the key of the authority is of another kind than those made here")
    return key
