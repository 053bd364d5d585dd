"""E-mail addresses as residents type them, in one form."""

from __future__ import annotations

import re
from typing import Final

MOST_CHARACTERS: Final = 254
"""RFC 5321, section 4.5.3.1, with its erratum 1690."""

_LOCAL: Final = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
"""Dot-atom of RFC 5322; quoted strings and letters beyond ASCII are nobody's who comes to a hotspot."""
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_LOCAL_CHARACTERS: Final = 64


def normalise(typed: str) -> str | None:
    """The address in small letters, its domain as DNS has it; None where it can be nobody's."""
    local, at, domain = typed.strip().lower().rpartition("@")
    try:
        host = domain.encode("idna").decode()
    except UnicodeError:
        return None
    labels = host.split(".")
    if not at or len(labels) < 2 or not all(map(_LABEL.fullmatch, labels)) or labels[-1].isdigit():
        return None
    if not _LOCAL.fullmatch(local) or len(local) > _LOCAL_CHARACTERS or len(local) + len(host) >= MOST_CHARACTERS:
        return None
    return f"{local}@{host}"
