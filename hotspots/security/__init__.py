"""How good each access point is as a RADIUS client: what was seen of it, a grade, and what mends each fault."""
