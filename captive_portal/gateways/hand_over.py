"""How the browser is handed over to a gateway, to log in there."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class HandOver:
    """An address to open; with ``fields``, a form to post there. The fields may hold a ticket's password."""

    url: str
    fields: tuple[tuple[str, str], ...] | None = field(default=None, repr=False)
