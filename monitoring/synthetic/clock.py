"""Simulated time: runs faster than the real one, and can be brought to an end."""

from __future__ import annotations

import asyncio


class Clock:
    """Simulated seconds since :meth:`start`; ``speed`` of them pass in a real second."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._began = 0.0
        self._closing = asyncio.Event()

    def start(self) -> None:
        """Time begins now."""
        self._began = asyncio.get_running_loop().time()

    @property
    def now(self) -> float:
        """Simulated seconds since the start."""
        return (asyncio.get_running_loop().time() - self._began) * self._speed

    @property
    def closing(self) -> bool:
        """Whether everybody is to leave."""
        return self._closing.is_set()

    def close(self) -> None:
        """Everybody is to leave now."""
        self._closing.set()

    async def until(self, moment: float, or_else: asyncio.Event | None = None) -> None:
        """Wait for a moment of simulated time, for the end of time, or for an event, whichever is first."""
        seconds = (moment - self.now) / self._speed
        if seconds <= 0 or self.closing:
            return
        waits = [asyncio.ensure_future(event.wait()) for event in (self._closing, or_else) if event is not None]
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
