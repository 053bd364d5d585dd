"""Questions to the database, one a file: each a function of a session and the time that yields metrics.

A label names a place, a state or a reason: never a device, a person or a session, whose number has no bound.
"""
