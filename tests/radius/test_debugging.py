"""`hotspots radius --debug`: each packet as a network engineer reads it, and no secret in it."""

from __future__ import annotations

import re
import socket
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from hotspots.models import Session
from hotspots.sessions import disconnects
from radius.numbers import Code, Vendor
from radius.printing import describe
from radius.wire import HEADER_OCTETS, parse
from tests.radius.fake_nas import FakeNas
from tests.radius.gateway import Gateway, Pair, access_request, attributes, login, report
from tests.radius.process import Installation, RadiusProcess
from tests.radius.running import ADDRESS, SECRET, House, eventually

FREERADIUS = Path("/usr/share/freeradius")
HIDDEN = b"open sesame, sixteen or more octets"
# What hides a password or a key without being marked so in FreeRADIUS' dictionaries.
SECRET_ATTRIBUTES = {
    "User-Password": 2,
    "CHAP-Password": 3,
    "Tunnel-Password": 69,
    "ARAP-Password": 70,
    "EAP-Message": 79,
    "ARAP-Challenge-Response": 84,
    "Digest-Response": 103,
}
SECRETS_OF_VENDORS = {
    "MS-CHAP-Response": (311, 1),
    "MS-CHAP-MPPE-Keys": (311, 12),
    "MS-MPPE-Send-Key": (311, 16),
    "MS-MPPE-Recv-Key": (311, 17),
    "MS-CHAP2-Response": (311, 25),
    "Cisco-AVPair (psk=)": (9, 1),
    "Mikrotik-Wireless-PSK": (14988, 16),
    "Aruba-MPSK-Passphrase": (14823, 44),
    "Ruckus-Dpsk": (25053, 142),
    "Ascend-Send-Secret": (529, 214),
}


def shown(*pairs: Pair) -> str:
    body = attributes(*pairs)
    head = bytes((Code.ACCESS_REQUEST, 1)) + (HEADER_OCTETS + len(body)).to_bytes(2, "big")
    return describe(parse(head + bytes(16) + body))


def is_hidden(text: str) -> bool:
    return HIDDEN.decode() not in text and HIDDEN.hex() not in text and "***" in text


def of_vendor(vendor: int, number: int) -> Pair:
    return 26, vendor.to_bytes(4, "big") + bytes((number, len(HIDDEN) + 2)) + HIDDEN


@pytest.mark.parametrize("name", SECRET_ATTRIBUTES)
def test_what_hides_a_secret_is_shown_by_its_name_and_length_alone(name: str) -> None:
    text = shown((SECRET_ATTRIBUTES[name], HIDDEN))
    assert is_hidden(text)
    assert text.splitlines()[1] == f"  {name} = *** ({len(HIDDEN)} octets)"


@pytest.mark.parametrize("name", SECRETS_OF_VENDORS)
def test_what_hides_a_secret_of_a_vendor_is_not_shown(name: str) -> None:
    assert is_hidden(shown(of_vendor(*SECRETS_OF_VENDORS[name])))


def test_whatever_freeradius_knows_to_be_encrypted_is_not_shown() -> None:
    found = list(encrypted())
    assert len(found) > 30
    for vendor, number in found:
        pair = of_vendor(vendor, number) if vendor else (number, HIDDEN)
        assert is_hidden(shown(pair)), (vendor, number)


def encrypted() -> set[tuple[int, int]]:
    """Vendor (0 for none) and number of what FreeRADIUS' dictionaries mark with ``encrypt``."""
    found: set[tuple[int, int]] = set()
    for file in FREERADIUS.glob("dictionary.*"):
        vendors: dict[str, int] = {}
        vendor = 0
        for line in file.read_text(errors="replace").splitlines():
            words = line.split("#")[0].split()
            if words[:1] == ["VENDOR"] and words[2].isdigit():
                vendors[words[1]] = int(words[2])
            elif words[:1] == ["BEGIN-VENDOR"]:
                vendor = vendors.get(words[1], -1)
            elif words[:1] == ["END-VENDOR"]:
                vendor = 0
            elif words[:1] == ["ATTRIBUTE"] and "encrypt=" in line and words[2].isdigit() and vendor >= 0:
                found.add((vendor, int(words[2])))
    return {(vendor, number) for vendor, number in found if number < 256}


def test_the_code_of_a_voucher_is_cut(sqlite_house: House) -> None:
    """Whoever has it gets in, so it is a secret even as a name; how it was typed does not matter."""
    code = sqlite_house.voucher()
    for typed in (code, code.lower(), f"{code[:4]}-{code[4:8]}-{code[8:]}"):
        assert f'User-Name = "{typed[:4]}***"' in shown((1, typed.encode()))
    assert 'User-Name = "somebody"' in shown((1, b"somebody"))


SAID_BY_RADCLIENT = """
User-Name = "somebody"
NAS-IP-Address = 127.0.1.1
NAS-Port = 7
Service-Type = Login-User
Framed-IP-Address = 10.1.0.7
Framed-MTU = 1400
Filter-Id = "walled"
Reply-Message = "Dzień dobry"
State = 0x0102
Class = 0x70683131
Session-Timeout = 14400
Idle-Timeout = 1200
Called-Station-Id = "AA-BB-CC-00-11-22:Powiat"
Calling-Station-Id = "02-11-22-33-44-55"
NAS-Identifier = "belzyce-urzad-1"
Proxy-State = 0x01
Acct-Status-Type = Interim-Update
Acct-Delay-Time = 3
Acct-Input-Octets = 5
Acct-Session-Id = "65a1b2c3"
Acct-Authentic = RADIUS
Acct-Terminate-Cause = Lost-Carrier
Acct-Input-Gigawords = 1
NAS-Port-Type = Wireless-802.11
Port-Limit = 1
Connect-Info = "CONNECT 54Mbps"
Acct-Interim-Interval = 300
NAS-Port-Id = "wlan0"
Framed-Pool = "residents"
Error-Cause = Session-Context-Not-Found
WISPr-Location-ID = "isocc=pl"
WISPr-Bandwidth-Max-Up = 512000
Mikrotik-Rate-Limit = "512k/2M"
Mikrotik-Total-Limit-Gigawords = 1
Cambium-Traffic-Quota-Limit-Total = 7
Airespace-ACL-Name = "guests"
"""


def test_each_line_is_what_radclient_shows_of_the_same_packet() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(60)
        port = server.getsockname()[1]
        asked = subprocess.run(
            ["radclient", "-x", "-r", "1", "-t", "0.2", f"127.0.0.1:{port}", "auto", SECRET.decode()],
            input=f"Packet-Type = Access-Request\n{SAID_BY_RADCLIENT.strip()}\n",
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        datagram, peer = server.recvfrom(4096)
    header, *theirs = [line.strip() for line in asked.stdout.splitlines()]
    ours_header, *ours = describe(parse(datagram), f" from 0.0.0.0:{peer[1]} to 127.0.0.1:{port}").splitlines()
    assert f"Sent {ours_header}" == header
    assert [line.strip() for line in ours] == [line for line in theirs if not line.startswith(("Packet-", "(0)"))]


def test_a_conversation_is_shown_with_times_peers_and_why_there_was_no_answer(
    sqlite_house: House, gateway: Gateway, tmp_path: Path
) -> None:
    installation = Installation(sqlite_house, tmp_path)
    code = sqlite_house.voucher()
    with RadiusProcess(installation, "--debug") as radius:
        gateway.ask(installation.auth_port, login("somebody", "open sesame"))
        gateway.ask(installation.auth_port, login(code, code, identifier=2))
        gateway.send(installation.auth_port, b"\1\2\3")
        gateway.send(installation.auth_port, access_request((1, b"a"), secret=b"another", identifier=3))
        eventually(lambda: "bad_message_authenticator" in radius.log.read_text())
        text = radius.log.read_text()
    time = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
    here = rf"{re.escape(ADDRESS)}:\d+"
    for words in (
        rf"Received Access-Request Id 1 from {here} length \d+",
        rf"Sent Access-Reject Id 1 to {here} length \d+",
        rf"Sent Access-Accept Id 2 to {here} length \d+",
        rf"Received malformed packet from {here} length 3: shorter_than_header at 3",
        rf"Dropped packet from {here}: shorter_than_header",
        rf"Received Access-Request Id 3 from {here} length \d+",
        rf"Dropped packet from {here}: bad_message_authenticator",
    ):
        assert re.search(rf"^{time} {words}$", text, re.MULTILINE), text
    assert '  User-Name = "somebody"' in text
    assert "  User-Password = *** (16 octets)" in text
    assert '  Reply-Message = "unknown_user"' in text
    for secret in ("sesame", code, SECRET.decode()):
        assert secret not in text


def test_disconnects_and_their_answers_are_shown(sqlite_house: House, gateway: Gateway, tmp_path: Path) -> None:
    installation = Installation(sqlite_house, tmp_path)
    with FakeNas() as nas:
        sqlite_house.set_access_point(coa_port=nas.port)
        with RadiusProcess(installation, "--debug") as radius:
            gateway.ask(installation.acct_port, report(1, "s1", (1, b"somebody")))
            with sqlite_house.database.write() as db:
                session = db.scalars(select(Session)).one()
                assert disconnects.ask(db, session, asked_by="a clerk", now=datetime.now(UTC)) is not None
            eventually(lambda: "Received Disconnect-ACK" in radius.log.read_text())
            text = radius.log.read_text()
    there = f"{ADDRESS}:{nas.port}"
    assert re.search(rf"Sent Disconnect-Request Id \d+ to {there} length \d+\n  Message-Authenticator = 0x", text)
    assert re.search(rf"Received Disconnect-ACK Id \d+ from {there} length 20\n", text)


def test_every_vendor_that_is_taken_apart_is_in_the_dictionary() -> None:
    for vendor in Vendor:
        assert f"Vendor-{int(vendor)}" not in shown(of_vendor(int(vendor), 250))
