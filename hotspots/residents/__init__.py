"""Residents: what they keep with us, prove to us and ask of us."""
