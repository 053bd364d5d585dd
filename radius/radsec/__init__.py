"""RADIUS over TLS (RFC 6614), in either version (RFC 9765), with CoA back down the same connection."""
