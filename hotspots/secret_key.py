"""The server's secret key, kept in a file in the data directory."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from pydantic import SecretStr

from hotspots.errors import SettingsError

FILE_NAME = "secret_key"
MINIMUM_CHARACTERS = 32
_RANDOM_OCTETS = 48


def read_or_make(data_dir: Path) -> SecretStr:
    """The key in `data_dir`, made there with mode 0600 when there is none.

    Processes that start together get the same key.

    Raises:
        SettingsError: The file cannot be read or made, or holds too short a key.
    """
    path = data_dir / FILE_NAME
    try:
        if not path.exists():
            _make(path)
        key = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"the secret key in {path} cannot be read or made: {error}",
            "Make the directory writable, or set HOTSPOTS_DATA_DIR or HOTSPOTS_SECRET_KEY",
        ) from error
    if len(key) < MINIMUM_CHARACTERS:
        raise SettingsError(
            f"the secret key in {path} is shorter than {MINIMUM_CHARACTERS} characters",
            "Restore the file from a backup; a new key makes the stored secrets unreadable",
        )
    return SecretStr(key)


def _make(path: Path) -> None:
    # Written aside and linked, so that nobody ever reads half a key, and the first of several makers wins.
    path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    aside = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(_RANDOM_OCTETS) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(aside)
        except FileExistsError:
            return
    finally:
        aside.unlink()
