"""The residents' network: derived the same every time, never over what the access point must reach."""

from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config_templates.address_plan import PRIVATE_SPACE, AddressPlan, derive
from config_templates.errors import ConfigError


def test_the_same_name_draws_the_same_network() -> None:
    assert derive("garbow-rynek-1") == derive("garbow-rynek-1")
    assert derive("garbow-rynek-1") != derive("garbow-rynek-2")


@given(st.text(min_size=1))
def test_every_name_draws_a_network_for_a_thousand_devices(name: str) -> None:
    plan = derive(name)
    assert plan.network.prefixlen == 22
    assert plan.network.subnet_of(PRIVATE_SPACE)
    assert plan.lease_count == 1013


def test_networks_that_must_be_reached_are_avoided() -> None:
    drawn = derive("garbow-rynek-1").network
    assert not derive("garbow-rynek-1", [drawn]).network.overlaps(drawn)


def test_a_space_that_is_all_taken_is_refused() -> None:
    with pytest.raises(ConfigError, match="no network is free"):
        derive("garbow-rynek-1", [PRIVATE_SPACE])


def test_gateway_and_leases_lie_inside() -> None:
    plan = AddressPlan(IPv4Network("10.20.4.0/26"))
    assert plan.gateway == IPv4Address("10.20.4.1")
    assert (plan.first_lease, plan.last_lease) == (IPv4Address("10.20.4.10"), IPv4Address("10.20.4.62"))


@pytest.mark.parametrize("network", ["192.168.0.0/24", "10.0.0.0/8", "10.0.0.0/30", "0.0.0.0/0"])
def test_other_networks_are_refused(network: str) -> None:
    with pytest.raises(ConfigError) as caught:
        AddressPlan(IPv4Network(network))
    assert caught.value.field == "network"
