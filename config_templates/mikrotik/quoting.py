r"""RouterOS' quoting, and its inverse. Pure functions; templates use them as filters.

Source: help.mikrotik.com, "Scripting", constant strings: `\"`, `\\`, `\$` and `\XX`, the octet with that
hexadecimal number in capitals. Everything beyond printable ASCII is written as octets of its UTF-8 form.
"""

import re

from pydantic import SecretStr

from config_templates.errors import ConfigError

_NAME = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")
_WORD = re.compile(r"[A-Za-z0-9._:/,!+-]+")
_ESCAPED = b'"\\$'
# The console takes a bare one as a call for help.
_HELP = ord("?")
_TOKEN = re.compile(rb'\\([0-9A-F]{2})|\\(["\\$])|([^"\\$?])', re.DOTALL)


class Word(str):
    """A value of our own, written without quotes: an enumeration, a number, a checked address."""

    __slots__ = ()


def quote(value: str | SecretStr, field: str) -> str:
    """The value as RouterOS reads it back: a `Word` as it is, everything else in double quotes.

    Args:
        value: Any text; a secret is shown here and nowhere before.
        field: Names the value in the error.

    Raises:
        ConfigError: A zero octet, what is not Unicode text, or a `Word` that needs quotes.
    """
    if isinstance(value, Word):
        if not _WORD.fullmatch(value):
            raise ConfigError(field, "is no word that RouterOS reads without quotes")
        return str(value)
    text = value.get_secret_value() if isinstance(value, SecretStr) else value
    try:
        octets = text.encode()
    except UnicodeEncodeError:
        raise ConfigError(field, "holds characters that are not Unicode text") from None
    if 0 in octets:
        raise ConfigError(field, "a RouterOS string cannot hold a zero octet")
    return '"' + "".join(map(_octet, octets)) + '"'


def unquote(quoted: str) -> str:
    """The value that `quote` wrote in double quotes.

    Raises:
        ValueError: The text is not a quoted value.
    """
    if len(quoted) < 2 or quoted[0] != '"' or quoted[-1] != '"':
        raise ValueError("no RouterOS string")
    body = quoted[1:-1].encode()
    octets = bytearray()
    position = 0
    while position < len(body):
        token = _TOKEN.match(body, position)
        if token is None:
            raise ValueError(f"no RouterOS string at octet {position}")
        hexadecimal, escaped, plain = token.groups()
        octets += bytes.fromhex(hexadecimal.decode()) if hexadecimal else escaped or plain
        position = token.end()
    return octets.decode()


def name(value: str) -> str:
    """The name of a property, unchanged.

    Raises:
        ConfigError: It is no such name.
    """
    if not _NAME.fullmatch(value):
        raise ConfigError(value, "a RouterOS property may hold small letters, digits, dots and hyphens only")
    return value


def _octet(octet: int) -> str:
    if octet in _ESCAPED:
        return "\\" + chr(octet)
    return chr(octet) if 0x20 <= octet <= 0x7E and octet != _HELP else f"\\{octet:02X}"
