"""A section of a UCI file, as ordered data."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import SecretStr

Value = str | SecretStr
Option = tuple[str, Value]
List = tuple[str, tuple[Value, ...]]


@dataclass(frozen=True)
class Section:
    """`config TYPE 'NAME'` with its options, then its lists, in the order given; empty ones are left out."""

    type: str
    name: str
    options: tuple[Option, ...]
    lists: tuple[List, ...] = ()


def section(
    section_type: str,
    name: str,
    options: Mapping[str, Value | int | bool | None],
    lists: Mapping[str, tuple[Value, ...]] | None = None,
) -> Section:
    """A section from plain values: numbers in decimal, `1` and `0` for yes and no; empty and None are left out."""
    written = tuple((key, _value(value)) for key, value in options.items() if value is not None and value != "")
    filled = tuple((key, values) for key, values in (lists or {}).items() if values)
    return Section(section_type, name, written, filled)


def _value(value: Value | int | bool) -> Value:
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value) if isinstance(value, int) else value
