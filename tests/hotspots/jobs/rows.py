"""Rows for the tests of jobs."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from hotspots.models import AccessPoint, LoginDecision, ServicePlan, Session

_numbers = count(1)


def a_session(access_point: AccessPoint, plan: ServicePlan | None, heard_at: datetime, **fields: Any) -> Session:
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "key": f"class{number}/s{number}",
        "access_point_id": access_point.id,
        "acct_session_id": f"s{number}",
        "user_name": "somebody",
        "device": "02:00:00:00:00:01",
        "subject_kind": "device",
        "subject_key": "02:00:00:00:00:01",
        "plan_id": plan.id if plan else None,
        "framed_ip": "10.1.0.7",
        "started_at": heard_at - timedelta(minutes=10),
        "updated_at": heard_at,
        "session_seconds": 600,
        "octets_up": 1000,
        "octets_down": 2000,
        "changed_at": heard_at,
    }
    return Session(**defaults | fields)


def a_decision(access_point: AccessPoint | None, at: datetime) -> LoginDecision:
    return LoginDecision(
        at=at, at_door="radius", access_point_id=access_point.id if access_point else None, method="device"
    )
