"""A request that comes again, from another port or address or to another worker, uses and counts nothing twice."""

from __future__ import annotations

import hashlib
import socket

from sqlalchemy import func, select

from hotspots.models import DeviceGrant, Session, UsageHour, UsedTicket
from hotspots.processes import listen
from radius.numbers import Code
from tests.radius.gateway import Gateway, access_request, login, number, report
from tests.radius.running import ADDRESS, House, Worker, eventually

START, STOP, INTERIM = 1, 2, 3
OTHER_LINE = "127.0.7.7"


def answers(ports: list[int], datagram: bytes, sources: list[str]) -> list[bytes | None]:
    """What comes back when each source sends it to each port, all before any of them reads; an answer of each port."""
    gateways = [(Gateway(source), port) for source in sources for port in ports]
    for gateway, port in gateways:
        gateway.send(port, datagram)
    heard: list[bytes | None] = [None] * len(gateways)

    def enough() -> bool:
        for place, (gateway, _) in enumerate(gateways):
            heard[place] = heard[place] or gateway.hear(0.1)
        return sum(answer is not None for answer in heard) >= len(ports)

    eventually(enough)
    for gateway, _ in gateways:
        gateway.close()
    return heard


def counted(house: House) -> tuple[int, int, int]:
    """Sessions, their octets up, and those of the hours."""
    with house.database.read() as db:
        sessions, octets = db.execute(select(func.count(), func.sum(Session.octets_up))).one()
        hours = db.scalar(select(func.sum(UsageHour.octets_up)))
    return sessions, int(octets or 0), int(hours or 0)


def test_a_login_that_comes_again_from_another_port_gets_the_same_bytes(house: House, worker: Worker) -> None:
    ticket = house.ticket()
    request = login(ticket.user_name, ticket.password)
    with Gateway() as first, Gateway() as then:
        accept = first.ask(worker.auth_port, request)
        assert accept.code == Code.ACCESS_ACCEPT
        assert then.ask(worker.auth_port, request).raw == accept.raw


def test_so_does_one_whose_line_got_another_address_meanwhile(house: House, worker: Worker) -> None:
    house.set_access_point(address="dynamic")
    worker.catch_up()
    ticket = house.ticket()
    request = login_named(ticket.user_name, ticket.password)
    with Gateway() as first, Gateway(OTHER_LINE) as then:
        accept = first.ask(worker.auth_port, request)
        assert accept.code == Code.ACCESS_ACCEPT
        assert then.ask(worker.auth_port, request).raw == accept.raw


def login_named(name: str, password: str) -> bytes:
    """A login by CHAP, with the gateway's own name in it."""
    answer = hashlib.md5(b"\1" + password.encode() + b"challenge", usedforsecurity=False).digest()
    phone = (31, b"02:11:22:33:44:55")
    pairs = ((1, name.encode()), (3, b"\1" + answer), (60, b"challenge"), phone, (32, b"belzyce-urzad-1"))
    return access_request(*pairs)


def test_another_worker_uses_no_ticket_twice(house: House, workers: tuple[Worker, Worker]) -> None:
    """At the same moment both may say yes, to the same device; it is used, and the device remembered, once."""
    house.set_plan(remember_seconds=3600)
    for worker in workers:
        worker.catch_up()
    ticket = house.ticket()
    request = login(ticket.user_name, ticket.password)
    heard = answers([worker.auth_port for worker in workers], request, [ADDRESS])
    codes = [answer[0] for answer in heard if answer is not None]
    assert len(codes) == 2
    assert Code.ACCESS_ACCEPT in codes

    def written() -> list[int]:
        with house.database.read() as db:
            return [db.scalar(select(func.count()).select_from(table)) or 0 for table in (UsedTicket, DeviceGrant)]

    eventually(lambda: written() == [1, 1])
    # With a new identifier it is another login, and the ticket is used at both.
    for worker in workers:
        with Gateway() as gateway:

            def said(worker: Worker = worker, gateway: Gateway = gateway) -> bytes | None:
                return gateway.ask(worker.auth_port, login(ticket.user_name, ticket.password)).first.get(18)

            assert eventually(said) == b"ticket_used"


def test_octets_count_once_whatever_port_or_worker_the_report_comes_to(
    house: House, workers: tuple[Worker, Worker]
) -> None:
    ports = [worker.acct_port for worker in workers]
    for octets, status in ((0, START), (500, INTERIM), (900, INTERIM), (1000, STOP)):
        record = report(status, "s1", (42, number(octets)), (46, number(60)))
        heard = answers(ports, record, [ADDRESS, ADDRESS])
        # Who asks again while the first is worked on is not answered twice, and is when it asks once more.
        assert sum(answer is not None for answer in heard) >= 2
        assert all(answers(ports, record, [ADDRESS]))
        # Asked again with its delay it is another packet, and the same record (RFC 2866 section 5.2).
        late = report(status, "s1", (42, number(octets)), (46, number(60)), (41, number(3)), identifier=9)
        assert all(answers(ports, late, [ADDRESS]))
    assert counted(house) == (1, 1000, 1000)


def test_a_report_that_overtakes_another_on_the_way_to_another_worker_takes_nothing_back(
    house: House, workers: tuple[Worker, Worker]
) -> None:
    one, two = (worker.acct_port for worker in workers)
    with Gateway() as gateway:
        for port, octets in ((one, 700), (two, 400), (one, 900), (two, 700)):
            gateway.ask(port, report(INTERIM, "s1", (42, number(octets)), identifier=octets % 256))
    assert counted(house) == (1, 900, 900)


def test_a_gateway_comes_to_the_same_worker_from_every_port_where_they_share_one(house: House) -> None:
    """Two workers on one port, as production has them; what one did would otherwise be asked of the other."""
    groups = [listen.udp_group("127.0.0.1", 0, 2, setting="") for _ in range(2)]
    sockets: list[tuple[socket.socket, socket.socket]] = [(groups[0][at], groups[1][at]) for at in range(2)]
    pair = [Worker(house, sockets=each) for each in sockets]
    ticket = house.ticket()
    request = login(ticket.user_name, ticket.password)
    heard = set()
    for _ in range(8):
        with Gateway() as gateway:
            heard.add(gateway.ask(pair[0].auth_port, request).raw)
    assert len(heard) == 1, "the same bytes each time"
    assert {answer[0] for answer in heard} == {Code.ACCESS_ACCEPT}
    for worker in pair:
        worker.stop()
