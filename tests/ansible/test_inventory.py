"""The dynamic inventory: who is in it, in which groups and order, and what is not."""

import importlib.util
import json
from types import ModuleType
from typing import Any

import pytest

from tests.ansible.controller import ANSIBLE, Controller


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hotspots_inventory", ANSIBLE / "inventory/hotspots.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def access_point(**changes: Any) -> dict[str, Any]:
    return {
        "name": "garbow-urzad-1",
        "nas_identifier": "garbow-urzad-1",
        "address": "10.8.0.7",
        "make": "openwrt",
        "gateway": "coovachilli",
        "radius_transport": "udp",
        "hotspot": "garbow-urzad",
        "authority": "garbow",
        **changes,
    }


def test_access_points_of_the_database_are_grouped_and_no_secret_is_with_them(controller: Controller) -> None:
    run = controller.inventory("--list")

    assert run.status == 0, run.output
    assert "secret" not in run.output
    listed = json.loads(run.output)
    assert listed["make_openwrt"]["hosts"] == ["belzyce-urzad-1", "belzyce-urzad-2", "garbow-urzad-1"]
    assert listed["authority_belzyce"]["hosts"] == ["belzyce-urzad-1", "belzyce-urzad-2"]
    assert listed["hotspot_garbow_urzad"]["hosts"] == ["garbow-rynek-1", "garbow-urzad-1"]
    variables = listed["_meta"]["hostvars"]["garbow-urzad-1"]
    assert (variables["ansible_host"], variables["hotspots_radius_transport"]) == ("127.0.0.1", "udp")


@pytest.mark.parametrize(("transport", "looked_for"), [("radsec", True), ("udp", False)])
def test_a_roll_out_looks_for_the_proxy_where_there_is_one(
    controller: Controller, transport: str, looked_for: bool
) -> None:
    defaults = ANSIBLE / "roles/openwrt_access_point/defaults/main.yml"
    show = ("-m", "debug", "-a", "var=openwrt_check_commands", "-e", f"@{defaults}")

    run = controller.ad_hoc(*show, "-e", f"hotspots_radius_transport={transport}")

    assert run.status == 0, run.output
    assert "pgrep chilli" in run.output
    assert ("pgrep radsecproxy" in run.output) is looked_for


def test_without_the_command_nothing_is_rolled_out(controller: Controller) -> None:
    controller.environment["INVENTORY_COMMAND"] = "/nowhere/hotspots"

    run = controller.roll_out()

    assert run.status != 0
    assert "the access points cannot be listed" in run.output


def test_a_secret_that_is_listed_does_not_come_in(script: ModuleType) -> None:
    made = script.inventory([access_point(secret="hush", uam_secret="hush")])
    assert "hush" not in json.dumps(made)


def test_an_access_point_that_calls_from_a_subnet_has_no_address(script: ModuleType) -> None:
    assert "ansible_host" not in script.variables(access_point(address="10.8.0.0/24"))
    assert script.variables(access_point(address="2001:db8::7"))["ansible_host"] == "2001:db8::7"


def test_gminas_come_in_the_order_of_their_groups(script: ModuleType) -> None:
    made = script.inventory(
        [
            access_point(name="3", authority="powiat_x"),
            access_point(name="1", authority="powiat-a"),
            access_point(name="2", authority="powiat-a"),
        ]
    )
    assert made["make_openwrt"]["hosts"] == ["1", "2", "3"]
    assert made["all"]["children"] == sorted(made["all"]["children"])
