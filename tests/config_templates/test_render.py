"""Rendered files are compared byte by byte with golden ones.

After a change that is meant, write them anew with `UPDATE_GOLDEN=1` in the environment, and read the difference.
"""

import os
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from config_templates.errors import ConfigError, NoTemplatesError
from config_templates.intent import AccessPointIntent
from config_templates.render import MAKES, render
from hotspots.access_points.transports import RADSEC_IS_RENDERED
from hotspots.inventory.document import Gateway
from tests.config_templates.intents import OVER_TLS, http_by_address, indoor_mikrotik, outdoor_openwrt

GOLDEN = Path(__file__).parent / "golden"
CASES = {
    "openwrt-outdoor": outdoor_openwrt(),
    "openwrt-http-by-address": http_by_address(),
    "openwrt-radsec": outdoor_openwrt(radsec=OVER_TLS),
    "mikrotik-indoor": indoor_mikrotik(),
    "mikrotik-radsec": indoor_mikrotik(radsec=OVER_TLS),
    "mikrotik-http-by-address": http_by_address(make="mikrotik", gateway="mikrotik"),
}

LIKE = {"openwrt-radsec": "openwrt-outdoor", "mikrotik-radsec": "mikrotik-indoor"}
"""Of these only the files are kept that are not the same for the other case."""


@pytest.mark.parametrize("case", CASES)
def test_files_are_the_golden_ones_to_the_byte(case: str) -> None:
    rendered = {path: text.encode() for path, text in render(CASES[case]).items()}
    same = _read(GOLDEN / LIKE[case]) if case in LIKE else {}
    if os.environ.get("UPDATE_GOLDEN"):
        _write(GOLDEN / case, {path: octets for path, octets in rendered.items() if same.get(path) != octets})
    assert rendered == same | _read(GOLDEN / case)


def test_tls_is_rendered_for_those_that_can_be_set_to_it() -> None:
    able = set()
    for make, gateway in {(make, gateway) for make in MAKES for gateway in get_args(Gateway)}:
        try:
            render(outdoor_openwrt(make=make, gateway=gateway, radsec=OVER_TLS))
        except ConfigError:
            continue
        able.add((make, gateway))
    assert able == RADSEC_IS_RENDERED


@pytest.mark.parametrize("intent", CASES.values())
def test_the_same_intent_gives_the_same_bytes(intent: AccessPointIntent) -> None:
    assert render(intent) == render(replace(intent))


@pytest.mark.parametrize("intent", CASES.values())
def test_only_the_rendered_files_hold_the_secrets(intent: AccessPointIntent) -> None:
    over_tls_alone = intent.make == "mikrotik" and intent.radsec is not None
    assert ("not a real RADIUS secret" in "".join(render(intent).values())) is not over_tls_alone
    assert "not a real" not in repr(intent)


@pytest.mark.parametrize("make", ["unifi", "linux", "cisco"])
def test_a_make_without_templates_is_told_which_have_them(make: str) -> None:
    with pytest.raises(NoTemplatesError, match="there are for mikrotik, openwrt"):
        render(outdoor_openwrt(make=make))


def _read(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _write(folder: Path, files: dict[str, bytes]) -> None:
    for relative, octets in files.items():
        path = folder / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(octets)
