"""The domain of the hotspots: nouns, rules, settings and database."""
