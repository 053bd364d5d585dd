"""An access point that speaks over TLS is known to do so: its security card asks no signature and no secret of it."""

from __future__ import annotations

from datetime import UTC, datetime

from hotspots.models import AccessPointState
from hotspots.security.card import Fault, judge
from hotspots.security.facts import of_access_points
from tests.radius.gateway import login
from tests.radius.radsec.peer import RADSEC, Certificates, Peer, Server
from tests.radius.running import House, eventually


def test_its_card_shows_the_transport(house: House, server: Server, certificates: Certificates) -> None:
    with Peer(server.port, certificates.access_point()) as peer:
        peer.ask(login("nobody", "nothing", secret=RADSEC))

        def seen() -> bool:
            with house.database.read() as db:
                return any(state.transport == "radsec" for state in db.query(AccessPointState))

        eventually(seen)
    with house.database.read() as db:
        facts = next(each for each in of_access_points(db, house.database.vault) if each.transport is not None)
    assert Fault.UNENCRYPTED not in judge(facts, datetime.now(UTC)).faults
