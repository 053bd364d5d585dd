"""Running `radload`, the load generator, and reading what it measured."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

from benchmarks.processors import pinned

FOLDER = Path(__file__).parent / "radload"
PROGRAM = FOLDER / "radload"
_WAITING_SECONDS = 120
_SOCKETS_A_THREAD = 44


class BadReplyError(Exception):
    """A reply whose authenticator was wrong, or a load that could not be offered: the figure would mean nothing."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server that is ready, the files that tell radload its users and its clients, and what the server logs."""

    auth_port: int
    acct_port: int
    users: Path
    access_points: Path
    log: Path


@dataclass(frozen=True, slots=True)
class Measurement:
    """What radload counted in its window.

    Attributes:
        secs: Length of the window, s; of a storm: from the first request to the last answer.
        rps: Answers a second.
        p50_us: Median time to the answer, µs. Of a storm it counts from the moment that was planned.
        p99_us: 99th percentile of it, µs.
        max_us: The longest, µs.
        replies: Answers in the window.
        accept: Access-Accepts among them.
        reject: Access-Rejects among them; every password that is sent is right, so each is a mistake.
        acct: Accounting-Responses among them.
        lost: Requests that were never answered, retransmissions included.
        retx: Retransmissions.
        noma: Answers without Message-Authenticator.
        scheduled: Logins that a storm started.
    """

    secs: float
    rps: float
    p50_us: int
    p99_us: int
    max_us: int
    replies: int
    accept: int
    reject: int
    acct: int
    lost: int
    retx: int
    noma: int
    scheduled: int

    @classmethod
    def read(cls, document: dict[str, Any]) -> Self:
        """From radload's JSON line, or from our own record of one."""
        return cls(**{field.name: document[field.name] for field in fields(cls)})


def build() -> None:
    """Compile radload where it is missing or older than its source."""
    subprocess.run(["make", "--silent", "-C", str(FOLDER), "CFLAGS=-O2 -pthread", PROGRAM.name], check=True)


def run(endpoint: Endpoint, processors: tuple[int, ...], arguments: list[str]) -> Measurement:
    """Offer one load to a server, and give what came of it.

    Raises:
        BadReplyError: An answer was wrongly signed, an Accept was not signed at all, or sockets ran out.
    """
    done = subprocess.run(
        pinned(processors, command(endpoint, len(processors), arguments)),
        capture_output=True,
        text=True,
        check=False,
        timeout=_WAITING_SECONDS,
    )
    return measured(done)


def command(endpoint: Endpoint, threads: int, arguments: list[str]) -> list[str]:
    """How radload is called for this server."""
    return [
        str(PROGRAM), "-H", "127.0.0.1", "-p", str(endpoint.auth_port), "-P", str(endpoint.acct_port),
        "-u", str(endpoint.users), "--nas-file", str(endpoint.access_points),
        "-T", str(threads), "-S", str(threads * _SOCKETS_A_THREAD), "--json", *arguments,
    ]  # fmt: skip


def measured(done: subprocess.CompletedProcess[str]) -> Measurement:
    """What a radload that has ended measured.

    Raises:
        BadReplyError: An answer was wrongly signed, an Accept was not signed at all, or sockets ran out.
    """
    if done.returncode not in (0, 1):
        raise BadReplyError(f"radload ended with status {done.returncode}: {done.stderr.strip()}")
    document = json.loads(done.stdout)
    _check(document)
    return Measurement.read(document)


def _check(document: dict[str, Any]) -> None:
    wrong = {name: document[name] for name in ("badauth", "badma", "challenge", "noslot") if document[name]}
    if wrong:
        raise BadReplyError(f"radload does not accept these answers: {wrong}")
    # An Accounting-Response need not carry one (RFC 3579 section 3.2 is about access and EAP).
    if document["noma"] and not document["acct"]:
        raise BadReplyError(f"{document['noma']} answers to logins carry no Message-Authenticator")


def answers(endpoint: Endpoint, processors: tuple[int, ...]) -> bool:
    """Whether the server lets one user in now."""
    once = run(endpoint, processors, ["-m", "auth", "-n", "1", "-w", "1", "--timeout", "300"])
    return once.accept == 1
