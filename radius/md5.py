"""MD5 for packets, which are short: OpenSSL takes twice the time, most of it to set its contexts up."""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["md5"]

if TYPE_CHECKING:
    from hashlib import md5
else:
    try:
        from _md5 import md5  # CPython's own
    except ImportError:
        from hashlib import md5
