"""Reading an inventory file: either the whole inventory, or everything that is wrong with it, with lines."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from hotspots.errors import HotspotsError
from hotspots.inventory.document import (
    AccessPointEntry,
    AuthorityEntry,
    HotspotEntry,
    Inventory,
    KioskEntry,
    PlanEntry,
    RadioEntry,
)
from hotspots.inventory.faults import Fault, InventoryError
from hotspots.inventory.lines import Lines
from hotspots.inventory.public_page import AccessibilityEntry, PageEntry
from hotspots.inventory.references import Path as FieldPath
from hotspots.inventory.references import wrong_references

_KINDS: dict[str, type[BaseModel]] = {
    "plans": PlanEntry,
    "authorities": AuthorityEntry,
    "hotspots": HotspotEntry,
    "access_points": AccessPointEntry,
    "kiosks": KioskEntry,
    "radios": RadioEntry,
    "page": PageEntry,
    "accessibility": AccessibilityEntry,
}
_TEXT_EXPECTED = "must be text; put it in quotes"
_REASONS = {
    "missing": "is missing",
    "string_type": _TEXT_EXPECTED,
    "list_type": "must be a list: lines that begin with a dash",
    "model_type": "must have fields: lines of the form name: value",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number without quotes",
    "float_type": "must be a number without quotes",
}


def read_file(path: Path) -> Inventory:
    """The inventory in a file.

    Raises:
        InventoryError: It is not a valid inventory; names every fault.
        HotspotsError: The file cannot be read.
    """
    try:
        octets = path.read_bytes()
    except OSError as error:
        raise HotspotsError(f"{path} cannot be read: {error.strerror}", "name the file of an inventory") from error
    try:
        text = octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = octets.count(b"\n", 0, error.start) + 1
        raise InventoryError(str(path), [Fault(line, "", "is not UTF-8; save the file as UTF-8")]) from None
    return read_text(text, str(path))


def read_text(text: str, source: str) -> Inventory:
    """The inventory in a text; ``source`` is what errors call it.

    Raises:
        InventoryError: It is not a valid inventory; names every fault.
    """
    try:
        document = YAML(typ="safe", pure=True).load(text)
        lines = Lines(text)
    except MarkedYAMLError as error:
        raise InventoryError(source, [_yaml_fault(error)]) from None
    except (YAMLError, ValueError, RecursionError) as error:
        reason = str(error).splitlines()[0] if str(error) else "is nested too deeply"
        raise InventoryError(source, [Fault(1, "", f"is not valid YAML: {reason}")]) from None
    faults = [Fault(lines.of(path), _name(path, document), reason) for path, reason in wrong_references(document)]
    try:
        inventory = Inventory.model_validate(document)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        faults += [_fault(detail, document, lines) for detail in details]
        raise InventoryError(source, faults) from None
    if faults:
        raise InventoryError(source, faults)
    return inventory


def _yaml_fault(error: MarkedYAMLError) -> Fault:
    mark = error.problem_mark or error.context_mark
    problem = (error.problem or "cannot be parsed").splitlines()[0]
    return Fault(mark.line + 1 if mark else 1, "", f"is not valid YAML: {problem}")


def _fault(detail: ErrorDetails, document: object, lines: Lines) -> Fault:
    path = detail["loc"]
    return Fault(lines.of(path), _name(path, document), _reason(detail))


def _reason(detail: ErrorDetails) -> str:
    kind = detail["type"]
    if kind == "extra_forbidden":
        return _unknown_field(detail["loc"])
    if kind in _REASONS:
        return _REASONS[kind]
    message = detail["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return message.replace("should be", "must be")


def _unknown_field(path: Sequence[int | str]) -> str:
    parents = [step for step in path[:-1] if isinstance(step, str)]
    model = _KINDS[parents[-1]] if parents else Inventory
    near = difflib.get_close_matches(str(path[-1]), model.model_fields, n=1)
    return f"is not a known field; did you mean {near[0]}?" if near else "is not a known field"


def _name(path: FieldPath, document: object) -> str:
    """The path for people: entries of lists by their slug or name, where they have one."""
    words: list[str] = []
    value: Any = document
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            value = None
        if isinstance(step, str):
            words.append(step)
            continue
        label = (value.get("slug") or value.get("name")) if isinstance(value, dict) else None
        words.append(label if isinstance(label, str) and label else f"#{step + 1}")
    return ".".join(words)
