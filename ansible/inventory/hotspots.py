#!/usr/bin/env python3
"""Dynamic inventory: the access points of the database, in groups by authority, hotspot and make.

Asks `hotspots ap list --json`; INVENTORY_COMMAND names another command line for it. Secrets never come in here: the
roll-out renders them on the controller, device by device.

Protocol: docs.ansible.com, "Developing dynamic inventory", inventory scripts.
"""

import json
import os
import re
import shlex
import subprocess
import sys
from typing import Any

# What is known of an access point here, whatever else the command may print.
FIELDS = ("nas_identifier", "make", "gateway", "radius_transport", "hotspot", "authority")
GROUPED_BY = ("authority", "hotspot", "make")
NOT_IN_A_GROUP = re.compile(r"[^A-Za-z0-9_]")


def main() -> int:
    """Print the inventory; status 1 and one line where the access points cannot be listed."""
    if sys.argv[1:2] == ["--host"]:
        print("{}")
        return 0
    try:
        access_points = listed()
    except (OSError, subprocess.CalledProcessError, TypeError, ValueError) as error:
        detail = (getattr(error, "stderr", None) or str(error)).strip()
        print(f"the access points cannot be listed: {detail}", file=sys.stderr)
        return 1
    json.dump(inventory(access_points), sys.stdout, ensure_ascii=False, indent=2)
    print()
    return 0


def listed() -> list[dict[str, Any]]:
    """The access points as the command prints them."""
    command = [*shlex.split(os.environ.get("INVENTORY_COMMAND", "hotspots")), "ap", "list", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - the operator's command
    access_points = json.loads(done.stdout)
    if not isinstance(access_points, list):
        raise TypeError("`hotspots ap list --json` printed no list")
    return access_points


def inventory(access_points: list[dict[str, Any]]) -> dict[str, Any]:
    """Groups and variables, ordered by authority and name: the playbook goes on gmina by gmina in this order."""
    groups: dict[str, dict[str, list[str]]] = {}
    hostvars: dict[str, dict[str, Any]] = {}
    for access_point in sorted(access_points, key=place):
        name = access_point["name"]
        hostvars[name] = variables(access_point)
        for field in GROUPED_BY:
            groups.setdefault(group(field, access_point[field]), {"hosts": []})["hosts"].append(name)
    return {"_meta": {"hostvars": hostvars}, "all": {"children": sorted(groups)}, **groups}


def place(access_point: dict[str, Any]) -> tuple[str, str]:
    """Where an access point comes in the order; by the group's name, since the playbook sorts the groups."""
    return group("authority", access_point["authority"]), access_point["name"]


def variables(access_point: dict[str, Any]) -> dict[str, Any]:
    """The variables of one access point; that of a subnet, or of a changing address, perhaps has a name in DNS."""
    known = {f"hotspots_{field}": access_point[field] for field in FIELDS}
    address = access_point["address"]
    if "/" in address or address == "dynamic":
        return known
    return {**known, "ansible_host": address}


def group(field: str, value: str) -> str:
    """The name of a group: letters, digits and underscores, as Ansible wants them."""
    return NOT_IN_A_GROUP.sub("_", f"{field}_{value}")


if __name__ == "__main__":
    sys.exit(main())
