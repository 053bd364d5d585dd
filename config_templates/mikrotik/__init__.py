"""RouterOS 7.15 and later with the wifi package, its own HotSpot as the gateway: a script and the login page."""
