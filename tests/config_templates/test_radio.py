"""The Polish radio rules, a row for each of their sentences."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config_templates.errors import ConfigError
from config_templates.radio import Radio, allowed_channels, frequency_mhz


@pytest.mark.parametrize(
    ("band", "channel", "width", "outdoor", "gain", "loss", "power"),
    [
        ("2g", 1, 20, True, 0, 0, 20),
        ("2g", 13, 20, True, 0, 0, 20),
        ("2g", 6, 20, True, 5, 0.5, 15),  # 15.5 is rounded down, never up
        ("2g", 3, 20, False, 2, 0, 18),
        ("2g", 11, 40, False, 0, 0, 20),
        ("5g", 36, 20, False, 0, 0, 23),
        ("5g", 36, 80, False, 3, 0, 20),
        ("5g", 52, 80, False, 0, 0, 20),
        ("5g", 100, 80, True, 8, 1, 20),
        ("5g", 116, 20, True, 0, 0, 27),
        ("5g", 132, 40, True, 0, 0, 27),
        ("5g", 140, 20, True, 0, 0, 27),
        ("5g", 100, 20, False, 0, 0, 27),
    ],
)
def test_power_is_the_limit_less_gain_plus_loss(
    band: str, channel: int, width: int, outdoor: bool, gain: float, loss: float, power: int
) -> None:
    radio = Radio(band, channel, width, outdoor, gain, loss)  # type: ignore[arg-type]  # parametrised
    assert radio.power_dbm == power


@pytest.mark.parametrize(
    ("band", "channel", "width", "outdoor"),
    [
        ("2g", 2, 20, True),  # overlaps 1 and 6
        ("2g", 14, 20, False),
        ("2g", 0, 20, False),
        ("5g", 36, 20, True),  # 5150-5350 MHz: indoors only
        ("5g", 64, 20, True),
        ("5g", 120, 20, True),  # weather radar
        ("5g", 128, 20, False),
        ("5g", 116, 40, True),  # would cover 120
        ("5g", 132, 80, True),  # would cover 144
        ("5g", 140, 40, True),
        ("5g", 149, 20, True),  # 25 mW, for short-range devices
        ("5g", 37, 20, False),
    ],
)
def test_channels_outside_of_the_rules_are_refused(band: str, channel: int, width: int, outdoor: bool) -> None:
    with pytest.raises(ConfigError) as caught:
        Radio(band, channel, width, outdoor, field="radios[0]")  # type: ignore[arg-type]  # parametrised
    assert caught.value.field == "radios[0].channel"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"band": "6g"}, "radio.band"),
        ({"band": "2g", "channel": 6, "width_mhz": 80}, "radio.width_mhz"),
        ({"width_mhz": 160}, "radio.width_mhz"),
        ({"standard": "be"}, "radio.standard"),
        ({"standard": "n", "width_mhz": 80}, "radio.width_mhz"),
        ({"band": "2g", "channel": 6, "standard": "ac"}, "radio.standard"),
        ({"antenna_gain_dbi": -1}, "radio.antenna_gain_dbi"),
        ({"antenna_gain_dbi": math.nan}, "radio.antenna_gain_dbi"),
        ({"antenna_gain_dbi": 30}, "radio.antenna_gain_dbi"),
        ({"cable_loss_db": math.inf}, "radio.cable_loss_db"),
        ({"wanted_power_dbm": 24}, "radio.power_dbm"),
        ({"wanted_power_dbm": -1}, "radio.power_dbm"),
    ],
)
def test_impossible_radios_are_refused(changes: dict[str, object], field: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Radio(**({"band": "5g", "channel": 36} | changes))  # type: ignore[arg-type]  # parametrised
    assert caught.value.field == field


def test_less_power_than_allowed_may_be_wanted() -> None:
    assert Radio("2g", 1, wanted_power_dbm=10).power_dbm == 10


@given(
    st.sampled_from(["2g", "5g"]),
    st.booleans(),
    st.data(),
    st.floats(0, 20),
    st.floats(0, 20),
    st.sampled_from([20, 40]),
)
def test_no_accepted_radio_is_ever_above_its_limit(
    band: str, outdoor: bool, data: st.DataObject, gain: float, loss: float, width: int
) -> None:
    channel = data.draw(st.sampled_from(allowed_channels(band, outdoor=outdoor)))  # type: ignore[arg-type]  # drawn
    try:
        radio = Radio(band, channel, width, outdoor, gain, loss)  # type: ignore[arg-type]  # drawn
    except ConfigError:
        return
    assert radio.power_dbm + gain - loss <= radio.eirp_limit_dbm + 1e-9
    assert not (outdoor and any(covered < 100 for covered in radio.channels) and band == "5g")


@pytest.mark.parametrize(
    ("band", "channel", "mhz"), [("2g", 1, 2412), ("2g", 13, 2472), ("5g", 36, 5180), ("5g", 140, 5700)]
)
def test_frequencies(band: str, channel: int, mhz: int) -> None:
    assert frequency_mhz(band, channel) == mhz  # type: ignore[arg-type]  # parametrised
