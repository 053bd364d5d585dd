"""Legal holds: what they keep from every job and from the resident's own erasing, and that they end by themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select
from sqlalchemy.orm import Session as OrmSession

from hotspots import audit, hold_orders, legal_holds, models
from hotspots.database import Database
from hotspots.errors import HotspotsError
from hotspots.hold_orders import USUAL
from hotspots.jobs.ended_holds import delete_ended_holds
from hotspots.jobs.expired_access import delete_expired_grants
from hotspots.jobs.old_accounts import delete_expired_accounts, erase_names_of_deleted_accounts
from hotspots.jobs.old_codes import delete_old_codes
from hotspots.jobs.old_passes import delete_old_passes
from hotspots.jobs.old_sponsor_requests import delete_old_sponsor_requests
from hotspots.jobs.retention import delete_old_commands, delete_old_decisions, erase_old_sessions
from hotspots.legal_holds import Kind
from hotspots.residents import accounts, own_data
from tests.hotspots.jobs.rows import a_session
from tests.hotspots.places import NOW, add_network
from tests.hotspots.plans.large import fill
from tests.hotspots.plans.watch import watching, whole_readings

PHONE, OTHER = "02:11:22:33:44:55", "02:11:22:33:44:99"
THIRD = "02:11:22:33:44:77"
LONG_AGO = NOW - timedelta(days=60)
ORDER: dict[str, Any] = {"reason": "PR Lublin 3012-1.Ds.7.2026", "ordered_by": "Anna Kowalska"}
EVERY_JOB: tuple[Callable[[Database, datetime], int], ...] = (
    delete_expired_grants,
    delete_old_codes,
    delete_old_sponsor_requests,
    delete_old_passes,
    erase_old_sessions,
    delete_old_decisions,
    delete_old_commands,
    delete_expired_accounts,
    erase_names_of_deleted_accounts,
    delete_ended_holds,
)


@pytest.fixture
def network(database: Database) -> Database:
    """Two phones whose holders had the same afternoon long ago: everything of it is past its time."""
    with database.write() as db:
        point = add_network(db, database.vault)
        for name, device in (("one", PHONE), ("two", OTHER)):
            _afternoon(db, database, point, name, device)
    return database


def _afternoon(db: OrmSession, database: Database, point: models.AccessPoint, name: str, device: str) -> None:
    plan, authority = point.hotspot.plan, point.hotspot.authority
    account = models.Account(
        name=name, authority_id=authority.id, plan_id=plan.id, password_hash="", created_at=LONG_AGO,
        created_by="resident", expires_at=LONG_AGO,
    )  # fmt: skip
    db.add(account)
    db.flush()
    subject = {"subject_kind": "resident", "subject_key": str(account.id)}
    stay = a_session(point, plan, LONG_AGO, key=name, device=device, user_name=name, stopped_at=LONG_AGO, **subject)
    here = {"access_point_id": point.id, "device": device}
    db.add_all(
        (
            stay,
            models.DeviceGrant(
                **here, **subject, plan_id=plan.id, terms_version=1, granted_at=LONG_AGO, expires_at=LONG_AGO
            ),
            models.LoginDecision(**here, at=stay.started_at, at_door="radius", method="account", checks=[]),
            models.LoginDecision(
                **here, at=LONG_AGO - timedelta(days=1), at_door="portal", method="tap", checks=[], reason="x"
            ),
            models.Pass(
                **here, **subject, session_key=name, session_class=b"", user_name=name, handle=name,
                granted_at=LONG_AGO,
            ),
            models.SentCode(
                id=name, channel="sms", purpose="x", contact_digest=b"", sealed_contact=b"", code_digest=b"",
                device=device, hotspot_id=point.hotspot_id, sent_at=LONG_AGO, expires_at=LONG_AGO,
            ),
            models.SponsorRequest(
                id=name, device=device, hotspot_id=point.hotspot_id, sealed_words=database.vault.seal(SecretStr("x")),
                asked_at=LONG_AGO, expires_at=LONG_AGO,
            ),
        )
    )  # fmt: skip
    db.flush()
    db.add(models.SessionCommand(session_id=stay.id, cause="staff", asked_by="jan", asked_at=LONG_AGO))


def run_all(database: Database, now: datetime = NOW) -> None:
    for job in EVERY_JOB:
        job(database, now)


def kept(database: Database, device: str) -> dict[str, int]:
    """How many rows still name the device, by table; the ones that nobody keeps are left out."""
    tables = (
        *(models.Session, models.DeviceGrant, models.LoginDecision, models.Pass, models.SentCode),
        models.SponsorRequest,
    )
    with database.read() as db:
        counts = {
            each.__tablename__: db.scalar(select(func.count()).select_from(each).where(each.device == device)) or 0
            for each in tables
        }
    return {name: count for name, count in counts.items() if count}


def session_of(database: Database, device: str) -> models.Session:
    with database.read() as db:
        return db.scalars(select(models.Session).where(models.Session.device == device)).one()


def hold(database: Database, kind: Kind, subject: str, until: datetime = NOW + USUAL) -> int:
    with database.write() as db:
        return hold_orders.add(db, kind, subject, **ORDER, until=until, placed_by="command line", now=NOW).id


EVERYTHING = {
    "sessions": 1,
    "device_grants": 1,
    "login_decisions": 2,
    "passes": 1,
    "sent_codes": 1,
    "sponsor_requests": 1,
}


def test_of_a_device_that_is_held_every_job_keeps_all_and_of_another_nothing(network: Database) -> None:
    number = session_of(network, PHONE).id
    hold(network, Kind.DEVICE, "02-11-22-33-44-55")

    run_all(network)

    assert kept(network, PHONE) == EVERYTHING
    assert kept(network, OTHER) == {}
    stay = session_of(network, PHONE)
    assert (stay.user_name, stay.framed_ip, stay.key) == ("one", "10.1.0.7", "one")
    with network.read() as db:
        assert list(db.scalars(select(models.SessionCommand.session_id))) == [number]
        assert list(db.scalars(select(models.Account.name))) == ["one"]


def test_of_a_session_that_is_held_its_own_records_stay(network: Database) -> None:
    number = session_of(network, PHONE).id
    hold(network, Kind.SESSION, str(number))

    run_all(network)

    assert kept(network, PHONE) == {"sessions": 1, "login_decisions": 1, "passes": 1}
    assert kept(network, OTHER) == {}
    with network.read() as db:
        assert list(db.scalars(select(models.SessionCommand.session_id))) == [number]
        assert list(db.scalars(select(models.Account.name))) == ["one"]


def test_of_a_voucher_that_is_held_its_sessions_and_logins_stay(network: Database) -> None:
    with network.write() as db:
        batch = models.VoucherBatch(
            plan_id=1, authority_id=db.scalars(select(models.Authority.id)).first(), created_at=LONG_AGO,
            created_by="test", expires_at=LONG_AGO,
        )  # fmt: skip
        db.add(batch)
        db.flush()
        voucher = models.Voucher(batch_id=batch.id, code_digest=b"x", sealed_code=b"")
        db.add(voucher)
        db.flush()
        stay = db.scalars(select(models.Session).where(models.Session.device == PHONE)).one()
        stay.subject_kind, stay.subject_key = "voucher", str(voucher.id)
        refused = db.scalars(
            select(models.LoginDecision).where(
                models.LoginDecision.device == PHONE, models.LoginDecision.reason == "x"
            )
        ).one()
        refused.voucher_id = voucher.id
    hold(network, Kind.VOUCHER, str(voucher.id))

    run_all(network)

    assert kept(network, PHONE) == {"sessions": 1, "login_decisions": 2, "passes": 1}
    assert session_of(network, PHONE).subject_key == str(voucher.id)


def test_a_voucher_may_have_more_sessions_than_a_condition_may_be_deep(network: Database) -> None:
    with network.write() as db:
        point, plan = db.scalars(select(models.AccessPoint)).one(), db.scalars(select(models.ServicePlan)).first()
        batch = models.VoucherBatch(
            plan_id=1, authority_id=point.hotspot.authority_id, created_at=LONG_AGO, created_by="test",
            expires_at=LONG_AGO,
        )  # fmt: skip
        db.add(batch)
        db.flush()
        voucher = models.Voucher(batch_id=batch.id, code_digest=b"x", sealed_code=b"")
        db.add(voucher)
        db.flush()
        of_voucher = {"subject_kind": "voucher", "subject_key": str(voucher.id), "stopped_at": LONG_AGO}
        here = {"access_point_id": point.id, "at_door": "radius", "method": "voucher", "checks": []}
        for hours in range(1100):
            stay = a_session(point, plan, LONG_AGO - timedelta(hours=hours), device=THIRD, **of_voucher)
            db.add_all((stay, models.LoginDecision(**here, at=stay.started_at, device=THIRD)))
    hold(network, Kind.VOUCHER, str(voucher.id))
    run_all(network)
    assert kept(network, THIRD)["login_decisions"] == 1100
    assert kept(network, THIRD)["sessions"] == 1100


@pytest.mark.parametrize("lifted", [False, True])
def test_it_ends_by_itself_or_when_it_is_lifted(network: Database, *, lifted: bool) -> None:
    number = hold(network, Kind.DEVICE, PHONE, NOW + timedelta(days=1))
    later = NOW if lifted else NOW + timedelta(days=1)
    if lifted:
        with network.write() as db:
            hold_orders.lift(db, number, reason="released", lifted_by="command line", now=NOW)

    run_all(network, later)
    run_all(network, later)

    assert kept(network, PHONE) == {}
    with network.read() as db:
        assert db.scalars(select(models.LegalHold)).all() == []
        entries = db.scalars(select(models.AuditEntry).where(models.AuditEntry.action.like("hold.%"))).all()
        assert [(each.action, each.subject) for each in entries] == [
            ("hold.add", f"hold {number}"),
            ("hold.lift" if lifted else "hold.end", f"hold {number}"),
        ]
        assert entries[0].detail["reason"] == ORDER["reason"]
        assert PHONE not in str([each.detail for each in entries]), "the log is kept for longer than the device"
        assert audit.verify(db).broken_at is None


def test_of_two_holds_the_longer_counts(network: Database) -> None:
    hold(network, Kind.DEVICE, PHONE, NOW + timedelta(days=1))
    hold(network, Kind.DEVICE, PHONE, NOW + timedelta(days=5))
    run_all(network, NOW + timedelta(days=2))
    assert kept(network, PHONE) == EVERYTHING


def test_the_resident_erases_nothing_of_a_device_that_is_held(network: Database) -> None:
    until = NOW + USUAL
    hold(network, Kind.DEVICE, PHONE, until)
    erased = own_data.erase(network, PHONE, NOW)
    assert (erased.nothing, erased.sessions, erased.held_until) == (True, 0, until)
    assert kept(network, PHONE) == EVERYTHING
    told = own_data.collect(network, None, OTHER, NOW)  # type: ignore[arg-type] # no contact has to be opened
    assert told["legal_hold_until"] is None


def test_the_resident_erases_all_but_a_session_that_is_held(network: Database) -> None:
    until = NOW + USUAL
    hold(network, Kind.SESSION, str(session_of(network, PHONE).id), until)

    kept_now = own_data.collect(network, None, PHONE, NOW)  # type: ignore[arg-type]
    told = kept_now["sessions"][0]
    erased = own_data.erase(network, PHONE, NOW)

    assert (told["legal_hold_until"], told["kept_until"], kept_now["passes"][0]["kept_until"]) == (
        until,
        until,
        until,
    )
    assert (erased.nothing, erased.sessions, erased.staying, erased.held_until) == (False, 0, 1, until)
    assert kept(network, PHONE) == {"sessions": 1, "login_decisions": 1, "passes": 1}
    with network.read() as db:
        assert set(db.scalars(select(models.Account.name))) == {"one", "two"}


def test_an_account_that_is_held_is_not_deleted(network: Database) -> None:
    hold(network, Kind.DEVICE, PHONE)
    with network.write() as db:
        account = db.scalars(select(models.Account).where(models.Account.name == "one")).one()
        with pytest.raises(HotspotsError, match="a legal hold covers"):
            accounts.delete(db, account, deleted_by="command line", now=NOW)
    assert session_of(network, PHONE).user_name == "one"


@pytest.mark.parametrize(
    ("kind", "subject", "more", "complaint"),
    [
        (Kind.DEVICE, "phone", {}, "no MAC address"),
        (Kind.SESSION, "4711", {}, "there is no session 4711"),
        (Kind.VOUCHER, "x" * 20, {}, "there is no voucher"),
        (Kind.DEVICE, PHONE, {"reason": "  "}, "the reason is missing"),
        (Kind.DEVICE, PHONE, {"ordered_by": ""}, "who ordered it is missing"),
        (Kind.DEVICE, PHONE, {"until": NOW}, "would be over already"),
    ],
)
def test_what_cannot_be_held_is_said(
    network: Database, kind: Kind, subject: str, more: dict[str, object], complaint: str
) -> None:
    given: dict[str, Any] = {**ORDER, "until": NOW + USUAL, "placed_by": "command line", "now": NOW} | more
    with pytest.raises(HotspotsError, match=complaint), network.write() as db:
        hold_orders.add(db, kind, subject, **given)
    with network.read() as db:
        assert legal_holds.in_force(db, NOW) == []


def test_a_session_that_names_nobody_any_more_cannot_be_held(network: Database) -> None:
    number = session_of(network, PHONE).id
    run_all(network)
    with pytest.raises(HotspotsError, match="names nobody any more"):
        hold(network, Kind.SESSION, str(number))


def test_every_job_is_answered_from_indexes_with_holds_too(network: Database) -> None:
    fill(network, NOW)
    hold(network, Kind.SESSION, str(session_of(network, PHONE).id))
    hold(network, Kind.DEVICE, PHONE)
    with network.read() as db:
        voucher = db.scalars(select(models.Voucher.id).limit(1)).first()
    hold(network, Kind.VOUCHER, str(voucher))
    with watching() as watch:
        run_all(network)
        own_data.erase(network, PHONE, NOW)
    assert [str(one) for one in whole_readings(network, watch)] == []
