"""A small certificate authority of our own, for RADIUS over TLS: it signs, remembers, renews and revokes."""
