"""What all controllers may fail with."""

from __future__ import annotations

from hotspots.errors import HotspotsError


class ControllerError(HotspotsError):
    """The controller does not answer, or not as it should; nothing about the visitor is known."""
