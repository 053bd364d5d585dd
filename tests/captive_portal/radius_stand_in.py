"""RADIUS without its packets: the real login desk over the real database, asked as a gateway would ask."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import md5

from pydantic import SecretStr

from captive_portal.app import utc_now
from hotspots import bulk, keys
from hotspots.database import Database
from hotspots.logins import login_store
from hotspots.logins.directory import Directory
from hotspots.logins.login import Attempt, LoginDesk, Outcome
from hotspots.logins.login_records import record_of
from hotspots.logins.tickets import TicketDesk
from hotspots.policy import Accept
from hotspots.sessions import accounting_store
from hotspots.sessions.accounting import Report, Status


@dataclass
class ChapPassword:
    ident: int
    response: bytes
    challenge: bytes

    def matches(self, *candidates: str) -> bool:
        return any(hmac.compare_digest(self._answer(each), self.response) for each in candidates)

    @property
    def clear(self) -> None:
        return None

    def _answer(self, password: str) -> bytes:
        return md5(bytes([self.ident]) + password.encode() + self.challenge, usedforsecurity=False).digest()


@dataclass
class RadiusStandIn:
    """One access point's view of RADIUS; what was decided is written down as the real server does."""

    database: Database
    nas_identifier: str
    tickets: TicketDesk
    voucher_key: bytes
    clock: Callable[[], datetime]
    outcomes: list[Outcome] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.directory = Directory(self.database)
        self.directory.load(self.clock())
        self.desk = LoginDesk(self.directory, self.tickets, self.voucher_key)

    def authenticate(self, user_name: str, ident: int, response: bytes, challenge: bytes, mac: str) -> bool:
        self.directory.refresh(self.clock())
        client = next(
            each for each in self.directory.clients.by_id.values() if each.nas_identifier == self.nas_identifier
        )
        password = ChapPassword(ident, response, challenge)
        outcome = self.desk.login(Attempt(client, user_name, mac, password, self.clock()))
        assert isinstance(outcome, Outcome), "only a password in clear is ever hashed"
        self.outcomes.append(outcome)
        with bulk.transaction(self.database.engine) as db:
            login_store.apply(db, [record_of(outcome)])
        return isinstance(outcome.decision, Accept)

    def account(
        self, status: Status, *, seconds: int = 0, up: int = 0, down: int = 0, cause: str | None = None
    ) -> None:
        """Accounting of the session that the last Accept began."""
        accepted = next(each for each in reversed(self.outcomes) if isinstance(each.decision, Accept))
        report = Report(
            status,
            accepted.attempt.client.id,
            self.clock(),
            acct_session_id="65a1b2c3",
            user_name=accepted.attempt.user_name,
            device=accepted.attempt.device,
            session_seconds=seconds,
            octets_up=up,
            octets_down=down,
            terminate_cause=cause,
            grant=accepted.session_class,
        )
        with bulk.transaction(self.database.engine) as db:
            applied = accounting_store.apply(db, [report], self.clock())
        for state in applied.states.values():
            if state.subject is not None:
                self.directory.ledger.put(state.subject, state.stay())


def stand_in(database: Database, secret_key: SecretStr, clock: Callable[[], datetime] = utc_now) -> RadiusStandIn:
    """RADIUS for the one access point of the tests' network."""
    tickets = TicketDesk(keys.derive(secret_key, keys.TICKETS))
    voucher_key = keys.derive(secret_key, keys.VOUCHER_LOOKUP)
    return RadiusStandIn(database, "belzyce-urzad-1", tickets, voucher_key, clock)
