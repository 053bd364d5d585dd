"""Our HMAC-SHA256 is the standard library's."""

from __future__ import annotations

import hmac

from hypothesis import given
from hypothesis import strategies as st

from hotspots.keyed_digest import hmac_sha256


@given(st.binary(max_size=200), st.binary(max_size=300))
def test_it_is_what_the_standard_library_gives(key: bytes, message: bytes) -> None:
    assert hmac_sha256(key, message) == hmac.digest(key, message, "sha256")
