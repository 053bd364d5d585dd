"""A small inventory as text, for tests to change a line of."""

SMALL = """\
# The network of a test.

plans:
  - slug: od-2018
    name: Standard
    session_seconds: 14400

authorities:
  - slug: powiat-lubelski
    name: Powiat Lubelski
    kind: powiat
    retention_mode: undecided
    retention_days: 30

  - slug: belzyce
    name: Gmina Bełżyce
    kind: gmina
    retention_mode: undecided
    retention_days: 30
    hotspots:
      - slug: belzyce-rynek
        name: Rynek
        place_kind: market-square
        address: Rynek 1
        latitude: 51.1741
        longitude: 22.28
        declared_range_m: 100
        outdoor: true
        ssid: 'Powiat: żółć '
        plan: od-2018

      - slug: belzyce-urzad
        name: Urząd Miejski
        place_kind: office
        address: ul. Lubelska 3
        latitude: 51.1746
        longitude: 22.2812
        declared_range_m: 50
        opening_hours: Mo-Fr 07:30-15:30
        ssid: Powiat
        plan: od-2018
        access_points:
          - name: belzyce-urzad-1
            make: openwrt
            gateway: coovachilli
            address: 127.0.1.1
            radios:
              - {band: 2g, channel: 6, antenna_gain_dbi: 2.0}
          - name: belzyce-urzad-2
            make: mikrotik
            gateway: mikrotik
            address: 10.20.0.0/24
            nas_identifier: gm-02
        kiosks:
          - slug: belzyce-infomat
            name: Infomat
            plan: od-2018
            device: 02:00:00:00:00:01
"""


def changed(old: str, new: str) -> str:
    """The text with one passage replaced; the passage must be there once."""
    assert SMALL.count(old) == 1, (old, SMALL.count(old))
    return SMALL.replace(old, new)


def line_of(text: str, passage: str) -> int:
    """The number of the first line with the passage."""
    return text[: text.index(passage)].count("\n") + 1
