"""A load as the powiat's gateways make it: whole sessions at a steady rate, and a journal of all that was answered."""

from __future__ import annotations

import os
import secrets
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks import load
from benchmarks.load import Endpoint, Measurement
from benchmarks.population import AccessPoint, Population
from tests.end_to_end.installation import Installation

ENOUGH_SECONDS = 600
DRAIN_SECONDS = 90


def endpoint(installation: Installation, users: int, accounts: int = 0) -> Endpoint:
    """The installation as radload sees it: its access points with their secrets, so many new vouchers, and accounts."""
    listed = installation.command("ap", "list", "--show-secrets")
    made = installation.command("voucher", "create", "--plan", "od-2018", "--count", str(users))
    population = Population(
        tuple(AccessPoint(row["address"], row["secret"], row["nas_identifier"]) for row in listed),
        tuple(row["code"].replace("-", "") for row in made),
    )
    path = population.write_users(installation.folder / "radload-users")
    if accounts:
        _scatter(path, [_account(installation, number) for number in range(accounts)])
    return Endpoint(
        installation.ports["auth"],
        installation.ports["acct"],
        path,
        population.write_access_points(installation.folder / "radload-access-points"),
        installation.folder / "radload.log",
    )


def _account(installation: Installation, number: int) -> str:
    name, password = f"resident{number}@example.org", secrets.token_urlsafe(12)
    installation.command("account", "add", name, "--plan", "od-2018", stdin=f"{password}\n")
    return f"{name} {password}"


def _scatter(path: Path, lines: list[str]) -> None:
    """Put lines between those of a file, so that their turn comes now and then."""
    there = path.read_text().splitlines()
    every = len(there) // len(lines)
    for number, line in enumerate(lines):
        there.insert(number * (every + 1), line)
    path.write_text("\n".join(there) + "\n")


def lets_in(where: Endpoint) -> bool:
    """Whether somebody with a voucher gets online now."""
    return load.answers(where, tuple(os.sched_getaffinity(0))[:1])


class Load:
    """radload at work: logins, Starts, Interim-Updates and Stops, asked again each second until they are answered.

    Args:
        where: Whom to ask.
        journal: Where each answered record of accounting is written down.
        sessions_per_second: How many begin, whatever the server does; each is six packets.
    """

    def __init__(self, where: Endpoint, journal: Path, sessions_per_second: int = 60) -> None:
        load.build()
        self.journal = journal
        rate = ["-m", "storm", "--storm", "session", "--rate", str(sessions_per_second)]
        patience = ["-t", str(ENOUGH_SECONDS), "--timeout", "1000", "--retries", str(DRAIN_SECONDS)]
        self._command = load.command(where, 1, [*rate, *patience, "--journal", str(journal)])

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            self._command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()

    @property
    def answered(self) -> int:
        """Records of accounting that were answered until now."""
        return self.journal.read_bytes().count(b"\n") if self.journal.exists() else 0

    def wait_for(self, more: int, seconds: float = 30.0) -> None:
        """Return once so many more records were answered; fails where they are not."""
        wanted = self.answered + more
        deadline = time.monotonic() + seconds
        while (answered := self.answered) < wanted:
            assert self._process.poll() is None, f"radload ended: {self._process.communicate()}"
            assert time.monotonic() < deadline, f"{wanted - answered} of {more} were not answered in {seconds} s"
            time.sleep(0.05)

    def stop(self) -> Measurement:
        """Begin no more sessions, bring to an end those that were begun, and give what was measured."""
        self._process.terminate()
        output, errors = self._process.communicate(timeout=DRAIN_SECONDS)
        return load.measured(subprocess.CompletedProcess(self._command, self._process.returncode, output, errors))
