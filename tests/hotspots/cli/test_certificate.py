"""`hotspots certificate`, called with the same words as at the prompt."""

# ruff: noqa: F811 - a test takes a fixture by the name that it is imported under

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from sqlalchemy import func, select
from typer.testing import CliRunner

from hotspots.certificates import issuing
from hotspots.cli import main
from hotspots.database import Database
from hotspots.errors import HotspotsError
from hotspots.models import AccessPoint, AuditEntry, Certificate, Change
from tests.hotspots.cli.test_groups import answer, fresh, system  # noqa: F401 - fixtures

AP = "belzyce-urzad-1"


@pytest.fixture
def authority(system: Database, tmp_path: Path) -> Any:
    return answer("certificate", "authority", "--into", str(tmp_path / "authority"))


def ap(folder: Path, *more: str, name: str = AP) -> Any:
    return answer("certificate", "ap", name, "--into", str(folder), *more)


def count(database: Database, model: type[Any]) -> int:
    with database.read() as db:
        return db.scalar(select(func.count()).select_from(model)) or 0


def test_each_command_explains_itself() -> None:
    for command in ("authority", "server", "ap", "list", "revoke", "crl"):
        shown = CliRunner().invoke(main.build(["certificate"]), ["certificate", command, "--help"]).stdout
        assert f"Example: hotspots certificate {command}" in shown
        assert "--json" in shown


def test_an_access_point_gets_what_tls_needs_and_the_key_is_shown_to_nobody(
    authority: Any, system: Database, tmp_path: Path
) -> None:
    made = CliRunner().invoke(
        main.build(["certificate"]), ["certificate", "ap", AP, "--into", str(tmp_path / "ap"), "--json"]
    )

    assert made.exit_code == 0, made.exception
    key = tmp_path / "ap" / f"{AP}.key"
    assert key.stat().st_mode & 0o777 == 0o600
    secret = key.read_text().splitlines()[1]
    assert secret not in made.output
    context = ssl.create_default_context(cafile=str(tmp_path / "ap" / "authority.pem"))
    context.load_cert_chain(tmp_path / "ap" / f"{AP}.pem", key)
    with system.read() as db:
        row = db.scalars(select(Certificate).where(Certificate.kind == "access_point")).one()
        assert row.sealed_key is None, "the key of an access point is kept nowhere else"
        assert row.access_point is not None
        assert row.access_point.name == AP
        entries = db.scalars(select(AuditEntry).where(AuditEntry.action == "certificate.sign")).all()
    assert [entry.subject for entry in entries] == ["hotspots RadSec", AP]
    assert secret not in str([entry.detail for entry in entries])


def test_the_keys_of_the_authority_and_the_server_are_sealed(authority: Any, system: Database) -> None:
    answer("certificate", "server", "radius.example.org", "192.0.2.1")

    with system.read() as db:
        rows = db.scalars(select(Certificate).order_by(Certificate.id)).all()
        assert [row.kind for row in rows] == ["authority", "server"]
        for row in rows:
            assert row.sealed_key is not None
            assert b"PRIVATE KEY" not in row.sealed_key
            assert "PRIVATE KEY" in system.vault.open(row.sealed_key).get_secret_value()


def test_a_renewed_one_stands_beside_the_old_one_until_that_is_revoked(
    authority: Any, system: Database, tmp_path: Path
) -> None:
    first, second = ap(tmp_path / "1"), ap(tmp_path / "2")
    assert [row["serial"] for row in answer("certificate", "list") if row["name"] == AP] == [
        first["serial"],
        second["serial"],
    ]
    noticed = count(system, Change)

    revoked = answer("certificate", "revoke", AP, "--superseded")

    assert [row["serial"] for row in revoked] == [first["serial"]]
    assert [row["serial"] for row in answer("certificate", "list") if row["name"] == AP] == [second["serial"]]
    assert count(system, Change) > noticed, "those who keep copies in memory are told"
    everything = answer("certificate", "list", "--all")
    assert [row["revoked_at"] is None for row in everything if row["name"] == AP] == [False, True]


def test_a_single_one_is_revoked_by_its_number_and_listed_as_such(
    authority: Any, system: Database, tmp_path: Path
) -> None:
    first, second = ap(tmp_path / "1"), ap(tmp_path / "2")

    answer("certificate", "revoke", second["serial"])
    answer("certificate", "crl", "--into", str(tmp_path / "crl"))

    crl = x509.load_pem_x509_crl((tmp_path / "crl" / "revoked.pem").read_bytes())
    assert [f"{entry.serial_number:x}" for entry in crl] == [second["serial"]]
    answer("certificate", "crl", "--into", str(tmp_path / "crl"))
    assert [row["serial"] for row in answer("certificate", "list") if row["name"] == AP] == [first["serial"]]


def test_a_file_is_never_written_over_and_then_nothing_is_signed(
    authority: Any, system: Database, tmp_path: Path
) -> None:
    ap(tmp_path / "ap")
    before = (tmp_path / "ap" / f"{AP}.key").read_bytes()

    with pytest.raises(HotspotsError, match=rf"{AP}\.key cannot be written.*name another folder"):
        ap(tmp_path / "ap")

    assert (tmp_path / "ap" / f"{AP}.key").read_bytes() == before
    assert count(system, Certificate) == 2


def test_what_was_half_written_is_taken_away(authority: Any, system: Database, tmp_path: Path) -> None:
    (tmp_path / "ap").mkdir()
    (tmp_path / "ap" / "authority.pem").write_text("there before")

    with pytest.raises(HotspotsError, match=r"authority\.pem cannot be written"):
        ap(tmp_path / "ap")

    assert [path.name for path in (tmp_path / "ap").iterdir()] == ["authority.pem"]


def test_without_an_authority_it_says_what_to_do(system: Database, tmp_path: Path) -> None:
    for words in (("server", "radius.example.org"), ("ap", AP, "--into", str(tmp_path))):
        with pytest.raises(HotspotsError, match="run: hotspots certificate authority"):
            answer("certificate", *words)


def test_an_unknown_name_is_answered_with_those_like_it(authority: Any, tmp_path: Path) -> None:
    with pytest.raises(HotspotsError, match=r"no access point belzyce-urzad\. .*did you mean belzyce-urzad-1"):
        ap(tmp_path / "ap", name="belzyce-urzad")
    with pytest.raises(HotspotsError, match="no good certificate belzyce-urzad-1"):
        answer("certificate", "revoke", AP)
    for wrong in ("not a host", "192.0.2.999", "a_b.example.org", ""):
        with pytest.raises(HotspotsError, match="is no host name"):
            answer("certificate", "server", wrong)


def test_the_authority_is_kept_and_another_is_made_only_when_asked(
    authority: Any, system: Database, tmp_path: Path
) -> None:
    again = answer("certificate", "authority", "--into", str(tmp_path / "authority"))
    assert again == authority
    words = ("certificate", "authority", "--into", str(tmp_path / "other"), "--another", "--key", "rsa")
    with pytest.raises(HotspotsError, match="there is an authority named hotspots RadSec already"):
        answer(*words)

    other = answer(*words, "--name", "the next one")

    assert other["serial"] != authority["serial"]
    assert (tmp_path / "other" / "authority.pem").read_text().count("BEGIN CERTIFICATE") == 2
    made = ap(tmp_path / "ap")
    context = ssl.create_default_context(cafile=str(tmp_path / "ap" / "authority.pem"))
    assert len(context.get_ca_certs()) == 2
    assert made["purpose"] == "access_point"
    with pytest.raises(HotspotsError, match="all others depend on"):
        answer("certificate", "revoke", "the next one")


def test_a_request_of_the_device_needs_no_key_of_ours(authority: Any, system: Database, tmp_path: Path) -> None:
    key = issuing.make_key(issuing.KeyKind.EC)
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, hashes.SHA256())
    (tmp_path / "request").write_bytes(request.public_bytes(serialization.Encoding.PEM))

    ap(tmp_path / "ap", "--request", str(tmp_path / "request"))

    assert sorted(path.name for path in (tmp_path / "ap").iterdir()) == ["authority.pem", f"{AP}.pem"]
    signed = x509.load_pem_x509_certificate((tmp_path / "ap" / f"{AP}.pem").read_bytes())
    assert signed.public_key() == key.public_key()
    with system.read() as db:
        assert db.scalars(select(AccessPoint.id).join(Certificate).where(AccessPoint.name == AP)).one()
