"""What a login needs to know of the database, in memory: access points, plans, credentials, stays.

Loaded once, then kept true by the notices in the table ``changes``, which are written in the same commit as what
they announce. So a login asks no database, and goes on while the database is away.
"""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from hotspots.access_points.clients import Client, Clients
from hotspots.access_points.whereabouts import Network
from hotspots.database import Database
from hotspots.logins.credentials import AccountEntry, Grant, KioskEntry, VoucherEntry
from hotspots.logins.news import Mark, News, read_all, read_news
from hotspots.plans import Plan
from hotspots.policy import Subject, SubjectKind
from hotspots.sessions.ledger import Ledger


class Directory:
    """The copy in memory. :meth:`load` once, then :meth:`refresh` as often as wanted: it costs one small query.

    A refresh has two halves: :meth:`read_news` waits for the database and may run in any thread, :meth:`take`
    waits for nothing and belongs to the thread that decides logins. What workers do with stays and tickets, their
    recorder tells; once when :attr:`missed_news` was set, that is read, too.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._mark = Mark()
        self.missed_news = False
        self.clients = Clients()
        self.certificates: dict[str, int] = {}
        """The access points by the fingerprints of their good certificates."""
        self._addresses: dict[str, tuple[Network, ...]] = {}
        self.plans: dict[int, Plan] = {}
        self.vouchers: dict[int, VoucherEntry] = {}
        self.vouchers_by_digest: dict[bytes, VoucherEntry] = {}
        self.grants: dict[str, Grant] = {}
        self.accounts: dict[int, AccountEntry] = {}
        self.accounts_by_name: dict[str, AccountEntry] = {}
        self._kiosks: dict[str, KioskEntry] = {}
        self.used_tickets: dict[str, datetime] = {}
        """The nonces of tickets that were used, and when each would have expired."""
        self.ledger = Ledger(self._has_a_budget)

    def load(self, now: datetime) -> None:
        """Read everything; of the stays those that still decide something."""
        self.take(read_all(self._database, now))

    def refresh(self, now: datetime) -> bool:
        """Read what has been announced since the last time; True where there was anything."""
        news = self.read_news(now)
        self.take(news)
        return not news.empty

    def read_news(self, now: datetime) -> News:
        """What has been announced since :meth:`take` was last called; changes nothing here."""
        missed, self.missed_news = self.missed_news, False
        return read_news(self._database, self._mark, now, missed=missed)

    def take(self, news: News) -> None:
        """Make the copy say what the database said."""
        self._mark = news.mark
        if news.places is not None:
            self.clients, self._kiosks = news.places.clients.located(self._addresses), news.places.kiosks
            self.certificates = news.places.certificates
        if news.plans is not None:
            self.plans = news.plans
        for voucher in news.vouchers:
            self._take_voucher(voucher)
        for device, grant in news.grants.items():
            if grant is None:
                self.grants.pop(device, None)
            else:
                self.grants[device] = grant
        for number, account in news.accounts.items():
            self._take_account(number, account)
        self.used_tickets |= news.used_tickets
        self.ledger.counts_months = news.mark.counts_months
        for subject, stay in news.stays:
            self.ledger.put(subject, stay)

    def locate(self, host_name: str, networks: tuple[Network, ...]) -> None:
        """Take the addresses that a host name has now; kept until it has others."""
        self._addresses[host_name] = networks
        self.clients = self.clients.located(self._addresses)

    def kiosk_at(self, client: Client, device: str) -> KioskEntry | None:
        """The kiosk with this address at the hotspot where it stands.

        Elsewhere its address makes nobody a kiosk: it is seen by whoever is near it, and easily taken.
        """
        kiosk = self._kiosks.get(device)
        return kiosk if kiosk is not None and kiosk.hotspot == client.hotspot else None

    def has_certificate(self, access_point_id: int) -> bool:
        """Whether an access point may have a connection over TLS."""
        return access_point_id in self.certificates.values()

    def put_voucher(self, voucher: VoucherEntry) -> None:
        """Take the newest state of a voucher."""
        self.vouchers[voucher.id] = voucher
        self.vouchers_by_digest[voucher.digest] = voucher

    def forget_expired_tickets(self, now: datetime) -> None:
        """Let go of used tickets that would be refused as expired anyway."""
        self.used_tickets = {nonce: until for nonce, until in self.used_tickets.items() if until > now}

    def _has_a_budget(self, subject: Subject) -> bool:
        """Whether it is a voucher with a budget of its own, which is counted over its whole life."""
        voucher = self.vouchers.get(int(subject.key)) if subject.kind is SubjectKind.VOUCHER else None
        return voucher is not None and (voucher.total_seconds is not None or voucher.total_octets is not None)

    def _take_account(self, number: int, account: AccountEntry | None) -> None:
        known = self.accounts.pop(number, None)
        # Somebody else may have been given its name since, and have come first.
        if known is not None and self.accounts_by_name.get(known.name) is known:
            del self.accounts_by_name[known.name]
        if account is not None:
            self.accounts[number] = self.accounts_by_name[account.name] = account

    def _take_voucher(self, voucher: VoucherEntry) -> None:
        known = self.vouchers.get(voucher.id)
        if known is not None and voucher.first_used_at is None:
            # It was first used a moment ago, and the writer has not come to it yet.
            voucher = replace(voucher, first_used_at=known.first_used_at)
        self.put_voucher(voucher)
