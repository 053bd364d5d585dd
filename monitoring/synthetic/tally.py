"""What is counted while residents are played; what nobody expected is kept in words."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """One session as it stood in the Stop packet that was answered; octets as the resident sees their direction."""

    acct_session_id: str
    user_name: str
    device: str
    hotspot: str
    access_point: str
    method: str
    session_seconds: int
    octets_up: int
    octets_down: int
    terminate_cause: str


@dataclass
class Tally:
    """The counts. ``sent`` and ``answered`` are packets; the rest are things that happened to residents."""

    logged_in: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    shown_the_portal: int = 0
    sessions: list[SessionRecord] = field(default_factory=list)
    disconnected: int = 0
    requests: int = 0
    retransmissions: int = 0
    unanswered: Counter[str] = field(default_factory=Counter)
    unexpected: Counter[str] = field(default_factory=Counter)
    online: set[str] = field(default_factory=set)
    turned_away: set[str] = field(default_factory=set)

    @property
    def octets_up(self) -> int:
        """Octets in all Stop packets, from residents to the Internet."""
        return sum(session.octets_up for session in self.sessions)

    @property
    def octets_down(self) -> int:
        """Octets in all Stop packets, to residents."""
        return sum(session.octets_down for session in self.sessions)

    @property
    def clean(self) -> bool:
        """Whether everything went as a working system makes it go; a refusal is no fault."""
        return not self.unexpected and not self.unanswered

    def document(self) -> dict[str, Any]:
        """Everything, for programs: sizes in octets, durations in simulated seconds."""
        return {
            "residents_online": len(self.online),
            "residents_turned_away": len(self.turned_away - self.online),
            "logged_in": dict(self.logged_in),
            "refused": dict(self.refused),
            "shown_the_portal": self.shown_the_portal,
            "sessions_stopped": len(self.sessions),
            "octets_up": self.octets_up,
            "octets_down": self.octets_down,
            "disconnected_by_server": self.disconnected,
            "requests": self.requests,
            "retransmissions": self.retransmissions,
            "unanswered": dict(self.unanswered),
            "unexpected": dict(self.unexpected),
            "sessions": [asdict(session) for session in self.sessions],
        }
