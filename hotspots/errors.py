"""The errors that people at the command line are meant to read."""

from __future__ import annotations


class HotspotsError(Exception):
    """Something that the caller can mend; shown without a traceback.

    Attributes:
        message: What is wrong, and where.
        hint: How to mend it; may be empty.
        exit_code: The exit status of a command that ends with this error.
    """

    exit_code: int = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message.rstrip('.')}. {self.hint}" if self.hint else self.message


class SettingsError(HotspotsError):
    """A setting is wrong; nothing has been started."""

    exit_code = 2


class PortTakenError(HotspotsError):
    """A socket could not be bound; nothing has been started."""

    exit_code = 2
