"""What is known of a remembered device, for the decision whether it is asked again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from hotspots.access_points.clients import Client
from hotspots.logins.asking_again import Remembered, Seen, ask_again
from hotspots.logins.credentials import Grant
from hotspots.logins.directory import Directory
from hotspots.logins.travel import Travel
from hotspots.plans import Plan
from hotspots.policy import Check, Refuse
from hotspots.sessions.stay import is_stale


class DeviceDesk:
    """Asks :func:`hotspots.logins.asking_again.ask_again`, from memory."""

    def __init__(self, directory: Directory, travel: Travel) -> None:
        self._directory = directory
        self._travel = travel

    def ask_again(self, grant: Grant, client: Client, plan_id: int, now: datetime) -> Refuse | tuple[Check, ...]:
        """Whether the device is asked again at this access point, under this plan; else the rules it passed.

        Without the plan there is nothing to say: nobody gets in.
        """
        plan = self._directory.plans.get(plan_id)
        if plan is None:
            return ()
        asked_at = self._directory.clients.by_id.get(grant.access_point_id)
        known = Remembered(grant.device, grant.asked_at, None if asked_at is None else asked_at.place)
        return ask_again(known, client.place, self._sessions(grant, client, plan, now), plan, self._travel, now)

    def _sessions(self, grant: Grant, client: Client, plan: Plan, now: datetime) -> Iterator[Seen]:
        """The device's own at other access points; whoever it counts for may have other devices elsewhere."""
        clients, plans = self._directory.clients.by_id, self._directory.plans
        for stay in self._directory.ledger.stays(grant.subject, now):
            if stay.access_point_id == client.id or stay.device != grant.device:
                continue
            point = clients.get(stay.access_point_id)
            if point is not None:
                # Under the rules of the place there, or of whom it counts for: the slower reports decide.
                interim_seconds = max(plan.interim_seconds, plans.get(point.plan_id, plan).interim_seconds)
                online = not stay.ended and not is_stale(stay, interim_seconds, now)
                yield Seen(point.place, stay.started_at, stay.heard_at, online)
