"""Redirects as gateways send them, with what must come out; anybody can add one, see ``redirects/``.

A file has blocks that an empty line parts. ``# ...`` names a block, ``name = value`` is what the gateway gives (as it
is, no escapes), ``=> field = value`` what must come out, and ``=> refused`` that nothing may.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from hashlib import md5
from pathlib import Path

from captive_portal.gateways.visit import GatewayVisit

_FOLDER = Path(__file__).with_name("redirects")


@dataclass
class Recorded:
    """One redirect: what it is, what was given, and the fields of the visit that must come out, None where none may."""

    name: str
    given: dict[str, str] = field(default_factory=dict)
    wanted: dict[str, str] | None = field(default_factory=dict)

    def matches(self, visit: GatewayVisit | None) -> bool:
        if visit is None or self.wanted is None:
            return visit is None and self.wanted is None
        found = {name: "" if value is None else str(value) for name, value in asdict(visit).items()}
        return {name: found[name] for name in self.wanted} == self.wanted


def signed(query: str, address: str, secret: str) -> str:
    """A query of "UAM" with the signature of its gateway in the place of ``@MD@``."""
    unsigned, marked, rest = query.partition("@MD@")
    if not marked:
        return query
    digest = md5(f"{address}?{unsigned}{secret}".encode(), usedforsecurity=False).hexdigest().upper()
    return f"{unsigned}&md={digest}{rest}"


def recorded(make: str) -> list[Recorded]:
    """All redirects of one make."""
    blocks = (_FOLDER / f"{make}.txt").read_text().split("\n\n")
    return [_read(block.splitlines()) for block in blocks if "=>" in block]


def _read(lines: list[str]) -> Recorded:
    found = Recorded(" ".join(line.removeprefix("# ") for line in lines if line.startswith("#")))
    for line in lines:
        name, separator, value = line.removeprefix("=> ").partition(" =")
        if line == "=> refused":
            found.wanted = None
        elif line.startswith("=> "):
            assert found.wanted is not None, f"{found.name}: refused, and yet {line}"
            found.wanted[name] = value.removeprefix(" ")
        elif separator and not line.startswith("#"):
            found.given[name] = value.removeprefix(" ")
    return found
