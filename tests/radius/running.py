"""A RADIUS worker that really answers, in a thread of the test, on free ports, with a real database."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import uvloop
from prometheus_client import REGISTRY
from pydantic import SecretStr
from sqlalchemy import text

from hotspots import keys, vouchers
from hotspots.database import Database
from hotspots.logins.admission import Admission, Admitted
from hotspots.logins.tickets import TicketDesk
from hotspots.models import AccessPoint, Authority, ServicePlan
from hotspots.policy import Subject, SubjectKind
from hotspots.processes import listen
from hotspots.recorder import local_socket, neighbours
from hotspots.recorder.backlog import Backlog, spool_name
from hotspots.recorder.process import Recorder
from hotspots.recorder.store import Store
from radius.callers import SOURCE_RATE
from radius.server import Keys, Server
from tests.hotspots.places import add_network

SECRET = b"radius secret"
ADDRESS = "127.0.1.1"
PHONE = "02:11:22:33:44:55"

T = TypeVar("T")


class House:
    """A database with one access point, its recorder, and what the portal and the staff would do with it."""

    def __init__(self, database: Database, secret_key: SecretStr, folder: Path) -> None:
        self.database = database
        self.recorder = RecorderThread(database, folder)
        self.workers: list[Worker] = []
        self.secret_key = secret_key
        self._voucher_key = keys.derive(secret_key, keys.VOUCHER_LOOKUP)
        tickets = TicketDesk(keys.derive(secret_key, keys.TICKETS))
        self._admission = Admission(database, tickets, self._voucher_key)
        with database.write() as db:
            add_network(db, database.vault)

    def __enter__(self) -> House:
        return self

    def __exit__(self, *_error: object) -> None:
        self.recorder.stop()

    def voucher(self, **rules: int) -> str:
        """The code of a new one, which all workers know: on a slow machine they may not look in time."""
        now = datetime.now(UTC)
        with self.database.write() as db:
            (code,) = vouchers.create_batch(
                db,
                self.database.vault,
                self._voucher_key,
                plan=db.get_one(ServicePlan, 1),
                authority=db.get_one(Authority, 1),
                count=1,
                created_by="a test",
                now=now,
                expires_at=now + timedelta(days=1),
                **rules,
            )
        for worker in self.workers:
            worker.catch_up()
        return code

    def ticket(self, device: str = PHONE, access_point_id: int = 1) -> Admitted:
        admitted = self._admission.by_tap(access_point_id, device, 1, datetime.now(UTC))
        assert isinstance(admitted, Admitted)
        return admitted

    def set_plan(self, **limits: int) -> None:
        with self.database.write() as db:
            plan = db.get_one(ServicePlan, 1)
            for name, value in limits.items():
                setattr(plan, name, value)

    def add_access_point(self, name: str, address: str, secret: bytes = SECRET, **fields: Any) -> None:
        sealed = self.database.vault.seal(SecretStr(secret.decode()))
        known = {"make": "linux", "gateway": "wispr", "sealed_secret": sealed, "sealed_uam_secret": sealed}
        fields = {"hotspot_id": 1, **known, **fields}
        with self.database.write() as db:
            db.add(AccessPoint(name=name, nas_identifier=name, address=address, **fields))

    def set_access_point(self, **fields: Any) -> None:
        with self.database.write() as db:
            access_point = db.get_one(AccessPoint, 1)
            for name, value in fields.items():
                setattr(access_point, name, value)


class RecorderThread:
    """A recorder, as the process of ``hotspots recorder`` has it, in a thread of the test; its folder is its node's."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.path = folder / local_socket.NAME
        self.backlog = Backlog(folder / "spool")
        self._listener = local_socket.listen(self.path)
        # Connections of its own, as a process has: what others commit then shows as theirs.
        self._database = Database(database.engine.url, database.vault)
        self._node = spool_name(folder / "spool")
        self._checkpoint_due = threading.Event()
        store = Store(self._database, self._node, self._checkpoint_due)
        self._recorder = Recorder(self._listener, store, self.backlog)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        with neighbours.listening(self._database, self._node, self._recorder.pass_on):
            self._recorder.run()

    def stop(self) -> None:
        self._recorder.stop()
        self._thread.join()
        self._listener.close()
        self._database.close()


class Worker:
    """One worker, as the process of ``hotspots radius`` has it."""

    def __init__(
        self,
        house: House,
        *,
        recorder: RecorderThread | None = None,
        sockets: tuple[socket.socket, socket.socket] | None = None,
        reject_delay_seconds: float = 0.0,
        source_rate: float = SOURCE_RATE,
    ) -> None:
        key, path = Keys.derive(house.secret_key), (recorder or house.recorder).path
        self._server = Server(house.database, key, path, reject_delay_seconds=reject_delay_seconds)
        self._loop = uvloop.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        auth, acct = sockets or [listen.udp_group("127.0.0.1", 0, 1, setting="")[0] for _ in range(2)]
        try:
            self._run(self._server.start(auth, acct, source_rate=source_rate))
        except BaseException:
            self._end()
            raise
        self.auth_port, self.acct_port = self._server.ports
        self._workers = house.workers
        self._workers.append(self)

    def catch_up(self) -> None:
        """Return when the worker knows what the database says now, which it notices by itself a moment later."""
        self._run(self._server.refresher.refreshed())

    def knows_used_ticket(self) -> bool:
        """Whether it has heard that a ticket was used, here or at another worker."""
        return bool(self._server.directory.used_tickets)

    def octets_known(self, voucher: int) -> list[int]:
        """What it knows of each stay of a voucher, grants that are set aside among them: the octets used so far."""
        subject = Subject(SubjectKind.VOUCHER, str(voucher))
        return [stay.octets for stay in self._server.directory.ledger.stays(subject, datetime.now(UTC))]

    def counted(self, name: str, **labels: str) -> float:
        """The value of a metric now, 0 where it was never counted."""
        self._run(self._count())
        return REGISTRY.get_sample_value(f"hotspots_{name}", labels) or 0.0

    async def _count(self) -> None:
        self._server.tally.flush()

    def stop(self) -> None:
        if self in self._workers:
            self._workers.remove(self)
        self._run(self._server.stop())
        self._end()

    def _run(self, call: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(call, self._loop).result(30)

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def eventually(what: Callable[[], T], within_seconds: float = 60.0) -> T:
    """What the question says once it says something; fails with its last answer."""
    deadline = time.monotonic() + within_seconds
    while not (answer := what()):
        assert time.monotonic() < deadline, f"still {answer!r} after {within_seconds} s"
        time.sleep(0.02)
    return answer


def listening(house: House, nodes: int) -> None:
    """Return when the recorders of so many nodes hear each other."""

    def listeners() -> int:
        with house.database.read() as db:
            return db.scalar(text("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")) or 0

    eventually(lambda: listeners() == nodes)
