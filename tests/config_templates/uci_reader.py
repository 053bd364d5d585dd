"""The other side of UCI: reads a file as libuci does, for the tests only.

Words are separated by blanks; inside single quotes everything stands for itself; inside double quotes and outside a
backslash takes the next character as it is; `#` where a word could begin starts a comment.
"""

from dataclasses import dataclass, field


@dataclass
class ReadSection:
    type: str
    name: str
    options: dict[str, str] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)


def read(text: str) -> dict[str, ReadSection]:
    sections: dict[str, ReadSection] = {}
    current: ReadSection | None = None
    for line in text.split("\n"):
        words = split(line)
        if not words:
            continue
        keyword, *rest = words
        if keyword == "config":
            section_type, name = rest
            current = ReadSection(section_type, name)
            assert current.name not in sections, f"section {current.name} twice"
            sections[current.name] = current
            continue
        assert current is not None, f"{keyword} outside of a section"
        key, value = rest
        if keyword == "option":
            assert key not in current.options, f"option {key} twice"
            current.options[key] = value
        else:
            assert keyword == "list", f"unknown keyword {keyword}"
            current.lists.setdefault(key, []).append(value)
    return sections


def split(line: str) -> list[str]:
    words: list[str] = []
    position = 0
    while position < len(line):
        if line[position] in " \t":
            position += 1
        elif line[position] == "#":
            break
        else:
            word, position = _word(line, position)
            words.append(word)
    return words


def _word(line: str, position: int) -> tuple[str, int]:
    parts: list[str] = []
    quote = ""
    while position < len(line):
        character = line[position]
        if quote == "'":
            if character == "'":
                quote = ""
            else:
                parts.append(character)
        elif character == "\\":
            position += 1
            parts.append(line[position])
        elif quote == '"' or character in "'\"":
            if quote == '"' and character != '"':
                parts.append(character)
            else:
                quote = "" if quote else character
        elif character in " \t":
            break
        else:
            parts.append(character)
        position += 1
    assert not quote, "unterminated quote"
    return "".join(parts), position
