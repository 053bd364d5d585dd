"""What workers and the recorder say to each other: one message in one datagram of a local socket.

Encoded as MessagePack. The same octets go into the spool while the database is away, so a field is only ever added
at the end, with a default.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec
from msgspec import Struct

from hotspots.logins.login_records import LoginRecord
from hotspots.policy import Subject
from hotspots.sessions.accounting import Report
from hotspots.sessions.stay import Stay

MOST_OCTETS: Final = 128 * 1024
"""The largest message: below what a local socket takes by default (net.core.wmem_default, 208 KiB)."""

MOST_RECORDS: Final = 100
"""Records in one message: an accounting record of the largest packet still fits so often."""


class Batch(Struct, frozen=True, array_like=True):
    """From a worker: what is to be written down. ``number`` names it in the answer."""

    number: int
    reports: list[Report]
    logins: list[LoginRecord]


class Kept(Struct, frozen=True, array_like=True, tag="kept"):
    """From the recorder: these batches are durable. ``disconnects`` says that some sessions are to be ended."""

    numbers: list[int]
    disconnects: bool = False


class Refused(Struct, frozen=True, array_like=True, tag="refused"):
    """From the recorder: of this batch nothing, or not these reports, could be kept.

    ``reports`` are their places in the batch; where ``logins`` is set, its logins were not kept either, and may be
    handed over again later.
    """

    number: int
    reports: list[int]
    logins: bool


class Happened(Struct, frozen=True, array_like=True, tag="happened"):
    """From the recorder to all workers: what changed for those who decide logins."""

    stays: list[tuple[Subject, Stay]]
    used_tickets: list[tuple[str, datetime]]


class Look(Struct, frozen=True, array_like=True, tag="look"):
    """From the recorder to all workers: the database says something new.

    With ``missed``, so may have done other nodes, and nobody heard it.
    """

    missed: bool


Answer = Kept | Refused | Happened | Look

encode = msgspec.msgpack.Encoder().encode
decode_batch = msgspec.msgpack.Decoder(Batch).decode
decode_answer = msgspec.msgpack.Decoder(Answer).decode
