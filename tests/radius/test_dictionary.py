"""Our dictionary and our numbers say the same."""

from __future__ import annotations

import pytest

from radius.numbers import (
    AcctStatus,
    Airespace,
    Attribute,
    Cambium,
    CoovaChilli,
    ErrorCause,
    MikroTik,
    Vendor,
    ViewPoint,
    Wispr,
)
from radius.printing import dictionary

VENDORS = (
    (Vendor.AIRESPACE, Airespace),
    (Vendor.CAMBIUM, Cambium),
    (Vendor.COOVACHILLI, CoovaChilli),
    (Vendor.MIKROTIK, MikroTik),
    (Vendor.WISPR, Wispr),
)


def squeezed(name: str) -> str:
    return name.replace("-", "").replace("_", "").lower()


@pytest.mark.parametrize("number", list(Attribute), ids=lambda number: number.name)
def test_each_attribute_has_its_name(number):
    assert squeezed(dictionary().attrindex.GetBackward(int(number))) == squeezed(number.name)


@pytest.mark.parametrize(
    ("vendor", "number"),
    [(vendor, number) for vendor, numbers in VENDORS for number in numbers],
    ids=lambda value: value.name,
)
def test_each_attribute_of_a_vendor_has_its_name(vendor, number):
    name = dictionary().attrindex.GetBackward((int(vendor), int(number)))

    assert squeezed(name) == squeezed(vendor.name) + squeezed(number.name)


@pytest.mark.parametrize(
    ("attribute", "values"),
    [
        ("Acct-Status-Type", AcctStatus),
        ("Error-Cause", ErrorCause),
        ("CoovaChilli-Acct-View-Point", ViewPoint),
    ],
)
def test_each_value_has_a_name(attribute, values):
    known = dictionary()[attribute].values

    assert {int(value) for value in values} == {int.from_bytes(known[name], "big") for name in forward(known)}


def forward(values) -> list[str]:
    return [name for name in values.forward if isinstance(name, str)]


def test_coovachilli_has_one_name_only():
    names = dictionary().attributes

    assert not [name for name in names if name.startswith("ChilliSpot")]
    assert dictionary().vendors.GetForward("CoovaChilli") == 14559
