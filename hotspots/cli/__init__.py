"""The `hotspots` command, for people and for scripts."""
