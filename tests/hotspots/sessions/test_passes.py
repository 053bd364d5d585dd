"""Passes: from an admission to what the gateway is offered, and from its word to accounting."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update

from hotspots import keys, models
from hotspots.database import Database
from hotspots.jobs.old_passes import delete_old_passes
from hotspots.logins.admission import Admission, Admitted, _decide, _Knock
from hotspots.logins.tickets import TicketDesk
from hotspots.policy import Accept, Person, Subject, SubjectKind
from hotspots.public_pages import clauses
from hotspots.sessions import disconnect_orders, pass_orders
from hotspots.sessions.accounting import Status
from hotspots.sessions.passes import OFFERED_FOR, Pass, PassDesk
from tests.captive_portal.network import make_voucher
from tests.hotspots.places import NOW, add_network
from tests.hotspots.plans.large import fill
from tests.hotspots.plans.watch import watching, whole_readings

PHONE = "02:11:22:33:44:55"


class Portal:
    """Admits and issues, as the portal does."""

    def __init__(self, database: Database, secret_key: SecretStr) -> None:
        tickets = TicketDesk(keys.derive(secret_key, keys.TICKETS))
        self._voucher_key = keys.derive(secret_key, keys.VOUCHER_LOOKUP)
        self._admission = Admission(database, tickets, self._voucher_key)
        self.desk = PassDesk(database, tickets, keys.derive(secret_key, keys.CLASS_ATTRIBUTE))

    def lets_in(self, handle: str, device: str = PHONE, code: str | None = None, minutes: int = 0) -> Pass:
        now = NOW + timedelta(minutes=minutes)
        admitted = (
            self._admission.by_tap(1, device, 3, now)
            if code is None
            else self._admission.by_voucher(1, device, code, 3, now)
        )
        assert isinstance(admitted, Admitted)
        return self.desk.issue(admitted, device, 1, handle, "10.1.0.7", now)


@pytest.fixture
def portal(database: Database, secret_key: SecretStr) -> Portal:
    with database.write() as db:
        plan = add_network(db, database.vault).hotspot.plan
        plan.session_seconds, plan.rate_up_bps, plan.remember_seconds = 3600, 512_000, 86_400
    return Portal(database, secret_key)


def test_a_pass_says_what_an_accept_would(portal: Portal, database: Database) -> None:
    found = portal.lets_in("one")

    assert found.grant.subject == Subject(SubjectKind.DEVICE, PHONE)
    limits = portal.desk.limits(found)
    assert (limits.session_seconds, limits.rate_up_bps, limits.total_octets) == (3600, 512_000, None)
    with database.read() as db:
        decision = db.scalars(select(models.LoginDecision)).one()
        grant = db.scalars(select(models.DeviceGrant)).one()
        notices = {(row.topic, row.key) for row in db.scalars(select(models.Change))}
    version = clauses.accepted(database, 1, 3, NOW)
    assert (decision.at_door, decision.device, decision.reason) == ("portal", PHONE, None)
    assert [check["rule"] for check in decision.checks] == ["credential", "session_time"]
    assert (grant.device, grant.terms_version, grant.expires_at) == (PHONE, version, NOW + timedelta(days=1))
    assert ("grants", PHONE) in notices, "RADIUS lets the device in elsewhere"


def test_a_voucher_is_used_with_its_pass(portal: Portal, database: Database, secret_key: SecretStr) -> None:
    code = make_voucher(database, secret_key, total_octets=1000)
    found = portal.lets_in("one", code=code)
    assert (found.grant.subject, found.grant.limit_octets) == (Subject(SubjectKind.VOUCHER, "1"), 1000)
    with database.read() as db:
        assert db.get_one(models.Voucher, 1).first_used_at == NOW
        assert db.scalars(select(models.LoginDecision)).one().voucher_id == 1


def test_two_devices_are_not_both_given_the_whole_remainder(portal: Portal, database: Database) -> None:
    with database.write() as db:
        db.scalars(select(models.ServicePlan)).one().daily_octets = 1000
    account = Subject(SubjectKind.DEVICE, PHONE)
    portal.lets_in("one")

    def left(device: str, minutes: int = 0) -> int | None:
        with database.read() as db:
            plan = db.scalars(select(models.ServicePlan)).one().value()
            knock = _Knock(1, device, "tap", NOW + timedelta(minutes=minutes))
            decision = _decide(db, Person(account), plan, knock)
        return decision.limits.total_octets if isinstance(decision, Accept) else None

    assert left(PHONE) == 1000, "a device does not stand in its own way"
    assert left("02:00:00:00:00:02") is None
    assert left("02:00:00:00:00:02", minutes=3) == 1000, "nobody came"


def test_the_gateway_is_offered_in_turn_what_it_did_not_take(portal: Portal) -> None:
    everybody = [portal.lets_in(f"h{number}", f"02:00:00:00:00:0{number}") for number in range(6)]

    def offered(seconds: int) -> list[str]:
        return [each.handle for each in portal.desk.waiting(1, NOW + timedelta(seconds=seconds), 4)]

    assert offered(5) == ["h0", "h1", "h2", "h3"]
    assert offered(10) == ["h4", "h5", "h0", "h1"]
    portal.desk.taken(everybody[:4], NOW)
    assert offered(15) == ["h4", "h5"]
    assert offered(int(OFFERED_FOR.total_seconds()) + 1) == []
    assert {each.handle for each in portal.desk.untaken(1, NOW + OFFERED_FOR)} == {"h4", "h5"}
    portal.desk.forget_untaken(1)
    assert portal.desk.untaken(1, NOW) == []
    assert len(portal.desk.by_handles(1, ["h0", "h4"])) == 1


def test_who_taps_twice_has_one_pass(portal: Portal) -> None:
    first, second = portal.lets_in("one"), portal.lets_in("one")
    assert portal.desk.by_user_name(first.user_name) is None
    assert portal.desk.by_user_name(second.user_name) == second


def test_no_session_is_older_than_its_pass(portal: Portal) -> None:
    found = portal.lets_in("one")
    late = found.report(Status.INTERIM, "opennds", NOW + timedelta(seconds=60), seconds=1_700_000_000, octets_up=-1)
    assert (late.session_seconds, late.octets_up, late.source) == (60, 0, "opennds")
    assert late.key == found.report(Status.STOP, "opennds", NOW).key


def _session(database: Database, found: Pass, **fields: object) -> None:
    with database.write() as db:
        db.add(
            models.Session(
                key=found.report(Status.START, "x", NOW).key,
                access_point_id=1,
                acct_session_id="x",
                device=found.device,
                started_at=NOW,
                updated_at=NOW,
                changed_at=NOW,
                **fields,
            )
        )


def test_radius_leaves_the_sessions_of_passes_to_the_portal(portal: Portal, database: Database) -> None:
    _session(database, portal.lets_in("one"))
    with database.write() as db:
        db.add(models.SessionCommand(session_id=1, cause="staff", asked_by="anna", asked_at=NOW))
    with database.read() as db:
        assert disconnect_orders.waiting(db, NOW, 10) == []
    with database.write() as db:
        assert pass_orders.claim(db, [2], NOW, 10) == []
        assert [each.device for each in pass_orders.claim(db, [1], NOW, 10)] == [PHONE]
        assert pass_orders.claim(db, [1], NOW, 10) == [], "it is somebody's"
        assert len(pass_orders.claim(db, [1], NOW + timedelta(minutes=1), 10)) == 1
    assert [each.handle for each in portal.desk.online(1)] == ["one"]


def test_passes_go_a_day_after_their_sessions(portal: Portal, database: Database) -> None:
    _session(database, portal.lets_in("open"))
    _session(database, portal.lets_in("ended", "02:00:00:00:00:02"), stopped_at=NOW + timedelta(hours=30))
    portal.lets_in("never taken", "02:00:00:00:00:03")

    assert delete_old_passes(database, NOW + timedelta(hours=23)) == 0
    assert delete_old_passes(database, NOW + timedelta(hours=48)) == 1
    assert delete_old_passes(database, NOW + timedelta(hours=55)) == 1
    assert [each.handle for each in portal.desk.by_handles(1, ["open", "ended", "never taken"])] == ["open"]


def test_nothing_of_it_reads_all_of_a_table(portal: Portal, database: Database) -> None:
    fill(database, NOW)
    with database.write() as db:
        db.execute(
            update(models.SessionCommand).where(models.SessionCommand.session_id == 100_001).values(state="asked")
        )
    with watching() as watch:
        found = portal.lets_in("one")
        portal.desk.waiting(1, NOW, 4)
        portal.desk.untaken(1, NOW)
        portal.desk.taken([found], NOW)
        portal.desk.by_handles(1, ["one"])
        portal.desk.by_user_name(found.user_name)
        portal.desk.online(1)
        portal.desk.limits(found)
        portal.desk.forget_untaken(1)
        with database.write() as db:
            pass_orders.claim(db, [1], NOW, 10)
    assert [str(one) for one in whole_readings(database, watch)] == []
    assert sum("passes" in statement for statement in watch.statements) >= 8
