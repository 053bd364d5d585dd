"""One line a second and source, and never more than a hundred a second."""

from __future__ import annotations

import logging

import pytest

from radius.log_once import MOST_SOURCES, LogOnce


def test_a_source_is_named_once_a_second(caplog: pytest.LogCaptureFixture) -> None:
    lines = LogOnce(logging.getLogger("test"))
    for now in (0.0, 0.5, 0.999, 1.0, 1.5, 2.5):
        lines.warn("192.0.2.1", now, "at %.1f", now)
    lines.warn("192.0.2.2", 2.6, "another")
    assert caplog.messages == ["at 0.0", "at 1.0", "at 2.5", "another"]


def test_many_sources_share_a_bound(caplog: pytest.LogCaptureFixture) -> None:
    lines = LogOnce(logging.getLogger("test"))
    for number in range(5000):
        lines.warn(f"192.0.2.{number}", 0.0, "flood")
    assert len(caplog.messages) == MOST_SOURCES
    lines.warn("198.51.100.1", 1.1, "after it")
    assert caplog.messages[-1] == "after it"
