"""Writing keys and certificates into a folder that somebody names, each once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr

from hotspots.errors import HotspotsError

_FOR_ITS_OWNER = 0o600
_FOR_ALL = 0o644


def write_new(folder: Path, contents: Mapping[str, SecretStr | str]) -> list[Path]:
    """Write files that are not there yet, all of them or none; a secret with mode 0600. The folder is made.

    Raises:
        HotspotsError: A file is there already, or the folder cannot be written; nothing was changed.
    """
    written: list[Path] = []
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, content in contents.items():
            _write(folder / name, content)
            written.append(folder / name)
    except OSError as error:
        for path in written:
            path.unlink()
        where = error.filename or folder
        raise HotspotsError(
            f"{where} cannot be written: {error.strerror}", "name another folder; nothing is written over"
        ) from error
    return written


def write_over(path: Path, text: str) -> Path:
    """Write something public that may be written again and again; who reads meanwhile gets the old or the new.

    Raises:
        HotspotsError: It cannot be written.
    """
    aside = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(aside, text)
        aside.replace(path)
    except OSError as error:
        raise HotspotsError(f"{path} cannot be written: {error.strerror}", "name another folder") from error
    return path


def _write(path: Path, content: SecretStr | str) -> None:
    secret = isinstance(content, SecretStr)
    text = content.get_secret_value() if isinstance(content, SecretStr) else content
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _FOR_ITS_OWNER if secret else _FOR_ALL)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
