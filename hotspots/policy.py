"""The decision who may go online, for how long and how fast: a pure function over values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from msgspec import Struct

from hotspots.plans import Plan
from hotspots.sessions.usage_window import end_of_warsaw_day, end_of_warsaw_month


class Reason(StrEnum):
    """Why a login was refused. The sentence for a resident is the portal's, the one for staff the dashboard's."""

    UNKNOWN_USER = "unknown_user"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - a reason, not a password
    TICKET_FORGED = "ticket_forged"
    TICKET_EXPIRED = "ticket_expired"
    TICKET_USED = "ticket_used"
    TICKET_OTHER_DEVICE = "ticket_other_device"
    TICKET_OTHER_ACCESS_POINT = "ticket_other_access_point"
    VISIT_FORGED = "visit_forged"
    VISIT_STALE = "visit_stale"
    DEVICE_UNREADABLE = "device_unreadable"
    CONTROLLER_SILENT = "controller_silent"
    ACCESS_POINT_UNKNOWN = "access_point_unknown"
    VOUCHER_REVOKED = "voucher_revoked"
    VOUCHER_EXPIRED = "voucher_expired"
    VOUCHER_USED_UP = "voucher_used_up"
    ACCOUNT_BLOCKED = "account_blocked"
    ACCOUNT_EXPIRED = "account_expired"
    CHAP_NEEDS_CLEARTEXT_PASSWORD = "chap_needs_cleartext_password"  # noqa: S105 - a reason, too
    TOO_MANY_TRIES = "too_many_tries"
    DEVICE_NOT_REMEMBERED = "device_not_remembered"
    ASKED_AGAIN_MOVED = "asked_again_moved"
    ASKED_AGAIN_RANDOM = "asked_again_random"
    DEVICE_BLOCKED = "device_blocked"
    PLAN_UNKNOWN = "plan_unknown"
    PAUSE_NOT_OVER = "pause_not_over"
    DAILY_TIME_SPENT = "daily_time_spent"
    DAILY_OCTETS_SPENT = "daily_octets_spent"
    MONTHLY_TIME_SPENT = "monthly_time_spent"
    MONTHLY_OCTETS_SPENT = "monthly_octets_spent"
    TOO_MANY_DEVICES = "too_many_devices"
    HELD_BY_ANOTHER_DEVICE = "held_by_another_device"
    TRY_LATER = "try_later"


class SubjectKind(StrEnum):
    """What a quota is counted against."""

    DEVICE = "device"
    VOUCHER = "voucher"
    RESIDENT = "resident"
    KIOSK = "kiosk"


HOLDERS: Final = (SubjectKind.VOUCHER, SubjectKind.RESIDENT)
"""Who may have several devices, and may be blocked, over or used up whatever device it is."""


class Subject(Struct, frozen=True, array_like=True, gc=False):
    """Whom a login counts for: a device by its address, or a voucher, resident (account) or kiosk by its number."""

    kind: SubjectKind
    key: str


class Person(Struct, frozen=True):
    """Who asks to go online, and what is known to stand against it.

    ``refusal`` is set where the credential itself is no longer good (a voucher revoked or used up, a device
    blocked); ``valid_until`` ends the session even where the plan would allow longer; ``octets_left`` and
    ``seconds_left`` are budgets of the credential (a voucher's), beside those of the plan.
    """

    subject: Subject
    refusal: Reason | None = None
    retry_at: datetime | None = None
    valid_until: datetime | None = None
    seconds_left: int | None = None
    octets_left: int | None = None

    @property
    def has_budget(self) -> bool:
        """Whether what was used before decides anything, whatever the plan."""
        return self.seconds_left is not None or self.octets_left is not None


class Usage(Struct, frozen=True, gc=False):
    """What a subject has used in the windows of Warsaw time that are open now, closed and open sessions alike."""

    day_seconds: int = 0
    day_octets: int = 0
    month_seconds: int = 0
    month_octets: int = 0
    last_ended_at: datetime | None = None
    spell_started_at: datetime | None = None
    """When the present spell of sessions began: sessions that follow each other within the plan's pause are one."""


class OpenSession(Struct, frozen=True, gc=False):
    """A session of the subject that has not ended: which device holds it, and what of its grant is still unused."""

    device: str
    seconds_reserved: int = 0
    octets_reserved: int = 0


class Limits(Struct, frozen=True, gc=False):
    """What a session is given. None means that nothing limits it; rates in bit/s, octets both ways together."""

    session_seconds: int | None = None
    idle_seconds: int | None = None
    rate_up_bps: int | None = None
    rate_down_bps: int | None = None
    total_octets: int | None = None
    interim_seconds: int = 300
    plan: str | None = None
    """The slug of the plan, for gateways that have rules of their own for each."""


class Check(Struct, frozen=True, gc=False):
    """One rule as it was applied: its name, the figure that went in, the plan's limit and what was left."""

    rule: str
    used: int | None
    limit: int | None
    left: int | None


class Accept(Struct, frozen=True):
    """The login is granted with these limits."""

    limits: Limits
    checks: tuple[Check, ...] = ()


class Refuse(Struct, frozen=True):
    """The login is refused; ``retry_at`` is when the same login would pass, None where time will not mend it."""

    reason: Reason
    retry_at: datetime | None = None
    checks: tuple[Check, ...] = ()


Decision = Accept | Refuse


class _Quota(Struct, frozen=True):
    """One budget of the plan: what it is called, what is used of it, and why and until when it refuses."""

    rule: str
    used: int
    limit: int
    reserved: int
    reason: Reason
    renews_at: datetime

    @property
    def left(self) -> int:
        return max(0, self.limit - self.used - self.reserved)

    def refusal(self, checks: list[Check]) -> Refuse:
        """Why nothing is left: it is used, or another device may still use it."""
        if self.used >= self.limit:
            return Refuse(self.reason, self.renews_at, tuple(checks))
        return Refuse(Reason.HELD_BY_ANOTHER_DEVICE, None, tuple(checks))

    def check(self) -> Check:
        return Check(self.rule, self.used + self.reserved, self.limit, self.left)


def decide(
    who: Person, device: str, plan: Plan, usage: Usage, open_sessions: Sequence[OpenSession], now: datetime
) -> Decision:
    """Whether ``who`` may go online with ``device`` under ``plan`` at ``now``, and with which limits.

    Sessions of the same device never stand in its own way: a gateway that lost its Stop must not lock a
    resident out. What other devices of the same subject were granted and have not used is set aside for them,
    so that two devices are never both given the whole remainder.
    """
    others = [session for session in open_sessions if session.device != device] if open_sessions else []
    checks: list[Check] = []
    refusal = _refuse_credential(who, checks) or _refuse_pause(plan, usage, open_sessions, now, checks)
    if refusal is None:
        refusal = _refuse_crowd(plan, others, checks)
    if refusal is not None:
        return Refuse(refusal.reason, refusal.retry_at, tuple(checks))
    time_quotas = _time_quotas(plan, usage, others, now)
    octet_quotas = _octet_quotas(plan, usage, others, now)
    for quota in (*time_quotas, *octet_quotas):
        checks.append(quota.check())
        if quota.left == 0:
            return quota.refusal(checks)
    return Accept(_limits(who, plan, usage, checks, now, time_quotas, octet_quotas), tuple(checks))


def _refuse_credential(who: Person, checks: list[Check]) -> Refuse | None:
    checks.append(Check("credential", None, None, who.seconds_left))
    if who.refusal is None:
        return None
    return Refuse(who.refusal, who.retry_at)


def _refuse_pause(
    plan: Plan, usage: Usage, open_sessions: Sequence[OpenSession], now: datetime, checks: list[Check]
) -> Refuse | None:
    """The pause applies once the session time is spent: who leaves early and comes back keeps the rest of it."""
    if not plan.pause_seconds or plan.session_seconds is None or usage.last_ended_at is None or open_sessions:
        return None
    since_end = int((now - usage.last_ended_at).total_seconds())
    if since_end >= plan.pause_seconds or _spell_left(plan, usage, now) > 0:
        return None
    left = plan.pause_seconds - since_end
    checks.append(Check("pause", since_end, plan.pause_seconds, left))
    return Refuse(Reason.PAUSE_NOT_OVER, usage.last_ended_at + timedelta(seconds=plan.pause_seconds))


def _spell_left(plan: Plan, usage: Usage, now: datetime) -> int:
    """Seconds of session time left in the present spell; the whole where the plan has no pause or it is over."""
    whole = plan.session_seconds or 0
    if not plan.pause_seconds or usage.spell_started_at is None:
        return whole
    if usage.last_ended_at is not None and now - usage.last_ended_at >= timedelta(seconds=plan.pause_seconds):
        return whole
    return max(0, whole - int((now - usage.spell_started_at).total_seconds()))


def _refuse_crowd(plan: Plan, others: Sequence[OpenSession], checks: list[Check]) -> Refuse | None:
    if plan.devices_at_once is None:
        return None
    count = len({session.device for session in others})
    checks.append(Check("devices_at_once", count, plan.devices_at_once, max(0, plan.devices_at_once - count)))
    return Refuse(Reason.TOO_MANY_DEVICES) if count >= plan.devices_at_once else None


def _time_quotas(plan: Plan, usage: Usage, others: Sequence[OpenSession], now: datetime) -> list[_Quota]:
    """The budgets of time that the plan has."""
    if plan.daily_seconds is None and plan.monthly_seconds is None:
        return []
    reserved = sum(session.seconds_reserved for session in others)
    quotas: list[_Quota] = []
    if plan.daily_seconds is not None:
        reason, ends = Reason.DAILY_TIME_SPENT, end_of_warsaw_day(now)
        quotas.append(_Quota("daily_time", usage.day_seconds, plan.daily_seconds, reserved, reason, ends))
    if plan.monthly_seconds is not None:
        reason, ends = Reason.MONTHLY_TIME_SPENT, end_of_warsaw_month(now)
        quotas.append(_Quota("monthly_time", usage.month_seconds, plan.monthly_seconds, reserved, reason, ends))
    return quotas


def _octet_quotas(plan: Plan, usage: Usage, others: Sequence[OpenSession], now: datetime) -> list[_Quota]:
    """The budgets of octets that the plan has."""
    if plan.daily_octets is None and plan.monthly_octets is None:
        return []
    reserved = sum(session.octets_reserved for session in others)
    quotas: list[_Quota] = []
    if plan.daily_octets is not None:
        reason, ends = Reason.DAILY_OCTETS_SPENT, end_of_warsaw_day(now)
        quotas.append(_Quota("daily_octets", usage.day_octets, plan.daily_octets, reserved, reason, ends))
    if plan.monthly_octets is not None:
        reason, ends = Reason.MONTHLY_OCTETS_SPENT, end_of_warsaw_month(now)
        quotas.append(_Quota("monthly_octets", usage.month_octets, plan.monthly_octets, reserved, reason, ends))
    return quotas


def _limits(
    who: Person,
    plan: Plan,
    usage: Usage,
    checks: list[Check],
    now: datetime,
    time_quotas: Sequence[_Quota],
    octet_quotas: Sequence[_Quota],
) -> Limits:
    session_left = None if plan.session_seconds is None else _spell_left(plan, usage, now)
    checks.append(Check("session_time", None, plan.session_seconds, session_left))
    valid_left = None if who.valid_until is None else int((who.valid_until - now).total_seconds())
    return Limits(
        session_seconds=_least((session_left, valid_left, who.seconds_left), time_quotas),
        idle_seconds=plan.idle_seconds,
        rate_up_bps=plan.rate_up_bps,
        rate_down_bps=plan.rate_down_bps,
        total_octets=_least((who.octets_left,), octet_quotas),
        interim_seconds=plan.interim_seconds,
        plan=plan.slug,
    )


def _least(values: Sequence[int | None], quotas: Sequence[_Quota]) -> int | None:
    """The smallest figure that is there; at least 1, since 0 means "no limit" to several gateways."""
    figures = (*values, *(quota.left for quota in quotas)) if quotas else values
    least: int | None = None
    for value in figures:
        if value is not None and (least is None or value < least):
            least = value
    return 1 if least is not None and least < 1 else least


def utc(timestamp: float) -> datetime:
    """The instant of a POSIX time in seconds, timezone-aware UTC."""
    return datetime.fromtimestamp(timestamp, UTC)
