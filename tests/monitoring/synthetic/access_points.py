"""Access points to play in tests."""

from __future__ import annotations

from pydantic import SecretStr

from monitoring.synthetic.access_point import AccessPoint
from monitoring.synthetic.packets import Client

PHONE = Client("02:11:22:33:44:55", "10.1.0.7", "65a1b2c300000001")


def an_access_point(
    gateway: str = "coovachilli", *, client_view: bool = False, address: str = "127.0.0.1", coa_port: int = 3799
) -> AccessPoint:
    return AccessPoint(
        name="gm01-rynek-1",
        nas_identifier="gm01-rynek",
        hotspot="gm01-rynek",
        gateway=gateway,
        address=address,
        secret=SecretStr("a radius secret of the tests"),
        uam_secret=SecretStr("greatsecret"),
        mac_authentication=True,
        octets_from_client_view=client_view,
        coa_port=coa_port,
    )
