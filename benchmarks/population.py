"""Who logs in at a benchmark, and through which access points."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Self

ACCESS_POINTS = 22
USERS = 1_000
_CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_CODE_CHARACTERS = 12


@dataclass(frozen=True, slots=True)
class AccessPoint:
    """A RADIUS client: the address that its requests come from, its secret, its NAS-Identifier."""

    address: str
    secret: str
    identifier: str

    def __repr__(self) -> str:
        return f"AccessPoint({self.address!r}, secret=***, {self.identifier!r})"


@dataclass(frozen=True, slots=True)
class Population:
    """The access points and the codes, each of which is a User-Name and its password."""

    access_points: tuple[AccessPoint, ...]
    codes: tuple[str, ...]

    @classmethod
    def made_up(cls) -> Self:
        """As many as our own server gets, with names and secrets of the same length, so that packets are alike."""
        access_points = tuple(
            AccessPoint(f"127.0.1.{number}", secrets.token_urlsafe(32), f"access-point-{number:02}")
            for number in range(1, ACCESS_POINTS + 1)
        )
        codes = {"".join(secrets.choice(_CODE_LETTERS) for _ in range(_CODE_CHARACTERS)) for _ in range(USERS)}
        return cls(access_points, tuple(sorted(codes)))

    def write_users(self, path: Path) -> Path:
        """For `radload -u`: 'name password' a line."""
        return _private(path, [f"{code} {code}" for code in self.codes])

    def write_access_points(self, path: Path) -> Path:
        """For `radload --nas-file`: 'address secret identifier' a line."""
        return _private(path, [f"{one.address} {one.secret} {one.identifier}" for one in self.access_points])


def _private(path: Path, lines: list[str]) -> Path:
    path.touch(mode=0o600)
    path.write_text("\n".join(lines) + "\n")
    return path
