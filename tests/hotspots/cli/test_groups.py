"""The commands that work on the database, called with the same words as at the prompt."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select
from typer.testing import CliRunner, Result

from benchmarks.postgresql import Cluster
from hotspots import audit, keys, staff, vouchers
from hotspots.cli import main
from hotspots.database import Database, open_database
from hotspots.errors import HotspotsError
from hotspots.models import AccessPoint, AuditEntry, Session, SessionCommand, UsageHour, Voucher
from hotspots.processes import bootstrap
from hotspots.sessions.usage_window import WARSAW
from hotspots.settings import load_settings
from tests.hotspots.inventory.test_writing import EXAMPLE

Call = Callable[..., Result]


@dataclass(frozen=True)
class Fresh:
    """A data folder, and the cluster that holds its database where that is not in the folder."""

    data_dir: Path
    cluster: Cluster | None


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def fresh(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fresh]:
    """A system that was just prepared; tests work on copies."""
    path = tmp_path_factory.mktemp("prepared")
    cluster: Cluster | None = request.getfixturevalue("cluster") if request.param == "postgresql" else None
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTSPOTS_DATA_DIR", str(path / "var"))
        if cluster is not None:
            patch.setenv("HOTSPOTS_DATABASE_URL", cluster.create("prepared"))
        bootstrap.prepare(load_settings())
    yield Fresh(path / "var", cluster)
    if cluster is not None:
        cluster.drop("prepared")


@pytest.fixture
def system(fresh: Fresh, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    shutil.copytree(fresh.data_dir, tmp_path / "var")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOTSPOTS_DATA_DIR", str(tmp_path / "var"))
    if fresh.cluster is not None:
        url = fresh.cluster.url(fresh.cluster.fresh_copy("prepared"))
        monkeypatch.setenv("HOTSPOTS_DATABASE_URL", url)
    database = open_database(load_settings())
    yield database
    database.close()


def call(*words: str) -> Result:
    result = CliRunner().invoke(main.build(words), words)
    if isinstance(result.exception, HotspotsError):
        raise result.exception
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def answer(*words: str) -> Any:
    result = call(*words, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


ADD = (
    "ap", "add", "zakrzew-urzad-2", "--hotspot", "zakrzew-urzad", "--address", "10.9.0.0/24",
    "--make", "mikrotik", "--gateway", "mikrotik",
)  # fmt: skip


@pytest.mark.parametrize("command", ["inventory", "ap", "voucher", "session", "staff", "usage"])
def test_each_group_explains_itself(command: str) -> None:
    assert "Usage:" in CliRunner().invoke(main.build([command]), [command, "--help"]).stdout


def test_the_access_points_are_listed_with_the_promised_fields(system: Database) -> None:
    rows = answer("ap", "list")
    assert len(rows) == 22
    assert rows[0] == {
        "name": "lublin-starostwo-1", "nas_identifier": "lublin-starostwo-1", "address": "127.0.1.1",
        "make": "mikrotik", "gateway": "mikrotik", "hotspot": "lublin-starostwo", "authority": "powiat-lubelski",
        "radius_transport": "udp", "secret": "***", "uam_secret": "***",
    }  # fmt: skip
    shown = answer("ap", "list", "--show-secrets")
    assert len({row["secret"] for row in shown} | {row["uam_secret"] for row in shown}) == 44
    assert all(len(row["secret"]) >= 32 for row in shown)
    assert "lublin-starostwo-1" in call("ap", "list").stdout
    assert shown[0]["secret"] not in call("ap", "list").stdout


def test_an_access_point_is_added_with_its_secrets_and_removed(system: Database) -> None:
    added = answer(*ADD, "--secret", "a-secret-of-mine-1", "--uam-secret", "another-1")
    assert (added["nas_identifier"], added["secret"], added["authority"]) == ("zakrzew-urzad-2", "***", "zakrzew")
    row = next(row for row in answer("ap", "list", "--show-secrets") if row["name"] == "zakrzew-urzad-2")
    assert (row["secret"], row["uam_secret"], row["address"]) == ("a-secret-of-mine-1", "another-1", "10.9.0.0/24")

    removed = answer("ap", "remove", "zakrzew-urzad-2")

    assert removed["removed_at"].endswith("Z")
    assert len(answer("ap", "list")) == 22
    with system.read() as session:
        kept = session.scalars(select(AccessPoint).where(AccessPoint.name == "zakrzew-urzad-2")).one()
        assert kept.removed_at is not None
        assert audit.verify(session).broken_at is None


def test_who_is_added_again_gets_new_secrets(system: Database) -> None:
    def secret() -> str:
        answer(*ADD)
        rows = answer("ap", "list", "--show-secrets")
        answer("ap", "remove", "zakrzew-urzad-2")
        return str(next(row["secret"] for row in rows if row["name"] == "zakrzew-urzad-2"))

    first, second = secret(), secret()
    assert len(first) >= 32
    assert first != second


def test_an_overlapping_address_is_taken_and_told(system: Database) -> None:
    result = call(*ADD[:5], "--address", "127.0.1.0/30", *ADD[7:], "--nas-identifier", "gm-16", "--secret", "short")
    assert result.exit_code == 0
    assert "is also from where lublin-starostwo-1 (127.0.1.1) calls" in result.stderr
    assert "belzyce-rynek-1 (127.0.1.3)" in result.stderr
    assert "belzyce-urzad-1" not in result.stderr
    assert "the secret is short" in result.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((*ADD[:4], "zakrzew-urzat", *ADD[5:]), "there is no hotspot zakrzew-urzat. did you mean zakrzew-urzad"),
        ((*ADD[:2], "zakrzew-urzad-1", *ADD[3:]), "there is an access point zakrzew-urzad-1 already. choose"),
        ((*ADD, "--nas-identifier", "wolka-urzad-1"), "nas_identifier: 'wolka-urzad-1' is the NAS identifier of"),
        ((*ADD[:6], "10.9.0.1/24", *ADD[7:]), "--address: '10.9.0.1/24' names a host in a subnet"),
        ((*ADD[:6], "0.0.0.0/0", *ADD[7:]), "--address: '0.0.0.0/0' is half the world"),
        (("ap", "change", "garbow-urzad-1"), "nothing is to be changed. give at least one option"),
        ((*ADD, "--secret", ""), "--secret: must be 1 to 127 printable ASCII characters"),
        (("ap", "remove", "nope"), "there is no access point nope. there are 22, such as belzyce-biblioteka-1, "),
        (("ap", "remove", "zakrzew-urzad-7"), "there is no access point zakrzew-urzad-7. did you mean zakrzew-"),
    ],
)
def test_a_bad_access_point_changes_nothing(system: Database, words: tuple[str, ...], message: str) -> None:
    before = answer("ap", "list", "--show-secrets")
    with pytest.raises(HotspotsError) as caught:
        call(*words)
    assert message in str(caught.value)
    assert answer("ap", "list", "--show-secrets") == before


def test_an_unknown_make_is_a_usage_error(system: Database) -> None:
    result = call(*ADD[:8], "acme", *ADD[9:])
    assert result.exit_code == 2
    assert "openwrt" in result.stderr


def test_the_inventory_goes_out_and_in_again(system: Database, tmp_path: Path) -> None:
    copy = tmp_path / "copy.yaml"
    shutil.copy(EXAMPLE, copy)

    call("inventory", "export", str(copy))

    assert copy.read_bytes() == EXAMPLE.read_bytes()
    assert answer("inventory", "import", str(copy)) == []
    copy.write_text(copy.read_text().replace("declared_range_m: 50", "declared_range_m: 60", 1))
    expected = [
        {
            "action": "change", "kind": "hotspot", "name": "lublin-starostwo", "field": "declared_range_m",
            "before": 50, "after": 60,
        }
    ]  # fmt: skip
    assert answer("inventory", "import", str(copy), "--dry-run") == expected
    assert answer("inventory", "import", str(copy)) == expected
    assert answer("inventory", "import", str(copy)) == []
    assert call("inventory", "export", "-").stdout in copy.read_text()


def test_secrets_are_exported_on_request_and_for_the_owner_only(system: Database, tmp_path: Path) -> None:
    file = tmp_path / "with-secrets.yaml"
    secret = answer("ap", "list", "--show-secrets")[0]["secret"]
    call("inventory", "export", str(file))
    assert secret not in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o644

    call("inventory", "export", str(file), "--show-secrets")

    assert secret in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    assert answer("inventory", "import", str(file)) == []


def test_a_bad_inventory_is_refused_with_line_field_and_reason(system: Database, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(EXAMPLE.read_text().replace("latitude: 51.2474", "latitude: 91"))
    with pytest.raises(
        HotspotsError, match=r"line \d+, authorities\.powiat-lubelski\.hotspots\.lublin-starostwo\.lat"
    ):
        call("inventory", "import", str(bad))
    with pytest.raises(HotspotsError, match=r"cannot be written"):
        call("inventory", "export", str(tmp_path / "no-folder" / "file.yaml"))


def test_vouchers_are_made_and_revoked(system: Database) -> None:
    rows = answer(
        "voucher", "create", "--plan", "od-2018", "--count", "3", "--authority", "wolka", "--hours", "2",
        "--minutes-online", "30", "--megabytes", "5",
    )  # fmt: skip
    assert len({row["code"] for row in rows}) == 3
    assert {(row["plan"], row["authority"], row["lifetime_seconds"]) for row in rows} == {
        ("od-2018", "wolka", 7200)
    }
    key = keys.derive(load_settings().secret_key, keys.VOUCHER_LOOKUP)
    code = vouchers.normalise(rows[0]["code"])
    assert isinstance(code, str)

    revoked = answer("voucher", "revoke", rows[0]["code"].lower())

    assert answer("voucher", "revoke", rows[0]["code"]) == revoked
    with system.read() as session:
        voucher = vouchers.find(session, key, code)
        assert voucher is not None
        assert (voucher.revoked_at is not None, voucher.batch.total_seconds) == (True, 1800)
        assert voucher.batch.total_octets == 5_000_000
        assert len([row for row in session.scalars(select(Voucher)) if row.revoked_at is None]) == 2


def test_vouchers_are_the_powiats_unless_told_otherwise(system: Database) -> None:
    (row,) = answer("voucher", "create", "--plan", "uke-2013", "--count", "1")
    assert (row["authority"], row["lifetime_seconds"]) == ("powiat-lubelski", 86400)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("create", "--plan", "od-2017", "--count", "1"), "there is no plan od-2017. did you mean od-2018"),
        (("create", "--plan", "od-2018", "--count", "1", "--authority", "wolkaa"), "did you mean wolka?"),
        (("revoke", "ABCD"), "it has 4 characters instead of 12"),
        (("revoke", "0BCD-EFGH-2345"), "no code has 0"),
        (("revoke", "2222-2222-2223"), "a character is wrong"),
        (("revoke", "2222-2222-2222"), "there is no voucher 2222-2222-2222"),
    ],
)
def test_a_bad_voucher_is_explained(system: Database, words: tuple[str, ...], message: str) -> None:
    with pytest.raises(HotspotsError) as caught:
        call("voucher", *words)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "words", [("--hours", "inf"), ("--hours", "1e30"), ("--megabytes", "9" * 17), ("--minutes-online", "9" * 17)]
)
def test_limits_of_a_voucher_that_nobody_lives_to_see_are_a_usage_error(
    system: Database, words: tuple[str, ...]
) -> None:
    result = call("voucher", "create", "--plan", "od-2018", "--count", "1", *words)

    assert result.exit_code == 2
    with system.read() as session:
        assert session.scalars(select(Voucher)).all() == []


def _stays(system: Database) -> list[int]:
    now = datetime.now(UTC).replace(microsecond=0)
    with system.write() as session:
        points = session.scalars(select(AccessPoint).order_by(AccessPoint.id).limit(2)).all()
        stays = [
            Session(
                key=f"k{number}", access_point_id=point.id, acct_session_id=acct, user_name="t1abc",
                device="02:00:00:00:00:01", started_at=now - timedelta(minutes=10 - number), updated_at=now,
                stopped_at=now if number == 0 else None, session_seconds=60, octets_up=5_000_000_000, octets_down=7,
                terminate_cause="User-Request" if number == 0 else None, changed_at=now,
            )
            for number, (point, acct) in enumerate([(points[0], "65a1"), (points[0], "65a1"), (points[1], "65a2")])
        ]  # fmt: skip
        session.add_all(stays)
        session.flush()
        return [stay.id for stay in stays]


def test_sessions_are_listed_with_the_promised_fields(system: Database) -> None:
    ids = _stays(system)
    rows = answer("session", "list")
    assert [row["id"] for row in rows] == ids
    assert set(rows[0]) == {
        "id", "user_name", "device", "access_point", "acct_session_id", "started_at", "stopped_at",
        "session_seconds", "octets_up", "octets_down", "terminate_cause",
    }  # fmt: skip
    assert rows[0]["octets_up"] == 5_000_000_000
    assert datetime.fromisoformat(rows[0]["started_at"]).tzinfo is not None
    assert rows[0]["started_at"].endswith("Z")
    assert [row["id"] for row in answer("session", "list", "--active")] == ids[1:]
    assert "5.0 GB" in call("session", "list").stdout


def test_a_disconnect_is_asked_for_by_id_or_by_the_gateways_id(system: Database) -> None:
    _, second, third = _stays(system)

    answers = [answer("session", "disconnect", word) for word in (str(second), "65a1", "65a2")]

    assert [(row["id"], row["state"]) for row in answers] == [
        (second, "asked"),
        (second, "asked"),
        (third, "asked"),
    ]
    with system.read() as session:
        commands = session.scalars(select(SessionCommand).order_by(SessionCommand.id)).all()
        assert [(item.session_id, item.cause, item.asked_by) for item in commands] == [
            (second, "staff", "command line"), (third, "staff", "command line"),
        ]  # fmt: skip
        assert "session.disconnect" in session.scalars(select(AuditEntry.action)).all()


def test_a_session_that_cannot_be_ended_is_explained(system: Database) -> None:
    first, second, _ = _stays(system)
    with pytest.raises(HotspotsError, match="has ended already"):
        call("session", "disconnect", str(first))
    with pytest.raises(HotspotsError, match=r"no open session 999999.*session list --active"):
        call("session", "disconnect", "999999")
    with system.write() as session:
        session.get_one(Session, second).acct_session_id = "65a2"
    with pytest.raises(HotspotsError, match="several gateways have"):
        call("session", "disconnect", "65a2")


def test_usage_is_summed_up_four_ways(system: Database) -> None:
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    hours = [now - timedelta(days=1), now - timedelta(days=40), now]
    with system.write() as session:
        for number, point in enumerate(session.scalars(select(AccessPoint).order_by(AccessPoint.id).limit(2))):
            for hour in hours:
                session.add(
                    UsageHour(
                        hour=hour, access_point_id=point.id, sessions_started=1, session_seconds=10,
                        octets_up=100 + number, octets_down=1000,
                    )
                )  # fmt: skip

    by_hour = answer("usage", "--by", "hour")
    by_day = answer("usage", "--days", "2")
    by_authority = answer("usage", "--by", "authority", "--days", "41")
    by_hotspot = answer("usage", "--by", "hotspot")

    text = now.isoformat().replace("+00:00", "Z")
    assert by_hour[-1] == {
        "hour": text, "sessions_started": 2, "session_seconds": 20, "octets_up": 201, "octets_down": 2000,
    }  # fmt: skip
    assert len(by_hour) == 2
    assert [row["day"] for row in by_day][-1] == now.astimezone(WARSAW).date().isoformat()
    assert sum(row["octets_up"] for row in by_day) == 402
    assert (len(by_authority), sum(row["octets_up"] for row in by_authority)) == (16, 603)
    assert (len(by_hotspot), sum(row["octets_up"] for row in by_hotspot)) == (22, 402)
    assert set(by_hotspot[0]) == {"hotspot", "sessions_started", "session_seconds", "octets_up", "octets_down"}


def test_a_member_of_staff_is_added_and_signs_in(system: Database) -> None:
    added = answer("staff", "add", "jan", "--role", "clerk", "--authority", "wolka")
    assert (added["name"], added["role"], added["authority"]) == ("jan", "clerk", "wolka")
    assert staff.sign_in(system, "jan", SecretStr(added["first_password"]), datetime.now(UTC)) is not None
    with pytest.raises(HotspotsError, match="named jan already"):
        call("staff", "add", "jan", "--role", "clerk", "--authority", "wolka")
    assert call("staff", "add", "anna", "--role", "mayor", "--authority", "wolka").exit_code == 2


def test_members_of_staff_are_listed_and_get_new_passwords_and_leave(system: Database) -> None:
    first = answer("staff", "add", "jan", "--role", "clerk", "--authority", "wolka")["first_password"]
    second = answer("staff", "new-password", "jan")["first_password"]
    now = datetime.now(UTC)
    assert staff.sign_in(system, "jan", SecretStr(first), now) is None
    assert staff.sign_in(system, "jan", SecretStr(second), now) is not None

    assert answer("staff", "disable", "jan")["disabled_at"] is not None
    assert staff.sign_in(system, "jan", SecretStr(second), now) is None
    listed = {row["name"]: (row["authority"], row["disabled_at"] is None) for row in answer("staff", "list")}
    assert listed == {"admin": ("powiat-lubelski", True), "jan": ("wolka", False)}

    assert answer("staff", "enable", "jan")["disabled_at"] is None
    assert staff.sign_in(system, "jan", SecretStr(second), now) is not None
    for command in ("new-password", "disable", "enable"):
        with pytest.raises(HotspotsError, match="no member of staff named ewa"):
            call("staff", command, "ewa")
