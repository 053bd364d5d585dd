"""Access points as RADIUS clients: where they call from, under which secret, and how they are doing."""
