"""An access point that speaks RADIUS over TLS by the book, with the standard library alone; and its certificates."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import uvloop

from hotspots.access_points.radius_versions import RadiusVersions
from hotspots.certificates import issuing, register
from hotspots.certificates.files import write_new
from hotspots.certificates.issuing import KeyKind
from hotspots.processes import listen
from radius.radsec.server import RadSecServer
from radius.service import Keys
from radius.wire import Packet, parse
from tests.radius.gateway import Pair, access_request, accounting_request, attributes
from tests.radius.running import House

AP = "belzyce-urzad-1"
RADSEC = b"radsec"


class Certificates:
    """An authority in the database, with a certificate for the server, and those of access points in files."""

    def __init__(self, house: House, folder: Path) -> None:
        self.house = house
        self.folder = folder
        self.told: list[Server] = []
        """Servers that know of a certificate when it has been made."""
        database, now = house.database, datetime.now(UTC)
        with database.write() as db:
            key = issuing.make_key(KeyKind.EC)
            name = f"the authority of {folder}"
            authority = register.found_authority(db, database.vault, name, key, now, 365)
            self.authority = authority.pem
        self.renew_server()

    def renew_server(self) -> str:
        """A new one for the server; its serial number."""
        database = self.house.database
        with database.write() as db:
            names = ["localhost", "127.0.0.1"]
            key = issuing.make_key(KeyKind.EC)
            row = register.sign_for_server(db, database.vault, names, key, datetime.now(UTC), 90)
            return row.serial

    def access_point(self, name: str = AP, *, days: int = 90, now: datetime | None = None) -> Path:
        """A folder with ``key``, ``certificate`` and ``authority``, all PEM."""
        database, key = self.house.database, issuing.make_key(KeyKind.EC)
        now = now or datetime.now(UTC)
        with database.write() as db:
            row = register.sign_for_access_point(db, database.vault, name, key.public_key(), now, days)
            folder = self.folder / f"{name}-{row.serial}"
            write_new(folder, {"key": issuing.key_pem(key), "certificate": row.pem, "authority": self.authority})
        for server in self.told:
            server.catch_up()
        return folder

    def revoke(self, name: str = AP) -> None:
        with self.house.database.write() as db:
            now = datetime.now(UTC)
            register.revoke(db, register.find(db, name, now), now, revoked_by="a test")


class Peer:
    """A TLS connection of an access point; without the file of its certificate it shows none."""

    def __init__(
        self,
        port: int,
        folder: Path,
        *,
        tls: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
        alpn: tuple[str, ...] = (),
        source: str = "127.0.0.1",
    ) -> None:
        context = ssl.create_default_context(cafile=str(folder / "authority"))
        context.minimum_version = context.maximum_version = tls
        if (folder / "certificate").exists():
            context.load_cert_chain(folder / "certificate", folder / "key")
        if alpn:
            context.set_alpn_protocols(list(alpn))
        plain = socket.create_connection(("127.0.0.1", port), timeout=30, source_address=(source, 0))
        self.tls = context.wrap_socket(plain, server_hostname="localhost")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.tls.close()

    def send(self, octets: bytes) -> None:
        self.tls.sendall(octets)

    def hear(self, within_seconds: float = 30.0) -> bytes | None:
        """The next packet; None where the server ends the connection, TimeoutError where nothing comes."""
        self.tls.settimeout(within_seconds)
        head = self._exactly(4)
        if head is None:
            return None
        rest = self._exactly(struct.unpack(">H", head[2:4])[0] - 4)
        return None if rest is None else head + rest

    def _exactly(self, octets: int) -> bytes | None:
        got = b""
        while len(got) < octets:
            try:
                more = self.tls.recv(octets - len(got))
            except (ConnectionError, ssl.SSLError) as error:
                if isinstance(error, TimeoutError):
                    raise
                return None
            if not more:
                return None
            got += more
        return got

    def ask(self, octets: bytes, within_seconds: float = 30.0) -> Packet:
        self.send(octets)
        answer = self.hear(within_seconds)
        assert answer is not None, "the connection was ended"
        return parse(answer)

    def is_ended(self, within_seconds: float = 30.0) -> bool:
        """Whether the server ends the connection, having said nothing more."""
        try:
            return self.hear(within_seconds) is None
        except TimeoutError:
            return False

    def is_met_with_silence(self, octets: bytes, for_seconds: float = 0.8) -> bool:
        """No answer, and the connection stays."""
        self.send(octets)
        try:
            self.hear(for_seconds)
        except TimeoutError:
            return True
        return False


def request(*pairs: Pair, identifier: int = 1, signed: bool = True) -> bytes:
    return access_request(*pairs, secret=RADSEC, identifier=identifier, signed=signed)


def accounting(*pairs: Pair, identifier: int = 1) -> bytes:
    return accounting_request(*pairs, secret=RADSEC, identifier=identifier)


def with_token(code: int, token: int, *pairs: Pair, reserved: bytes = bytes(12), first: int = 0) -> bytes:
    """A packet of RADIUS/1.1 (RFC 9765 section 4.1)."""
    body = attributes(*pairs)
    return struct.pack(">BBHI", code, first, 20 + len(body), token) + reserved + body


def reply_to(octets: bytes, code: int, *pairs: Pair) -> bytes:
    """The answer of an access point to a Disconnect or CoA, signed with the secret of RADIUS over TLS."""
    body = attributes(*pairs)
    head = struct.pack(">BBH", code, octets[1], 20 + len(body))
    return head + hashlib.md5(head + octets[4:20] + body + RADSEC, usedforsecurity=False).digest() + body


def is_signed(octets: bytes, vector: bytes) -> bool:
    """Whether the Message-Authenticator, which stands first, is right over this vector."""
    if octets[20:22] != b"\x50\x12":
        return False
    unsigned = octets[:4] + vector + octets[20:22] + bytes(16) + octets[38:]
    return hmac.compare_digest(hmac.digest(RADSEC, unsigned, hashlib.md5), octets[22:38])


class Server:
    """The process of ``hotspots radsec`` in a thread of the test."""

    def __init__(self, house: House, versions: RadiusVersions = RadiusVersions.EITHER) -> None:
        self.server = RadSecServer(
            house.database, Keys.derive(house.secret_key), house.recorder.path, versions=versions
        )
        self.loop = uvloop.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()
        try:
            self.run(self.server.start(listen.tcp("", "127.0.0.1", 0, setting="")))
        except BaseException:
            self._end()
            raise
        self.port = self.server.port

    def run(self, call: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(call, self.loop).result(30)

    def catch_up(self) -> None:
        """Return when the server knows what the database says now."""
        self.run(self.server.refresher.refreshed())

    @property
    def connections(self) -> int:
        return self.server.connections.count

    def stop(self) -> None:
        self.run(self.server.stop())
        self._end()

    def _end(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


@contextmanager
def serving(
    house: House, certificates: Certificates | None = None, versions: RadiusVersions = RadiusVersions.EITHER
) -> Iterator[Server]:
    server = Server(house, versions)
    if certificates is not None:
        certificates.told.append(server)
    try:
        yield server
    finally:
        server.stop()


def is_refused(
    port: int,
    folder: Path,
    *,
    alpn: tuple[str, ...] = (),
    tls: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
) -> bool:
    """In TLS 1.3 whoever is refused learns it only with what comes after its own handshake."""
    try:
        with Peer(port, folder, alpn=alpn, tls=tls) as peer:
            return peer.is_ended()
    except (ssl.SSLError, ConnectionError):
        return True


def open_sockets() -> int:
    found = 0
    for each in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # the one that lists them
            found += str(each.readlink()).startswith("socket:")
    return found
