"""A statement of a RouterOS script, as ordered data."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import SecretStr

from config_templates.mikrotik.quoting import Word

Value = str | SecretStr


@dataclass(frozen=True)
class Statement:
    """`MENU ACTION [find KEY=VALUE] key=value ...`; `find` picks the item that `set` changes."""

    menu: str
    action: str
    arguments: tuple[tuple[str, Value], ...]
    find: tuple[str, Value] | None = None


def statement(
    menu: str,
    action: str,
    arguments: Mapping[str, Value | int | bool | None],
    find: tuple[str, Value] | None = None,
) -> Statement:
    """A statement from plain values: numbers in decimal, `yes` and `no`, without what is None."""
    written = tuple((key, _value(value)) for key, value in arguments.items() if value is not None)
    return Statement(menu, action, written, find)


def _value(value: Value | int | bool) -> Value:
    if isinstance(value, bool):
        return Word("yes" if value else "no")
    return Word(value) if isinstance(value, int) else value
