"""hostapd as the NAS on a wire, in network namespaces: its accounting, and its ear for Disconnects.

802.1X needs EAP, which we do not speak: FreeRADIUS ends the tunnel, and what was inside comes to us by PAP. Accounting
and Disconnect go between hostapd and us without anybody between.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from hotspots.models import Session, SessionCommand
from hotspots.sessions import disconnects
from hotspots.sessions.accounting import LOST
from tests.radius.peers import hostapd
from tests.radius.peers.namespaces import PHONE_MAC, Wire, wire
from tests.radius.process import Installation, RadiusProcess
from tests.radius.running import House, eventually


@pytest.fixture
def between() -> Iterator[Wire]:
    with wire() as between:
        yield between


def sessions(house: House) -> list[Session]:
    with house.database.read() as db:
        return list(db.scalars(select(Session).order_by(Session.id)))


def command(house: House) -> SessionCommand:
    with house.database.read() as db:
        return db.scalars(select(SessionCommand)).one()


def test_a_phone_gets_in_through_hostapd_is_counted_and_is_sent_away(
    house: House, between: Wire, tmp_path: Path
) -> None:
    house.set_access_point(gateway="unifi", address=hostapd.ADDRESS, coa_port=hostapd.DAS_PORT)
    code = house.voucher()
    installation = Installation(house, tmp_path)
    with (
        RadiusProcess(installation, "--debug", before=between.at_the_nas) as radius,
        hostapd.eap_server(tmp_path, installation.auth_port, between.at_the_nas),
        hostapd.nas(tmp_path, between, installation.acct_port) as nas,
        hostapd.phone(tmp_path, between, code, code),
    ):
        (session,) = eventually(lambda: sessions(house))
        assert session.device == PHONE_MAC
        assert session.subject_kind == "voucher", "hostapd echoes our Class, not the name inside the tunnel"
        assert session.user_name == "somebody"
        eventually(lambda: sessions(house)[0].session_seconds > 0)  # an interim update
        with house.database.write() as db:
            open_one = db.get_one(Session, session.id)
            assert disconnects.ask(db, open_one, asked_by="a clerk", now=datetime.now(UTC)) is not None
        # The Stop may come before hostapd's answer is written down.
        eventually(lambda: command(house).state == "proved" and command(house).answered_at)
        assert (command(house).attempts, command(house).error_cause) == (1, None)
        assert "Accounting-On" in radius.log.read_text()
    assert "CTRL-EVENT-EAP-SUCCESS2" in nas.log
    assert sessions(house)[0].stopped_at is not None


def test_hostapd_refuses_to_end_a_session_that_it_does_not_have(
    house: House, between: Wire, tmp_path: Path
) -> None:
    house.set_access_point(gateway="unifi", address=hostapd.ADDRESS, coa_port=hostapd.DAS_PORT)
    installation = Installation(house, tmp_path)
    with (
        RadiusProcess(installation, before=between.at_the_nas),
        hostapd.nas(tmp_path, between, installation.acct_port),
    ):
        with house.database.write() as db:
            now = datetime.now(UTC)
            times = dict.fromkeys(("started_at", "updated_at", "changed_at"), now)
            db.add(Session(access_point_id=1, acct_session_id="gone", key="gone", **times))
        with house.database.write() as db:
            gone = db.scalars(select(Session)).one()
            assert disconnects.ask(db, gone, asked_by="a clerk", now=now) is not None
        eventually(lambda: command(house).state != "asked")
    assert (command(house).state, command(house).error_cause) == ("nacked", 503)
    assert sessions(house)[0].terminate_cause == LOST
