"""A radio within the Polish rules: which channels, and how much power at the connector."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from config_templates.errors import ConfigError

Band = Literal["2g", "5g"]
Standard = Literal["n", "ac", "ax"]

CHANNELS_24GHZ_INDOOR = tuple(range(1, 14))
CHANNELS_24GHZ_OUTDOOR = (1, 6, 11, 13)
CHANNELS_5150 = (36, 40, 44, 48)
CHANNELS_5250 = (52, 56, 60, 64)
# 120-128 (5590-5650 MHz) are left out: beside weather radar a channel must be watched for ten minutes before use.
CHANNELS_5470 = (100, 104, 108, 112, 116, 132, 136, 140)

# EIRP in dBm, wireless-regdb for PL (DFS-ETSI), without transmit power control.
EIRP_24GHZ_DBM = 20
EIRP_5150_DBM = 23
EIRP_5250_DBM = 20
EIRP_5470_DBM = 27

WIDTHS_MHZ: dict[Band, tuple[int, ...]] = {"2g": (20, 40), "5g": (20, 40, 80)}
MAX_GAIN_DBI = 40


@dataclass(frozen=True)
class Radio:
    """One radio of an access point; making one checks it against the rules for where it stands.

    The rules are those for Poland: 2400-2483.5 MHz at 20 dBm EIRP; 5150-5350 MHz indoors only, at 23 and 20 dBm;
    5470-5725 MHz at 27 dBm. Outdoors 2.4 GHz keeps to channels that do not overlap.

    Attributes:
        band: `2g` or `5g`.
        channel: Number of the primary 20 MHz channel.
        width_mhz: 20 or 40; in 5 GHz also 80.
        outdoor: Whether the antenna stands outdoors.
        antenna_gain_dbi: Gain of the antenna.
        cable_loss_db: Loss between radio and antenna.
        standard: `n`, `ac` or `ax`; without one `n` in 2.4 GHz and `ac` in 5 GHz.
        wanted_power_dbm: A lower power at the connector than the rules allow, when the place wants less reach.
        phy: Name of the radio on the device (`phy0`, `wifi1`); without one the make's own, in the order given.
        field: How errors name this radio.

    Raises:
        ConfigError: A channel, width or power outside of the rules.
    """

    band: Band
    channel: int
    width_mhz: int = 20
    outdoor: bool = False
    antenna_gain_dbi: float = 0.0
    cable_loss_db: float = 0.0
    standard: Standard | None = None
    wanted_power_dbm: int | None = None
    phy: str | None = None
    field: str = "radio"

    def __post_init__(self) -> None:
        self._check_shape()
        allowed = allowed_channels(self.band, outdoor=self.outdoor)
        outside = [channel for channel in self.channels if channel not in allowed]
        if outside:
            raise ConfigError(f"{self.field}.channel", self._outside(outside, allowed))
        self._check_power()

    @property
    def channels(self) -> tuple[int, ...]:
        """Every 20 MHz channel that the transmission covers, lowest first."""
        return bonded_channels(self.band, self.channel, self.width_mhz)

    @property
    def eirp_limit_dbm(self) -> int:
        """The strictest limit among the channels covered, in dBm EIRP."""
        return min(eirp_limit_dbm(self.band, channel) for channel in self.channels)

    @property
    def max_power_dbm(self) -> int:
        """The most power at the connector, in whole dBm: EIRP limit - antenna gain + cable loss, rounded down."""
        return math.floor(self.eirp_limit_dbm - self.antenna_gain_dbi + self.cable_loss_db)

    @property
    def power_dbm(self) -> int:
        """The power at the connector that is configured, in dBm."""
        return self.max_power_dbm if self.wanted_power_dbm is None else self.wanted_power_dbm

    @property
    def wireless_standard(self) -> Standard:
        """The standard that is configured."""
        return self.standard or ("n" if self.band == "2g" else "ac")

    def _check_shape(self) -> None:
        if self.band not in get_args(Band):
            raise ConfigError(f"{self.field}.band", "must be 2g or 5g")
        if self.width_mhz not in WIDTHS_MHZ[self.band]:
            widths = ", ".join(str(width) for width in WIDTHS_MHZ[self.band])
            raise ConfigError(f"{self.field}.width_mhz", f"must be one of {widths} in {self.band}")
        if self.wireless_standard not in get_args(Standard):
            raise ConfigError(f"{self.field}.standard", "must be n, ac or ax")
        if self.wireless_standard == "ac" and self.band == "2g":
            raise ConfigError(f"{self.field}.standard", "ac exists in 5 GHz only; use n or ax")
        if self.wireless_standard == "n" and self.width_mhz == 80:
            raise ConfigError(f"{self.field}.width_mhz", "80 MHz needs standard ac or ax")

    def _check_power(self) -> None:
        for name in ("antenna_gain_dbi", "cable_loss_db"):
            value = getattr(self, name)
            if not math.isfinite(value) or not 0 <= value <= MAX_GAIN_DBI:
                raise ConfigError(f"{self.field}.{name}", f"must lie between 0 and {MAX_GAIN_DBI}")
        if self.max_power_dbm < 0:
            raise ConfigError(
                f"{self.field}.antenna_gain_dbi",
                f"no power is left under {self.eirp_limit_dbm} dBm EIRP; use an antenna with less gain",
            )
        if not 0 <= self.power_dbm <= self.max_power_dbm:
            raise ConfigError(
                f"{self.field}.power_dbm",
                f"must lie between 0 and {self.max_power_dbm} dBm "
                f"(limit {self.eirp_limit_dbm} dBm EIRP - antenna gain + cable loss)",
            )

    def _outside(self, outside: Iterable[int], allowed: tuple[int, ...]) -> str:
        place = "outdoors" if self.outdoor else "indoors"
        covered = ", ".join(str(channel) for channel in outside)
        listed = ", ".join(str(channel) for channel in allowed)
        return f"{self.width_mhz} MHz would use {covered}, which is not allowed {place} in Poland; use {listed}"


def allowed_channels(band: Band, *, outdoor: bool) -> tuple[int, ...]:
    """The 20 MHz channels that may be used in Poland where the antenna stands."""
    if band == "2g":
        return CHANNELS_24GHZ_OUTDOOR if outdoor else CHANNELS_24GHZ_INDOOR
    return CHANNELS_5470 if outdoor else CHANNELS_5150 + CHANNELS_5250 + CHANNELS_5470


def eirp_limit_dbm(band: Band, channel: int) -> int:
    """The EIRP limit of one 20 MHz channel in Poland, in dBm; outdoors or not is `allowed_channels`' question."""
    if band == "2g":
        return EIRP_24GHZ_DBM
    if channel in CHANNELS_5150:
        return EIRP_5150_DBM
    if channel in CHANNELS_5250:
        return EIRP_5250_DBM
    return EIRP_5470_DBM


def bonded_channels(band: Band, channel: int, width_mhz: int) -> tuple[int, ...]:
    """The 20 MHz channels that a transmission covers (IEEE 802.11-2020, annex E: 5 GHz blocks start at 36 and 100).

    In 2.4 GHz only the primary channel is a choice, whatever the width, so only that counts.
    """
    if band == "2g" or width_mhz == 20:
        return (channel,)
    count = width_mhz // 20
    base = 100 if channel >= 100 else 36
    first = channel - (channel - base) % (count * 4)
    return tuple(range(first, first + count * 4, 4))


def frequency_mhz(band: Band, channel: int) -> int:
    """The centre of a 20 MHz channel in MHz (IEEE 802.11-2020, 15.4.4.3 and 17.3.8.4.2)."""
    return 2407 + 5 * channel if band == "2g" else 5000 + 5 * channel
