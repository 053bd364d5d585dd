"""Reports that somebody else than a RADIUS worker has: handed to the recorder of this node, one call at a time.

For what happens now and then, such as a gateway that tells of its visitors by other means than RADIUS. They go the
way of all accounting: into the same transaction, the same spool, the same news for those who decide logins.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from hotspots.errors import HotspotsError
from hotspots.recorder import local_socket
from hotspots.recorder.messages import MOST_OCTETS, MOST_RECORDS, Batch, Kept, Refused, decode_answer, encode
from hotspots.sessions.accounting import Report

PATIENCE_SECONDS: Final = 10.0


class NotKeptError(HotspotsError):
    """The recorder does not answer, or could not keep a report: nothing may be said to be written."""


def keep(path: Path, reports: Sequence[Report], patience_seconds: float = PATIENCE_SECONDS) -> None:
    """Return once all reports are durable; ``path`` is the recorder's socket.

    Raises:
        NotKeptError: Not all of them are. Handing them over again changes nothing that was written already.
    """
    if not reports:
        return
    try:
        with local_socket.connect(path) as connection:
            connection.settimeout(patience_seconds)
            for start in range(0, len(reports), MOST_RECORDS):
                _hand_over(connection, Batch(start, list(reports[start : start + MOST_RECORDS]), []))
    except OSError as error:
        raise NotKeptError(f"the recorder at {path} does not answer: {error}", "Is it running?") from error


def _hand_over(connection: socket.socket, batch: Batch) -> None:
    connection.send(encode(batch))
    while True:
        message = connection.recv(MOST_OCTETS)
        if not message:
            raise ConnectionResetError("it hung up")
        answer = decode_answer(message)
        if isinstance(answer, Kept) and batch.number in answer.numbers:
            return
        if isinstance(answer, Refused) and answer.number == batch.number:
            raise NotKeptError("the recorder could not keep what a gateway reported", "Its log says why")
