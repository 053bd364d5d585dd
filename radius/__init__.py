"""RADIUS servers and the sender of Disconnect and CoA."""
