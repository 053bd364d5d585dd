"""Another process that writes all the time: each of its transactions adds a ticket and counts it elsewhere."""

from __future__ import annotations

import sys
from itertools import count

from sqlalchemy import insert, text, update

from hotspots.database import make_engine
from hotspots.models import UsageHour, UsedTicket
from hotspots.storage.database_url import parse
from tests.hotspots.places import NOW


def main(url: str) -> None:
    writing = make_engine(parse(url)).execution_options(write=True)
    with writing.begin() as connection:
        connection.execute(text("DELETE FROM used_tickets"))
        connection.execute(update(UsageHour).values(sessions_started=0))
    print("writing", flush=True)
    for number in count(1):
        with writing.begin() as connection:
            connection.execute(insert(UsedTicket).values(nonce=f"nonce {number}", expires_at=NOW))
            connection.execute(update(UsageHour).values(sessions_started=UsageHour.sessions_started + 1))


if __name__ == "__main__":
    main(sys.argv[1])
