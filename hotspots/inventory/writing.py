"""An inventory as YAML, always in the same form: the same inventory gives the same text."""

from __future__ import annotations

from io import StringIO
from typing import Any

from pydantic import SecretStr
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from hotspots.inventory.document import Inventory

_NO_FOLDING = 100_000


def canonical(inventory: Inventory) -> Inventory:
    """The same inventory in the order that it is written in: the powiat first, all else by slug or name."""
    authorities = [
        authority.model_copy(
            update={
                "hotspots": [
                    hotspot.model_copy(
                        update={
                            "access_points": sorted(hotspot.access_points, key=lambda entry: entry.name),
                            "kiosks": sorted(hotspot.kiosks, key=lambda entry: entry.slug),
                        }
                    )
                    for hotspot in sorted(authority.hotspots, key=lambda entry: entry.slug)
                ]
            }
        )
        for authority in sorted(inventory.authorities, key=lambda entry: (entry.kind != "powiat", entry.slug))
    ]
    return Inventory(plans=sorted(inventory.plans, key=lambda entry: entry.slug), authorities=authorities)


def to_text(inventory: Inventory, *, show_secrets: bool = False, header: str = "") -> str:
    """The YAML text. Fields that have their default are left out.

    Args:
        inventory: What to write.
        show_secrets: Whether the secrets stand in it, readable; without them it can go to a repository.
        header: Comment lines to begin with; see :func:`header_of`.
    """
    data = canonical(inventory).model_dump(exclude_defaults=True)
    yaml = YAML()
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = _NO_FOLDING
    stream = StringIO()
    yaml.dump(_plain(data, show_secrets=show_secrets), stream)
    return header + _spaced(stream.getvalue())


def header_of(text: str) -> str:
    """The comment that a file begins with, up to the first line that is something else."""
    kept: list[str] = []
    for line in text.splitlines(keepends=True):
        if line.strip() and not line.startswith("#"):
            break
        kept.append(line)
    return "".join(kept)


def _plain(value: Any, *, show_secrets: bool) -> Any:
    """Dictionaries and lists as they are to be written: secrets readable or left out, a radio on one line."""
    if isinstance(value, dict):
        fields = {
            name: _plain(field, show_secrets=show_secrets)
            for name, field in value.items()
            if show_secrets or not isinstance(field, SecretStr)
        }
        mapping = CommentedMap(fields)
        if "band" in fields:
            mapping.fa.set_flow_style()
        return mapping
    if isinstance(value, list):
        return [_plain(entry, show_secrets=show_secrets) for entry in value]
    return value.get_secret_value() if isinstance(value, SecretStr) else value


def _spaced(text: str) -> str:
    """An empty line before each section, plan, authority and hotspot, for the eye."""
    lines: list[str] = []
    for line in text.splitlines():
        first_of_list = bool(lines) and lines[-1].endswith(":")
        begins = not line.startswith(" ") or line.startswith(("  - ", "      - slug:"))
        if lines and begins and not first_of_list:
            lines.append("")
        lines.append(line)
    return "\n".join(lines) + "\n"
