"""Certificates as OpenSSL's own program judges them, beside what the code says of them."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from hotspots.certificates import issuing
from hotspots.certificates.issuing import KeyKind, Purpose, Signer
from hotspots.certificates.request import public_key_of
from hotspots.errors import HotspotsError

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(params=list(KeyKind))
def signer(request: pytest.FixtureRequest) -> Signer:
    key = issuing.make_key(request.param)
    return Signer(issuing.authority_certificate("an authority", key, NOW, 3650), key)


def openssl(folder: Path, *words: str, **files: str) -> subprocess.CompletedProcess[str]:
    """A missing openssl fails here with its name."""
    for name, text in files.items():
        (folder / name).write_text(text)
    return subprocess.run(["openssl", *words], cwd=folder, capture_output=True, text=True, check=False)


def issued(signer: Signer, purpose: Purpose, *names: str, days: int = 30) -> x509.Certificate:
    key = issuing.make_key(KeyKind.EC)
    return issuing.issue(signer, purpose, names, key.public_key(), NOW, days)


@pytest.mark.parametrize(
    ("purpose", "wanted", "fits"),
    [
        (Purpose.SERVER, "sslserver", True),
        (Purpose.SERVER, "sslclient", False),
        (Purpose.ACCESS_POINT, "sslclient", True),
        (Purpose.ACCESS_POINT, "sslserver", False),
    ],
)
def test_a_certificate_is_good_for_its_purpose_alone(
    signer: Signer, tmp_path: Path, purpose: Purpose, wanted: str, fits: bool
) -> None:
    certificate = issued(signer, purpose, "radius.example.org", "192.0.2.10", "2001:db8::10")

    said = openssl(
        tmp_path,
        *("verify", "-x509_strict", "-purpose", wanted, "-verify_hostname", "radius.example.org"),
        *("-CAfile", "authority", "certificate"),
        authority=issuing.certificate_pem(signer.certificate),
        certificate=issuing.certificate_pem(certificate),
    )

    assert (said.returncode == 0) is fits, said.stdout + said.stderr
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["192.0.2.10", "2001:db8::10"]


def test_a_revoked_one_is_refused_by_whoever_reads_the_list(signer: Signer, tmp_path: Path) -> None:
    kept, revoked = (issued(signer, Purpose.ACCESS_POINT, name) for name in ("kept", "revoked"))
    crl = issuing.revocation_list(signer, [(f"{revoked.serial_number:x}", NOW)], NOW)
    words = ("verify", "-crl_check", "-CAfile", "authority", "-CRLfile", "crl")

    verdicts = [
        openssl(
            tmp_path,
            *words,
            "certificate",
            authority=issuing.certificate_pem(signer.certificate),
            crl=crl,
            certificate=issuing.certificate_pem(each),
        )
        for each in (kept, revoked)
    ]

    assert [verdict.returncode for verdict in verdicts] == [0, 2], verdicts
    assert "certificate revoked" in verdicts[1].stderr


def test_nothing_outlives_the_authority_and_a_slow_clock_does_no_harm(signer: Signer) -> None:
    certificate = issued(signer, Purpose.ACCESS_POINT, "ap", days=10_000)

    assert certificate.not_valid_after_utc == signer.certificate.not_valid_after_utc
    assert certificate.not_valid_before_utc == NOW - timedelta(days=1)


def test_a_long_name_stands_whole_in_the_alternative_name() -> None:
    key = issuing.make_key(KeyKind.EC)
    signer = Signer(issuing.authority_certificate("a" * 80, key, NOW, 30), key)
    name = "x" * 70 + ".example.org"

    certificate = issued(signer, Purpose.ACCESS_POINT, name)

    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == [name]
    assert certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == name[:64]


@pytest.mark.parametrize(("form", "algorithm"), [("PEM", "rsa:2048"), ("DER", "rsa:2048")])
def test_a_request_made_elsewhere_gives_its_key(tmp_path: Path, form: str, algorithm: str) -> None:
    made = openssl(
        tmp_path,
        *("req", "-new", "-newkey", algorithm, "-nodes", "-keyout", "key", "-subj", "/CN=whatever"),
        *("-outform", form, "-out", "request"),
    )
    assert made.returncode == 0, made.stderr

    assert public_key_of((tmp_path / "request").read_bytes(), "request").key_size == 2048


@pytest.mark.parametrize(
    ("octets", "reason"),
    [(b"no request", "no certificate request"), (b"-----BEGIN NOTHING-----", "no certificate request")],
)
def test_what_is_no_request_is_named(octets: bytes, reason: str) -> None:
    with pytest.raises(HotspotsError, match=reason):
        public_key_of(octets, "request.pem")


def test_a_weak_key_is_not_signed(tmp_path: Path) -> None:
    made = openssl(
        tmp_path,
        *("req", "-new", "-newkey", "rsa:1024", "-nodes", "-keyout", "key", "-subj", "/CN=weak", "-out", "request"),
    )
    assert made.returncode == 0, made.stderr
    with pytest.raises(HotspotsError, match="is not one that is taken"):
        public_key_of((tmp_path / "request").read_bytes(), "request")
