r"""UCI's quoting, and its inverse. Pure functions; templates use them as filters.

Source: OpenWrt's UCI file syntax (openwrt.org, "The UCI system") and libuci's `uci export`, which writes values in
single quotes and a single quote inside them as `'\''`.
"""

import re

from pydantic import SecretStr

from config_templates.errors import ConfigError

_NAME = re.compile(r"[A-Za-z0-9_]+")
_TYPE = re.compile(r"[A-Za-z0-9_-]+")
_SEGMENT = re.compile(r"'([^']*)'|\\(.)", re.DOTALL)
# Not one of them survives the shell scripts that read UCI on the device, and some end a line in a daemon's file.
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def quote(value: str | SecretStr, field: str) -> str:
    """The value as UCI reads it back, in single quotes.

    Args:
        value: Any text without control characters; a secret is shown here and nowhere before.
        field: Names the value in the error.

    Raises:
        ConfigError: UCI cannot carry the value: control characters, or what is not Unicode text.
    """
    text = value.get_secret_value() if isinstance(value, SecretStr) else value
    if _CONTROL.search(text):
        raise ConfigError(field, "a UCI value cannot hold line breaks or other control characters")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ConfigError(field, "holds characters that are not Unicode text") from None
    return "'" + text.replace("'", "'\\''") + "'"


def unquote(quoted: str) -> str:
    """The value that `quote` wrote.

    Raises:
        ValueError: The text is not a quoted value.
    """
    parts: list[str] = []
    position = 0
    while position < len(quoted):
        segment = _SEGMENT.match(quoted, position)
        if segment is None:
            raise ValueError(f"no UCI value at character {position}")
        parts.append(segment[2] if segment[1] is None else segment[1])
        position = segment.end()
    return "".join(parts)


def name(value: str) -> str:
    """The name of a section or option, unchanged.

    Raises:
        ConfigError: It holds something else than letters, digits and underscores.
    """
    if not _NAME.fullmatch(value):
        raise ConfigError(value, "a UCI name may hold letters, digits and underscores only")
    return value


def section_type(value: str) -> str:
    """The type of a section, unchanged; types may hold hyphens (`wifi-device`)."""
    if not _TYPE.fullmatch(value):
        raise ConfigError(value, "a UCI type may hold letters, digits, hyphens and underscores only")
    return value
