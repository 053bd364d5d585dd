"""A file before it is rendered: where it goes, which template, which data."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """One file of a configuration.

    Attributes:
        path: Relative, as on the device.
        template: Path of the template below this package.
        data: What the template gets, in order, unquoted.
    """

    path: str
    template: str
    data: Mapping[str, object]
