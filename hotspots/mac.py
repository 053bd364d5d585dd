"""MAC addresses, normalised once to ``aa:bb:cc:dd:ee:ff``."""

from __future__ import annotations

import re
from functools import lru_cache

_SEPARATORS = re.compile(r"[-:.\s]")
_TWELVE_HEX = re.compile(r"[0-9a-f]{12}")


@lru_cache(maxsize=16_384)  # every packet about a device has its address, mostly in the same form
def normalise(text: str) -> str | None:
    """The address in lower case with colons, or None where the text is no MAC address.

    Accepts the forms that gateways send: ``AA-BB-CC-DD-EE-FF``, ``aa:bb:...``, ``aabb.ccdd.eeff``, bare digits.
    """
    digits = _SEPARATORS.sub("", text).lower()
    if not _TWELVE_HEX.fullmatch(digits):
        return None
    return ":".join(digits[start : start + 2] for start in range(0, 12, 2))


def is_randomised(mac: str) -> bool:
    """Whether a normalised address is locally administered (IEEE 802): chosen by the phone itself."""
    return bool(int(mac[:2], 16) & 0b10)
