"""The speed of what matters, measured beside what somebody would run instead: FreeRADIUS 3.2."""
