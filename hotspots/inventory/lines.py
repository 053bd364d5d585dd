"""Where the fields of a YAML text stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, SequenceNode


class Lines:
    """Finds the line of a field by its path, such as ``("authorities", 0, "hotspots", 2, "latitude")``."""

    def __init__(self, text: str) -> None:
        self._root: Any = YAML().compose(text)

    def of(self, path: Sequence[int | str]) -> int:
        """The line, from 1, of the field; of what should hold it where it is missing."""
        node, line = self._root, 1
        for step in path:
            found = _child(node, step)
            if found is None:
                break
            node, line = found
        return line


def _child(node: Any, step: int | str) -> tuple[Any, int] | None:
    if isinstance(node, MappingNode) and isinstance(step, str):
        for key, value in node.value:
            if key.value == step:
                return value, key.start_mark.line + 1
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        item = node.value[step]
        return item, item.start_mark.line + 1
    return None
