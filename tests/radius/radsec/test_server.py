"""Authentication and accounting on one TLS connection, and whose it is."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from hotspots.models import AccessPoint, LoginDecision, Session
from tests.radius.gateway import login, number, status_server
from tests.radius.radsec.peer import (
    AP,
    RADSEC,
    Certificates,
    Peer,
    Server,
    accounting,
    is_refused,
    is_signed,
    request,
    serving,
)
from tests.radius.running import PHONE, House, eventually

ACCEPT, REJECT, ACCOUNTED = 2, 3, 5
DEVICE = (31, PHONE.encode())


def voucher_login(code: str, identifier: int = 1) -> bytes:
    return login(code, code, secret=RADSEC, identifier=identifier)


@pytest.mark.parametrize("tls", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_login_and_its_accounting_go_through_one_connection(
    house: House, server: Server, certificates: Certificates, tls: ssl.TLSVersion
) -> None:
    code = house.voucher()
    with Peer(server.port, certificates.access_point(), tls=tls) as peer:
        asked = voucher_login(code)
        accepted = peer.ask(asked)
        assert accepted.code == ACCEPT
        assert is_signed(accepted.raw, asked[4:20])
        granted = (25, accepted.first[25])
        started = peer.ask(accounting((40, number(1)), (44, b"s1"), DEVICE, granted))
        assert started.code == ACCOUNTED
        assert peer.ask(status_server(secret=RADSEC)).code == ACCEPT

    with house.database.read() as db:
        session = db.scalars(select(Session)).one()
        assert session.device == PHONE
        assert session.access_point_id == db.scalars(select(AccessPoint.id).where(AccessPoint.name == AP)).one()
    eventually(lambda: len(decisions(house)) == 1)


def decisions(house: House) -> list[LoginDecision]:
    with house.database.read() as db:
        return list(db.scalars(select(LoginDecision)))


def test_whoever_has_the_certificate_is_the_access_point_from_wherever_it_calls(
    house: House, server: Server, certificates: Certificates
) -> None:
    house.add_access_point("far-away", "192.0.2.99")
    folder = certificates.access_point("far-away")

    with Peer(server.port, folder, source="127.3.3.3") as peer:
        assert peer.ask(accounting((40, number(1)), (44, b"s1"), DEVICE, (32, AP.encode()))).code == ACCOUNTED

    with house.database.read() as db:
        session = db.scalars(select(Session)).one()
        assert db.get_one(AccessPoint, session.access_point_id).name == "far-away", "not whom it names itself"


def test_neither_a_signature_nor_the_absence_of_proxy_state_is_asked_for_over_tls(
    server: Server, certificates: Certificates
) -> None:
    with Peer(server.port, certificates.access_point()) as peer:
        refused = peer.ask(request((1, b"nobody"), DEVICE, (33, b"a proxy"), signed=False))
    assert refused.code == REJECT
    assert refused.first[33] == b"a proxy"


@pytest.mark.parametrize(
    "forged",
    [
        request((1, b"somebody"))[:22] + bytes(16) + request((1, b"somebody"))[38:],
        accounting((40, number(1)), (44, b"s1"))[:4] + bytes(16) + accounting((40, number(1)), (44, b"s1"))[20:],
    ],
    ids=["Message-Authenticator", "accounting digest"],
)
def test_a_wrong_signature_ends_the_connection(server: Server, certificates: Certificates, forged: bytes) -> None:
    with Peer(server.port, certificates.access_point()) as peer:
        peer.send(forged)
        assert peer.is_ended()


def test_an_unwanted_code_is_passed_over_and_the_connection_stays(
    server: Server, certificates: Certificates
) -> None:
    with Peer(server.port, certificates.access_point()) as peer:
        assert peer.is_met_with_silence(bytes((99, 1, 0, 20)) + bytes(16))
        assert peer.is_met_with_silence(status_server(secret=RADSEC, signed=False))
        assert peer.ask(status_server(secret=RADSEC)).code == ACCEPT


def test_what_is_asked_again_on_the_next_connection_gets_the_same_answer(
    house: House, server: Server, certificates: Certificates
) -> None:
    folder, asked = certificates.access_point(), voucher_login(house.voucher(), identifier=9)
    with Peer(server.port, folder) as first:
        answer = first.ask(asked)
    with Peer(server.port, folder) as second:
        assert second.ask(asked).raw == answer.raw
    eventually(lambda: len(decisions(house)) == 1)


def test_an_identifier_that_is_used_again_cancels_the_older_request(
    house: House, server: Server, certificates: Certificates
) -> None:
    code = house.voucher()
    server.catch_up()
    older, newer = voucher_login(code), voucher_login(code)
    with Peer(server.port, certificates.access_point()) as peer:
        peer.send(older + newer)
        answer = peer.hear()
        assert answer is not None
        assert is_signed(answer, newer[4:20])
        assert peer.ask(status_server(secret=RADSEC, identifier=9)).identifier == 9, "nothing was said in between"


def test_no_certificate_and_one_of_another_authority_are_no_way_in(
    house: House, server: Server, certificates: Certificates
) -> None:
    folder = certificates.access_point()
    other = Certificates(house, certificates.folder / "other")
    stranger = other.access_point()
    (stranger / "authority").write_text(certificates.authority)
    assert is_refused(server.port, stranger)
    (folder / "certificate").unlink()
    assert is_refused(server.port, folder)
    assert server.connections == 0


def test_a_revoked_certificate_ends_what_runs_within_a_moment_and_opens_nothing(
    house: House, server: Server, certificates: Certificates
) -> None:
    folder = certificates.access_point()
    house.add_access_point("other", "127.0.2.2")
    untouched = certificates.access_point("other")
    with Peer(server.port, folder) as peer, Peer(server.port, untouched) as bystander:
        assert peer.ask(status_server(secret=RADSEC)).code == ACCEPT
        certificates.revoke()
        assert peer.is_ended(2.0)
        assert bystander.ask(status_server(secret=RADSEC)).code == ACCEPT

    with Peer(server.port, folder) as again:
        assert again.is_ended()


def test_an_access_point_that_is_taken_out_of_service_is_gone(
    house: House, server: Server, certificates: Certificates
) -> None:
    with Peer(server.port, certificates.access_point()) as peer:
        assert peer.ask(status_server(secret=RADSEC)).code == ACCEPT
        house.set_access_point(removed_at=datetime.now(UTC))
        assert peer.is_ended(2.0)


def test_a_certificate_that_is_over_is_refused_and_ends_what_runs(
    server: Server, certificates: Certificates
) -> None:
    now = datetime.now(UTC)
    with Peer(server.port, certificates.access_point(days=1, now=now - timedelta(hours=24, seconds=-3))) as peer:
        assert peer.ask(status_server(secret=RADSEC)).code == ACCEPT
        assert peer.is_ended(6.0)
    over = certificates.access_point(days=1, now=now - timedelta(days=2))
    assert is_refused(server.port, over)


def test_a_new_certificate_of_the_server_is_taken_over_while_it_runs(
    server: Server, certificates: Certificates
) -> None:
    folder = certificates.access_point()

    def shown() -> str:
        with Peer(server.port, folder) as peer:
            certificate = peer.tls.getpeercert()
            assert certificate is not None
            return str(certificate["serialNumber"]).lower().lstrip("0")

    first = shown()
    serial = certificates.renew_server()

    assert first != serial
    assert eventually(lambda: shown() == serial)


def test_without_a_certificate_of_its_own_it_serves_as_soon_as_there_is_one(house: House, tmp_path) -> None:
    with serving(house) as running:
        certificates = Certificates(house, tmp_path)
        folder = certificates.access_point()

        def works() -> bool:
            try:
                with Peer(running.port, folder) as peer:
                    return peer.ask(status_server(secret=RADSEC)).code == ACCEPT
            except (OSError, AssertionError):
                return False

        assert eventually(works)
