"""Ten times the access points, a million residents, 20 million sessions, synthetic: how the figures grow."""
