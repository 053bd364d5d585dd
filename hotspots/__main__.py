"""`python -m hotspots` is the `hotspots` command."""

from hotspots.cli.main import main

main()
