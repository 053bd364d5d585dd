"""The other side of a RouterOS script: reads statements as the console does, for the tests only.

A newline or `;` ends a statement unless it is quoted; `$` outside of an escape would be a variable, `[` a command.
"""

import re
from dataclasses import dataclass, field

_ESCAPES = {"n": b"\n", "r": b"\r", "t": b"\t", '"': b'"', "\\": b"\\", "$": b"$", "_": b" ", "?": b"?"}
_HEXADECIMAL = re.compile(r"[0-9A-F]{2}")


@dataclass
class ReadStatement:
    menu: str
    action: str
    find: tuple[str, str] | None = None
    arguments: dict[str, str] = field(default_factory=dict)


def read(text: str) -> list[ReadStatement]:
    statements: list[ReadStatement] = []
    position = 0
    while position < len(text):
        if text[position] in " \n":
            position += 1
        elif text[position] == "#" or text.startswith(":delay", position):
            end = text.find("\n", position)
            position = len(text) if end == -1 else end
        else:
            statement, position = _statement(text, position)
            statements.append(statement)
    return statements


def _statement(text: str, position: int) -> tuple[ReadStatement, int]:
    words: list[str] = []
    find: tuple[str, str] | None = None
    arguments: dict[str, str] = {}
    while position < len(text) and text[position] not in "\n;":
        if text[position] == " ":
            position += 1
            continue
        if text.startswith("[ find ", position):
            (key, value), position = _pair(text, position + len("[ find "))
            assert text.startswith(" ]", position), "a find is not closed"
            find, position = (key, value), position + 2
            continue
        equals = re.compile(r"[a-z0-9.-]+=").match(text, position)
        if equals is None:
            end = re.compile(r"[ \n;]").search(text, position)
            stop = len(text) if end is None else end.start()
            words.append(text[position:stop])
            position = stop
            continue
        (key, value), position = _pair(text, position)
        assert key not in arguments, f"{key} twice"
        arguments[key] = value
    assert words[0].startswith("/"), f"no menu: {words}"
    return ReadStatement(" ".join(words[:-1]), words[-1], find, arguments), position


def _pair(text: str, position: int) -> tuple[tuple[str, str], int]:
    equals = text.index("=", position)
    key = text[position:equals]
    if text[equals + 1] == '"':
        value, position = _string(text, equals + 2)
    else:
        end = re.compile(r"[ \n;]").search(text, equals + 1)
        position = len(text) if end is None else end.start()
        value = text[equals + 1 : position]
        assert re.fullmatch(r"[A-Za-z0-9._:/,!+-]+", value), f"{key}: {value!r} needs quotes"
    return (key, value), position


def _string(text: str, position: int) -> tuple[str, int]:
    octets = bytearray()
    while text[position] != '"':
        character = text[position]
        assert character not in "$?\n", f"bare {character!r} in a string"
        if character != "\\":
            octets += character.encode()
            position += 1
        elif _HEXADECIMAL.match(text, position + 1):
            octets.append(int(text[position + 1 : position + 3], 16))
            position += 3
        else:
            octets += _ESCAPES[text[position + 1]]
            position += 2
    return octets.decode(), position + 1
