"""`hotspots account`, called with the same words as at the prompt; the password comes through a pipe."""

# ruff: noqa: F811 - a test takes a fixture by the name that it is imported under

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from hotspots import passwords
from hotspots.cli import main
from hotspots.database import Database
from hotspots.errors import HotspotsError
from hotspots.models import Account
from tests.hotspots.cli.test_groups import fresh, system  # noqa: F401 - fixtures

PASSWORD = "correct horse battery"


def answer(*words: str, typed: str = "") -> Any:
    result = CliRunner().invoke(main.build(words), [*words, "--json"], input=typed)
    if isinstance(result.exception, HotspotsError):
        raise result.exception
    assert result.exit_code == 0, result.stderr
    assert PASSWORD not in result.stdout
    return json.loads(result.stdout)


def add(name: str = "anna@example.org", *more: str) -> Any:
    return answer("account", "add", name, "--plan", "od-2018", *more, typed=f"{PASSWORD}\n")


def password_hash(system: Database, name: str = "anna@example.org") -> str:
    with system.read() as db:
        return db.scalars(select(Account.password_hash).where(Account.name == name)).one()


def test_each_command_explains_itself() -> None:
    for command in ("add", "list", "set-password", "extend", "block", "unblock", "delete"):
        shown = CliRunner().invoke(main.build(["account"]), ["account", command, "--help"]).stdout
        assert f"Example: hotspots account {command}" in shown
        assert "--json" in shown


def test_an_account_is_added_and_listed_without_its_password(system: Database) -> None:
    added = add("Anna@Example.org", "--authority", "belzyce", "--days", "30")
    assert (added["name"], added["plan"], added["authority"]) == ("anna@example.org", "od-2018", "belzyce")
    expires_at = datetime.fromisoformat(added["expires_at"])
    assert timedelta(days=29) < expires_at - datetime.now(UTC) <= timedelta(days=30)
    assert answer("account", "list") == [added]
    assert passwords.verify_octets(password_hash(system), PASSWORD.encode())


def test_a_password_is_changed_and_the_account_goes_on(system: Database) -> None:
    add()
    answer("account", "set-password", "ANNA@example.org", typed="another good one\n")
    assert passwords.verify_octets(password_hash(system), b"another good one")
    assert not passwords.verify_octets(password_hash(system), PASSWORD.encode())


def test_an_account_is_blocked_let_in_again_extended_and_deleted(system: Database) -> None:
    before = add()
    assert answer("account", "block", "anna@example.org")["blocked_at"] is not None
    assert answer("account", "unblock", "anna@example.org")["blocked_at"] is None
    after = answer("account", "extend", "anna@example.org", "--days", "1000")
    assert after["expires_at"] > before["expires_at"]
    deleted = answer("account", "delete", "anna@example.org")
    assert (deleted["name"], deleted["sessions_ending"]) == ("anna@example.org", 0)
    assert answer("account", "list") == []


def test_what_is_wrong_is_said_and_changes_nothing(system: Database) -> None:
    with pytest.raises(HotspotsError, match="no password on the standard input"):
        answer("account", "add", "anna@example.org", "--plan", "od-2018")
    with pytest.raises(HotspotsError, match="did you mean od-2018"):
        answer("account", "add", "anna@example.org", "--plan", "od-2081", typed=f"{PASSWORD}\n")
    with pytest.raises(HotspotsError, match="too short"):
        answer("account", "add", "anna@example.org", "--plan", "od-2018", typed="short\n")
    for command in ("block", "unblock", "delete", "set-password"):
        with pytest.raises(HotspotsError, match="there is no account anna"):
            answer("account", command, "anna", typed=f"{PASSWORD}\n")
    assert answer("account", "list") == []


def test_a_password_is_never_an_argument_and_a_terminal_does_not_show_it(system: Database) -> None:
    command = [sys.executable, "-P", "-m", "hotspots", "account", "add", "anna@example.org", "--plan", "od-2018"]
    terminal, theirs = pty.openpty()
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    shown = ""
    for prompt in ("Password: ", "confirmation: "):
        while prompt not in shown:
            shown += os.read(terminal, 1024).decode()
        os.write(terminal, f"{PASSWORD}\n".encode())
    while True:
        try:
            shown += os.read(terminal, 4096).decode()
        except OSError:  # Linux says so when the other side is closed
            break
    assert process.wait(30) == 0, shown
    os.close(terminal)
    assert "anna@example.org" in shown
    assert PASSWORD not in shown
    assert passwords.verify_octets(password_hash(system), PASSWORD.encode())
